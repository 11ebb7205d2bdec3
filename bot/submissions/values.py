"""Reading one field's value from what a citizen typed, and checking its shape at once.

Formats: docs/formats.md (personal id: Luật Căn cước 2023, Nghị định 70/2024/NĐ-CP; phone numbers: numbering plan).
A value that cannot be read gives :class:`CannotRead` with a Vietnamese sentence that says what was expected.
"""

from __future__ import annotations

import datetime as dt
import re

from rapidfuzz import fuzz

from procedures_kb.form_model import Field
from procedures_kb.text import clean, strip_marks, syllables

LONGEST = {"text": 300, "name": 60, "address": 200}
OLDEST = dt.date(1890, 1, 1)


class CannotRead(ValueError):
    """The text is not a value of this field; the message tells the citizen what was expected."""


def read(field: Field, typed: str, today: dt.date) -> str:
    """The canonical value: ISO date, option value, digits, or cleaned text in the citizen's spelling.

    Raises:
        CannotRead: with the sentence to show.
    """
    text = clean(typed)
    if not text:
        raise CannotRead("Anh/chị chưa điền gì ạ.")
    match field.type:
        case "date":
            return read_date(text, today).isoformat()
        case "choice":
            return _read_choice(field, text)
        case "personal_id":
            return _read_personal_id(text)
        case "phone":
            return _read_phone(text)
        case "count":
            return _read_count(text)
        case "name":
            return _read_name(text)
        case _:
            longest = LONGEST[field.type]
            if len(text) > longest:
                raise CannotRead(f"Dài quá ạ, anh/chị ghi gọn trong {longest} ký tự giúp em.")
            if not re.search(r"[^\W_]", text):
                raise CannotRead("Em chưa đọc được chữ nào. Anh/chị ghi lại giúp em.")
            return text


_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})(?!\d)")
_WORD_DATE = re.compile(r"(?<!\d)(\d{1,2})\s*thang\s*(\d{1,2})\s*(?:,|nam)?\s*(\d{4}|\d{2})(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_LUNAR = re.compile(r"\b(?:am lich|tet|mung|ram|thang gieng|thang chap)\b")


def read_date(text: str, today: dt.date) -> dt.date:
    """A past or present solar date. Two-digit years are read as the most recent past one ("90" → 1990)."""
    plain = strip_marks(text).lower()
    iso = _ISO_DATE.search(plain)
    found = iso or _NUMERIC_DATE.search(plain) or _WORD_DATE.search(plain)
    if not found:
        if _LUNAR.search(plain):
            raise CannotRead("Tờ khai ghi ngày dương lịch. Anh/chị đổi sang dương lịch giúp em, ví dụ 3/1/1995.")
        raise CannotRead("Em chưa thấy đủ ngày, tháng, năm. Anh/chị ghi dạng 3/1/1995 giúp em.")
    year, month, day = found.groups() if iso else reversed(found.groups())
    full = int(year) if len(year) == 4 else _century(int(year), today)
    try:
        date = dt.date(full, int(month), int(day))
    except ValueError:
        raise CannotRead(f"Không có ngày {day}/{month}/{full} trong lịch. Anh/chị xem lại giúp em.") from None
    if date > today:
        raise CannotRead(f"Ngày {date:%d/%m/%Y} chưa tới. Anh/chị xem lại giúp em.")
    if date < OLDEST:
        raise CannotRead(f"Năm {full} xa quá. Anh/chị ghi đủ bốn số của năm giúp em.")
    return date


def _century(two_digits: int, today: dt.date) -> int:
    year = today.year - today.year % 100 + two_digits
    return year if year <= today.year else year - 100


def _read_choice(field: Field, text: str) -> str:
    wanted = " ".join(syllables(strip_marks(text)))
    labels = [(option.value, " ".join(syllables(strip_marks(option.label)))) for option in field.options]
    for position, (value, label) in enumerate(labels, 1):
        if wanted in (value, value.replace("_", " "), label, str(position)):
            return value
    # Part of one label, whatever the order of words: "mua bán nhà" for "Mua bán, chuyển nhượng nhà đất".
    scores = sorted(((fuzz.token_set_ratio(wanted, label), value) for value, label in labels), reverse=True)
    if len(wanted) >= 2 and scores[0][0] >= 80 and (len(scores) < 2 or scores[0][0] > scores[1][0]):
        return scores[0][1]
    choices = "; ".join(f"{position}. {option.label}" for position, option in enumerate(field.options, 1))
    raise CannotRead(f"Anh/chị chọn một mục giúp em: {choices}.")


def _read_personal_id(text: str) -> str:
    digits = re.sub(r"[\s.\-]", "", text)
    found = re.findall(r"(?<!\d)\d{12}(?!\d)", digits)
    if len(found) == 1 and 1 <= int(found[0][:3]) <= 96:
        return str(found[0])
    if re.fullmatch(r"\d{9}", digits):
        raise CannotRead("Số này có 9 chữ số, là chứng minh nhân dân cũ. Anh/chị ghi số căn cước 12 chữ số giúp em.")
    raise CannotRead("Số căn cước có đúng 12 chữ số, ba số đầu từ 001 đến 096. Anh/chị xem lại giúp em.")


def _read_phone(text: str) -> str:
    digits = re.sub(r"[\s.\-()]", "", text)
    found = re.search(r"(?<!\d)(?:\+?84|0)([35789]\d{8}|24\d{8})(?!\d)", digits)
    if not found:
        raise CannotRead("Số điện thoại di động có 10 số, bắt đầu bằng 0. Anh/chị xem lại giúp em.")
    return "0" + found.group(1)


_COUNT_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}


def _read_count(text: str) -> str:
    plain = strip_marks(text).lower()
    numbers = re.findall(r"\d+", plain) or [str(_COUNT_WORDS[w]) for w in plain.split() if w in _COUNT_WORDS]
    if len(numbers) == 1 and 1 <= int(numbers[0]) <= 20:
        return str(int(numbers[0]))
    raise CannotRead("Anh/chị ghi một số từ 1 đến 20 giúp em.")


_NAME_LETTERS = re.compile(r"[^\W\d_]+(?:[ '’\-.][^\W\d_]+)*")
_NAME_LEAD = re.compile(
    r"^(?:dạ|vâng|ừ|à|em|tôi|mình|cháu|con)?\s*(?:(?:họ\s+và\s+tên|họ\s+tên|tên)\s*(?:đầy\s+đủ)?\s*(?:em|tôi|mình|cháu)?\s*(?:là|:)\s*|là\s+|tên\s+)",
    re.IGNORECASE,
)


def _read_name(text: str) -> str:
    name = _NAME_LEAD.sub("", text).strip(" .,;")
    name = re.sub(r"\s+(?:ạ|nhé|nha|đó|đấy)$", "", name, flags=re.IGNORECASE)
    if len(name) > LONGEST["name"]:
        raise CannotRead("Tên dài quá 60 ký tự. Anh/chị xem lại giúp em.")
    if not _NAME_LETTERS.fullmatch(name):
        raise CannotRead("Họ tên chỉ gồm chữ cái, ví dụ Nguyễn Thị Mai. Anh/chị ghi lại giúp em.")
    if len(name.split()) < 2:
        raise CannotRead("Anh/chị ghi đủ họ và tên giúp em, ví dụ Nguyễn Thị Mai.")
    # Typed all in one case: write it as a name. Otherwise the citizen's own spelling is kept.
    return name.title() if name.islower() else name


def shown(field: Field, value: str) -> str:
    """The value as a person reads it: dates as dd/mm/yyyy, options by label."""
    if field.type == "date":
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    if field.type == "choice":
        return next((option.label for option in field.options if option.value == value), value)
    return value
