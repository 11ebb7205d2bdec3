"""A correction said in passing: which field it means, and the new value ("à nhầm, sinh ngày 3")."""

from __future__ import annotations

import datetime as dt
import re

from bot.submissions.store import Content
from bot.submissions.values import CannotRead, read
from procedures_kb.form_model import Field, FormDefinition, asked_fields
from procedures_kb.text import fold, strip_marks


def field_named(form: FormDefinition, content: Content, text: str) -> Field | None:
    """The field a correction speaks of: by its everyday names (answered or not), else the last one answered."""
    plain = f" {strip_marks(fold(text))} "
    named: list[tuple[int, Field]] = []
    for field in asked_fields(form, content.values):
        for alias in [*field.aliases, field.label]:
            words = strip_marks(fold(alias))
            if f" {words} " in re.sub(r"[^\w ]", " ", plain):
                named.append((len(words), field))
    if named:
        # The longest name wins; among equals the one already answered.
        return max(named, key=lambda item: (item[0], item[1].id in content.values))[1]
    asked = {field.id: field for field in asked_fields(form, content.values)}
    return next((asked[key] for key in reversed(content.values) if key in asked), None)


_CORRECTION_LEAD = re.compile(
    r"^\s*(?:à|ơ|ờ|ấy|ôi|không|dạ|vâng|thôi)?[\s,.]*(?:em|tôi|mình|cháu|chị|anh)?\s*(?:bị\s+)?(?:ghi\s+|viết\s+|nói\s+|gõ\s+)?"
    r"(?:nhầm|nham|lộn|lon|sai|sửa|sua)(?:\s+(?:lại|lai|rồi|roi|mất|mat|giúp|giup|em|tôi|toi))*[\s,.:]*",
    re.IGNORECASE,
)
_PART_OF_DATE = {
    "day": re.compile(r"\b(?:ngay|mung|mong)\s+(\d{1,2})\b(?!\s*[/.\-]\s*\d)"),
    "month": re.compile(r"\bthang\s+(\d{1,2})\b"),
    "year": re.compile(r"\bnam\s+(\d{4}|\d{2})\b"),
}


def corrected(field: Field, old: str | None, text: str, today: dt.date) -> str:
    """The new value of a field out of a correction such as "à nhầm, sinh ngày 3".

    A date may be corrected in part: the rest is kept from the old value.

    Raises:
        CannotRead: the message names no new value.
    """
    if field.type == "date":
        try:
            return read(field, text, today)
        except CannotRead:
            if old is None:
                raise
            return _partly_corrected(old, text)
    rest = _CORRECTION_LEAD.sub("", text)
    for alias in sorted([field.label, *field.aliases], key=len, reverse=True):
        rest = re.sub(rf"^\s*{re.escape(alias)}\b", "", rest, flags=re.IGNORECASE)
    rest = re.sub(r"^\s*(?:là|la|thành|thanh|phải là|phai la|:|,)\s*", "", rest, flags=re.IGNORECASE)
    rest = re.sub(r"\s*(?:mới đúng|moi dung|ạ|nhé|nha)\s*\.?$", "", rest, flags=re.IGNORECASE)
    return read(field, rest, today)


def _partly_corrected(old: str, text: str) -> str:
    date = dt.date.fromisoformat(old)
    plain = strip_marks(fold(text))
    changes: dict[str, int] = {}
    for part, pattern in _PART_OF_DATE.items():
        match = pattern.search(plain)
        if match:
            number = match.group(1)
            changes[part] = (
                int(number) if part != "year" or len(number) == 4 else (date.year // 100) * 100 + int(number)
            )
    if not changes:
        raise CannotRead("Anh/chị cho em ngày đúng, ví dụ 3/1/1995.")
    try:
        return date.replace(**changes).isoformat()  # type: ignore[arg-type]
    except ValueError:
        raise CannotRead("Ngày này không có trong lịch. Anh/chị ghi lại đủ ngày, tháng, năm giúp em.") from None
