"""The detail API of the national portal: one full record per line (docs/formats.md 2.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from procedures_kb.imported import (
    Imported,
    ImportedComponent,
    ImportedDuration,
    ImportedFee,
    documents_text,
    duration_text,
    fee_text,
)
from procedures_kb.importers.base import Refused
from procedures_kb.importers.portal_catalogue import portal_url, short_code
from procedures_kb.sources import PROVINCIAL
from procedures_kb.store import HANOI
from procedures_kb.text import clean

_LEVELS = {"isWard": "commune", "isProvince": "province", "isMinistry": "ministry"}
_CHANNELS = {"DIRECT": "in_person", "ONLINE": "online", "POSTAL": "post"}
_UNITS = {"WORKING_DAY": "working_day", "DAY": "day", "HOUR": "hour", "MONTH": "month"}


class PortalDetail:
    """Rows ``{"code": "OK", "data": {...}, "message"}``. Texts are kept by aspect, never stated as certain."""

    name = "portal-detail"
    description = "Full records of the national portal (detail API answers)."
    complete = False

    def recognises(self, row: dict[str, Any]) -> bool:
        return isinstance(row.get("data"), dict) and "executionMethods" in row["data"]

    def read(self, row: dict[str, Any]) -> Imported:
        data = row["data"]
        code, name = short_code(data.get("code")), clean(str(data.get("name") or ""))
        if not name:
            raise Refused("name: empty")
        doubts: list[str] = []
        components, fees = list(_components(data, doubts)), list(_fees(data, doubts))
        durations = list(_durations(data, doubts))
        texts = {
            "steps": "\n".join(_texts(data.get("executionSteps"), "description")),
            "documents": documents_text(components),
            "fee": fee_text(fees),
            "duration": duration_text(durations),
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
            doubts.append(PROVINCIAL)
        proposal = data.get("procedureProposal") or {}
        agencies = _texts(data.get("departmentsExecuting"), "name") or _texts(data.get("unitGroupsExecuting"), "name")
        return Imported(
            code=code, name=name, field=clean(str((data.get("category") or {}).get("name") or "")),
            level=[level for flag, level in _LEVELS.items() if data.get(flag)],
            agency=", ".join(agencies) or issuer, decision=_decision(proposal), url=portal_url(str(data.get("id") or "")),
            texts={aspect: text for aspect, text in texts.items() if text}, components=components, fees=fees,
            durations=durations, doubts=sorted(set(doubts)), source=self.name,
        )  # fmt: skip


def _texts(items: Any, key: str) -> list[str]:
    return [text for item in items or [] if isinstance(item, dict) and (text := clean(str(item.get(key) or "")))]


def _decision(proposal: dict[str, Any]) -> str:
    number = clean(str(proposal.get("proposalNumber") or ""))
    stamp = proposal.get("decisionDate")
    if number and isinstance(stamp, int):
        return f"{number} ngày {dt.datetime.fromtimestamp(stamp / 1000, HANOI):%d/%m/%Y}"
    return number


def _components(data: dict[str, Any], doubts: list[str]) -> Iterator[ImportedComponent]:
    """Every row of the paper list. Rows with neither originals nor copies are notes or headings."""
    for case in data.get("executionCases") or []:
        for component in case.get("profileComponents") or []:
            row = ImportedComponent(
                name=clean(str(component.get("name") or "")), group=clean(str(case.get("name") or "")),
                originals=int(component.get("originalQty") or 0), copies=int(component.get("copyQty") or 0),
                forms=_texts(component.get("attachments"), "fileName"),
            )  # fmt: skip
            if row.name:
                if row.is_note:
                    doubts.append("component with 0 originals and 0 copies taken as a note")
                yield row


def _fees(data: dict[str, Any], doubts: list[str]) -> Iterator[ImportedFee]:
    """Amounts above zero with their rule; 0 or null is a filler, only its description is kept."""
    for method in data.get("executionMethods") or []:
        for fee in method.get("fees") or []:
            value = fee.get("value")
            if not value:
                doubts.append("fee of 0 or nothing is a filler, not free")
            yield ImportedFee(
                channel=_CHANNELS.get(str(method.get("submissionMethod")), "other"),
                amount=int(value) if value else None, text=clean(str(fee.get("description") or "")),
            )  # fmt: skip


def _durations(data: dict[str, Any], doubts: list[str]) -> Iterator[ImportedDuration]:
    """Time by channel; the unit OTHER is unknown here, and ``cases`` may say it."""
    for method in data.get("executionMethods") or []:
        unit, time = str(method.get("processingTimeUnit")), str(method.get("processingTime") or "")
        if not time:
            continue
        note = clean(str(method.get("description") or ""))
        if unit not in _UNITS:
            doubts.append(f"time unit {unit}")
        elif not time.isdigit():
            doubts.append("time in words")
        yield ImportedDuration(
            channel=_CHANNELS.get(str(method.get("submissionMethod")), "other"),
            value=int(time) if time.isdigit() else None,
            unit=_UNITS.get(unit, ""), text=note if time.isdigit() else f"{clean(time)} {note}".strip(),
        )  # fmt: skip
    for case in data.get("cases") or []:
        days = case.get("processingDay") or {}
        if days.get("qty"):
            yield ImportedDuration(
                channel=clean(str(case.get("name") or "")), value=int(days["qty"]),
                unit=_UNITS.get(str(days.get("type")), ""),
            )  # fmt: skip
