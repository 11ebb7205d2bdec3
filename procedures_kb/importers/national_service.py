"""The web service of the national procedure database (LayThuTuc), which a city's one-stop system receives."""

from __future__ import annotations

import re
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
from procedures_kb.importers.portal_catalogue import short_code
from procedures_kb.sources import PROVINCIAL
from procedures_kb.text import clean

_CHANNELS = {"1": "in_person", "2": "online", "3": "post"}  # research/domain.md 6.2
_UNITS = {"ngày làm việc": "working_day", "ngày": "day", "giờ": "hour", "tháng": "month"}
_LEVELS = {"cấp xã": "commune", "cấp tỉnh": "province", "cấp bộ": "ministry"}
_HANOI = "H26"


class NationalService:
    """Rows ``{"MATTHC", "TENTTHC", "CACHTHUCTHUCHIEN", …}``; every number is text ("50.000")."""

    name = "national-service"
    description = "Answers of the national procedure database's web service (LayThuTuc)."
    complete = False

    def recognises(self, row: dict[str, Any]) -> bool:
        return "MATTHC" in row and "TENTTHC" in row

    def read(self, row: dict[str, Any]) -> Imported:
        code, name = short_code(row.get("MATTHC")), _clean(row.get("TENTTHC"))
        if not name:
            raise Refused("TENTTHC: empty")
        doubts: list[str] = []
        components = list(_components(row, doubts))
        durations, fees = _methods(row, doubts)
        texts = {
            "steps": "\n".join(
                _clean(step.get("TENTRINHTU")) for case in _rows(row, "TRINHTUTHUCHIEN") for step in _rows(case, "TRINHTU")
            ),
            "documents": documents_text(components), "fee": fee_text(fees), "duration": duration_text(durations),
            "eligibility": _clean(row.get("YEUCAU")), "place": _clean(row.get("DIACHITIEPNHAN")),
            "result": "\n".join(_clean(result.get("TENKETQUA")) for result in _rows(row, "KETQUATHUCHIEN")),
            "legal_basis": "\n".join(
                f"{_clean(law.get('SOVANBAN'))} {_clean(law.get('TENVANBAN'))}".strip() for law in _rows(row, "CANCUPHAPLY")
            ),
        }  # fmt: skip
        publisher = _clean(row.get("MACOQUANCONGBO")) or str(row.get("MATTHC"))[-3:]
        if re.fullmatch(r"H\d\d", publisher) and publisher != _HANOI:
            doubts.append(PROVINCIAL)
        if not texts["legal_basis"]:
            doubts.append("no legal basis")
        return Imported(
            code=code, name=name, field=", ".join(_clean(f.get("TENLINHVUC")) for f in _rows(row, "LINHVUCTHUCHIEN")),
            level=[
                level for c in _rows(row, "CAPTHUCHIEN") if (level := _LEVELS.get(_clean(c.get("TENCAP")).lower()))
            ],
            agency=", ".join(_clean(agency.get("TENDONVI")) for agency in _rows(row, "COQUANTHUCHIEN")),
            texts={aspect: text for aspect, text in texts.items() if text}, components=components, fees=fees,
            durations=durations, doubts=sorted(set(doubts)), source=self.name,
        )  # fmt: skip


def _clean(value: object) -> str:
    return clean(str(value or ""))


def _rows(row: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [item for item in row.get(key) or [] if isinstance(item, dict)]


def _count(value: object) -> int | None:
    return int(str(value)) if str(value or "").isdigit() else None


def _components(row: dict[str, Any], doubts: list[str]) -> Iterator[ImportedComponent]:
    for case in _rows(row, "THANHPHANHOSO"):
        for paper in _rows(case, "GIAYTO"):
            component = ImportedComponent(
                name=_clean(paper.get("TENGIAYTO")), group=_clean(case.get("TRUONGHOP")),
                originals=_count(paper.get("SOBANCHINH")), copies=_count(paper.get("SOBANSAO")),
                forms=[form] if (form := _clean(paper.get("TENMAUDON"))) else [],
            )  # fmt: skip
            if component.is_note:
                doubts.append("component with 0 originals and 0 copies taken as a note")
            yield component


def _methods(row: dict[str, Any], doubts: list[str]) -> tuple[list[ImportedDuration], list[ImportedFee]]:
    durations: list[ImportedDuration] = []
    fees: list[ImportedFee] = []
    for method in _rows(row, "CACHTHUCTHUCHIEN"):
        channel = _CHANNELS.get(str(method.get("KENH")), "other")
        for time in _rows(method, "THOIGIAN"):
            durations.append(_duration(channel, time, doubts))
            found = [_fee(channel, fee, doubts) for fee in _rows(time, "PHILEPHI")]
            if len({fee.amount for fee in found}) > 1 and len({fee.text for fee in found}) == 1:
                # Every channel repeats the amounts of all channels under one note: which is whose is only in the note.
                doubts.append("several amounts under one note: which channel pays which is not stated")
                found = [ImportedFee(channel=channel, text=found[0].text)]
            fees.extend(found)
    return durations, fees


def _duration(channel: str, time: dict[str, Any], doubts: list[str]) -> ImportedDuration:
    value, note = _count(time.get("THOIGIANGIAIQUYET")), _clean(time.get("MOTA"))
    unit = _UNITS.get(_clean(time.get("DONVITINH")).lower(), "")
    if value is not None and unit == "hour" and re.search(rf"sau {value} giờ", note):
        doubts.append("15 hours is the hour of the day after which the next day counts, not a time limit")
        return ImportedDuration(channel=channel, text=note)
    if not unit:
        doubts.append("time unit not known")
    return ImportedDuration(channel=channel, value=value, unit=unit, text=note)


def _fee(channel: str, fee: dict[str, Any], doubts: list[str]) -> ImportedFee:
    amount = re.sub(r"\D", "", str(fee.get("SOTIEN") or ""))
    if not amount or int(amount) == 0:
        doubts.append("fee of 0 or nothing is a filler, not free")
    return ImportedFee(
        channel=channel, amount=int(amount) if amount and int(amount) else None, text=_clean(fee.get("MOTA"))
    )
