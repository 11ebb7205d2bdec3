"""Opening a picture of unknown origin: by what it is, not by its name; sizes are checked before anything is decoded."""

from __future__ import annotations

import io
import warnings
from typing import Literal

import pi_heif
from PIL import Image, ImageOps

pi_heif.register_heif_opener(thumbnails=False)
Image.init()

Kind = Literal["jpeg", "png", "heic", "pdf"]
LARGEST = 20 * 1024 * 1024  # bytes of one file
MOST_PIXELS = 50_000_000  # decoded as it is: 150 MB
MOST_JPEG_PIXELS = 210_000_000  # JPEG can be decoded at an eighth, so the largest phone cameras pass
_FORMATS = {"jpeg": ("JPEG",), "png": ("PNG",), "heic": ("HEIF",)}
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")


class Unusable(ValueError):
    """The file cannot be used; the message is the sentence to show."""


NOT_A_PICTURE = "Tệp này không phải ảnh JPEG, PNG, HEIC hay PDF. Anh/chị chụp lại giấy tờ rồi gửi ảnh giúp em."
NAMED = {
    b"PK": "Tệp này là tệp nén (ZIP, Word, Excel), không phải ảnh hay PDF. Anh/chị chụp giấy tờ rồi gửi ảnh giúp em.",
    b"GIF8": "Em chưa nhận ảnh GIF. Anh/chị gửi ảnh chụp (JPEG, PNG, HEIC) giúp em.",
    b"<": "Tệp này là trang web hoặc hình vẽ SVG, em không nhận. Anh/chị gửi ảnh chụp giấy tờ giúp em.",
}
TOO_MANY_PIXELS = "Ảnh này có quá nhiều điểm ảnh nên em không mở được. Anh/chị chụp lại ở cỡ thường giúp em."
BROKEN = "Ảnh này bị hỏng hoặc tải lên chưa hết. Anh/chị gửi lại, hoặc chụp ảnh khác giúp em."


def too_large(size: int) -> str:
    return f"Tệp này nặng {size / 1024**2:.0f} MB, em nhận tối đa {LARGEST // 1024**2} MB. Anh/chị chụp lại ở cỡ nhỏ hơn giúp em."


def kind_of(data: bytes) -> Kind:
    """What the bytes are, by their first ones. Raises Unusable with the sentence that fits."""
    if len(data) > LARGEST:
        raise Unusable(too_large(len(data)))
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "heic"
    if data[:5] == b"%PDF-":
        return "pdf"
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    raise Unusable(next((text for magic, text in NAMED.items() if start.startswith(magic)), NOT_A_PICTURE))


def open_picture(data: bytes, longest: int) -> Image.Image:
    """The picture turned as it was held, without transparency or metadata, its longer side at most ``longest``.

    Raises:
        Unusable: not a picture, too many pixels, cut off or broken.
    """
    kind = kind_of(data)
    if kind == "pdf":
        raise Unusable("Tệp này là PDF, ở đây em cần một ảnh chụp. Anh/chị gửi ảnh giúp em.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limits stand below
            picture: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS[kind])
            width, height = picture.size
            # A progressive JPEG is decoded whole, however small it is wanted.
            shrinks = kind == "jpeg" and not (picture.info.get("progressive") or picture.info.get("progression"))
            if width * height > (MOST_JPEG_PIXELS if shrinks else MOST_PIXELS):
                raise Unusable(TOO_MANY_PIXELS)
            if kind == "jpeg":
                picture.draft("RGB", (longest, longest))
            picture.load()
        turned = ImageOps.exif_transpose(picture)
        if turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info:
            clear = turned.convert("RGBA")
            turned = Image.new("RGB", clear.size, "white")
            turned.paste(clear, mask=clear.getchannel("A"))
        plain = turned.convert("RGB")
        plain.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    except Unusable:
        raise
    except Image.DecompressionBombError:
        raise Unusable(TOO_MANY_PIXELS) from None
    except Exception:  # decoders raise whatever they stumble over; the file is broken, not we
        raise Unusable(BROKEN) from None
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    return clean
