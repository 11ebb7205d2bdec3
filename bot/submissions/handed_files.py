"""Files of a submission that the case system fetches (DuongDanTaiTepTin): an address for each, signed and short-lived.

Nothing is stored for it: the address itself says which draft, which paper and until when, under a keyed hash. It opens
nothing once the draft was erased or taken back.
"""

from __future__ import annotations

import hmac
import re
import time

import msgspec

from bot.keys import Keys

ROUTE = "/tep-ho-so"
FORM = "-"  # the filled form, which every case names differently
LIFETIME = 7 * 86_400  # seconds; each attempt to hand over gives new addresses
TOKEN = r"[\w\-]{16,40}\.[a-z0-9_\-]{1,60}\.\d{10,12}\.[0-9a-f]{64}"
_TOKEN = re.compile(TOKEN, re.ASCII)


class Handed(msgspec.Struct, frozen=True):
    """What an address means."""

    draft: str
    component: str


def _mac(keys: Keys, text: str) -> str:
    return keys.digest("handed-file", text)


def path_of(keys: Keys, draft_id: str, component: str) -> str:
    """The address of one file, under our own."""
    text = f"{draft_id}.{component}.{int(time.time()) + LIFETIME}"
    return f"{ROUTE}/{text}.{_mac(keys, text)}"


def opened(keys: Keys, token: str) -> Handed | None:
    """What a token opens; None when it is not ours, was changed, or has run out."""
    if not _TOKEN.fullmatch(token):
        return None
    text, _, mac = token.rpartition(".")
    draft_id, component, until = text.split(".")
    if not hmac.compare_digest(mac, _mac(keys, text)) or int(until) < time.time():
        return None
    return Handed(draft_id, component)
