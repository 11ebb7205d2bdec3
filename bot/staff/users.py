"""Accounts of the staff: sign-in with lock-out, sessions, and the trail of what was done.

Passwords are stored as argon2id hashes and stand in no log, trail or error. A session is a random token in the
browser's encrypted cookie and a digest of it here, so that signing out, locking or a new password ends it at once.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.staff.database import StaffDatabase
from bot.staff.roles import ALLOWED, May, Role
from procedures_kb.store import HANOI
from procedures_kb.text import clean

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
MOST_FAILURES = 5
LOCK_OUT = dt.timedelta(minutes=15)
IDLE = dt.timedelta(hours=8)
_SEEN_EVERY = dt.timedelta(minutes=1)  # a session's last use is written at most this often
_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")
# OWASP's smaller argon2id setting: 19 MiB, so that several sign-ins at once stay within the house's memory.
HASHER = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)


class UserFault(ValueError):
    """An account cannot be made or changed so; the message (English, for the command line) says what was expected."""


class WeakPassword(UserFault):
    """The password is too short, too long or the name itself."""


class User(msgspec.Struct, frozen=True):
    """One account. ``state`` is ``active`` or ``locked`` (by an administrator)."""

    name: str
    display_name: str
    role: Role
    state: str
    locked_until: str | None = None

    def may(self, act: May) -> bool:
        return act in ALLOWED[self.role]


class TrailRow(msgspec.Struct, frozen=True):
    at: str
    who: str
    act: str
    subject: str
    detail: str


def _now() -> dt.datetime:
    return dt.datetime.now(HANOI)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _plain(password: str) -> str:
    """One Unicode form, since keyboards write the same Vietnamese letter in two ways."""
    return unicodedata.normalize("NFC", password)


class Users:
    """The accounts in the console's SQLite file.

    Args:
        path: the file, made when missing.
        hasher: argon2 parameters; a stored hash with others is renewed at the next good sign-in.
        clock: local time, replaced in tests.
    """

    def __init__(self, path: Path, hasher: PasswordHasher = HASHER, clock: Callable[[], dt.datetime] = _now) -> None:
        self.database = StaffDatabase(path)
        self._hasher = hasher
        self._clock = clock
        self._hashing = asyncio.Semaphore(2)
        self._nobody = hasher.hash(secrets.token_urlsafe(16))  # what an unknown user's password is compared with

    def now(self) -> str:
        return self._clock().isoformat(timespec="seconds")

    # Accounts

    def add(self, name: str, display_name: str, role: Role, password: str, by: str) -> User:
        """Make an account.

        Raises:
            UserFault: name taken or not of the allowed form, no display name, or a weak password.
        """
        display = clean(display_name)
        if not _NAME.fullmatch(name):
            raise UserFault(
                f"name {name!r}: 2 to 40 small letters, digits, dot, dash or underscore, beginning with a letter"
            )
        if not display or len(display) > 100:
            raise UserFault("display name: 1 to 100 characters were expected")
        if self.get(name):
            raise UserFault(f"{name} exists already")
        with self.database.transaction():
            self.database.execute(
                "INSERT INTO users (name, display_name, role, hash, state, failed, created_at) "
                "VALUES (?,?,?,?,'active',0,?)",
                (name, display, role.value, self._hashed(name, password), self.now()),
            )
            self.note(by, "account made", name, role.value)
        return User(name, display, role, "active")

    def get(self, name: str) -> User | None:
        row = self.database.execute(
            "SELECT name, display_name, role, state, locked_until FROM users WHERE name = ?", (name,)
        ).fetchone()
        return User(row[0], row[1], Role(row[2]), row[3], row[4]) if row else None

    def all(self) -> list[User]:
        rows = self.database.execute("SELECT name, display_name, role, state, locked_until FROM users ORDER BY name")
        return [User(row[0], row[1], Role(row[2]), row[3], row[4]) for row in rows]

    def display_names(self) -> dict[str, str]:
        return {user.name: user.display_name for user in self.all()}

    def set_password(self, name: str, password: str, by: str) -> None:
        """Replace the password, lift a lock-out and end every session of the account.

        Raises:
            UserFault: unknown account, or weak password.
        """
        self._known(name)
        with self.database.transaction():
            self.database.execute(
                "UPDATE users SET hash = ?, failed = 0, locked_until = NULL WHERE name = ?",
                (self._hashed(name, password), name),
            )
            self.database.execute("DELETE FROM sessions WHERE user = ?", (name,))
            self.note(by, "password changed", name)

    def lock(self, name: str, by: str) -> None:
        """Bar an account until it is unlocked; its sessions end now. Raises UserFault when unknown."""
        self._known(name)
        with self.database.transaction():
            self.database.execute("UPDATE users SET state = 'locked' WHERE name = ?", (name,))
            self.database.execute("DELETE FROM sessions WHERE user = ?", (name,))
            self.note(by, "account locked", name)

    def unlock(self, name: str, by: str) -> None:
        """Open a barred or locked-out account. Raises UserFault when unknown."""
        self._known(name)
        with self.database.transaction():
            self.database.execute(
                "UPDATE users SET state = 'active', failed = 0, locked_until = NULL WHERE name = ?", (name,)
            )
            self.note(by, "account unlocked", name)

    def _known(self, name: str) -> None:
        if self.get(name) is None:
            raise UserFault(f"no account {name!r}; see: ./motcua users list")

    def _hashed(self, name: str, password: str) -> str:
        if not SHORTEST_PASSWORD <= len(_plain(password)) <= LONGEST_PASSWORD:
            raise WeakPassword(f"a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters was expected")
        if password.lower() == name.lower() or len(set(password)) < 4:
            raise WeakPassword(
                "the password is too easy to guess: not the name itself, and at least 4 different characters"
            )
        return self._hasher.hash(_plain(password))

    # Signing in

    async def sign_in(self, name: str, password: str) -> User | None:
        """The account, or None: unknown name, wrong password, locked. All take the same time and tell nothing apart."""
        name = name.strip().lower()
        stored = self._count_try(name)
        good = await self._matches(stored or self._nobody, password)
        user = self.get(name)
        if stored is None or user is None or not good:
            # An unknown name is not written down: people type their password there by mistake.
            self.note(name if user else "?", "sign-in refused", "", "locked" if user and stored is None else "")
            return None
        with self.database.transaction():
            self.database.execute("UPDATE users SET failed = 0, locked_until = NULL WHERE name = ?", (name,))
            if self._hasher.check_needs_rehash(stored):
                renewed = self._hasher.hash(_plain(password))
                self.database.execute("UPDATE users SET hash = ? WHERE name = ? AND hash = ?", (renewed, name, stored))
            self.note(name, "signed in")
        return user

    def _count_try(self, name: str) -> str | None:
        """The stored hash if a try is allowed. Counted before it is judged: parallel tries cannot exceed the limit."""
        now = self._clock()
        with self.database.transaction():
            row = self.database.execute(
                "SELECT hash, state, failed, locked_until FROM users WHERE name = ?", (name,)
            ).fetchone()
            if row is None or row["state"] != "active":
                return None
            failed = int(row["failed"])
            if row["locked_until"]:
                if dt.datetime.fromisoformat(row["locked_until"]) > now:
                    return None
                failed = 0
            until = (now + LOCK_OUT).isoformat(timespec="seconds") if failed + 1 >= MOST_FAILURES else None
            self.database.execute(
                "UPDATE users SET failed = ?, locked_until = ? WHERE name = ?", (failed + 1, until, name)
            )
        return str(row["hash"])

    async def _matches(self, stored: str, password: str) -> bool:
        """Compare outside the event loop: argon2 takes tens of milliseconds on purpose."""

        def compare() -> bool:
            try:
                return self._hasher.verify(stored, _plain(password))
            except (VerificationError, InvalidHashError):
                return False

        async with self._hashing:
            return await asyncio.to_thread(compare)

    # Sessions

    def start_session(self, name: str) -> str:
        """A new session of the account; the token goes into the browser's cookie."""
        token = secrets.token_urlsafe(24)
        with self.database.transaction():
            oldest = (self._clock() - IDLE).isoformat(timespec="seconds")
            self.database.execute("DELETE FROM sessions WHERE seen_at < ?", (oldest,))
            self.database.execute(
                "INSERT INTO sessions VALUES (?,?,?,?)", (_digest(token), name, self.now(), self.now())
            )
        return token

    def session_user(self, token: str) -> User | None:
        """Whose session it is; None when ended, idle for 8 hours, or the account is locked."""
        row = self.database.execute("SELECT user, seen_at FROM sessions WHERE digest = ?", (_digest(token),)).fetchone()
        if row is None:
            return None
        idle = self._clock() - dt.datetime.fromisoformat(row["seen_at"])
        user = self.get(row["user"])
        if idle > IDLE or user is None or user.state != "active":
            return None
        if idle > _SEEN_EVERY:
            self.database.execute("UPDATE sessions SET seen_at = ? WHERE digest = ?", (self.now(), _digest(token)))
        return user

    def end_session(self, token: str, who: str) -> None:
        """Sign out."""
        with self.database.transaction():
            self.database.execute("DELETE FROM sessions WHERE digest = ?", (_digest(token),))
            self.note(who, "signed out")

    # Trail

    def note(self, who: str, act: str, subject: str = "", detail: str = "") -> None:
        """Append to the trail; never passwords, never personal data of citizens."""
        self.database.execute(
            "INSERT INTO trail (at, who, act, subject, detail) VALUES (?,?,?,?,?)",
            (self.now(), who, act, subject, detail),
        )

    def trail(self, limit: int = 100) -> list[TrailRow]:
        """The newest acts first."""
        rows = self.database.execute(
            "SELECT at, who, act, subject, detail FROM trail ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [TrailRow(*row) for row in rows]
