"""The parcel of a submission: made of its sealed draft each time it is sent."""

from __future__ import annotations

import datetime as dt

from bot.keys import Keys
from bot.submissions import filling, handed_files
from bot.submissions.completeness import State, Verdict, record_of, verdict_of
from bot.submissions.delivery.base import Answer, File, Paper, Parcel, short
from bot.submissions.draft import Draft
from bot.submissions.prefill.base import Person
from bot.submissions.prefill.taking_over import facts_of, own_role
from procedures_kb.form_model import FormDefinition
from procedures_kb.store import HANOI, today


def parcel_of(
    draft: Draft, form: FormDefinition, keys: Keys, key: str, number: int, code: str = "",
    corrected: list[str] | None = None, withdraws: bool = False,
) -> Parcel:  # fmt: skip
    """Everything the case system gets of one round."""
    record, verdict = record_of(draft.procedure), verdict_of(draft, form, today())
    role = own_role(form, draft.content)
    person = facts_of(form, draft.content, role) if role else Person()
    phone = next((draft.content.values.get(field.id, "") for field in form.fields if field.type == "phone"), "")
    return Parcel(
        key=key, round=number, reference=draft.reference or "", code=code, procedure=draft.procedure,
        procedure_name=record.name if record else form.title, field_name=record.field if record else "", form_title=form.title, person=person.name, person_id=person.id,
        phone=person.phone or phone, sent_at=dt.datetime.now(HANOI),
        answers=[Answer(field.id, field.label, text) for field, text in filling.answered(form, draft.content)],
        papers=[Paper(line.id, line.name, line.state.value) for line in verdict.lines],
        files=_files(draft, verdict, keys), corrected=corrected or [], withdraws=withdraws,
    )  # fmt: skip


def _files(draft: Draft, verdict: Verdict, keys: Keys) -> list[File]:
    """The filled form and every paper that pictures were sent for. The same paper keeps its id in a later round."""
    return [
        File(
            f"{draft.reference}-{line.id}", f"{short(line.name.replace('/', '-'), 150)}.pdf", line.id,
            handed_files.path_of(keys, draft.id, line.id if line.attached else handed_files.FORM),
        )
        for line in verdict.lines
        if line.attached or line.state is State.ready
    ]  # fmt: skip
