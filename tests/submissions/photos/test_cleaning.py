"""Pictures and PDFs of any origin: what comes out is ours, what cannot be used is refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.submissions.photos.cleaning import PAGE_BYTES, clean, combined
from bot.submissions.photos.opening import LARGEST, Unusable
from tests.submissions.photos import files


def page(data: bytes, number: int = 0) -> Image.Image:
    """One page of a PDF, drawn by another library."""
    picture: Image.Image = pypdfium2.PdfDocument(data)[number].render(scale=0.5).to_pil().convert("L")
    return picture


def dark_side(picture: Image.Image) -> str:
    """Where the dark band is."""
    width, height = picture.size
    box = picture.point(lambda value: 255 if value < 80 else 0).getbbox()
    assert box
    left, top, right, bottom = box
    if right - left > bottom - top:
        return "top" if top < height / 2 else "bottom"
    return "left" if left < width / 2 else "right"


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_is_turned_as_it_was_held(turned: int) -> None:
    upright = Image.open(io.BytesIO(files.jpeg()))
    back = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[turned]  # the inverse of what the mark asks for
    held = upright if back is None else upright.transpose(Image.Transpose(back))
    exif = Image.Exif()
    exif[0x0112] = turned
    out = io.BytesIO()
    held.save(out, "JPEG", exif=exif)
    assert dark_side(page(clean(out.getvalue()).pdf)) == "top"


def test_where_when_and_with_what_it_was_taken_is_gone() -> None:
    cleaned = clean(files.jpeg())
    for data in (cleaned.pdf, cleaned.small):
        assert b"SecretPhone" not in data and b"Exif" not in data and b"GPS" not in data
    with pikepdf.open(io.BytesIO(cleaned.pdf)) as made:
        assert not made.docinfo and "/Metadata" not in made.Root


@pytest.mark.parametrize("size", [(8160, 6120), (4000, 3000), (300, 4000)])
def test_a_large_picture_becomes_one_small_a4_page(size: tuple[int, int]) -> None:
    cleaned = clean(files.jpeg(size))
    with pikepdf.open(io.BytesIO(cleaned.pdf)) as made:
        box = [float(value) for value in made.pages[0].mediabox]
    assert len(cleaned.pdf) < PAGE_BYTES + 5_000 and cleaned.pages == 1
    assert max(box) == pytest.approx(841.89) and (box[3] > box[2]) == (size[1] > size[0])


def test_a_picture_that_hardly_compresses_still_fits() -> None:
    assert len(clean(files.noise(3000)).pdf) < PAGE_BYTES + 5_000


def test_the_heic_picture_of_the_tests() -> None:
    from pathlib import Path

    cleaned = clean((Path(__file__).parent / "sample.heic").read_bytes())
    assert cleaned.kind == "heic" and dark_side(page(cleaned.pdf)) == "top"


def test_transparency_becomes_white() -> None:
    cleaned = clean(files.png())
    colours = page(cleaned.pdf).getextrema()
    assert cleaned.kind == "png" and colours == (255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16"])
def test_pictures_of_any_colour_depth(mode: str) -> None:
    assert clean(files.png(mode=mode)).pages == 1


def test_a_real_pdf_keeps_its_pages_and_loses_its_metadata() -> None:
    cleaned = clean(files.pdf(3, link=True))
    assert cleaned.pages == 3
    with pikepdf.open(io.BytesIO(cleaned.pdf)) as made:
        assert not made.docinfo and "/Metadata" not in made.Root and all("/Annots" not in p.obj for p in made.pages)
    assert b"Secret" not in cleaned.pdf


def test_several_files_become_one_pdf_in_their_order() -> None:
    whole = combined([clean(files.jpeg()).pdf, clean(files.pdf(2)).pdf, clean(files.jpeg((1600, 1200))).pdf])
    with pikepdf.open(io.BytesIO(whole)) as made:
        wide = [float(p.mediabox[2]) > float(p.mediabox[3]) for p in made.pages]
    assert wide == [False, False, False, True]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("giay.pdf", "x" * 100)
    return out.getvalue()


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("a PDF that is a ZIP", zipped, "tệp nén"),
    ("an SVG with a script", lambda: b"<svg xmlns='x'><script>alert(1)</script></svg>", "SVG"),
    ("a web page behind a byte-order mark", lambda: b"\xef\xbb\xbf <html>", "trang web"),
    ("a GIF", lambda: b"GIF89a" + bytes(50), "GIF"),
    ("a PNG bomb", files.png_bomb, "quá nhiều điểm ảnh"),
    ("a truncated JPEG", lambda: files.jpeg()[:9_000], "bị hỏng"),
    ("a JPEG of its first bytes only", lambda: b"\xff\xd8\xff\xe0", "bị hỏng"),
    ("a truncated PDF", lambda: files.pdf(2)[:60], "bị hỏng"),
    ("a PDF that starts a script", lambda: files.pdf(script=True), "mã lệnh"),
    ("a PDF with a file inside", lambda: files.pdf(attachment=True), "tệp đính kèm"),
    ("a PDF that starts a program", lambda: files.pdf(launch=True), "mã lệnh"),
    ("a PDF with a password", lambda: files.pdf(locked=True), "mật khẩu"),
    ("a PDF of 31 pages", lambda: files.pdf(31), "quá 30 trang"),
    ("a file of 40 MB", lambda: b"\xff\xd8\xff" + bytes(40 * 1024**2), "40 MB"),
    ("a program", lambda: b"MZ\x90\x00" + bytes(500), "không phải ảnh"),
    ("nothing", lambda: b"", "không phải ảnh"),
    ("a picture of ten dots", lambda: files.png((10, 10)), "nhỏ quá"),
]


@pytest.mark.parametrize(
    ("made", "says"), [(made, says) for _, made, says in REFUSED], ids=[name for name, _, _ in REFUSED]
)
def test_is_refused_with_a_sentence(made: Callable[[], bytes], says: str) -> None:
    with pytest.raises(Unusable, match=says) as refused:
        clean(made())
    assert str(refused.value).endswith(("giúp em.", "điểm ảnh."))


def test_the_limit_is_one_byte_exact() -> None:
    with pytest.raises(Unusable, match="20 MB"):
        clean(b"\xff\xd8\xff" + bytes(LARGEST - 2))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["jpeg", "png", "pdf"]), st.integers(0, 3_000), st.binary(min_size=1, max_size=40))
def test_damaged_files_are_taken_or_refused_never_a_fault(kind: str, place: int, damage: bytes) -> None:
    whole = {"jpeg": files.jpeg((200, 260)), "png": files.png((90, 90)), "pdf": files.pdf(1)}[kind]
    place %= len(whole)
    try:
        clean(whole[:place] + damage + whole[place + len(damage) :])
    except Unusable as refused:
        assert str(refused)


def test_a_progressive_picture_has_the_stricter_limit() -> None:
    """It is decoded whole: 60 million pixels would take 360 MB before anything is shrunk."""
    out = io.BytesIO()
    Image.new("RGB", (10_000, 6_000), "white").save(out, "JPEG", progressive=True)
    with pytest.raises(Unusable, match="quá nhiều điểm ảnh"):
        clean(out.getvalue())
