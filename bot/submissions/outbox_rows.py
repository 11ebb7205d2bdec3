"""The rows of the outbox as staff see them, and sending one again by hand. The work on them is outbox.py."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from bot.submissions.store import Drafts


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds; tests make them short."""

    attempt: float = 180.0
    """One attempt in all: login, look-up, sending."""
    settle: float = 120.0
    """How long after the end of an attempt the other side may still be working on it."""
    first_wait: float = 5.0
    """Before the second attempt; doubles each time, with jitter."""
    longest_wait: float = 3600.0
    give_up: float = 3 * 86_400.0
    """After so long only staff start it again. It is never dropped."""
    idle: float = 1.0
    """Between looks at an empty outbox."""
    together: int = 4

    @property
    def lease(self) -> float:
        return self.attempt + self.settle


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """A row as staff see it: no key, nothing of the person."""

    id: int
    draft: str
    reference: str
    procedure: str
    round: int
    state: str
    attempts: int
    next_at: float
    made_at: float
    doubt: bool
    fault: str


class Rows:
    """Access to the rows."""

    def __init__(self, drafts: Drafts, pace: Pace | None = None, clock: Callable[[], float] = time.time) -> None:
        self._drafts, self._db, self._pace, self._clock = drafts, drafts.connection, pace or Pace(), clock

    def waiting(self) -> list[Waiting]:
        """What is not delivered yet, the oldest first."""
        rows = self._db.execute(
            "SELECT outbox.id, outbox.draft, drafts.reference, drafts.procedure, round, outbox.state, attempts, next_at, "
            "made_at, doubt, fault FROM outbox JOIN drafts ON drafts.id = outbox.draft WHERE outbox.state != 'done' "
            "ORDER BY made_at LIMIT 500"
        )
        return [msgspec.convert(row, Waiting, strict=False) for row in rows]

    def counts(self) -> dict[str, int]:
        """Rows by state."""
        return dict(self._db.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())

    def resend(self, row_id: int, who: str) -> bool:
        """By hand: try at once. A row in doubt still waits until its last attempt has settled, and is looked for first."""
        with self._drafts.transaction():
            row = self._db.execute(
                "SELECT draft, doubt, sent_at FROM outbox WHERE id = ? AND state != 'done'", (row_id,)
            ).fetchone()
            if row is None:
                return False
            now = self._clock()
            soonest = max(now, (row[2] or 0.0) + self._pace.lease) if row[1] else now
            self._db.execute(
                "UPDATE outbox SET state = 'waiting', next_at = ?, since = ? WHERE id = ?",
                (soonest, now, row_id),
            )
            self._drafts.note(row[0], who, "resend")
        return True

    def resend_stopped(self, who: str) -> int:
        """By hand, every one that has stopped; how many."""
        return sum(self.resend(row.id, who) for row in self.waiting() if row.state == "stopped")
