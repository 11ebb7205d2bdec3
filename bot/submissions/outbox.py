"""The outbox: each submission is handed over once, whatever dies on the way.

A row is claimed before anything is sent: attempt counted, doubt noted, and nobody touches it until ``lease`` seconds have
passed, longer than an attempt may take and the other side may still be working on it. A row whose last attempt left
doubt (killed, answer lost) is looked for by its key first and sent only when the other side surely does not have it.

While a dossier is ``withdrawing`` (withdrawing.py) a row of it means one of two things: before it has a code, a
delivery that may have arrived, to be looked for and never sent again; with a code, the request to withdraw it.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable

import msgspec

from bot.keys import CannotDecrypt
from bot.submissions import withdrawing
from bot.submissions.delivery.base import Delivery, DeliveryFault, NotTaken, Parcel, Progress, Refused, Unclear
from bot.submissions.delivery.parcel import parcel_of
from bot.submissions.dossiers import Dossiers
from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.outbox_rows import Pace, Rows
from bot.submissions.store import Drafts, UnknownDraft

__all__ = ["Outbox", "Pace"]
log = logging.getLogger(__name__)


class Job(msgspec.Struct):
    """A claimed row. ``doubt``: an earlier attempt may have arrived."""

    id: int
    draft: str
    round: int
    key: str
    attempts: int
    since: float  # when trying began, anew after a press of staff
    doubt: bool
    until: float


def reached(point: str) -> None:
    """Called between any two steps; the crash test replaces it to die there."""


class Outbox(Rows):
    """The work on the rows; one object per process that delivers."""

    def __init__(
        self, drafts: Drafts, delivery: Delivery, pace: Pace | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(drafts, pace, clock)
        self._delivery, self._dossiers = delivery, Dossiers(drafts)

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            try:
                busy = await self.work()
            except Exception:  # noqa: BLE001 - a full disk passes; the next round tries again
                log.exception("the outbox could not be worked; trying again")
                busy = False
            if not busy:
                await asyncio.sleep(self._pace.idle)

    async def work(self) -> bool:
        """One round over what is due; whether there was anything."""
        due = self._db.execute(
            "SELECT id FROM outbox WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at LIMIT ?",
            (self._clock(), self._pace.together),
        ).fetchall()
        await asyncio.gather(*(self.deliver(row[0]) for row in due))
        return bool(due)

    async def deliver(self, row_id: int) -> None:
        """One attempt on one row."""
        reached("before claim")
        job = self._claim(row_id)
        if job is None:
            return
        reached("claimed")
        try:
            parcel = self._parcel(job)
            async with asyncio.timeout(self._pace.attempt):
                progress = await self._hand_over(job, parcel)
        except Refused as fault:
            self._failed(job, fault.code, stop=True, doubt=job.doubt)
        except NotTaken as fault:
            self._failed(job, fault.code, stop=False, doubt=job.doubt)
        except (DeliveryFault, TimeoutError) as fault:
            self._failed(job, fault.code if isinstance(fault, DeliveryFault) else "timeout", stop=False, doubt=True)
        except UnknownDraft:
            pass  # erased by its owner meanwhile, its row with it
        except CannotDecrypt:
            self._failed(job, "key", stop=True, doubt=job.doubt)
        except Exception as fault:  # noqa: BLE001 - a fault of ours must not lose the row; nothing of the text is logged
            log.error("ALARM: a delivery failed by a fault of ours: %s", type(fault).__name__)
            self._failed(job, "internal", stop=False, doubt=True)
        else:
            reached("answered")
            self._delivered(job, parcel, progress)

    def _claim(self, row_id: int) -> Job | None:
        now = self._clock()
        with self._drafts.transaction():
            row = self._db.execute(
                "SELECT id, draft, round, key, attempts, since, doubt FROM outbox "
                "WHERE id = ? AND state = 'waiting' AND next_at <= ?",
                (row_id, now),
            ).fetchone()
            if row is None:
                return None
            until = now + self._pace.lease
            self._db.execute(
                "UPDATE outbox SET attempts = attempts + 1, doubt = 1, sent_at = ?, next_at = ? WHERE id = ?",
                (now, until, row_id),
            )
        return Job(row[0], row[1], row[2], row[3], row[4] + 1, row[5], bool(row[6]), until)

    def _parcel(self, job: Job) -> Parcel:
        draft = self._drafts.get(job.draft)
        dossier = self._dossiers.get(job.draft)
        facts = dossier.facts if dossier else None
        code = facts.code if facts and job.round > 1 else ""
        corrected = [label for told in facts.told for label in told.labels] if facts else []
        withdraws = bool(dossier and dossier.state == "withdrawing" and code)
        return parcel_of(draft, form_of_draft(draft), self._drafts.keys, job.key, job.round, code, corrected, withdraws)

    async def _hand_over(self, job: Job, parcel: Parcel) -> Progress:
        """Look first when an earlier attempt left doubt; send only what surely is not there."""
        if job.doubt:
            reached("before looking")
            found = await self._delivery.find(parcel)
            reached("looked")
            if found is not None:
                if not found.code:
                    raise Unclear("found_without_code")
                return found
            job.doubt = False
        if not self._mine(job):  # this process was asleep so long that another one took over
            raise Unclear("overtaken")
        if not parcel.code and self._withdrawing(job):
            raise NotTaken("withdrawn")
        reached("before sending")
        return await self._delivery.send(parcel)

    def _mine(self, job: Job) -> bool:
        row = self._db.execute("SELECT attempts FROM outbox WHERE id = ? AND state = 'waiting'", (job.id,)).fetchone()
        return row is not None and row[0] == job.attempts and self._clock() < job.until - self._pace.settle

    def _withdrawing(self, job: Job) -> str:
        """What a wish to withdraw means for this row: "before" the case system had the dossier, "after", or none."""
        row = self._db.execute("SELECT state, code_digest FROM dossiers WHERE draft = ?", (job.draft,)).fetchone()
        if row is None or row[0] != "withdrawing":
            return ""
        return "after" if row[1] else "before"

    def _delivered(self, job: Job, parcel: Parcel, progress: Progress) -> None:
        try:
            draft = self._drafts.get(job.draft)
        except UnknownDraft:
            return
        with self._drafts.transaction():
            done = self._db.execute(
                "UPDATE outbox SET state = 'done', done_at = ?, doubt = 0, fault = '' WHERE id = ? AND state != 'done'",
                (self._clock(), job.id),
            )
            if done.rowcount == 1:
                if parcel.withdraws:
                    withdrawing.answered(self._drafts, job.draft, progress.national)
                else:
                    self._accepted(job, draft, progress)
                self._dossiers.checked(job.draft, self._clock())
            reached("before commit")
        reached("committed")

    def _accepted(self, job: Job, draft: Draft, progress: Progress) -> None:
        """It arrived; taken back while it was on its way, its withdrawal is asked for at once."""
        wanted = self._withdrawing(job)
        self._dossiers.accepted(draft, form_of_draft(draft), progress, own_act=bool(wanted))
        self._drafts.note(job.draft, "assistant", "delivered")
        if wanted and (now := self._dossiers.get(job.draft)):
            withdrawing.ask(self._drafts, self._dossiers, now)

    def _failed(self, job: Job, fault: str, stop: bool, doubt: bool) -> None:
        now, withdrawn = self._clock(), self._withdrawing(job)
        if withdrawn == "before" and not doubt:
            return self._given_up(job, "withdrawn")
        wait = min(self._pace.first_wait * 2 ** min(job.attempts - 1, 20), self._pace.longest_wait)
        wait *= random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret
        if doubt:
            wait = max(wait, self._pace.settle)
        stop = stop or now - job.since > self._pace.give_up
        if withdrawn == "after" and stop and fault != "key":
            return self._given_up(job, fault)
        with self._drafts.transaction():
            self._db.execute(
                "UPDATE outbox SET state = ?, next_at = ?, doubt = ?, fault = ? WHERE id = ? AND state = 'waiting' "
                "AND attempts = ?",
                ("stopped" if stop else "waiting", now + wait, doubt, fault, job.id, job.attempts),
            )
        if stop:
            log.error("ALARM: a delivery stopped (%s); it waits for staff at /staff/hop-thu-di", fault)

    def _given_up(self, job: Job, fault: str) -> None:
        """A row that needs no more work: taken back before it arrived anywhere, or a withdrawal that is not taken."""
        with self._drafts.transaction():
            done = self._db.execute(
                "UPDATE outbox SET state = 'done', done_at = ?, doubt = 0, fault = ? WHERE id = ? AND state = 'waiting' "
                "AND attempts = ?",
                (self._clock(), fault, job.id, job.attempts),
            )
            dossier = self._dossiers.get(job.draft)
            if done.rowcount != 1 or dossier is None:
                return
            if not dossier.facts.code:
                self._dossiers.step(dossier, "withdrawn", None, dossier.facts)
                self._drafts.note(job.draft, "assistant", "withdrawn")
                return
            withdrawing.answered(self._drafts, job.draft, None)
            self._dossiers.checked(job.draft, self._clock())
        log.warning("a request to withdraw was not taken (%s); its person is told who can", fault)
