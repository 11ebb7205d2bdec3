"""Dates as people write them: 3/1/95, "ngày 3 tháng 1 năm 1995", "mùng 5 tháng 2 năm 1990". Lunar dates are asked back."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

from bot.submissions.reading.text import CannotRead
from procedures_kb.text import strip_marks

OLDEST = dt.date(1890, 1, 1)
LATEST_YEARS = 60  # how far a date to come may lie (a loan, a lease)
When = Literal["past", "any", "future"]

_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})(?!\d)")
_WORDS = re.compile(r"(?<!\d)(\d{1,2})\s*thang\s*(\d{1,2})\s*(?:,|nam)?\s*(\d{4}|\d{2})(?!\d)")
_TOGETHER = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")  # 03011995
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_LUNAR = re.compile(r"\b(?:am lich|lich am|al|tet|ram|thang gieng|thang chap|nhuan)\b")
_LUNAR_YEAR = re.compile(
    r"\b(?:giap|at|binh|dinh|mau|ky|canh|tan|nham|quy) (?:ty|suu|dan|mao|thin|ngo|mui|than|dau|tuat|hoi)\b"
)
_NO_YEAR = re.compile(r"(?<!\d)\d{1,2}\s*(?:/|thang)\s*\d{1,2}(?!\d)")
_MONTH_WORDS = {"hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
                "muoi mot": 11, "muoi hai": 12, "muoi": 10}  # fmt: skip
_MONTH_WORD = re.compile(r"\bthang (muoi mot|muoi hai|muoi|hai|ba|tu|nam|sau|bay|tam|chin)\b(?=\s*(?:,|nam\b|\d))")


def read_date(text: str, today: dt.date, when: When = "past") -> dt.date:
    """A solar date. Two-digit years are read as the most recent past one ("90" → 1990) unless a date to come is asked.

    Raises:
        CannotRead: no such day, not the time the field is about, or a lunar date.
    """
    plain = strip_marks(text).lower()
    if _LUNAR.search(plain) or _LUNAR_YEAR.search(plain):
        raise CannotRead(
            "Ngày này có vẻ là âm lịch, tờ khai ghi ngày dương lịch. Anh/chị đổi sang dương lịch giúp em, ví dụ 3/1/1995."
        )
    plain = _MONTH_WORD.sub(lambda match: f"thang {_MONTH_WORDS[match[1]]}", plain)
    iso = _ISO.search(plain)
    found = iso or _NUMERIC.search(plain) or _WORDS.search(plain) or _TOGETHER.search(plain)
    if not found:
        if _NO_YEAR.search(plain):
            raise CannotRead("Em chưa thấy đủ ngày, tháng, năm: còn thiếu năm. Anh/chị ghi dạng 3/1/1995 giúp em.")
        raise CannotRead("Em chưa thấy đủ ngày, tháng, năm. Anh/chị ghi dạng 3/1/1995 giúp em.")
    year, month, day = found.groups() if iso else reversed(found.groups())
    full = int(year) if len(year) == 4 else _century(int(year), today, when)
    try:
        date = dt.date(full, int(month), int(day))
    except ValueError:
        raise CannotRead(_not_in_calendar(int(day), int(month), full)) from None
    _check_time(date, today, when)
    return date


def _century(two_digits: int, today: dt.date, when: When) -> int:
    year = today.year - today.year % 100 + two_digits
    return year if when != "past" or year <= today.year else year - 100


def _not_in_calendar(day: int, month: int, year: int) -> str:
    if (day, month) == (29, 2):
        return f"Năm {year} không nhuận nên không có ngày 29/2 trong lịch. Anh/chị xem lại ngày hoặc năm giúp em."
    return f"Không có ngày {day}/{month}/{year} trong lịch. Anh/chị xem lại giúp em."


def _check_time(date: dt.date, today: dt.date, when: When) -> None:
    if date < OLDEST:
        raise CannotRead(f"Năm {date.year} xa quá. Anh/chị ghi đủ bốn số của năm giúp em.")
    if when == "past" and date > today:
        raise CannotRead(f"Ngày {date:%d/%m/%Y} chưa tới. Anh/chị xem lại giúp em.")
    if when == "future" and date < today:
        raise CannotRead(f"Ngày {date:%d/%m/%Y} đã qua. Mục này cần một ngày sắp tới, anh/chị xem lại giúp em.")
    if date.year > today.year + LATEST_YEARS:
        raise CannotRead(f"Năm {date.year} xa quá. Anh/chị xem lại giúp em.")
