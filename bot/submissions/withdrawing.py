"""Taking a submission back: out of the outbox before it was sent, afterwards by asking the case system.

The case system has a state for it (TrangThaiHoSo 7, domain.md 6.2); what it makes of the request is followed like any
other change. ``withdrawing`` is the wish: a delivery that no attempt has begun on is dropped and never sent; one under
way is looked for first (outbox.py), and then either dropped or its withdrawal asked for.
"""

from __future__ import annotations

import re
import time
from typing import Literal

import msgspec

from bot.submissions import dossier_view
from bot.submissions.delivery.states import FINAL
from bot.submissions.dossier_tables import SENDS_NOTHING, enqueue
from bot.submissions.dossiers import Dossier, Dossiers, Told
from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Drafts
from procedures_kb.form_model import FormDefinition

Outcome = Literal["taken_back", "asked", "not_sent", "too_late"]
SETTLED = frozenset({3, 7, 8, 9, 10})  # TrangThaiHoSo: refused, withdrawn, stopped, finished: nothing left to withdraw
CLOSED = frozenset({3, 7, 8})
_REFERENCE = re.compile(r"\{(\w+)\}")


def may_be_withdrawn(dossier: Dossier) -> bool:
    """Whether there is anything left to take back."""
    open_ = dossier.state in ("ready", "delivering", "submitted", "returned")
    return open_ and dossier.national not in SETTLED


def withdraw(drafts: Drafts, draft_id: str) -> Outcome:
    """The person's own act, in one transaction.

    Returns:
        taken_back: it was not sent and will not be. asked: it has been sent, or may be just now; the case system is
        asked. not_sent: we had nothing to send, only an office that was given the paper could. too_late: it is settled.

    Raises:
        UnknownDraft: erased meanwhile.
    """
    dossiers = Dossiers(drafts)
    with drafts.transaction():
        draft, dossier = drafts.get(draft_id), dossiers.get(draft_id)
        if dossier is None or not may_be_withdrawn(dossier):
            return "too_late"
        drafts.connection.execute("DELETE FROM news WHERE draft = ? AND state != 'sent'", (draft_id,))
        if dossier.delivery in SENDS_NOTHING:
            dossiers.step(dossier, "withdrawn", None, dossier.facts, own_act=True)
            drafts.note(draft_id, "citizen", "withdrawn")
            return "not_sent"
        if dossier.facts.code:
            return _ask(drafts, dossiers, draft, dossier)
        return _take_out(drafts, dossiers, dossier)


def _take_out(drafts: Drafts, dossiers: Dossiers, dossier: Dossier) -> Outcome:
    """Nothing of it is known to have arrived: drop the row, unless an attempt may be under way."""
    dropped = drafts.connection.execute(
        "UPDATE outbox SET state = 'done', fault = 'withdrawn', done_at = ? WHERE draft = ? AND state != 'done' AND doubt = 0",
        (time.time(), dossier.draft),
    ).rowcount
    if dropped:
        dossiers.step(dossier, "withdrawn", None, dossier.facts, own_act=True)
        drafts.note(dossier.draft, "citizen", "withdrawn")
        return "taken_back"
    # A row that stopped in doubt is looked for once more: only then do we know what to do.
    drafts.connection.execute(
        "UPDATE outbox SET state = 'waiting' WHERE draft = ? AND state = 'stopped'", (dossier.draft,)
    )
    dossiers.step(dossier, "withdrawing", dossier.national, dossier.facts, own_act=True)
    drafts.note(dossier.draft, "citizen", "withdrawal asked")
    return "asked"


def _ask(drafts: Drafts, dossiers: Dossiers, draft: Draft, dossier: Dossier) -> Outcome:
    if draft.state == "returned":
        draft.state, draft.content.reopened = "submitted", []
        drafts.write(draft, "citizen", "withdrawal asked")
    else:
        drafts.note(dossier.draft, "citizen", "withdrawal asked")
    ask(drafts, dossiers, dossier)
    return "asked"


def ask(drafts: Drafts, dossiers: Dossiers, dossier: Dossier) -> None:
    """Put the request into the outbox, as the next round, inside the caller's transaction.

    A correction still waiting there goes; one that may be on its way is given the time to arrive first.
    """
    connection = drafts.connection
    under_way = connection.execute(
        "SELECT max(next_at) FROM outbox WHERE draft = ? AND state != 'done' AND doubt = 1", (dossier.draft,)
    ).fetchone()[0]
    connection.execute(
        "UPDATE outbox SET state = 'done', fault = 'withdrawn', done_at = ? WHERE draft = ? AND state != 'done'",
        (time.time(), dossier.draft),
    )
    number = dossier.round + 1
    connection.execute("UPDATE dossiers SET round = ?, next_check = NULL WHERE draft = ?", (number, dossier.draft))
    facts = msgspec.structs.replace(dossier.facts, told=[])
    next_round = msgspec.structs.replace(dossier, round=number)
    dossiers.step(next_round, "withdrawing", dossier.national, facts, own_act=True)
    enqueue(connection, dossier.draft, number, under_way or 0.0)


def answered(drafts: Drafts, draft_id: str, national: int | None) -> None:
    """The case system has answered the request with the state the dossier is in now, or (None) does not take it.

    Inside the caller's transaction. Unless it is at its end the dossier goes on, and its person is told who can withdraw it.
    """
    dossiers = Dossiers(drafts)
    draft, dossier = drafts.get(draft_id), dossiers.get(draft_id)
    if dossier is None:
        return
    told: list[Told] = []
    if national not in FINAL:
        words = dossier_view.words()
        sentence = words.not_withdrawn if national is None else words.withdrawal_noted
        told = [Told("", sentence.format(office=office_of(form_of_draft(draft), draft)))]
    now = dossier.national if national is None else national
    # An officer's request that is still open is taken in anew, so that it can be answered after all.
    request = "" if now == 5 else dossier.facts.request
    facts = msgspec.structs.replace(dossier.facts, told=told, request=request)
    dossiers.step(dossier, "cancelled" if now in CLOSED else "submitted", now, facts)
    drafts.note(draft_id, "assistant", "withdrawal refused" if national is None else "withdrawal delivered")


def office_of(form: FormDefinition, draft: Draft) -> str:
    """The office a form goes to, as its person wrote it, else as the form says."""
    named = [draft.content.values.get(name, "") for name in _REFERENCE.findall(form.addressed_to)]
    if not all(named):
        return "nơi nhận hồ sơ"
    return _REFERENCE.sub(lambda match: draft.content.values[match[1]], form.addressed_to)
