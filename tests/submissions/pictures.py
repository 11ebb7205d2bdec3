"""How a PDF looks, compared with a committed picture; another library than ours draws it."""

from __future__ import annotations

import os
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

FOLDER = Path(__file__).parent / "pictures"
SCALE = 1.0  # 72 dots an inch: letters can be read, files stay small
LARGEST = 60_000  # bytes of a committed picture
DIFFERENT = 60  # of 255: how far one dot may be off before it counts
TOLERATED = 0.003  # share of dots that may be off


def drawn(pdf: bytes) -> Image.Image:
    """All pages below one another, in sixteen greys."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [
        document[number].render(scale=SCALE, grayscale=True).to_pil().convert("L") for number in range(len(document))
    ]
    whole = Image.new("L", (max(page.width for page in pages), sum(page.height for page in pages)), 255)
    top = 0
    for page in pages:
        whole.paste(page, (0, top))
        top += page.height
    return whole.point(lambda value: min(255, round(value / 17) * 17))


def compare(name: str, pdf: bytes, where: Path) -> None:
    """Fails with the path of a picture of the difference. MOTCUA_WRITE_PICTURES=1 writes the committed one anew."""
    now, kept = drawn(pdf), FOLDER / f"{name}.png"
    if os.environ.get("MOTCUA_WRITE_PICTURES") == "1":
        FOLDER.mkdir(exist_ok=True)
        now.quantize(16).save(kept, optimize=True)
    assert kept.exists(), f"{kept} is missing; look at it after MOTCUA_WRITE_PICTURES=1"
    assert kept.stat().st_size <= LARGEST, f"{kept} is {kept.stat().st_size} bytes"
    before = Image.open(kept).convert("L")
    if before.size == now.size:
        off = ImageChops.difference(before, now).point(lambda value: 255 if value > DIFFERENT else 0)
        share = off.histogram()[255] / (now.width * now.height)
        if share <= TOLERATED:
            return
        what = f"{share:.2%} of the dots differ"
    else:
        what = f"the size is {now.size}, it was {before.size}"
    beside = Image.new("L", (before.width + now.width + 20, max(before.height, now.height)), 128)
    beside.paste(before, (0, 0))
    beside.paste(now, (before.width + 20, 0))
    path = where / f"{name}-before-and-now.png"
    beside.save(path)
    raise AssertionError(f"{name} looks different: {what}; see {path}")
