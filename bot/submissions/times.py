"""Moments as every table keeps them: Hanoi's time, to the second, in ISO form, so that texts compare as times do."""

from __future__ import annotations

import datetime as dt

from procedures_kb.store import HANOI


def moment() -> dt.datetime:
    return dt.datetime.now(HANOI)


def now_text() -> str:
    """This moment in Hanoi, as every table keeps it."""
    return moment().isoformat(timespec="seconds")
