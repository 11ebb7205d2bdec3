"""Sense of a whole draft, at review: everything missing (blocks), impossible (blocks) or odd (warns), all at once.

What must hold between fields is declared in each form's ``rules``; this package only knows the kinds of rule.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.submissions import acting
from bot.submissions.checks.addresses import old_addresses, unknown_wards
from bot.submissions.checks.finding import Finding
from bot.submissions.checks.rules import broken_rules
from procedures_kb.form_model import FormDefinition, asked_fields, row_numbers

__all__ = ["Finding", "review"]


def review(form: FormDefinition, values: Mapping[str, str], skipped: set[str], today: dt.date) -> list[Finding]:
    """All findings at once, in the form's order; what blocks stands before what warns about the same field."""
    asked = asked_fields(form, values)
    found: list[Finding] = []
    for field in asked:
        if field.id in values or field.composed:
            continue
        if field.required:
            found.append(Finding(field.id, f"Còn thiếu: {field.label}.", True))
        elif field.id in skipped:
            found.append(Finding(field.id, f"Để trống, cán bộ sẽ hỏi khi cần: {field.label}.", False))
    found.extend(broken_rules(form, values, today))
    found.extend(acting.findings(form, values, today))
    found.extend(old_addresses(asked, values))
    found.extend(unknown_wards(asked, values))
    place = {field.id: position for position, field in enumerate(asked)}
    for group in form.groups:
        if group.repeat and row_numbers(group, values):
            place.setdefault(group.repeat.id, len(place))
    return sorted(found, key=lambda finding: (place.get(finding.field, len(place)), not finding.blocks))
