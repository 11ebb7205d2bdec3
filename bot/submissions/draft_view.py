"""What the page of a draft shows: groups, rows, boxes with what was typed, errors and remarks beside their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.submissions import filling, protecting
from bot.submissions.checks import Finding
from bot.submissions.store import Draft
from bot.submissions.values import shown
from procedures_kb.form_model import FormDefinition, asked_fields, row_numbers
from procedures_kb.form_rules import holds
from procedures_kb.form_types import CHOICES, ROW, Field, Group, repeat_of, row_field


def in_box(form: FormDefinition, field: Field, values: Mapping[str, str]) -> str:
    """The text of a field's box: option values for choices, else as a person reads it."""
    if field.composed:
        return filling.composed(form, field, values)
    value = values.get(field.id, "")
    return value if not value or field.type in CHOICES else shown(field, value)


def boxes(form: FormDefinition, values: Mapping[str, str]) -> dict[str, str]:
    """Every field that applies with the text of its box; what other tabs compare themselves with."""
    return {field.id: in_box(form, field, values) for field in asked_fields(form, values)}


def sections(
    form: FormDefinition, draft: Draft, errors: Mapping[str, str], typed: Mapping[str, str], findings: Iterable[Finding]
) -> list[dict[str, Any]]:  # fmt: skip
    """The form's groups as the template shows them. Fields that do not apply are there, hidden, for the page's script."""
    values = draft.content.values
    applying = {field.id for field in asked_fields(form, values)}
    remarks: dict[str, list[Finding]] = {}
    for finding in findings:
        if not (finding.blocks and finding.message.startswith("Còn thiếu")):
            remarks.setdefault(finding.field, []).append(finding)

    def item(field: Field) -> dict[str, Any]:
        text = typed.get(field.id, in_box(form, field, values))
        return {
            "field": field, "value": text, "chosen": text.split(","), "error": errors.get(field.id),
            "applies": field.id in applying, "remarks": remarks.get(field.id, []),
            "closed": protecting.closed(draft.content, field.id, field.required and not field.composed),
            "verified": field.id in draft.content.verified, "said": shown(field, values[field.id]) if field.id in values else "", "from": _from(draft, field.id),
        }  # fmt: skip

    found = []
    for group in form.groups:
        section: dict[str, Any] = {
            "title": group.title,
            "note": group.note,
            "repeat": group.repeat,
            "rows": [],
            "fields": [],
        }
        if group.repeat:
            section["rows"] = _rows(group, values, item)
            section["shown"] = holds(group.show_if, {**form.fixed, **values})
            section["can_add"] = len(section["rows"]) < group.repeat.max
            section["can_remove"] = len(section["rows"]) > group.repeat.min
        else:
            section["fields"] = [item(field) for field in group.fields if field.id not in form.fixed]
            section["shown"] = any(box["applies"] for box in section["fields"])
        held = [*section["fields"], *(box for row in section["rows"] for box in row["fields"])]
        section["open"] = any(box["applies"] and not box["closed"] for box in held)
        found.append(section)
    return found


def _from(draft: Draft, field_id: str) -> str:
    """What the page says of a value that was not typed here."""
    if field_id in draft.content.disputed:
        return "anh/chị đã báo thông tin có sẵn là sai; cán bộ sẽ xem lại cùng phần anh/chị ghi"
    if draft.content.sources.get(field_id) not in ("page", "chat", None):
        return protecting.said_source(draft.content, field_id)
    return ""


def _rows(group: Group, values: Mapping[str, str], item: Any) -> list[dict[str, Any]]:
    repeat = repeat_of(group)
    return [
        {
            "key": f"{repeat.id}{ROW}{number}", "title": f"{repeat.item} {position}",
            "fields": [item(row_field(group, field, number, position)) for field in group.fields],
        }
        for position, number in enumerate(row_numbers(group, values), 1)
    ]  # fmt: skip


def shown_sections(form: FormDefinition, values: Mapping[str, str]) -> list[int]:
    """Positions of the groups that are shown now."""
    applying = {field.id for field in asked_fields(form, values)}
    known = {**form.fixed, **values}
    return [
        position for position, group in enumerate(form.groups)
        if (holds(group.show_if, known) if group.repeat else any(field.id in applying for field in group.fields))
    ]  # fmt: skip
