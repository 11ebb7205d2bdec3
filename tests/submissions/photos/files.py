"""Files as phones, computers and attackers make them."""

from __future__ import annotations

import io
import struct
import zlib

import pikepdf
from PIL import ExifTags, Image, ImageDraw


def jpeg(
    size: tuple[int, int] = (1200, 1600), text: str = "Giấy chứng sinh", turned: int = 1, quality: int = 90
) -> bytes:
    """A phone's picture with a dark band at its top; EXIF holds how it was held, where, and by which phone."""
    picture = Image.new("RGB", size, (235, 232, 224))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0], size[1] // 10), fill=(20, 20, 20))
    draw.text((size[0] // 3, size[1] // 2), text, fill=(0, 0, 0))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    exif[ExifTags.Base.Make] = "SecretPhoneMaker"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[2] = (21.0, 2.0, 0.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def noise(side: int) -> bytes:
    """A picture that hardly compresses."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


def png(size: tuple[int, int] = (800, 600), mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, (200, 0, 0, 0) if mode == "RGBA" else 128).save(out, "PNG")
    return out.getvalue()


def png_bomb() -> bytes:
    """A few kilobytes that would be 10 GB."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 2_000_000))
        + chunk(b"IEND", b"")
    )


def pdf(pages: int = 2, **more: bool) -> bytes:
    """A PDF; ``more`` puts in what must not be there."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    with made.open_metadata() as about:
        about["dc:title"] = "SecretTitle"
    made.docinfo["/Author"] = "SecretAuthor"
    root = made.Root
    if more.get("script"):
        root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    if more.get("attachment"):
        made.attachments["evil.exe"] = b"MZ"
    if more.get("launch"):
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe")),
        )  # fmt: skip
        made.pages[0].obj.Annots = made.make_indirect(pikepdf.Array([link]))
    if more.get("link"):
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://track.example")),
        )  # fmt: skip
        made.pages[0].obj.Annots = made.make_indirect(pikepdf.Array([link]))
    out = io.BytesIO()
    made.save(out, encryption=pikepdf.Encryption(owner="a", user="b") if more.get("locked") else False)
    return out.getvalue()
