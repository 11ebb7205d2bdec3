"""What every way of handing a submission over is, and the words it answers with.

The outbox needs to know one thing above all when something goes wrong: whether the other side may have taken the dossier.
:class:`NotTaken` says surely not (send again), :class:`Unclear` says perhaps (look first), :class:`Refused` says that
sending it again would not help.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

import msgspec

from bot.settings import Settings


class DeliveryFault(Exception):
    """Something went wrong; ``code`` is a short word for staff and logs, without anything of a person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(DeliveryFault):
    """The other side read it and does not take it; trying again would not help."""


class NotTaken(DeliveryFault):
    """It was surely not taken: try again later."""


class Unclear(DeliveryFault):
    """It may have been taken, the answer is lost or unreadable: look before sending again."""


class Answer(msgspec.Struct, frozen=True):
    """One answer of the form as people read it."""

    field: str
    label: str
    value: str


class Paper(msgspec.Struct, frozen=True):
    """One component of the case with its state (completeness.State)."""

    id: str
    name: str
    state: str


class File(msgspec.Struct, frozen=True):
    """A paper as a PDF, which the other side fetches from us at ``path`` (handed_files.py)."""

    id: str
    name: str
    component: str
    path: str


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """Everything handed over. Personal data: made when it is sent, never stored or logged."""

    key: str  # ours; the same for every attempt of one round
    round: int
    reference: str
    code: str = ""  # the dossier code, from the second round on
    procedure: str
    procedure_name: str
    field_code: str = ""
    field_name: str = ""
    form_title: str
    person: str = ""
    person_id: str = ""
    phone: str = ""
    sent_at: dt.datetime
    answers: list[Answer] = []
    papers: list[Paper] = []
    files: list[File] = []
    withdraws: bool = False  # asks for the dossier ``code`` to be withdrawn; nothing else is handed over
    corrected: list[str] = []  # labels of what was reopened and is sent anew


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a dossier came back, as the officer gave it."""

    code: str = ""
    text: str = ""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Where the case system says a dossier is. ``national`` is TrangThaiHoSo, 1 to 10."""

    code: str
    national: int
    due_on: dt.date | None = None
    received_on: dt.date | None = None
    reasons: list[Reason] = []
    request: str = ""  # id of the officer's request for more; tells a new one from one already answered


class Delivery(Protocol):
    """One plug-in, made for one installation's settings."""

    name: str
    label: str  # for staff
    sends: bool  # whether the outbox has anything to do
    follows: bool  # whether progress can be asked

    async def send(self, parcel: Parcel) -> Progress:
        """Hand it over; what the other side made of it. Raises DeliveryFault."""

    async def find(self, parcel: Parcel) -> Progress | None:
        """Whether this very parcel (its key) has arrived; None = surely not. Raises NotTaken when it cannot be told."""

    async def progress(self, code: str) -> Progress | None:
        """Where the dossier of that code is; None = unknown there. Raises NotTaken when it cannot be told."""

    async def close(self) -> None:
        """Give connections back."""


class Plugin(Protocol):
    """How a plug-in is made and what its settings lack."""

    name: str

    def __call__(self, settings: Settings) -> Delivery: ...

    def check_config(self, settings: Settings) -> list[str]:
        """Faults of its settings in English, each with the remedy."""


def short(value: Any, longest: int) -> str:
    """Outside text made harmless: a string, without control characters, not longer than ``longest``."""
    if not isinstance(value, str):
        value = str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
    clean = "".join(letter if letter.isprintable() else " " for letter in value[: longest * 4])
    return " ".join(clean.split())[:longest]
