"""A picture or PDF of unknown origin into PDF pages of ours: turned, shrunk, without metadata, scripts or attachments."""

from __future__ import annotations

import io
from collections.abc import Sequence

import msgspec
import pikepdf
from PIL import Image

from bot.submissions.photos.opening import Kind, Unusable, kind_of, open_picture

LONGEST_SIDE = 2_200  # pixels: an A4 page at 190 dots an inch
PAGE_BYTES = 450_000  # a page's picture is made smaller until it fits
STEPS = ((2_200, 82), (2_200, 70), (1_900, 66), (1_600, 60), (1_300, 50), (1_000, 40))  # longest side, JPEG quality
PREVIEW = 360  # pixels
MOST_PAGES = 30  # of one PDF
MOST_OBJECTS = 30_000
A4 = (595.28, 841.89)  # points
LOCKED = "Tệp PDF này có mật khẩu nên em không mở được. Anh/chị bỏ mật khẩu hoặc chụp ảnh giúp em."
ACTIVE = "Tệp PDF này có mã lệnh hoặc tệp đính kèm bên trong nên em không nhận. Anh/chị in ra PDF thường, hoặc chụp ảnh giúp em."
BROKEN = "Tệp PDF này bị hỏng hoặc tải lên chưa hết. Anh/chị gửi lại, hoặc chụp ảnh giúp em."
LONG = f"Tệp PDF này dài quá {MOST_PAGES} trang. Anh/chị gửi riêng những trang cần thiết giúp em."
_ACTIONS = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/Movie", "/Sound", "/GoToE")
_KEYS = ("/JS", "/EF", "/EmbeddedFiles", "/RichMediaContent", "/XFA")


class Cleaned(msgspec.Struct, frozen=True):
    """What is kept: a PDF of ours, and for a picture a small one to show."""

    kind: Kind
    pdf: bytes
    pages: int
    small: bytes = b""


def clean(data: bytes) -> Cleaned:
    """Raises Unusable with the sentence to show. Takes up to a second of CPU, and decoders may crash: run it apart."""
    kind = kind_of(data)
    if kind == "pdf":
        pdf, pages = _clean_pdf(data)
        return Cleaned(kind, pdf, pages)
    picture = open_picture(data, LONGEST_SIDE)
    if min(picture.size) < 50:
        raise Unusable("Ảnh này nhỏ quá, không đọc được chữ. Anh/chị chụp lại giúp em.")
    small = picture.copy()
    small.thumbnail((PREVIEW, PREVIEW))
    return Cleaned(kind, _one_page(_shrunk(picture)), 1, _jpeg(small, 75))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _shrunk(picture: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """JPEG of at most ``PAGE_BYTES``; the smallest step is taken whatever it weighs."""
    data, size = b"", picture.size
    for longest, quality in STEPS:
        smaller = picture.copy()
        smaller.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        data, size = _jpeg(smaller, quality), smaller.size
        if len(data) <= PAGE_BYTES:
            break
    return data, size


def _one_page(shrunk: tuple[bytes, tuple[int, int]]) -> bytes:
    """An A4 page, upright or across as the picture is, with the picture as large as it fits."""
    data, (width, height) = shrunk
    page_width, page_height = A4 if height >= width else (A4[1], A4[0])
    scale = min(page_width / width, page_height / height)
    across, up = width * scale, height * scale
    pdf = pikepdf.new()
    image = pikepdf.Stream(
        pdf, data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    place = f"q {across:.2f} 0 0 {up:.2f} {(page_width - across) / 2:.2f} {(page_height - up) / 2:.2f} cm /Im Do Q"
    page = pikepdf.Dictionary(
        Type=pikepdf.Name.Page, MediaBox=[0, 0, page_width, page_height], Contents=pikepdf.Stream(pdf, place.encode()),
        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=pdf.make_indirect(image))),
    )  # fmt: skip
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    return _saved(pdf)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _clean_pdf(data: bytes) -> tuple[bytes, int]:
    """The pages alone. Whatever could run or carries a file makes it refused; forms and notes become part of the page."""
    try:
        with pikepdf.open(io.BytesIO(data)) as given:
            if given.is_encrypted:
                raise Unusable(LOCKED)
            if len(given.pages) > MOST_PAGES or len(given.objects) > MOST_OBJECTS:
                raise Unusable(LONG)
            if not len(given.pages):
                raise Unusable(BROKEN)
            if _is_active(given):
                raise Unusable(ACTIVE)
            given.flatten_annotations("screen")
            made = pikepdf.new()
            for page in given.pages:
                made.pages.append(page)
            for page in made.pages:
                for key in ("/Annots", "/AA", "/Metadata", "/PieceInfo", "/Thumb", "/B", "/StructParents"):
                    if key in page.obj:
                        del page.obj[key]
            return _saved(made), len(made.pages)
    except pikepdf.PasswordError:
        raise Unusable(LOCKED) from None
    except Unusable:
        raise
    except Exception:  # qpdf and its binding raise many kinds; the file is broken, not we
        raise Unusable(BROKEN) from None


def _is_active(pdf: pikepdf.Pdf) -> bool:
    """Whether any object is a script, starts something or carries a file."""
    for found in pdf.objects:
        waiting: list[object] = [found]
        depth = 0
        while waiting and depth < 10_000:
            depth += 1
            one = waiting.pop()
            if isinstance(one, pikepdf.Stream):
                waiting.append(one.stream_dict)
            elif isinstance(one, pikepdf.Dictionary):
                if any(key in one for key in _KEYS) or str(one.get("/S", "")) in _ACTIONS:
                    return True
                if str(one.get("/Type", "")) == "/EmbeddedFile" or str(one.get("/Subtype", "")) in (
                    "/RichMedia",
                    "/Screen",
                ):
                    return True
                # What is indirect stands in the list by itself.
                waiting.extend(
                    value for _, value in one.items() if isinstance(value, pikepdf.Object) and not value.is_indirect
                )
            elif isinstance(one, pikepdf.Array):
                waiting.extend(value for value in one if isinstance(value, pikepdf.Object) and not value.is_indirect)
    return False


def combined(pdfs: Sequence[bytes]) -> bytes:
    """Several PDFs of ours as one, in this order, without metadata."""
    made = pikepdf.new()
    opened = [pikepdf.open(io.BytesIO(pdf)) for pdf in pdfs]
    for pdf in opened:
        made.pages.extend(pdf.pages)
    data = _saved(made)
    for pdf in opened:
        pdf.close()
    return data
