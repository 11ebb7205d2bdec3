"""What the official form prints, as data: groups of label and value, tables of rows, two columns, signature blocks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from bot.submissions import filling
from bot.submissions.values import shown
from bot.submissions.words import date_in_words, number_in_words
from procedures_kb.form_model import FormDefinition, asked_fields, row_numbers, row_values
from procedures_kb.form_rules import holds
from procedures_kb.form_types import ROW, Field, Group, repeat_of

_REFERENCE = re.compile(r"\{(\w+)\}")


def sheet(form: FormDefinition, values: Mapping[str, str], reference: str | None, today: dt.date) -> dict[str, Any]:
    """Everything the template shows. A field put off, or not answered, is printed as dots to fill by hand."""
    applying = {field.id for field in asked_fields(form, values)}
    in_heading = set(_REFERENCE.findall(form.addressed_to))
    blocks: list[dict[str, Any]] = []
    for group in form.groups:
        block = _table(form, group, values) if group.repeat else _entries(form, group, values, applying, in_heading)
        if not block:
            continue
        if group.beside and blocks and blocks[-1]["kind"] == "entries":
            blocks[-1] = {"kind": "pair", "left": blocks[-1], "right": block}
        else:
            blocks.append(block)
    return {
        "title": form.title, "official": form.official.id, "addressed_to": _heading(form, values), "blocks": blocks,
        "closing": form.closing, "signers": _signers(form, values, today),
        "footer": f"{form.number}. Mã phiếu {reference or 'chưa có'}.",
    }  # fmt: skip


def _heading(form: FormDefinition, values: Mapping[str, str]) -> str:
    return _REFERENCE.sub(lambda match: values.get(match[1], filling.DOTS), form.addressed_to)


def _entries(
    form: FormDefinition, group: Group, values: Mapping[str, str], applying: set[str], in_heading: set[str]
) -> dict[str, Any] | None:  # fmt: skip
    entries = []
    for field in group.fields:
        if not field.printed or field.id in in_heading:
            continue
        if field.composed and field.id in applying:
            entries.append({"label": field.label, "value": filling.composed(form, field, values)})
            continue
        source = _source(form, field, applying)
        if source is None:
            continue
        entries.append(
            {"label": field.label, "value": said(form.field(source), values[source]) if source in values else ""}
        )
    if not entries:
        return None
    return {"kind": "entries", "title": group.title, "note": group.note, "entries": entries}


def _source(form: FormDefinition, field: Field, applying: set[str]) -> str | None:
    """The field whose answer is printed: its own, or the one it is copied from when it is not asked."""
    if field.id in applying:
        return field.id
    if field.copy_from and field.copy_from in applying:
        return field.copy_from
    return None


def said(field: Field, value: str) -> str:
    """The value as printed, in words too where the form wants it."""
    text = shown(field, value)
    if field.in_words and field.type == "date":
        return f"{text} ({date_in_words(dt.date.fromisoformat(value))})"
    if field.in_words and field.type == "amount":
        return f"{text} ({number_in_words(int(value))} đồng)"
    return text


def _table(form: FormDefinition, group: Group, values: Mapping[str, str]) -> dict[str, Any] | None:
    known = {**form.fixed, **values}
    if not holds(group.show_if, known):
        return None
    columns = [field for field in group.fields if field.printed]
    rows = []
    for number in row_numbers(group, values):
        row = row_values(group, number, known)
        prefix = f"{repeat_of(group).id}{ROW}{number}{ROW}"
        rows.append([shown(field, row[field.id]) if f"{prefix}{field.id}" in values else "" for field in columns])
    return {"kind": "table", "title": group.title, "note": group.note, "heads": [f.label for f in columns], "rows": rows,
            "widths": [_width(field) for field in columns]}  # fmt: skip


def _width(field: Field) -> float:
    """Relative width of a column: long texts get more."""
    return {"name": 2.2, "address": 2.6, "text": 1.7, "note": 2.6, "date": 1.35, "personal_id": 1.75}.get(
        field.type, 1.0
    )


def _signers(form: FormDefinition, values: Mapping[str, str], today: dt.date) -> list[dict[str, str]]:
    known = {**form.fixed, **values}
    found = []
    for signer in form.signers:
        if not holds(signer.show_if, known, today):
            continue
        name = values.get(signer.field or "", "")
        if not name and signer.field:
            copied = form.field(signer.field).copy_from
            name = values.get(copied or "", "")
        found.append({"title": signer.title, "name": name})
    return found or [{"title": "Người khai", "name": ""}]
