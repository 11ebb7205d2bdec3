"""Working copies of procedures: begun from the published record, changed in steps, published or discarded.

One copy per procedure, shared by its editors. Every change names the ``mark`` of the state it was made from and is
refused when that state is gone; every form carries a token of its own, so that sending it twice acts once.
"""

from __future__ import annotations

import datetime as dt
import secrets

import msgspec

from bot.staff.users import User, Users
from procedures_kb.checks import Fault, faults
from procedures_kb.model import Procedure
from procedures_kb.store import HANOI, Entry, Store, UnknownProcedure, encode

_REMEMBER = dt.timedelta(days=7)  # how long a form's token is known


class Moved(Exception):
    """The state a change was made from is gone: somebody else saved, published or discarded."""


class Faulty(Exception):
    """The working copy breaks rules of the knowledge base; ``faults`` are all of them."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__(len(found))
        self.faults = found


class WorkingCopy(msgspec.Struct, frozen=True):
    """One procedure being edited. ``base_version`` is the published version it began from."""

    code: str
    procedure: Procedure
    base_version: int
    author: str
    begun_at: str
    changed_by: str
    changed_at: str
    mark: str


class Opened(msgspec.Struct, frozen=True):
    """What editors work on: the working copy, or the published record while there is none."""

    entry: Entry
    published: Procedure
    copy: WorkingCopy | None
    procedure: Procedure
    mark: str

    @property
    def moved(self) -> bool:
        """Whether another version was published since the working copy began."""
        return self.copy is not None and self.copy.base_version != self.entry.version


class Desk:
    """Access to the working copies; the published records stay in the knowledge base's own file."""

    def __init__(self, users: Users, knowledge: Store) -> None:
        self._users, self._knowledge = users, knowledge
        self._database = users.database

    def open(self, code: str) -> Opened:
        """The state to show or change.

        Raises:
            UnknownProcedure: no reviewed record of that code (imported records are not edited here).
        """
        entry = self._knowledge.get(code)
        if entry.procedure is None:
            raise UnknownProcedure(code)
        copy = self.copy(code)
        if copy is None:
            return Opened(entry, entry.procedure, None, entry.procedure, f"v{entry.version}")
        return Opened(entry, entry.procedure, copy, copy.procedure, copy.mark)

    def copy(self, code: str) -> WorkingCopy | None:
        row = self._database.execute("SELECT * FROM working_copies WHERE code = ?", (code,)).fetchone()
        return _copy(tuple(row)) if row else None

    def copies(self) -> list[WorkingCopy]:
        """Every working copy, the last changed first."""
        return [
            _copy(tuple(r)) for r in self._database.execute("SELECT * FROM working_copies ORDER BY changed_at DESC")
        ]

    def base(self, copy: WorkingCopy) -> Procedure:
        """The published record a working copy began from."""
        procedure = self._knowledge.at_version(copy.base_version).procedure
        assert procedure is not None, "working copies begin from reviewed records only"
        return procedure

    # Acts

    def outcome(self, token: str) -> str | None:
        """Where the act of this form led when it was sent before; None = not acted yet."""
        row = self._database.execute("SELECT outcome FROM acts WHERE token = ?", (token,)).fetchone()
        return str(row[0]) if row else None

    def save(self, code: str, mark: str, procedure: Procedure, user: User, token: str, outcome: str) -> None:
        """Keep a change in the working copy; begins one when there is none.

        Raises:
            Moved: the state of ``mark`` is gone.
        """
        with self._database.transaction():
            opened = self._at(code, mark)
            copy = opened.copy
            base, author, begun = (copy.base_version, copy.author, copy.begun_at) if copy else (
                opened.entry.version, user.name, self._users.now()
            )  # fmt: skip
            if encode(procedure) != encode(opened.procedure):
                self._database.execute(
                    "INSERT OR REPLACE INTO working_copies (code, body, base_version, author, begun_at, changed_by, "
                    "changed_at, mark) VALUES (?,?,?,?,?,?,?,?)",
                    (code, encode(procedure), base, author, begun, user.name, self._users.now(), secrets.token_hex(8)),
                )
                self._users.note(user.name, "edited", code)
            self._done(token, user, outcome)

    def publish(
        self, code: str, mark: str, note: str, user: User, token: str, outcome: str, day: dt.date | None = None
    ) -> int:
        """Make the working copy the record citizens are answered from, now or at midnight of a coming ``day``.

        Returns:
            The release; with a day, the number of the version that waits.

        Raises:
            Moved: the working copy changed or is gone, or another version was published meanwhile.
            Faulty: the record breaks rules.
        """
        # The knowledge base is a second file: it commits first, so a crash in between leaves a working copy equal to
        # the published record, which editors see as "nothing differs" and discard; nothing is published twice.
        with self._database.transaction(), self._knowledge.transaction():
            opened = self._at(code, mark)
            if opened.copy is None or opened.moved or encode(opened.procedure) == encode(opened.published):
                raise Moved
            if found := faults(opened.procedure):
                raise Faulty(found)
            if day is None:
                number = self._knowledge.publish(opened.procedure, user.name, note)
            else:
                number = self._knowledge.schedule(opened.procedure, day, user.name, note)
            self._database.execute("DELETE FROM working_copies WHERE code = ?", (code,))
            said = ("published", f"release {number}") if day is None else ("scheduled", f"version {number} for {day}")
            self._users.note(user.name, said[0], code, said[1])
            self._done(token, user, outcome)
        return number

    def discard(self, code: str, mark: str, user: User, token: str, outcome: str) -> None:
        """Throw the working copy away. Raises Moved when it is not the one that was seen."""
        with self._database.transaction():
            if self._at(code, mark).copy is None:
                raise Moved
            self._database.execute("DELETE FROM working_copies WHERE code = ?", (code,))
            self._users.note(user.name, "working copy discarded", code)
            self._done(token, user, outcome)

    def carry_over(self, code: str, mark: str, user: User, token: str, outcome: str) -> None:
        """Put the working copy's changes onto the version published meanwhile.

        Raises:
            Moved: the copy is not the one that was seen, or both changed the same part.
        """
        with self._database.transaction():
            opened = self._at(code, mark)
            if opened.copy is None or conflicts(self.base(opened.copy), opened.procedure, opened.published):
                raise Moved
            merged = _merged(self.base(opened.copy), opened.procedure, opened.published)
            self._database.execute(
                "UPDATE working_copies SET body = ?, base_version = ?, changed_by = ?, changed_at = ?, mark = ? "
                "WHERE code = ?",
                (encode(merged), opened.entry.version, user.name, self._users.now(), secrets.token_hex(8), code),
            )
            self._users.note(user.name, "working copy carried over", code, f"version {opened.entry.version}")
            self._done(token, user, outcome)

    def _at(self, code: str, mark: str) -> Opened:
        opened = self.open(code)
        if opened.mark != mark:
            raise Moved
        return opened

    def _done(self, token: str, user: User, outcome: str) -> None:
        oldest = (dt.datetime.now(HANOI) - _REMEMBER).isoformat(timespec="seconds")
        self._database.execute("DELETE FROM acts WHERE at < ?", (oldest,))
        self._database.execute(
            "INSERT OR IGNORE INTO acts VALUES (?,?,?,?)", (token, self._users.now(), user.name, outcome)
        )


def _copy(row: tuple[str, str, int, str, str, str, str, str]) -> WorkingCopy:
    code, body, base, author, begun, changed_by, changed_at, mark = row
    return WorkingCopy(
        code, msgspec.json.decode(body, type=Procedure), base, author, begun, changed_by, changed_at, mark
    )


def conflicts(base: Procedure, mine: Procedure, theirs: Procedure) -> list[str]:
    """Parts of the record (top-level fields) that both changed, and not to the same."""
    names = (field.name for field in msgspec.structs.fields(Procedure))
    return [n for n in names if _changed(base, mine, n) and _changed(base, theirs, n) and _changed(mine, theirs, n)]


def _changed(one: Procedure, two: Procedure, name: str) -> bool:
    return bool(getattr(one, name) != getattr(two, name))


def _merged(base: Procedure, mine: Procedure, theirs: Procedure) -> Procedure:
    """Their record with the parts only we changed."""
    names = (field.name for field in msgspec.structs.fields(Procedure))
    return msgspec.structs.replace(
        theirs, **{name: getattr(mine, name) for name in names if _changed(base, mine, name)}
    )
