"""The shape of dossier codes (mã hồ sơ), as citizens and other systems write them."""

from __future__ import annotations

import datetime as dt
import re

# research/domain.md 3, "Mã hồ sơ": old 000.00.01.H26-260930-0012, since 2020 H26.xx[.yy]-YYMMDD-nnnn.
DOSSIER_CODE = re.compile(r"^(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-(\d{6})-\d{3,6}$", re.ASCII)
_ODD_DASHES = re.compile(r"[\u2010-\u2015\u2212_]")


def is_dossier_code(code: str, today: dt.date) -> bool:
    """Whether a code has the right shape and a real date that is not in the future."""
    return not fault_of(code, today)


def fault_of(code: str, today: dt.date) -> str:
    """What is wrong with a code: "shape", "no_day" (13th month), "future"; empty when nothing is."""
    match = DOSSIER_CODE.match(code)
    if not match:
        return "shape"
    try:
        received = dt.datetime.strptime(match.group(1), "%y%m%d").date()
    except ValueError:
        return "no_day"
    return "future" if received > today else ""


def squeezed(text: str) -> str:
    """Upper case, one kind of dash, no blanks around dots and dashes: what people type becomes what is printed."""
    return re.sub(r"\s*([.\-])\s*", r"\1", _ODD_DASHES.sub("-", text.upper()))
