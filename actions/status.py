"""Where a dossier is, by its code. The city's case system is not connected yet, and the answer says so."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from actions.turn import Turn, sentences

# docs/formats.md, "Mã hồ sơ": old 000.00.01.H26-260930-0012, since 2020 H26.xx[.yy]-YYMMDD-nnnn.
DOSSIER_CODE = re.compile(r"^(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-(\d{6})-\d{3,6}$")
LOOKS_LIKE_CODE = re.compile(r"\b[A-Z0-9][A-Z0-9.]*\d*-\d{2,8}-?\d*\b", re.IGNORECASE)


def is_dossier_code(code: str, today: dt.date) -> bool:
    """Whether a code has the right shape and a real date that is not in the future."""
    match = DOSSIER_CODE.match(code)
    if not match:
        return False
    try:
        received = dt.datetime.strptime(match.group(1), "%y%m%d").date()
    except ValueError:
        return False
    return received <= today


def status(turn: Turn) -> None:
    """Check the code's shape and point to where it can be looked up."""
    words = sentences()
    squeezed = re.sub(r"\s*([.\-])\s*", r"\1", turn.text.upper())
    code = turn.entity("dossier_code") or next(iter(LOOKS_LIKE_CODE.findall(squeezed)), None)
    if code is None:
        turn.say(words["status_ask"], {"kind": "status", "error": "no_code"})
    elif is_dossier_code(code, dt.date.today()):
        dossier: dict[str, Any] = {"code": code, "state": None, "steps": [], "due_on": None}
        turn.say(
            words["status_code"].format(code=code), {"kind": "status", "dossier": dossier, "error": "not_connected"}
        )
    else:
        turn.say(words["status_bad_code"].format(code=code), {"kind": "status", "error": "malformed"})
