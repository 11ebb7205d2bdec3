"""What a channel works with: a way to talk to the assistant, and the shape of its replies."""

from __future__ import annotations

from typing import Any, Protocol, TypedDict


class Button(TypedDict):
    title: str
    payload: str  # "/intent{…}" is said back to the assistant; an address is opened


class Message(TypedDict, total=False):
    """One reply of the answer contract (design section 6). ``text`` is complete by itself."""

    text: str
    buttons: list[Button]
    custom: dict[str, Any]


class Unavailable(RuntimeError):
    """No worker could answer in time; the citizen is told to try again."""


class Talk(Protocol):
    """The way to the assistant."""

    async def turn(self, sender: str, text: str, channel: str, title: str | None = None) -> list[Message]:
        """Say ``text`` as ``sender`` and return the replies. ``title`` = the text of the button that was pressed.

        Messages of one sender are answered in order. Raises Unavailable.
        """


def is_address(payload: str) -> bool:
    """Whether a button opens a page instead of saying something."""
    return payload.startswith(("http://", "https://", "/ho-so/"))
