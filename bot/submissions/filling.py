"""Filling a draft in: which field is next, putting a value in, correcting one, the state of the whole."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

from bot.submissions import checks
from bot.submissions.store import Content
from bot.submissions.values import CannotRead, read
from procedures_kb.form_model import Field, FormDefinition, asked_fields
from procedures_kb.text import fold, strip_marks


class Progress(msgspec.Struct, frozen=True):
    """Fields answered or put off, of the fields that apply so far."""

    done: int
    total: int


def next_field(form: FormDefinition, content: Content) -> Field | None:
    """The first field that applies and is neither answered nor put off; None = ready for review."""
    for field in asked_fields(form, content.values):
        if field.id not in content.values and field.id not in content.skipped:
            return field
    return None


def progress(form: FormDefinition, content: Content) -> Progress:
    fields = asked_fields(form, content.values)
    done = sum(field.id in content.values or field.id in content.skipped for field in fields)
    return Progress(done, len(fields))


def put(form: FormDefinition, content: Content, field_id: str, typed: str, source: str, today: dt.date) -> str:
    """Read and store a value; answers that no longer apply are dropped. Returns the canonical value.

    Raises:
        CannotRead: the sentence to show; nothing was changed.
    """
    value = read(form.field(field_id), typed, today)
    # Deleted first so that the newest answer stands last: "à nhầm" means the last one.
    content.values.pop(field_id, None)
    content.values[field_id] = value
    content.sources[field_id] = source
    if field_id in content.skipped:
        content.skipped.remove(field_id)
    _drop_what_no_longer_applies(form, content)
    return value


def _drop_what_no_longer_applies(form: FormDefinition, content: Content) -> None:
    applying = {field.id for field in asked_fields(form, content.values)}
    for field_id in [key for key in content.values if key not in applying]:
        del content.values[field_id]
        content.sources.pop(field_id, None)
    content.skipped = [key for key in content.skipped if key in applying]


def put_off(content: Content, field: Field) -> None:
    """Leave a field for later; only fields the form does not require.

    Raises:
        CannotRead: the field is required.
    """
    if field.required:
        raise CannotRead(
            "Mục này bắt buộc nên chưa bỏ qua được ạ. Nếu cần dừng, anh/chị nhắn “dừng lại”, em giữ phần đã điền."
        )
    if field.id not in content.skipped:
        content.skipped.append(field.id)


def findings(form: FormDefinition, content: Content, today: dt.date) -> list[checks.Finding]:
    """Everything missing or odd in the whole draft, at once."""
    return checks.review(form, content.values, set(content.skipped), today)


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
    return form.field(next(reversed(content.values))) if content.values else None


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
