"""Free text and names: the citizen's own spelling, without what could harm a paper, a page or a spreadsheet."""

from __future__ import annotations

import re
import unicodedata

from procedures_kb.text import clean

LONGEST = {"text": 300, "note": 1000, "name": 60, "address": 200}


class CannotRead(ValueError):
    """The text is not a value of this field; the message tells the citizen what was expected."""


_TAG = re.compile(r"<\s*[/!?a-z]", re.IGNORECASE)
_FORMULA = re.compile(r"^(?:[=@]|[+\-](?=\s*[^\W\d]+\s*\())")  # what a spreadsheet would run
_PICTURE = ("So", "Sk", "Cs", "Co", "Cn")


def read_text(typed: str, longest: int) -> str:
    """One line of text. Emoji are dropped, markup and spreadsheet formulas refused.

    Raises:
        CannotRead: with the sentence to show.
    """
    text = clean("".join(c for c in clean(typed) if unicodedata.category(c) not in _PICTURE or c in "°´`^"))
    if _TAG.search(text):
        raise CannotRead("Mục này chỉ nhận chữ thường, không nhận mã trang web. Anh/chị ghi lại giúp em.")
    if _FORMULA.match(text):
        raise CannotRead("Mục này không bắt đầu bằng dấu = hoặc @. Anh/chị ghi lại bằng chữ giúp em.")
    if not re.search(r"[^\W_]", text):
        raise CannotRead("Em chưa đọc được chữ nào. Anh/chị ghi lại giúp em.")
    if len(text) > longest:
        raise CannotRead(f"Dài quá ạ, anh/chị ghi gọn trong {longest} ký tự giúp em.")
    return text


_NAME_LETTERS = re.compile(r"[^\W\d_]+(?:[ '’\-.][^\W\d_]+)*")
_NAME_LEAD = re.compile(
    r"^(?:dạ|vâng|ừ|à|em|tôi|mình|cháu|con)?\s*(?:(?:họ\s+và\s+tên|họ\s+tên|tên)\s*(?:đầy\s+đủ)?\s*(?:em|tôi|mình|cháu)?\s*(?:là|:)\s*|là\s+|tên\s+)",
    re.IGNORECASE,
)


def read_name(text: str) -> str:
    """A person's full name, letters only, of two words or more; a word may be one letter ("Lê Ý", "Y Moan Ênuôl")."""
    name = _NAME_LEAD.sub("", text).strip(" .,;")
    name = re.sub(r"\s+(?:ạ|nhé|nha|đó|đấy)$", "", name, flags=re.IGNORECASE)
    name = re.sub(r"\s+(?=['’])|(?<=['’])\s+", "", name)
    if len(name) > LONGEST["name"]:
        raise CannotRead("Tên dài quá 60 ký tự. Anh/chị xem lại giúp em.")
    if not _NAME_LETTERS.fullmatch(name):
        raise CannotRead("Họ tên chỉ gồm chữ cái, ví dụ Nguyễn Thị Mai. Anh/chị ghi lại giúp em.")
    if len(name.split()) < 2:
        raise CannotRead("Anh/chị ghi đủ họ và tên giúp em, ví dụ Nguyễn Thị Mai.")
    # Typed all in one case: write it as a name. Otherwise the citizen's own spelling is kept.
    return " ".join(word[:1].upper() + word[1:] for word in name.split()) if name.islower() else name
