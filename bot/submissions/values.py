"""Reading one field's value from what a citizen typed, checking its shape at once, and showing it again.

A value that cannot be read gives :class:`CannotRead` with a Vietnamese sentence that says what was expected.
"""

from __future__ import annotations

import datetime as dt
import re

from rapidfuzz import fuzz

from bot.submissions.reading.dates import read_date
from bot.submissions.reading.numbers_of_people import read_old_id, read_personal_id, read_phone
from bot.submissions.reading.quantities import read_amount, read_area, read_count, read_plate, shown_amount, shown_area
from bot.submissions.reading.text import LONGEST, CannotRead, read_name, read_text
from procedures_kb.form_model import Field
from procedures_kb.text import clean, strip_marks, syllables

__all__ = ["LONGEST", "CannotRead", "read", "read_date", "shown"]


def read(field: Field, typed: str, today: dt.date) -> str:
    """The canonical value: ISO date, option values, digits, or cleaned text in the citizen's spelling.

    Raises:
        CannotRead: with the sentence to show.
    """
    text = clean(typed)
    if not text:
        raise CannotRead("Anh/chị chưa điền gì ạ.")
    value = _read(field, text, today)
    if field.pattern and not re.fullmatch(field.pattern, value):
        raise CannotRead(field.pattern_says)
    return value


def _read(field: Field, text: str, today: dt.date) -> str:
    match field.type:
        case "date":
            return read_date(text, today, field.when).isoformat()
        case "choice":
            return _read_choice(field, text)
        case "multi_choice":
            return _read_choices(field, text)
        case "personal_id":
            return read_personal_id(text)
        case "old_id":
            return read_old_id(text)
        case "phone":
            return read_phone(text)
        case "count":
            return read_count(text, field.min, field.max)
        case "amount":
            return read_amount(text, field.min, field.max)
        case "area":
            return read_area(text, field.min, field.max)
        case "plate":
            return read_plate(text)
        case "name":
            return read_name(text)
        case "text" | "note" | "address":
            return read_text(text, field.longest or LONGEST[field.type])


def _read_choice(field: Field, text: str) -> str:
    value = _choice(field, text)
    if value is None:
        raise CannotRead(f"Anh/chị chọn một mục giúp em: {_choices(field)}.")
    return value


def _choice(field: Field, text: str) -> str | None:
    wanted = " ".join(syllables(strip_marks(text)))
    if not wanted:
        return None
    labels = [(option.value, " ".join(syllables(strip_marks(option.label)))) for option in field.options]
    for position, (value, label) in enumerate(labels, 1):
        if wanted in (value, value.replace("_", " "), label, str(position)):
            return value
    # Part of one label, whatever the order of words: "mua bán nhà" for "Mua bán, chuyển nhượng nhà đất".
    scores = sorted(((fuzz.token_set_ratio(wanted, label), value) for value, label in labels), reverse=True)
    if len(wanted) >= 2 and scores[0][0] >= 80 and (len(scores) < 2 or scores[0][0] > scores[1][0]):
        return scores[0][1]
    return None


def _read_choices(field: Field, text: str) -> str:
    """One or several options, "1, 3" or "1 và 3"; kept as their values joined by commas, in the form's order."""
    parts = [part for part in re.split(r"\s*(?:[,;+]|\bvà\b|\bva\b)\s*|\s+(?=\d+\b)", text) if part]
    found = {_choice(field, part) for part in parts}
    if None in found:  # perhaps one option whose label holds a comma
        found = {_choice(field, text)}
    if not found or None in found:
        raise CannotRead(f"Anh/chị chọn một hoặc nhiều mục giúp em, ví dụ “1, 2”: {_choices(field)}.")
    return ",".join(option.value for option in field.options if option.value in found)


def _choices(field: Field) -> str:
    return "; ".join(f"{position}. {option.label}" for position, option in enumerate(field.options, 1))


def shown(field: Field, value: str) -> str:
    """The value as a person reads it: dates as dd/mm/yyyy, options by label, money and areas with their unit."""
    match field.type:
        case "date":
            return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
        case "choice" | "multi_choice":
            labels = {option.value: option.label for option in field.options}
            return "; ".join(labels.get(part, part) for part in value.split(","))
        case "amount":
            return shown_amount(value)
        case "area":
            return shown_area(value)
        case _:
            return value
