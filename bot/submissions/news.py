"""News of a dossier, sent where its person writes with us, to those who agreed to it (permissions.py).

A change and its row in ``news`` are one transaction (dossiers.py), so no kill loses it. Only the newest change of a
dossier is told. A row becomes ``sending`` just before its request leaves: killed after that, nobody knows whether the
person has read it, and it is not sent again. Of the two failures the silent one is better: what was not sent still
waits on the page and in the answer to "hồ sơ của tôi đến đâu rồi", while the same alarm twice looks like a fraud.
What cannot be sent now for a reason on the person's side (``closed``) waits until they write next.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from bot.keys import CannotDecrypt
from bot.submissions import dossier_view
from bot.submissions.completeness import record_of
from bot.submissions.dossiers import Dossiers
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Drafts, UnknownDraft
from procedures_kb.store import today

log = logging.getLogger(__name__)
Outcome = Literal["sent", "later", "closed", "unknown"]
ADDRESS_KEPT = (
    7 * 86_400.0
)  # seconds an address of somebody who has not agreed is kept: they may still agree on the page


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of news. Nothing personal is in its words; ``address`` is the person's id with the channel."""

    address: str
    heard_at: float  # epoch seconds of their last message
    procedure: str
    state: str
    url: str
    text: str  # the three of them in a sentence


class Channel(Protocol):
    """A channel that can write first, within its own rules."""

    async def tell(self, telling: Telling, leaving: Callable[[], None]) -> Outcome:
        """Send it. ``leaving`` is called just before the request leaves; what it raises stops the sending.

        sent; later = surely not sent, worth trying again; closed = this person cannot be written to until they write;
        unknown = the answer is lost.
        """


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds."""

    idle: float = 2.0
    first_wait: float = 5.0
    longest_wait: float = 1800.0
    give_up: float = 86_400.0
    """After so long it waits for the person's next message."""
    together: int = 20


class Taken(Exception):
    """Another process is sending it."""


class Addresses:
    """Where the people of drafts can be written to: sealed, gone with the draft."""

    def __init__(self, drafts: Drafts, clock: Callable[[], float] = time.time) -> None:
        self._drafts, self._db, self._clock = drafts, drafts.connection, clock
        self._box = drafts.keys.box("news-addresses")

    def heard(self, sender: str, channel: str, address: str, at: float) -> None:
        """The person of a conversation has just written: keep where, for their drafts that began on this channel.

        Not for a draft whose news they have said no to since.
        """
        rows = self._db.execute(
            "SELECT id FROM drafts WHERE owner = ? AND channel = ? AND sealed IS NOT NULL AND "
            "(EXISTS (SELECT 1 FROM permissions WHERE draft = drafts.id AND purpose = 'news') "
            "OR NOT EXISTS (SELECT 1 FROM trail WHERE draft = drafts.id AND act = 'news withdrawn'))",
            (self._drafts.owner_key(sender), channel),
        ).fetchall()
        if not rows:
            return
        with self._drafts.transaction():
            for (draft_id,) in rows:
                self._db.execute(
                    "INSERT INTO news_addresses SELECT id, channel, ?, ? FROM drafts WHERE id = ? AND sealed IS NOT NULL "
                    "ON CONFLICT (draft) DO UPDATE SET sealed = excluded.sealed, heard_at = max(heard_at, excluded.heard_at)",
                    (self._box.seal(address.encode(), draft_id), at, draft_id),
                )
                self._db.execute(
                    "UPDATE news SET state = 'waiting', attempts = 0, next_at = ?, since = ? "
                    "WHERE draft = ? AND state = 'closed'",
                    (self._clock(), self._clock(), draft_id),
                )

    def of(self, draft_id: str) -> tuple[str, str, float] | None:
        """(channel, address, when they last wrote). Raises CannotDecrypt."""
        row = self._db.execute(
            "SELECT channel, sealed, heard_at FROM news_addresses WHERE draft = ?", (draft_id,)
        ).fetchone()
        return (str(row[0]), self._box.open(row[1], draft_id).decode(), float(row[2])) if row else None

    def tidy(self) -> int:
        """Drop the addresses of people who have not agreed and are silent; run by the gateway once an hour."""
        with self._drafts.transaction():
            return self._db.execute(
                "DELETE FROM news_addresses WHERE heard_at < ? AND draft NOT IN "
                "(SELECT draft FROM permissions WHERE purpose = 'news')",
                (self._clock() - ADDRESS_KEPT,),
            ).rowcount


class Teller:
    """The work on the rows: each piece of news at most once."""

    def __init__(
        self, drafts: Drafts, channels: dict[str, Channel], base_url: str, pace: Pace | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._drafts, self._db, self._clock = drafts, drafts.connection, clock
        self._dossiers, self._addresses = Dossiers(drafts), Addresses(drafts, clock)
        self._channels, self._base_url, self._pace = channels, base_url, pace or Pace()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            try:
                busy = await self.work()
            except Exception as fault:  # noqa: BLE001 - the next round tries again; its text may name an address
                log.error("ALARM: news could not be worked: %s", type(fault).__name__)
                busy = False
            if not busy:
                await asyncio.sleep(self._pace.idle)

    async def work(self) -> bool:
        """One round over what is due; whether there was anything."""
        rows = self._db.execute(
            "SELECT id, draft, attempts, since FROM news WHERE state = 'waiting' AND next_at <= ? ORDER BY id LIMIT ?",
            (self._clock(), self._pace.together),
        ).fetchall()
        for row_id, draft_id, attempts, since in rows:
            await self._tell(row_id, draft_id, attempts, since)
        return bool(rows)

    async def _tell(self, row_id: int, draft_id: str, attempts: int, since: float) -> None:
        if self._needless(row_id, draft_id):
            return self._settle(row_id, "passed")
        try:
            found = self._composed(draft_id)
        except UnknownDraft:
            return  # erased meanwhile, its rows with it
        except CannotDecrypt:
            return self._settle(row_id, "closed")
        if found is None:
            return self._settle(row_id, "closed")
        channel, telling = found
        claimed = False

        def leaving() -> None:
            nonlocal claimed
            if not claimed and not self._move(row_id, "waiting", "sending"):
                raise Taken
            claimed = True

        try:
            outcome = await self._channels[channel].tell(telling, leaving)
        except Taken:
            return
        if outcome != "later":
            return self._settle(row_id, outcome)
        if self._clock() - since > self._pace.give_up:
            return self._settle(row_id, "closed")
        wait = min(self._pace.first_wait * 2 ** min(attempts, 20), self._pace.longest_wait)
        wait *= random.uniform(0.75, 1.25)  # noqa: S311 - jitter, no secret
        self._db.execute(
            "UPDATE news SET state = 'waiting', attempts = attempts + 1, next_at = ? WHERE id = ?",
            (self._clock() + wait, row_id),
        )

    def _needless(self, row_id: int, draft_id: str) -> bool:
        """Whether the person has seen it, or a newer change is about to be told."""
        newer = self._db.execute(
            "SELECT 1 FROM news WHERE draft = ? AND id > ? AND state = 'waiting'", (draft_id, row_id)
        ).fetchone()
        seen = self._db.execute("SELECT said_at FROM announcements WHERE id = ?", (row_id,)).fetchone()
        return newer is not None or seen is None or seen[0] is not None

    def _composed(self, draft_id: str) -> tuple[str, Telling] | None:
        """(channel, news) of a dossier as it stands; None when nobody knows where to send it."""
        draft, dossier, where = self._drafts.get(draft_id), self._dossiers.get(draft_id), self._addresses.of(draft_id)
        if dossier is None or where is None or where[0] not in self._channels:
            return None
        record = record_of(draft.procedure)
        name = record.short_name if record else form_of_draft(draft).title
        state = dossier_view.shown(dossier, [], draft.procedure, today()).label.lower()
        url = f"{self._base_url}/ho-so/mo/{self._drafts.make_link(draft_id)}"
        text = dossier_view.words().news.format(name=name, state=state, url=url)
        return where[0], Telling(address=where[1], heard_at=where[2], procedure=name, state=state, url=url, text=text)

    def _move(self, row_id: int, before: str, after: str) -> bool:
        moved = self._db.execute("UPDATE news SET state = ? WHERE id = ? AND state = ?", (after, row_id, before))
        return moved.rowcount == 1

    def _settle(self, row_id: int, state: str) -> None:
        self._db.execute("UPDATE news SET state = ? WHERE id = ?", (state, row_id))
