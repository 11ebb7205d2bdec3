"""One thing found in a draft."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """``blocks`` = the draft cannot be finished with it; ``proposal`` = a value the citizen can take over."""

    field: str
    message: str
    blocks: bool
    law: str = ""
    proposal: str = ""
