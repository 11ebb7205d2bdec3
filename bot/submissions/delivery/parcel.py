"""The parcel of a submission: made of its sealed draft each time it is sent."""

from __future__ import annotations

import datetime as dt

from bot.submissions import filling
from bot.submissions.completeness import record_of, verdict_of
from bot.submissions.delivery.base import Answer, Paper, Parcel
from bot.submissions.draft import Draft
from bot.submissions.prefill.base import Person
from bot.submissions.prefill.taking_over import facts_of, own_role
from procedures_kb.form_model import FormDefinition
from procedures_kb.store import HANOI, today


def parcel_of(
    draft: Draft, form: FormDefinition, key: str, number: int, code: str = "", corrected: list[str] | None = None
) -> Parcel:  # fmt: skip
    """Everything the case system gets of one round."""
    record = record_of(draft.procedure)
    role = own_role(form, draft.content)
    person = facts_of(form, draft.content, role) if role else Person()
    phone = next((draft.content.values.get(field.id, "") for field in form.fields if field.type == "phone"), "")
    return Parcel(
        key=key, round=number, reference=draft.reference or "", code=code, procedure=draft.procedure,
        procedure_name=record.name if record else form.title, field_name=record.field if record else "", form_title=form.title, person=person.name, person_id=person.id,
        phone=person.phone or phone, sent_at=dt.datetime.now(HANOI),
        answers=[Answer(field.id, field.label, text) for field, text in filling.answered(form, draft.content)],
        papers=[Paper(line.id, line.name, line.state.value) for line in verdict_of(draft, form, today()).lines],
        corrected=corrected or [],
    )  # fmt: skip
