"""The detail API of the national portal: one full record per line (docs/formats.md 2.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from procedures_kb.importers.base import Refused
from procedures_kb.importers.portal_catalogue import portal_url, short_code
from procedures_kb.store import HANOI, Imported
from procedures_kb.text import clean

_LEVELS = {"isWard": "commune", "isProvince": "province", "isMinistry": "ministry"}
_CHANNELS = {"DIRECT": "in_person", "ONLINE": "online", "POSTAL": "post"}
_UNITS = {"WORKING_DAY": "working_day", "DAY": "day", "HOUR": "hour"}


class PortalDetail:
    """Rows ``{"code": "OK", "data": {...}, "message"}``. Texts are kept by aspect, never stated as certain."""

    name = "portal-detail"
    description = "Full records of the national portal (detail API answers)."

    def recognises(self, row: dict[str, Any]) -> bool:
        return isinstance(row.get("data"), dict) and "executionMethods" in row["data"]

    def read(self, row: dict[str, Any]) -> Imported:
        data = row["data"]
        code, name = short_code(data.get("code")), clean(str(data.get("name") or ""))
        if not name:
            raise Refused("name: empty")
        doubts: list[str] = []
        texts = {
            "steps": "\n".join(_texts(data.get("executionSteps"), "description")),
            "documents": "\n".join(_components(data, doubts)),
            "fee": "\n".join(_fees(data, doubts)),
            "duration": "\n".join(_durations(data, doubts)),
            "eligibility": clean(str(data.get("requirementsAndConditions") or "")),
            "result": "\n".join(_texts(data.get("resultsDetails"), "name")),
            "legal_basis": "\n".join(f"{clean(str(b.get('code') or ''))} {clean(str(b.get('name') or ''))}".strip()
                                     for b in data.get("legalBasisesDetails") or []),
            "place": clean(str(data.get("dossierReceivingAddresses") or "")),
        }  # fmt: skip
        if not texts["legal_basis"]:
            doubts.append("no legal basis")
        issuer = clean(str(data.get("departmentPromulgateName") or ""))
        if data.get("type") == "SPECIFIC" and "Hà Nội" not in issuer:
            doubts.append("another province's own procedure")
        proposal = data.get("procedureProposal") or {}
        agencies = _texts(data.get("departmentsExecuting"), "name") or _texts(data.get("unitGroupsExecuting"), "name")
        return Imported(
            code=code, name=name, field=clean(str((data.get("category") or {}).get("name") or "")),
            level=[level for flag, level in _LEVELS.items() if data.get(flag)],
            agency=", ".join(agencies) or issuer, decision=_decision(proposal), url=portal_url(str(data.get("id") or "")),
            texts={aspect: text for aspect, text in texts.items() if text}, doubts=sorted(set(doubts)), source=self.name,
        )  # fmt: skip


def _texts(items: Any, key: str) -> list[str]:
    return [text for item in items or [] if isinstance(item, dict) and (text := clean(str(item.get(key) or "")))]


def _decision(proposal: dict[str, Any]) -> str:
    number = clean(str(proposal.get("proposalNumber") or ""))
    stamp = proposal.get("decisionDate")
    if number and isinstance(stamp, int):
        return f"{number} ngày {dt.datetime.fromtimestamp(stamp / 1000, HANOI):%d/%m/%Y}"
    return number


def _components(data: dict[str, Any], doubts: list[str]) -> Iterator[str]:
    """One line per paper. Rows with neither originals nor copies are notes or headings, and are marked so."""
    for case in data.get("executionCases") or []:
        heading = clean(str(case.get("name") or ""))
        if heading:
            yield f"[{heading}]"
        for component in case.get("profileComponents") or []:
            name = clean(str(component.get("name") or ""))
            originals, copies = int(component.get("originalQty") or 0), int(component.get("copyQty") or 0)
            if originals or copies:
                yield f"- {name} ({originals} bản chính, {copies} bản sao)"
            elif name:
                doubts.append("component with 0 originals and 0 copies taken as a note")
                yield f"* {name}"


def _fees(data: dict[str, Any], doubts: list[str]) -> Iterator[str]:
    """Amounts above zero with their rule; 0 or null is a filler, only its description is kept."""
    for method in data.get("executionMethods") or []:
        channel = _CHANNELS.get(str(method.get("submissionMethod")), "other")
        for fee in method.get("fees") or []:
            description, value = clean(str(fee.get("description") or "")), fee.get("value")
            if value:
                yield f"{channel}: {value:g} đồng. {description}".strip()
            else:
                doubts.append("fee of 0 or nothing is a filler, not free")
                if description:
                    yield f"{channel}: {description}"


def _durations(data: dict[str, Any], doubts: list[str]) -> Iterator[str]:
    """Time by channel; the unit OTHER is looked up in ``cases`` or left unknown."""
    for method in data.get("executionMethods") or []:
        channel = _CHANNELS.get(str(method.get("submissionMethod")), "other")
        value, unit = method.get("processingTime"), str(method.get("processingTimeUnit"))
        if value is None:
            continue
        if unit in _UNITS:
            yield f"{channel}: {value} {_UNITS[unit]}"
        else:
            doubts.append(f"time unit {unit}")
            yield f"{channel}: {value} ({clean(str(method.get('description') or '')) or 'unit not stated'})"
    for case in data.get("cases") or []:
        days = case.get("processingDay") or {}
        if days.get("qty"):
            yield f"{clean(str(case.get('name') or ''))}: {days['qty']} {days.get('type')}"
