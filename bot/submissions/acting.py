"""For someone else: whether the one who files may, and which authorisation paper the dossier then needs.

What holds for which procedure stands in the form's file (``acting``), with its law and whether it is confirmed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.submissions.checks.finding import Finding
from procedures_kb.form_model import FormDefinition
from procedures_kb.form_rules import holds
from procedures_kb.form_types import ActingRule

NAMES = {"written": "Văn bản ủy quyền (không phải chứng thực)", "certified": "Văn bản ủy quyền có chứng thực"}
SAYS = {"written": "Không phải chứng thực.", "certified": "Phải công chứng hoặc chứng thực."}
UNSURE = "Điểm này em chưa đối chiếu được với văn bản mới, anh/chị hỏi lại cán bộ hoặc 1022."


def rule_of(form: FormDefinition, values: Mapping[str, str], today: dt.date) -> ActingRule | None:
    """The rule for the one who files; None when they file for themselves, or have not said."""
    known = {**form.fixed, **values}
    return next((rule for rule in form.acting if holds(rule.when, known, today)), None)


def papers_of_acting(form: FormDefinition) -> set[str]:
    """Components that are authorisations: needed only as the rules say."""
    return {rule.component for rule in form.acting}


def note_of(rule: ActingRule) -> str:
    """What is said beside the paper."""
    return " ".join(part for part in (SAYS.get(rule.needs, ""), rule.note, "" if rule.sure else UNSURE) if part)


def findings(form: FormDefinition, values: Mapping[str, str], today: dt.date) -> list[Finding]:
    """That nobody may file this for the person; it blocks only where the law is sure."""
    rule = rule_of(form, values, today)
    if rule is None or rule.needs != "impossible":
        return []
    named = [field.id for field in form.fields if field.id in rule.when.fields and field.id in values]
    field = named[-1] if named else ""  # the last one asked: who files comes after what is wanted
    said = (
        f"{rule.note.rstrip('.')} (theo {rule.law})."
        if rule.sure
        else f"{rule.note.rstrip('.')} (theo {rule.law}). {UNSURE}"
    )
    return [Finding(field, said, rule.sure)]
