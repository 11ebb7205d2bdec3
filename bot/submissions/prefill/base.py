"""What every source of values is: a name, a check of its settings, and facts about one person.

A source that is down, or gives what cannot be used, raises a sentence for the person; filling in by hand always goes on.
"""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec

from bot.settings import Settings
from bot.submissions.draft import Draft

Way = Literal["picture", "login", "draft"]  # what the page offers for it


class CannotPrefill(ValueError):
    """The source has nothing usable; the message is the sentence to show."""


class SourceDown(CannotPrefill):
    """The source does not answer; the person fills in by hand or tries again later."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Facts about one person in canonical form; empty = the source does not say."""

    name: str = ""
    birth: str = ""  # ISO date
    sex: str = ""  # "nam" or "nu", as in the forms' options
    id: str = ""
    old_id: str = ""
    address: str = ""
    phone: str = ""
    nationality: str = ""
    ethnicity: str = ""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a source says. ``verified``: a database vouches for it. ``notes`` are said to the person."""

    source: str
    person: Person
    verified: bool = False
    notes: list[str] = []


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """A login under way, and afterwards what the provider sent back. Kept in the browser's sealed session only."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    code: str = ""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the page hands to a source: a picture, an earlier draft, or what came back from a login."""

    picture: bytes = b""
    earlier: Draft | None = None
    login: Login | None = None


class Source(Protocol):
    """One plug-in."""

    name: str  # the word kept beside each value
    label: str  # what the button says
    way: Way

    def check_config(self, settings: Settings) -> list[str]:
        """Faults of its settings in English, each with the remedy; empty when it is off or ready."""

    def is_on(self, settings: Settings) -> bool:
        """Whether the page offers it."""

    async def facts(self, settings: Settings, given: Given) -> Facts:
        """Ask the source. Raises CannotPrefill."""
