"""Following delivered dossiers: the case system is asked in turn, and what changed is taken in, once.

A dossier that comes back reopens exactly the fields and papers its reasons name (returned.py); everything else stays.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable

import msgspec

from bot.submissions.delivery import returned
from bot.submissions.delivery.base import Delivery, DeliveryFault, Progress
from bot.submissions.delivery.states import FINAL, STATE_OF
from bot.submissions.dossiers import Dossier, Dossiers, Facts
from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Drafts, UnknownDraft

log = logging.getLogger(__name__)
FOLLOWED = ("submitted", "returned")


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds."""

    every: float = 600.0
    """Between two questions about one dossier."""
    idle: float = 2.0
    many: int = 20
    """Dossiers asked about in one round."""


class Follower:
    """Asks about every dossier the case system has, as long as it can change."""

    def __init__(
        self, drafts: Drafts, delivery: Delivery, pace: Pace | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._drafts, self._db, self._dossiers = drafts, drafts.connection, Dossiers(drafts)
        self._delivery, self._pace, self._clock = delivery, pace or Pace(), clock

    async def run(self) -> None:
        """Follow until cancelled."""
        while self._delivery.follows:
            try:
                busy = await self.work()
            except Exception:  # noqa: BLE001 - the next round tries again
                log.exception("dossiers could not be followed; trying again")
                busy = False
            if not busy:
                await asyncio.sleep(self._pace.idle)

    async def work(self) -> bool:
        """One round; whether there was anything to ask."""
        rows = self._db.execute(
            "SELECT draft FROM dossiers WHERE state IN ('submitted', 'returned') AND next_check <= ? ORDER BY next_check LIMIT ?",
            (self._clock(), self._pace.many),
        ).fetchall()
        for (draft_id,) in rows:
            await self.ask(draft_id)
        return bool(rows)

    async def ask(self, draft_id: str) -> None:
        """Ask about one dossier and take in what changed."""
        dossier = self._dossiers.get(draft_id)
        if dossier is None or not dossier.facts.code:
            return
        later = self._clock() + self._pace.every * random.uniform(0.9, 1.1)  # noqa: S311 - spread, no secret
        try:
            progress = await self._delivery.progress(dossier.facts.code)
        except DeliveryFault as fault:
            log.warning("the case system could not be asked about a dossier: %s", fault.code)
            progress = None
        now = self._dossiers.get(draft_id)
        # Sent again or withdrawn while we asked: the answer is about what was before.
        if progress is None or now is None or now.round != dossier.round or now.state not in FOLLOWED:
            with self._drafts.transaction():
                self._db.execute("UPDATE dossiers SET next_check = ? WHERE draft = ?", (later, draft_id))
            return
        self.take_in(now, progress, later)

    def take_in(self, dossier: Dossier, progress: Progress, later: float) -> bool:
        """Take in what the case system says; whether it was new."""
        state = STATE_OF.get(progress.national, "submitted")
        answered = dossier.state == "submitted" and progress.request and progress.request == dossier.facts.request
        if state == "returned" and answered:  # what we have sent since then has not been looked at yet
            state, progress = "submitted", msgspec.structs.replace(progress, national=dossier.national or 1, reasons=[])
        facts = Facts(
            dossier.facts.code, progress.due_on or dossier.facts.due_on, progress.received_on or dossier.facts.received_on,
            request=progress.request or dossier.facts.request,
        )  # fmt: skip
        same = (state, progress.national, facts.request) == (dossier.state, dossier.national, dossier.facts.request)
        if same and facts.due_on == dossier.facts.due_on:
            with self._drafts.transaction():
                self._dossiers.checked(dossier.draft, None if progress.national in FINAL else later)
            return False
        try:
            draft = self._drafts.get(dossier.draft)
        except UnknownDraft:
            return False
        with self._drafts.transaction():
            if state != "submitted":
                facts = self._closed_or_reopened(draft, state, progress, facts)
            elif draft.state == "returned":  # settled with the office in another way
                draft.state, draft.content.reopened = "submitted", []
                self._drafts.write(draft, "officer", "taken up again")
            self._dossiers.step(dossier, state, progress.national, facts)
            self._dossiers.checked(dossier.draft, None if progress.national in FINAL else later)
        return True

    def _closed_or_reopened(self, draft: Draft, state: str, progress: Progress, facts: Facts) -> Facts:
        told = returned.told(draft, form_of_draft(draft), progress.reasons)
        if state == "cancelled":
            draft.state, draft.content.reopened = "submitted", []
            self._drafts.write(draft, "officer", "closed")
            told = [msgspec.structs.replace(one, reopens=[], labels=[]) for one in told]
        else:
            draft.state = "returned"
            draft.content.reopened = list(dict.fromkeys(key for one in told for key in one.reopens))
            self._drafts.write(draft, "officer", "returned", ",".join(draft.content.reopened))
        return msgspec.structs.replace(facts, told=told)
