"""The QR codes in a picture."""

from __future__ import annotations

import zxingcpp

from bot.submissions.photos.opening import open_picture

LONGEST_SIDE = 3_000  # pixels: a code that fills a tenth of the picture still has five a module


def texts_in(picture: bytes) -> list[str]:
    """The texts of all QR codes found. Raises Unusable when it is no picture. Run it apart (photos/apart.py)."""
    opened = open_picture(picture, LONGEST_SIDE).convert("L")
    codes = zxingcpp.read_barcodes(opened, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [_text(code.bytes, code.text) for code in codes]


def _text(raw: bytes, guessed: str) -> str:
    """Cards hold UTF-8 without saying so; the decoder would have to guess."""
    try:
        return bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return guessed
