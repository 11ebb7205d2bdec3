"""Saving what the page sends: one field at once, or the whole form. The newest writing of a field wins, nobody's other
fields are touched: each try starts from the newest draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from bot.submissions import filling, protecting
from bot.submissions.checks.addresses import proposal
from bot.submissions.draft_view import in_box
from bot.submissions.store import Draft, Drafts, WrongState
from bot.submissions.values import CannotRead
from procedures_kb.form_model import FormDefinition, asked_fields
from procedures_kb.form_types import ROW, Field
from procedures_kb.store import today

TRIES = 8
CHANGEABLE = ("open", "returned")  # returned: only what an officer reopened, see protecting.closed


class Outcome(msgspec.Struct):
    """What came of saving: the draft as it stands, faults by field, and what was typed there."""

    draft: Draft
    errors: dict[str, str] = {}
    typed: dict[str, str] = {}
    act: str = "filled"  # the word of the audit trail


Act = Callable[[Draft, Outcome], list[str]]


class Closed(Exception):
    """The draft is no longer open for changes."""


def change(drafts: Drafts, draft_id: str, form: FormDefinition, act: Callable[[Draft, Outcome], list[str]]) -> Outcome:
    """Do ``act`` on the newest draft and save; again when someone wrote in between. It returns the changed field ids.

    Raises:
        Closed: the draft was finished, erased or left meanwhile.
        WrongState: others kept writing for as long as we tried.
    """
    for attempt in range(TRIES):
        draft = drafts.get(draft_id)
        if draft.state not in CHANGEABLE:
            raise Closed
        outcome = Outcome(draft)
        changed = act(draft, outcome)
        if not changed:
            return outcome
        try:
            drafts.save(draft, "citizen", outcome.act, ",".join(changed))
        except WrongState:
            if attempt == TRIES - 1:
                raise
            continue
        return outcome
    raise WrongState(draft_id)


def one_field(form: FormDefinition, field_id: str, typed: str) -> Callable[[Draft, Outcome], list[str]]:
    """The act of writing one field."""

    def act(draft: Draft, outcome: Outcome) -> list[str]:
        try:
            field = next((f for f in asked_fields(form, draft.content.values) if f.id == field_id), None)
            return [field_id] if field and _write(form, draft, field, typed) else []
        except CannotRead as fault:
            outcome.errors[field_id], outcome.typed[field_id] = str(fault), typed[:1000]
            return []

    return act


def whole_form(form: FormDefinition, data: Any) -> Callable[[Draft, Outcome], list[str]]:
    """The act of writing every field that was sent; then the row to add or take out, or the address to take over."""

    def act(draft: Draft, outcome: Outcome) -> list[str]:
        changed: list[str] = []
        done: set[str] = set()
        # A choice changes which fields apply, so look again until every field that applies was seen.
        while pending := [f for f in asked_fields(form, draft.content.values) if f.id not in done]:
            field = pending[0]
            done.add(field.id)
            sent = [value for value in data.getall(field.id, []) if isinstance(value, str)]
            if not sent:
                continue
            typed = ", ".join(sent) if field.type == "multi_choice" else sent[-1]
            try:
                if _write(form, draft, field, typed):
                    changed.append(field.id)
            except CannotRead as fault:
                outcome.errors[field.id], outcome.typed[field.id] = str(fault), typed[:1000]
        changed.extend(_rows(form, draft, data, outcome))
        return changed

    return act


def _write(form: FormDefinition, draft: Draft, field: Field, typed: str) -> bool:
    """Write one box; whether anything changed."""

    values = draft.content.values
    before = in_box(form, field, values)
    if typed.strip().replace("\r\n", "\n") == before:
        return False
    if protecting.closed(draft.content, field.id, field.required and not field.composed):
        raise CannotRead(protecting.CLOSED)
    if not typed.strip():
        had = field.id in values
        filling.take_out(form, draft.content, field.id)
        return had
    old = values.get(field.id)
    try:
        return filling.put(form, draft.content, field.id, typed, "page", today()) != old
    except KeyError:
        return False


def _rows(form: FormDefinition, draft: Draft, data: Any, outcome: Outcome) -> list[str]:
    add, remove, take, deny = (str(data.get(name) or "") for name in ("add_row", "remove_row", "take", "deny"))
    try:
        if add:
            return [f"{add}{ROW}{filling.add_row(form, draft.content, add)}"]
        if remove:
            group, _, number = remove.rpartition(ROW)
            filling.remove_row(form, draft.content, group, int(number))
            return [remove]
        take, _, number = take.partition(":")
        if take and (found := proposal(take, draft.content.values.get(take, ""))):
            offered = [found.proposal] if not number else [choice.value for choice in found.choices][int(number) :]
            if offered and offered[0]:
                filling.put(form, draft.content, take, offered[0], "page", today())
                return [take]
        if deny and protecting.deny(draft.content, deny):
            outcome.act = "denied"
            return [deny]
    except CannotRead as fault:
        outcome.errors[add or remove or take.partition(":")[0]] = str(fault)
    except (KeyError, ValueError):
        pass  # a button of a page that is not ours
    return []
