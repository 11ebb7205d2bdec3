"""Working copies of procedures and forms: begun from what is published, changed in steps, published or discarded.

One copy per record, shared by its editors. Every change names the ``mark`` of the state it was made from and is
refused when that state is gone; every form carries a token of its own, so that sending it twice acts once.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from bot.staff.users import User, Users
from procedures_kb import form_library
from procedures_kb.checks import Fault, faults
from procedures_kb.entries import name_of
from procedures_kb.form_types import FormDefinition
from procedures_kb.model import Procedure, State
from procedures_kb.store import HANOI, Entry, Store, UnknownProcedure, encode, is_form

R = TypeVar("R", Procedure, FormDefinition)
_REMEMBER = dt.timedelta(days=7)  # how long a form's token is known


class Moved(Exception):
    """The state a change was made from is gone: somebody else saved, published or discarded."""


class Faulty(Exception):
    """The working copy breaks rules of the knowledge base; ``faults`` are all of them."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__(len(found))
        self.faults = found


class WorkingCopy(msgspec.Struct, Generic[R], frozen=True):
    """One record being edited. ``base_version`` is the published version it began from; 0 for a new form."""

    code: str
    record: R
    base_version: int
    author: str
    begun_at: str
    changed_by: str
    changed_at: str
    mark: str

    @property
    def name(self) -> str:
        return name_of(self.record)


class Opened(msgspec.Struct, Generic[R], frozen=True):
    """What editors work on: the working copy, or the published record while there is none."""

    entry: Entry
    published: R | None  # None: a form that was never published
    copy: WorkingCopy[R] | None
    record: R
    mark: str

    @property
    def moved(self) -> bool:
        """Whether another version was published since the working copy began."""
        return self.copy is not None and self.copy.base_version != self.entry.version


class Desk(Generic[R]):
    """Access to the working copies of one kind; the published records stay in the knowledge base's own file.

    Args:
        check: everything wrong with a record; nothing with a fault is published.
    """

    def __init__(self, users: Users, knowledge: Store, kind: type[R], check: Callable[[R], list[Fault]]) -> None:
        self._users, self._knowledge, self._database = users, knowledge, users.database
        self._kind: type[R] = kind
        self.faults: Callable[[R], list[Fault]] = check

    def open(self, code: str) -> Opened[R]:
        """The state to show or change.

        Raises:
            UnknownProcedure: no reviewed record of that code (imported records are not edited here).
        """
        if is_form(code) != (self._kind is FormDefinition):
            raise UnknownProcedure(code)
        copy = self.copy(code)
        try:
            entry = self._knowledge.get(code)
        except UnknownProcedure:
            if copy is None or copy.base_version:
                raise
            return Opened(Entry(code, copy.name, State.draft, 0, 0), None, copy, copy.record, copy.mark)
        if entry.published is None:
            raise UnknownProcedure(code)
        published: R = entry.published  # type: ignore[assignment]  # its code tells which kind it is
        if copy is None:
            return Opened(entry, published, None, published, f"v{entry.version}")
        return Opened(entry, published, copy, copy.record, copy.mark)

    def copy(self, code: str) -> WorkingCopy[R] | None:
        row = self._database.execute("SELECT * FROM working_copies WHERE code = ?", (code,)).fetchone()
        return self._copy(tuple(row)) if row else None

    def copies(self) -> list[WorkingCopy[R]]:
        """Every working copy of this kind, the last changed first."""
        rows = self._database.execute("SELECT * FROM working_copies ORDER BY changed_at DESC").fetchall()
        return [self._copy(tuple(row)) for row in rows if is_form(row["code"]) == (self._kind is FormDefinition)]

    def _copy(self, row: tuple[Any, ...]) -> WorkingCopy[R]:
        code, body, base, author, begun, changed_by, changed_at, mark = row
        record = msgspec.json.decode(body, type=self._kind)
        return WorkingCopy(code, record, base, author, begun, changed_by, changed_at, mark)

    def base(self, copy: WorkingCopy[R]) -> R | None:
        """The published record a working copy began from; None for a new form."""
        if not copy.base_version:
            return None
        record: R = self._knowledge.at_version(copy.base_version).kept  # type: ignore[assignment]  # its code tells
        return record

    # Acts

    def outcome(self, token: str) -> str | None:
        """Where the act of this form led when it was sent before; None = not acted yet."""
        row = self._database.execute("SELECT outcome FROM acts WHERE token = ?", (token,)).fetchone()
        return str(row[0]) if row else None

    def save(self, code: str, mark: str, record: R, user: User, token: str, outcome: str) -> None:
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
            if encode(record) != encode(opened.record):
                self._database.execute(
                    "INSERT OR REPLACE INTO working_copies (code, body, base_version, author, begun_at, changed_by, "
                    "changed_at, mark) VALUES (?,?,?,?,?,?,?,?)",
                    (code, encode(record), base, author, begun, user.name, self._users.now(), secrets.token_hex(8)),
                )
                self._users.note(user.name, "edited", code)
            self._done(token, user, outcome)

    def begin(self, record: R, code: str, user: User, token: str, outcome: str) -> None:
        """A working copy of a record that is not published yet. Raises Moved when there is one of that code."""
        with self._database.transaction():
            if self.copy(code) is not None or self._knowledge.has(code):
                raise Moved
            self._database.execute(
                "INSERT INTO working_copies VALUES (?,?,0,?,?,?,?,?)",
                (
                    code,
                    encode(record),
                    user.name,
                    self._users.now(),
                    user.name,
                    self._users.now(),
                    secrets.token_hex(8),
                ),
            )
            self._users.note(user.name, "begun", code)
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
            same = opened.published is not None and encode(opened.record) == encode(opened.published)
            if opened.copy is None or opened.moved or same:
                raise Moved
            if found := self.faults(opened.record):
                raise Faulty(found)
            if day is None:
                number = self._knowledge.publish(opened.record, user.name, note)
            else:
                number = self._knowledge.schedule(opened.record, day, user.name, note)
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
            base = self.base(opened.copy) if opened.copy else None
            if base is None or opened.published is None or conflicts(base, opened.record, opened.published):
                raise Moved
            merged = _merged(base, opened.record, opened.published)
            self._database.execute(
                "UPDATE working_copies SET body = ?, base_version = ?, changed_by = ?, changed_at = ?, mark = ? "
                "WHERE code = ?",
                (encode(merged), opened.entry.version, user.name, self._users.now(), secrets.token_hex(8), code),
            )
            self._users.note(user.name, "working copy carried over", code, f"version {opened.entry.version}")
            self._done(token, user, outcome)

    def _at(self, code: str, mark: str) -> Opened[R]:
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


def conflicts(base: R, mine: R, theirs: R) -> list[str]:
    """Parts of the record (top-level fields) that both changed, and not to the same."""
    names = (field.name for field in msgspec.structs.fields(base))
    return [n for n in names if _changed(base, mine, n) and _changed(base, theirs, n) and _changed(mine, theirs, n)]


def _changed(one: R, two: R, name: str) -> bool:
    return bool(getattr(one, name) != getattr(two, name))


def _merged(base: R, mine: R, theirs: R) -> R:
    """Their record with the parts only we changed."""
    names = (field.name for field in msgspec.structs.fields(base))
    return msgspec.structs.replace(
        theirs, **{name: getattr(mine, name) for name in names if _changed(base, mine, name)}
    )


def procedures_desk(users: Users, knowledge: Store) -> Desk[Procedure]:
    return Desk(users, knowledge, Procedure, faults)


def forms_desk(users: Users, knowledge: Store) -> Desk[FormDefinition]:
    return Desk(users, knowledge, FormDefinition, lambda form: form_library.faults_in(knowledge, form))
