"""Filling a draft in: which field is next, putting a value in, rows of repeatable groups, the state of the whole.

Everything a draft holds is one flat map: ``field``, ``group-2-field`` for a row's answer, ``group-2`` to mark a row that
has no answer yet, ``group-more`` when the citizen said that there are no more rows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import msgspec

from bot.submissions import checks, protecting
from bot.submissions.correcting import corrected, field_named
from bot.submissions.store import Content
from bot.submissions.values import CannotRead, read, shown
from procedures_kb.form_model import Field, FormDefinition, asked_fields, row_numbers, steps
from procedures_kb.form_rules import holds
from procedures_kb.form_types import MORE, ROW, repeat_of

__all__ = [
    "Progress", "add_row", "answered", "composed", "corrected", "field_named", "findings", "next_field", "progress", "put",
    "put_off", "remove_row",
]  # fmt: skip


class Progress(msgspec.Struct, frozen=True):
    """Fields answered or put off, of the fields that apply so far."""

    done: int
    total: int


def next_field(form: FormDefinition, content: Content) -> Field | None:
    """The first field that applies and is neither answered nor put off; None = ready for review.

    After the last answer of a row comes the question for one more ("thêm người nữa không ạ?"), as a choice field.
    """
    for field in steps(form, content.values):
        if field.id not in content.values and field.id not in content.skipped and not field.composed:
            return field
    return None


def progress(form: FormDefinition, content: Content) -> Progress:
    fields = [field for field in asked_fields(form, content.values) if not field.composed]
    done = sum(field.id in content.values or field.id in content.skipped for field in fields)
    return Progress(done, len(fields))


def put(form: FormDefinition, content: Content, field_id: str, typed: str, source: str, today: dt.date) -> str:
    """Read and store a value; answers that no longer apply are dropped. Returns the canonical value.

    Raises:
        CannotRead: the sentence to show; nothing was changed.
        KeyError: the form has no such field.
    """
    field = form.field(field_id)
    value = read(field, typed, today)
    if field_id.endswith(ROW + MORE) and value == "co":
        add_row(form, content, field_id.removesuffix(ROW + MORE))
        return value
    protecting.refuse(content, field_id, value)
    if field_id in content.verified:
        return value
    # Deleted first so that the newest answer stands last: "à nhầm" means the last one.
    content.values.pop(field_id, None)
    content.values[field_id] = value
    content.sources[field_id] = source
    if field_id in content.skipped:
        content.skipped.remove(field_id)
    _drop_what_no_longer_applies(form, content)
    return value


def take_out(form: FormDefinition, content: Content, field_id: str) -> None:
    """Empty one field. Raises CannotRead when a database vouches for it."""
    protecting.refuse(content, field_id, None)
    content.values.pop(field_id, None)
    content.sources.pop(field_id, None)
    _drop_what_no_longer_applies(form, content)


def add_row(form: FormDefinition, content: Content, repeat_id: str) -> int:
    """One more row; returns its number, which no other row ever had before it.

    Raises:
        CannotRead: the form has no room for more.
        KeyError: no such group.
    """
    group = form.group(repeat_id)
    protecting.refuse_rows(content, repeat_id)
    repeat = repeat_of(group)
    numbers = row_numbers(group, content.values)
    if len(numbers) >= repeat.max:
        raise CannotRead(
            f"Tờ khai này ghi nhiều nhất {repeat.max} dòng ({repeat.item.lower()}). Thêm nữa thì anh/chị ghi ra giấy kèm theo giúp em."
        )
    for number in numbers:  # rows that stand only because the form needs them get their mark too
        content.values.setdefault(f"{repeat_id}{ROW}{number}", "1")
    number = max(numbers, default=0) + 1
    content.values.pop(f"{repeat_id}{ROW}{MORE}", None)
    content.values[f"{repeat_id}{ROW}{number}"] = "1"
    return number


def remove_row(form: FormDefinition, content: Content, repeat_id: str, number: int) -> None:
    """Take a row and its answers out.

    Raises:
        CannotRead: the form needs at least so many rows.
        KeyError: no such group.
    """
    group = form.group(repeat_id)
    protecting.refuse_rows(content, repeat_id)
    repeat = repeat_of(group)
    numbers = row_numbers(group, content.values)
    if number in numbers and len(numbers) <= repeat.min:
        raise CannotRead(
            f"Tờ khai cần ít nhất {repeat.min} dòng ({repeat.item.lower()}), anh/chị sửa dòng này chứ chưa xoá được."
        )
    key = f"{repeat_id}{ROW}{number}"
    for name in [name for name in content.values if name == key or name.startswith(key + ROW)]:
        del content.values[name]
        content.sources.pop(name, None)
        protecting.forget(content, name)
    content.skipped = [name for name in content.skipped if not name.startswith(key + ROW)]


def _drop_what_no_longer_applies(form: FormDefinition, content: Content) -> None:
    # An answer dropped can take another with it (a condition on it), so until nothing changes.
    while True:
        applying = {field.id for field in asked_fields(form, content.values)}
        for group in form.groups:
            if group.repeat and holds(group.show_if, {**form.fixed, **content.values}):
                applying |= {f"{group.repeat.id}{ROW}{n}" for n in row_numbers(group, content.values)}
                applying.add(f"{group.repeat.id}{ROW}{MORE}")
        gone = [key for key in content.values if key not in applying]
        for key in gone:
            del content.values[key]
            content.sources.pop(key, None)
            protecting.forget(content, key)
        content.skipped = [key for key in content.skipped if key in applying]
        if not gone:
            return


def put_off(content: Content, field: Field) -> None:
    """Leave a field for later; only fields the form does not require. "For later" on one more row means no.

    Raises:
        CannotRead: the field is required.
    """
    if field.id.endswith(ROW + MORE):
        content.values[field.id] = "khong"
        return
    if field.required:
        raise CannotRead(
            "Mục này bắt buộc nên chưa bỏ qua được ạ. Nếu cần dừng, anh/chị nhắn “dừng lại”, em giữ phần đã điền."
        )
    if field.id not in content.skipped:
        content.skipped.append(field.id)


def findings(form: FormDefinition, content: Content, today: dt.date) -> list[checks.Finding]:
    """Everything missing or odd in the whole draft, at once."""
    return checks.review(form, content.values, set(content.skipped), today)


_REFERENCE = re.compile(r"\{(\w+)\}")
DOTS = "…………"


def composed(form: FormDefinition, field: Field, values: Mapping[str, str]) -> str:
    """The text of a composed field as it stands now: the citizen's own, else made of the other answers."""
    if field.id in values:
        return values[field.id]
    known = {**form.fixed, **values}

    def said(name: str) -> str:
        source = form.field(name) if name not in form.fixed else None
        value = known.get(name)
        if not value and source and source.copy_from:
            return said(source.copy_from)
        return (shown(source, value) if source else value) if value else DOTS

    return _REFERENCE.sub(lambda match: said(match[1]), field.composed)


def answered(form: FormDefinition, content: Content) -> list[tuple[Field, str]]:
    """Every field that applies and has a value, with the text a person reads; rows and composed texts included."""
    found = []
    for field in asked_fields(form, content.values):
        if field.composed:
            found.append((field, composed(form, field, content.values)))
        elif field.id in content.values:
            found.append((field, shown(field, content.values[field.id])))
    return found
