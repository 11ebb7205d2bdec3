"""Numbers and dates in Vietnamese words, as official forms want them ("bằng chữ")."""

from __future__ import annotations

import datetime as dt

_DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
_GROUPS = ["", "nghìn", "triệu", "tỷ"]


def number_in_words(number: int) -> str:
    """1205000 → "một triệu hai trăm linh năm nghìn"."""
    if number < 0:
        raise ValueError(f"negative number {number}")
    if number == 0:
        return _DIGITS[0]
    billions, rest = divmod(number, 10**9)
    parts = [f"{number_in_words(billions)} tỷ"] if billions else []
    leading = not billions
    for power in (2, 1, 0):
        group = rest // 1000**power % 1000
        if group:
            parts.append(f"{_three(group, leading)} {_GROUPS[power]}".strip())
            leading = False
        elif parts and not leading:
            continue
    return " ".join(parts)


def _three(number: int, leading: bool) -> str:
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    words = [] if leading and not hundreds else [_DIGITS[hundreds], "trăm"]
    if tens == 0:
        if ones:
            words += ["linh", _DIGITS[ones]] if words else [_DIGITS[ones]]
        return " ".join(words)
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return " ".join(words)


def date_in_words(date: dt.date) -> str:
    """2026-10-03 → "ngày ba tháng mười năm hai nghìn không trăm hai mươi sáu"."""
    day = f"mùng {number_in_words(date.day)}" if date.day <= 10 else number_in_words(date.day)
    month = "tư" if date.month == 4 else number_in_words(date.month)
    return f"ngày {day} tháng {month} năm {number_in_words(date.year)}"
