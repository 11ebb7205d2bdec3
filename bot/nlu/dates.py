"""Dates as citizens write them: "3/1/90", "01-03-1990", "mùng 5 tháng 2 năm 2024", "mồng một tháng Giêng", "từ 3/1 đến 5/2/2026"."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

_COUNTED = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10,
    "muoi mot": 11, "muoi hai": 12, "muoi ba": 13, "muoi bon": 14, "muoi lam": 15, "ram": 15, "muoi sau": 16, "muoi bay": 17,
    "muoi tam": 18, "muoi chin": 19, "hai muoi": 20, "hai mot": 21, "hai ba": 23, "hai nham": 25, "ba muoi": 30,
}  # fmt: skip
_NUMBER = r"\d{1,2}|" + "|".join(sorted(_COUNTED, key=len, reverse=True))
_MONTHS = {**{name: number for name, number in _COUNTED.items() if number <= 12}, "gieng": 1, "chap": 12}
_LUNAR_MONTHS = frozenset({"gieng", "chap"})
_NUMERIC = re.compile(r"(?<![\d/.\-])(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?![\d/.\-])")
_ISO = re.compile(r"(?<![\d/.\-])(\d{4})-(\d{2})-(\d{2})(?![\d/.\-])")
_WORDS = re.compile(
    rf"(?:\b(?:ngay|mung|mong)\s+(?P<counted>{_NUMBER})|(?<!\d)(?P<day>\d{{1,2}}))\s*thang\s*"
    rf"(?P<month>\d{{1,2}}(?!\d)|{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b(?:\s*(?:nam|,)?\s*(?P<year>\d{{4}}|\d{{2}})(?!\d))?"
)
_DAY_OF = re.compile(rf"\b(?:ngay|mung|mong)\s+({_NUMBER})\s+(?=den\b|toi\b|-)")
_BETWEEN = re.compile(r"\s*(?:den|toi|->|–|-)\s*(?:het\s+)?(?:ngay\s+|mung\s+)?")
_LUNAR = re.compile(r"\s*(?:\(?\s*(?:am lich|am|al|lich am|lich ta)\b)")


class FoundDate(msgspec.Struct, frozen=True):
    """A date in a text.

    Fields:
        year_given: False = the year was guessed, so the date must be asked back.
        lunar: counted by the lunar calendar, so ``date`` is not the day meant and must be asked back.
    """

    date: dt.date
    start: int
    end: int
    year_given: bool
    lunar: bool = False


class FoundRange(msgspec.Struct, frozen=True):
    """From one date to another, both included; ``end`` of the text span after the second."""

    first: FoundDate
    last: FoundDate


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

    def take(day: str, month: str, year: str | None, start: int, end: int, by_name: bool) -> None:
        try:
            number = int(day) if day.isdigit() else _COUNTED[day]
            of_month = int(month) if month.isdigit() else _MONTHS[month]
            date = dt.date(full_year(year, today) if year else today.year, of_month, number)
        except ValueError:
            return
        if not any(start < other.end and other.start < end for other in found):
            lunar = by_name or bool(_LUNAR.match(plain, end))
            found.append(FoundDate(date, start, end, bool(year), lunar))

    for match in _ISO.finditer(plain):
        take(match[3], match[2], match[1], match.start(), match.end(), False)
    for match in _NUMERIC.finditer(plain):
        take(match[1], match[2], match[3], match.start(), match.end(), False)
    for match in _WORDS.finditer(plain):
        day = match["counted"] or match["day"]
        take(day, match["month"], match["year"], match.start(), match.end(), match["month"] in _LUNAR_MONTHS)
    return sorted(found, key=lambda item: item.start)


def find_ranges(plain: str, today: dt.date) -> list[FoundRange]:
    """Spans of days: "từ 3/1/2026 đến 5/2/2026", "từ ngày 3 đến ngày 5 tháng 2"; the first day takes what it leaves out
    from the second."""
    dates = find_dates(plain, today)
    found: list[FoundRange] = []
    for first, last in zip(dates, dates[1:], strict=False):
        if _BETWEEN.fullmatch(plain[first.end : last.start]) and first.date <= last.date:
            found.append(FoundRange(first, last))
    for match in _DAY_OF.finditer(plain):
        last_date = next((date for date in dates if date.start > match.start()), None)
        if last_date is None or not _BETWEEN.fullmatch(plain[match.end() : last_date.start]):
            continue
        day = int(match[1]) if match[1].isdigit() else _COUNTED[match[1]]
        try:
            date = last_date.date.replace(day=day)
        except ValueError:
            continue
        if date <= last_date.date:
            found.append(FoundRange(FoundDate(date, match.start(), match.end(), last_date.year_given), last_date))
    return found
