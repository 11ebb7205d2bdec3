"""One thing found in a draft."""

from __future__ import annotations

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """One of several possible values: how it is called, and the value."""

    label: str
    value: str


class Finding(msgspec.Struct, frozen=True):
    """``blocks`` = the draft cannot be finished with it; ``proposal`` = a value the citizen can take over."""

    field: str
    message: str
    blocks: bool
    law: str = ""
    proposal: str = ""
    choices: list[Choice] = []  # when the right value is one of these, and only the person knows which
