"""The list API of the national portal: codes, names, fields, issuers (docs/formats.md 2.1)."""

from __future__ import annotations

import re
from typing import Any

from procedures_kb.imported import Imported
from procedures_kb.importers.base import Refused
from procedures_kb.sources import PROVINCIAL
from procedures_kb.text import clean

CODE = re.compile(r"^\d\.\d{6}")
HANOI_ISSUERS = ("Hà Nội",)


class PortalCatalogue:
    """Rows ``{"id", "name", "code", "categories", "departments", "departmentPromulgate", "state", "type"}``."""

    name = "portal-catalogue"
    description = "Code list of the national portal (list API, one row per procedure)."
    complete = True

    def recognises(self, row: dict[str, Any]) -> bool:
        return "code" in row and "name" in row and "departmentPromulgate" in row

    def read(self, row: dict[str, Any]) -> Imported:
        code, name = short_code(row.get("code")), clean(str(row.get("name") or ""))
        if not name:
            raise Refused("name: empty")
        issuer = clean(str(row.get("departmentPromulgate") or ""))
        doubts: list[str] = []
        if row.get("type") == "SPECIFIC" and not any(city in issuer for city in HANOI_ISSUERS):
            doubts.append(PROVINCIAL)
        if row.get("type") == "STANDARD_INTERNAL":
            doubts.append("internal procedure, not for citizens")
        identifier = str(row.get("id") or "")
        return Imported(
            code=code, name=name, field=", ".join(clean(str(c)) for c in row.get("categories") or []),
            agency=", ".join(clean(str(d)) for d in row.get("departments") or []) or issuer,
            url=portal_url(identifier), doubts=doubts, source=self.name,
        )  # fmt: skip


def portal_url(identifier: str) -> str:
    return (
        f"https://dichvucong.gov.vn/thu-tuc-hanh-chinh/{identifier}"
        if re.fullmatch(r"[0-9a-f-]{36}", identifier)
        else ""
    )


def short_code(value: object) -> str:
    """The first eight characters of a code with or without agency suffix. Raises Refused."""
    text = str(value or "").strip()
    match = CODE.match(text)
    if not match:
        raise Refused(f"code: {text[:40]!r} is not of the form 1.001193")
    return match.group()
