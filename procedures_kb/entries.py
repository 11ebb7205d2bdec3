"""What a version in the store is: a procedure, an imported record or a form, kept as JSON under its code."""

from __future__ import annotations

import datetime as dt
import hashlib
from zoneinfo import ZoneInfo

import msgspec

from procedures_kb.form_types import FormDefinition
from procedures_kb.imported import Imported
from procedures_kb.model import Procedure, State

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
Kept = Procedure | Imported | FormDefinition
Published = Procedure | FormDefinition  # what staff review, change and publish


class UnknownProcedure(KeyError):
    """No procedure, and no form, of that code."""


class Entry(msgspec.Struct, frozen=True):
    """What the store knows of one code now: a reviewed procedure, an imported record or a form, only one of them."""

    code: str
    name: str
    state: State
    version: int
    release: int
    procedure: Procedure | None = None
    imported: Imported | None = None
    form: FormDefinition | None = None

    @property
    def published(self) -> Published | None:
        """The reviewed procedure or the form; None for an imported record."""
        return self.procedure if self.procedure else self.form

    @property
    def kept(self) -> Kept:
        """Whichever it is."""
        for one in (self.procedure, self.form, self.imported):
            if one is not None:
                return one
        raise ValueError(f"version {self.version} holds no record")


def now() -> str:
    """Local time in Hanoi, ISO format, seconds."""
    return dt.datetime.now(HANOI).isoformat(timespec="seconds")


def today() -> dt.date:
    return dt.datetime.now(HANOI).date()


def checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def encode(record: Kept) -> str:
    """The stored form of a record: JSON with sorted keys, so that equal records have equal checksums."""
    return msgspec.json.encode(record, order="deterministic").decode()


def code_of(record: Kept) -> str:
    """What a record is kept under. A form's id begins with a letter, a procedure's code with a digit."""
    return record.id if isinstance(record, FormDefinition) else record.code


def name_of(record: Kept) -> str:
    return record.title if isinstance(record, FormDefinition) else record.name


def is_form(code: str) -> bool:
    """Whether a code is a form's id."""
    return code[:1].isalpha()


def is_reviewed(body: str) -> bool:
    """Whether a stored body of a procedure is a reviewed one (only these have sources of their own)."""
    return '"sources":[' in body


def decode(code: str, body: str) -> Kept:
    """The record of a stored body."""
    if is_form(code):
        return msgspec.json.decode(body, type=FormDefinition)
    if is_reviewed(body):
        return msgspec.json.decode(body, type=Procedure)
    return msgspec.json.decode(body, type=Imported)


def entry_of(row: tuple[str, str, str, int, str, int]) -> Entry:
    """The entry of a row: code, name (empty = the record's), state, version, body, release."""
    code, name, state, version, body, release = row
    record = decode(code, body)
    return Entry(
        code, name or name_of(record), State.imported if isinstance(record, Imported) else State(state), version, release,
        procedure=record if isinstance(record, Procedure) else None,
        imported=record if isinstance(record, Imported) else None,
        form=record if isinstance(record, FormDefinition) else None,
    )  # fmt: skip
