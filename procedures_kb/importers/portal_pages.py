"""Pages of the national portal as a crawler saved them: every table run together into one string."""

from __future__ import annotations

import re
from typing import Any

from procedures_kb.imported import Imported, documents_text, duration_text, fee_text
from procedures_kb.importers import flattened
from procedures_kb.importers.base import Refused
from procedures_kb.importers.portal_catalogue import portal_url, short_code
from procedures_kb.text import clean

_LEVELS = {"Cấp xã": "commune", "Cấp tỉnh": "province", "Cấp bộ": "ministry"}
_TEXTS = {"steps": "trinh_tu_thuc_hien", "eligibility": "yeu_cau_dieu_kien", "place": "dia_chi_tiep_nhan"}
_LONGEST = 20_000  # characters kept of one text
_LIST_TITLE = "Công bố Danh mục và Quy trình nội bộ"  # begins the title of a decision that publishes many procedures


class PortalPages:
    """Rows with Vietnamese keys ``ma_thu_tuc``, ``ten_thu_tuc``, ``cach_thuc_thuc_hien``, ``thanh_phan_ho_so`` …"""

    name = "portal-pages"
    description = "Crawled pages of the national portal; their tables are taken apart as far as is safe."
    complete = False

    def recognises(self, row: dict[str, Any]) -> bool:
        return "ma_thu_tuc" in row and "thanh_phan_ho_so" in row

    def read(self, row: dict[str, Any]) -> Imported:
        code, name = short_code(row.get("ma_thu_tuc")), _text(row, "ten_thu_tuc")
        if not name:
            raise Refused("ten_thu_tuc: empty")
        if name.startswith(_LIST_TITLE):
            raise Refused("ten_thu_tuc: the title of a decision's list stands where the procedure's name belongs")
        doubts: list[str] = []
        components = flattened.components(str(row.get("thanh_phan_ho_so") or ""))
        durations, fees = flattened.methods(str(row.get("cach_thuc_thuc_hien") or ""))
        laws = flattened.legal_bases(str(row.get("can_cu_phap_ly") or ""))
        texts = {aspect: _text(row, key) for aspect, key in _TEXTS.items()}
        texts |= {
            "documents": documents_text(components) or _text(row, "thanh_phan_ho_so"),
            "fee": fee_text(fees),
            "duration": duration_text(durations),
            "result": re.sub(r"^Tên kết quả ?Mã kết quả", "", _text(row, "ket_qua_xu_ly")),
            "legal_basis": "\n".join(f"{number} {law}".strip() for number, law in laws),
        }
        if not components and row.get("thanh_phan_ho_so"):
            doubts.append("paper list could not be taken apart, kept as text")
        if any(component.originals is None for component in components):
            doubts.append("number of originals or copies could not be read")
        if any(component.is_note for component in components):
            doubts.append("component with 0 originals and 0 copies taken as a note")
        if any(fee.amount is None for fee in fees):
            doubts.append("fee not stated or a filler, not free")
        if any(duration.value is None for duration in durations) or not durations:
            doubts.append("time limit could not be read")
        if any(not number for number, _ in laws):
            doubts.append("legal text without a number")
        if not laws:
            doubts.append("no legal basis")
        levels = _text(row, "cap_thuc_hien")
        return Imported(
            code=code, name=name, field=_text(row, "linh_vuc"),
            level=[level for word, level in _LEVELS.items() if word in levels],
            agency=_text(row, "co_quan_thuc_hien") or _text(row, "co_quan_co_tham_quyen"),
            decision=_text(row, "so_quyet_dinh"), url=portal_url(str(row.get("detail_url") or "").rpartition("/")[2]),
            texts={aspect: text for aspect, text in texts.items() if text}, components=components, fees=fees,
            durations=durations, doubts=sorted(doubts), source=self.name,
        )  # fmt: skip


def _text(row: dict[str, Any], key: str) -> str:
    return clean(str(row.get(key) or ""))[:_LONGEST]
