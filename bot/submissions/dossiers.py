"""Where submissions stand: ``ready → delivering → submitted``, plus ``returned``, ``cancelled``, ``withdrawing`` and
``withdrawn``; every step is kept.

``submitted`` means that the case system has it; which of its ten states it is in is ``national``. What could tell about
a person (code, dates, the officer's words) is sealed; a dossier is found by keyed hashes only.
"""

from __future__ import annotations

import datetime as dt
import hmac
import time
from typing import Literal

import msgspec

from bot.submissions.delivery.base import Progress
from bot.submissions.store import Draft, Drafts, now_text
from procedures_kb.form_model import FormDefinition

State = Literal["ready", "delivering", "submitted", "returned", "cancelled", "withdrawing", "withdrawn"]
PHONE_DIGITS = 4
TRIES, TRIES_SECONDS = 5, 900.0  # wrong ones of one conversation
CODE_TRIES, CODE_SECONDS = 10, 86_400.0  # wrong ones on one code, whoever tries


class Told(msgspec.Struct, frozen=True):
    """One reason of an officer in plain words, with what it reopens (field and component ids)."""

    said: str  # the officer's own words
    plain: str  # ours
    reopens: list[str] = []
    labels: list[str] = []  # of what it reopens


class Facts(msgspec.Struct, frozen=True):
    """The part of a dossier that is kept sealed."""

    code: str = ""
    due_on: dt.date | None = None
    received_on: dt.date | None = None
    told: list[Told] = []
    request: str = ""  # the officer's last request for more that was taken in


class Dossier(msgspec.Struct, frozen=True):
    """Where one submission stands."""

    draft: str
    round: int
    state: str
    delivery: str
    national: int | None
    changed_at: str
    checked_at: str | None
    facts: Facts


class Step(msgspec.Struct, frozen=True):
    """One step of the history."""

    at: str
    round: int
    state: str
    national: int | None
    facts: Facts


class Dossiers:
    """Access to dossiers, beside the drafts in one file."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts, self._db = drafts, drafts.connection
        self._box = drafts.keys.box("dossiers")

    def get(self, draft_id: str) -> Dossier | None:
        row = self._db.execute(
            "SELECT draft, round, state, delivery, national, changed_at, checked_at, sealed FROM dossiers WHERE draft = ?",
            (draft_id,),
        ).fetchone()
        if row is None:
            return None
        kept, round_, state, delivery, national, changed, checked, sealed = row
        return Dossier(kept, round_, state, delivery, national, changed, checked, self._facts(kept, sealed))

    def of_sender(self, sender: str) -> list[Dossier]:
        """The dossiers of a conversation, the newest first."""
        rows = self._db.execute(
            "SELECT dossiers.draft FROM dossiers JOIN drafts ON drafts.id = dossiers.draft WHERE drafts.owner = ? "
            "AND drafts.sealed IS NOT NULL ORDER BY dossiers.changed_at DESC, drafts.created_at DESC",
            (self._drafts.owner_key(sender),),
        ).fetchall()
        return [dossier for row in rows if (dossier := self.get(row[0]))]

    def history(self, draft_id: str) -> list[Step]:
        rows = self._db.execute(
            "SELECT at, round, state, national, sealed FROM dossier_history WHERE draft = ? ORDER BY id", (draft_id,)
        )
        return [
            Step(at, number, state, national, self._facts(draft_id, sealed))
            for at, number, state, national, sealed in rows
        ]

    def _facts(self, draft_id: str, sealed: bytes | None) -> Facts:
        return msgspec.json.decode(self._box.open(sealed, draft_id), type=Facts) if sealed else Facts()

    # Proving ownership

    def _code_digest(self, code: str) -> str:
        return self._drafts.keys.digest("dossier-code", code)

    def _proof(self, code: str, digits: str) -> str:
        return self._drafts.keys.digest("dossier-phone", f"{code}:{digits}")

    def proved(self, code: str, digits: str, sender: str) -> Dossier | None:
        """The dossier of ``code`` if ``digits`` end the phone given in it; the same None for a wrong or unknown one.

        Raises TooManyTries. Both answers cost one look-up, one keyed hash and one comparison of equal length.
        """
        who, about = self._drafts.keys.digest("status-who", sender), self._code_digest(code)
        if self._tries(who, TRIES_SECONDS) >= TRIES or self._tries(about, CODE_SECONDS) >= CODE_TRIES:
            raise TooManyTries
        row = self._db.execute("SELECT draft, proofs FROM dossiers WHERE code_digest = ?", (about,)).fetchone()
        proof = self._proof(code, digits)
        right = hmac.compare_digest(proof, row[1] if row and row[1] else "0" * len(proof))
        if not right:
            with self._drafts.transaction():
                self._db.execute("DELETE FROM status_tries WHERE at < ?", (time.time() - CODE_SECONDS,))
                self._db.executemany(
                    "INSERT INTO status_tries VALUES (?,?)", [(who, time.time()), (about, time.time())]
                )
            return None
        return self.get(row[0])

    def _tries(self, who: str, seconds: float) -> int:
        row = self._db.execute(
            "SELECT count(*) FROM status_tries WHERE who = ? AND at > ?", (who, time.time() - seconds)
        ).fetchone()
        return int(row[0])

    # Steps. Each is to be called inside a transaction of the drafts.

    def accepted(self, draft: Draft, form: FormDefinition, progress: Progress, own_act: bool = False) -> None:
        """The case system has it, under a dossier code. ``own_act``: its person is taking it back and needs no news."""
        before = self.get(draft.id)
        if before is None:
            return
        old = before.facts
        facts = Facts(
            progress.code, progress.due_on or (old.due_on if before.round == 1 else None),
            progress.received_on or old.received_on, request=progress.request or old.request,
        )  # fmt: skip
        digits = phone_digits(form, draft)
        self._db.execute(
            "UPDATE dossiers SET code_digest = ?, proofs = ? WHERE draft = ?",
            (self._code_digest(progress.code), self._proof(progress.code, digits) if digits else "", draft.id),
        )
        # What the answer says of the state is taken in by the follower, which knows how to return a dossier.
        self.step(before, "submitted", 1, facts, own_act)

    def step(self, dossier: Dossier, state: str, national: int | None, facts: Facts, own_act: bool = False) -> None:
        """Move on and keep the step in the history; the person is to be told of it, unless it is their own act."""
        at, sealed = now_text(), self._box.seal(msgspec.json.encode(facts), dossier.draft)
        self._db.execute(
            "UPDATE dossiers SET state = ?, national = ?, sealed = ?, changed_at = ?, checked_at = ? WHERE draft = ?",
            (state, national, sealed, at, at, dossier.draft),
        )
        self._db.execute(
            "INSERT INTO dossier_history (draft, at, round, state, national, sealed) VALUES (?,?,?,?,?,?)",
            (dossier.draft, at, dossier.round, state, national, sealed),
        )
        if not own_act:
            self._announce(dossier.draft, at, state, national)

    def checked(self, draft_id: str, next_check: float | None) -> None:
        """Nothing new; ask again at ``next_check`` (epoch seconds; None = never)."""
        self._db.execute(
            "UPDATE dossiers SET checked_at = ?, next_check = ? WHERE draft = ?", (now_text(), next_check, draft_id)
        )

    # Announcements

    def _announce(self, draft_id: str, at: str, state: str, national: int | None) -> None:
        """To be shown at the next visit; also sent, where the person has agreed to it."""
        consent = self._drafts.consent_of(draft_id)
        made = self._db.execute(
            "INSERT INTO announcements (draft, at, state, national, channel) VALUES (?,?,?,?,?)",
            (draft_id, at, state, national, consent[1] if consent else "web"),
        )
        now = time.time()
        self._db.execute(
            "INSERT INTO news (id, draft, next_at, since) SELECT ?,?,?,? "
            "WHERE EXISTS (SELECT 1 FROM permissions WHERE draft = ? AND purpose = 'news')",
            (made.lastrowid, draft_id, now, now, draft_id),
        )

    def unsaid(self, sender: str) -> list[Dossier]:
        """Dossiers of a conversation with a change its person has not seen yet."""
        return [dossier for dossier in self.of_sender(sender) if self.has_news(dossier.draft)]

    def has_news(self, draft_id: str) -> bool:
        found = self._db.execute("SELECT 1 FROM announcements WHERE draft = ? AND said_at IS NULL", (draft_id,))
        return found.fetchone() is not None

    def said(self, draft_id: str) -> None:
        """The person has seen how it stands."""
        self._db.execute(
            "UPDATE announcements SET said_at = ? WHERE draft = ? AND said_at IS NULL", (now_text(), draft_id)
        )


class TooManyTries(Exception):
    """Too many wrong proofs of this conversation, or on this code."""


def phone_digits(form: FormDefinition, draft: Draft) -> str:
    """The last four digits of the phone given in the draft; empty when it has none."""
    for field in form.fields:
        if field.type == "phone" and (value := draft.content.values.get(field.id)):
            return "".join(letter for letter in value if letter.isdecimal())[-PHONE_DIGITS:]
    return ""
