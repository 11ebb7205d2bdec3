"""Which aspects a message asks, beside what the aspect model found: what only the whole turn tells."""

from __future__ import annotations

import re

from actions.turn import Turn

# "Trong bao nhiêu ngày thì phải đi khai" asks by when the citizen must act; the time the office takes is another thing.
_BY_WHEN = re.compile(
    r"\b(?:trong (?:vong )?(?:bao nhieu|may) (?:ngay|thang|gio)|truoc (?:bao nhieu|may) (?:ngay|thang|gio)|truoc bao lau"
    r"|trong bao lau|may gio|han chot|muon nhat|cham nhat|qua han|tre han|thoi han (?:phai )?(?:khai|bao|dang ky|nop))\b"
)
_ACTS = re.compile(r"\b(?:phai|khai|bao|trinh|nop|dang ky|xin|muon nhat|cham nhat|han chot|qua han|tre han|tre)\b")
_RESULT_OUT = re.compile(r"\b(?:co ket qua|tra ket qua|lay duoc|nhan duoc|xong|lay ve|ra giay|giai quyet|cap cho)\b")


def asked_by(turn: Turn) -> list[str]:
    """The aspects asked; empty when the message asks nothing in particular."""
    aspects = turn.heard_aspects
    plain = turn.plain
    if _BY_WHEN.search(plain) and _ACTS.search(plain) and not _RESULT_OUT.search(plain):
        aspects = [*aspects, *(aspect for aspect in ("eligibility", "duration") if aspect not in aspects)]
    return aspects
