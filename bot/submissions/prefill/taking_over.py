"""Facts about a person into the fields of a form: what is empty is filled, what differs is asked about, never guessed over.

Which field takes which fact stands in the form's file (``persons`` and each field's ``prefill``).
"""

from __future__ import annotations

import datetime as dt

import msgspec

from bot.submissions import protecting
from bot.submissions.prefill.base import Facts, Person
from bot.submissions.store import Content, Offer
from bot.submissions.values import CannotRead, read, shown
from procedures_kb.form_model import FormDefinition, asked_fields
from procedures_kb.form_rules import holds
from procedures_kb.form_types import FACT_OF_TYPE, Field, FormPerson


class Taken(msgspec.Struct):
    """What came of it, by field ids. ``differing`` wait in the draft's offer for the person's word."""

    filled: list[str] = []
    differing: list[str] = []
    same: list[str] = []


def persons(form: FormDefinition, content: Content) -> list[FormPerson]:
    """The people of the form that have a field to fill in now."""
    asked = {(field.prefill or "").partition(".")[0] for field in asked_fields(form, content.values)}
    return [person for person in form.persons if person.role in asked]


def take_over(form: FormDefinition, content: Content, facts: Facts, role: str, today: dt.date) -> Taken:
    """Fill in what ``facts`` say about the person ``role`` of the form; others that are the same person too."""
    taken = Taken()
    offered: dict[str, str] = {}
    for field, value in _values(form, content, facts.person, role, today):
        now = content.values.get(field.id)
        if field.id in content.disputed or protecting.closed(content, field.id):
            taken.same.append(field.id)  # the person has said that this is wrong, or an officer wants it as it is
        elif now == value and (not facts.verified or content.verified.get(field.id) == facts.source):
            taken.same.append(field.id)
        elif now is None or now == value:
            _write(content, field.id, value, facts.source, facts.verified)
            taken.filled.append(field.id)
        elif field.id in content.verified and not facts.verified:
            taken.same.append(field.id)  # a database's word stands above a card's code
        else:
            offered[field.id] = value
            taken.differing.append(field.id)
    content.offer = Offer(facts.source, facts.verified, offered) if offered else None
    return taken


def accept_offer(form: FormDefinition, content: Content) -> list[str]:
    """Take the offered values instead of what stands there; returns the changed fields."""
    offer, content.offer = content.offer, None
    if offer is None:
        return []
    asked = {field.id for field in asked_fields(form, content.values) if not protecting.closed(content, field.id)}
    changed = [field_id for field_id in offer.values if field_id in asked]
    for field_id in changed:
        _write(content, field_id, offer.values[field_id], offer.source, offer.verified)
    return changed


def offered(form: FormDefinition, content: Content) -> list[tuple[str, str, str]]:
    """(label, what stands there, what the source has) of the open offer."""
    if content.offer is None:
        return []
    rows = []
    for field_id, value in content.offer.values.items():
        field = form.field(field_id)
        rows.append(
            (
                field.label,
                shown(field, content.values.get(field_id, "")) if field_id in content.values else "",
                shown(field, value),
            )
        )
    return rows


def _write(content: Content, field_id: str, value: str, source: str, verified: bool) -> None:
    if verified:
        protecting.protect(content, field_id, value, source)
        return
    protecting.forget(content, field_id)
    content.values.pop(field_id, None)
    content.values[field_id] = value
    content.sources[field_id] = source
    if field_id in content.skipped:
        content.skipped.remove(field_id)


def _values(
    form: FormDefinition, content: Content, person: Person, role: str, today: dt.date
) -> list[tuple[Field, str]]:  # fmt: skip
    """Each field with its canonical value, if the form takes it; conditions opened by one value show more fields."""
    roles = {role}
    known = {**form.fixed, **content.values}
    roles |= {other.role for other in form.persons if other.same_as == role and holds(other.when, known, today)}
    found: dict[str, tuple[Field, str]] = {}
    trial = Content(values=dict(content.values))
    while True:
        before = len(found)
        for field in asked_fields(form, trial.values):
            own, _, fact = (field.prefill or "").partition(".")
            if own not in roles or field.id in found:
                continue
            raw = getattr(person, fact or FACT_OF_TYPE.get(field.type, ""), "")
            try:
                value = read(
                    field, f"{dt.date.fromisoformat(raw):%d/%m/%Y}" if raw and field.type == "date" else raw, today
                )
            except (CannotRead, ValueError):
                continue
            found[field.id] = (field, value)
            trial.values.setdefault(field.id, value)
        if len(found) == before:
            return list(found.values())


def facts_of(form: FormDefinition, content: Content, role: str) -> Person:
    """The other way round: what a draft says about one of its people."""
    facts: dict[str, str] = {}
    for field in asked_fields(form, content.values):
        own, _, fact = (field.prefill or "").partition(".")
        if own == role and field.id in content.values:
            facts.setdefault(fact or FACT_OF_TYPE.get(field.type, ""), content.values[field.id])
    facts.pop("", None)
    return Person(**facts)


def own_role(form: FormDefinition, content: Content | None = None) -> str | None:
    """Whose draft it is: the applicant, else the one it is about, else the first person of the form.

    With ``content``, the first of these whose ID number stands there: who files for themselves is not asked twice.
    """
    roles = [person.role for person in form.persons]
    ranked = sorted(
        roles, key=lambda role: ("applicant", "subject").index(role) if role in ("applicant", "subject") else 2
    )
    if content is not None:
        ranked = [role for role in ranked if facts_of(form, content, role).id] or ranked
    return ranked[0] if ranked else None


def own_person(form: FormDefinition, content: Content) -> Person:
    """Facts of the one whose draft it is; nothing where two people file together and nobody can tell which it is."""
    roles = [person.role for person in form.persons]
    if len(roles) > 1 and not {"applicant", "subject"} & set(roles):
        return Person()
    role = own_role(form, content)
    return facts_of(form, content, role) if role else Person()
