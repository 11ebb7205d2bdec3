"""Dates as citizens write them: "3/1/90", "01-03-1990", "mùng 5 tháng 2 năm 2024", "ngày 3 tháng 1"."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

_NUMERIC = re.compile(r"(?<![\d/.\-])(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?![\d/.\-])")
_WORDS = re.compile(
    r"(?:\b(?:ngay|mung|mong)\s+)?(?<!\d)(\d{1,2})\s*thang\s*(\d{1,2})(?:\s*(?:nam|,)?\s*(\d{4}|\d{2})(?!\d))?"
)


class FoundDate(msgspec.Struct, frozen=True):
    """A date in a text. ``year`` was guessed when ``year_given`` is False; then the date must be asked back."""

    date: dt.date
    start: int
    end: int
    year_given: bool


def full_year(text: str, today: dt.date) -> int:
    """Two digits as people mean them for a past event: "90" → 1990, "05" → 2005; four digits as they are."""
    year = int(text)
    if len(text) == 4:
        return year
    century = today.year - today.year % 100
    return century + year if century + year <= today.year else century - 100 + year


def find_dates(plain: str, today: dt.date) -> list[FoundDate]:
    """Every real calendar date in a text without marks, in order; impossible ones (31/02) are left out."""
    found: list[FoundDate] = []
    for pattern in (_NUMERIC, _WORDS):
        for match in pattern.finditer(plain):
            day, month, year = match.groups()
            try:
                date = dt.date(full_year(year, today) if year else today.year, int(month), int(day))
            except ValueError:
                continue
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(FoundDate(date, match.start(), match.end(), bool(year)))
    return sorted(found, key=lambda item: item.start)
