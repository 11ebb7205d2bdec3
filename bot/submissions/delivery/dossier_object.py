"""The dossier object of DongBoHoSoMC and TraCuuHoSo: writing ours, reading theirs without trusting it (domain.md 6.2).

Numbers are text, times ``yyyyMMddHHmmss`` in Hanoi's time. Two things the contract does not name are ours, and the stand-in
speaks them: an officer's reasons stand as ``DanhSachLyDo[{MaLyDo, NoiDung}]`` in the entry of ``DanhSachHoSoBoSung`` beside
its text, and refusals (3, 7, 8) give their reason in ``GhiChu``. A withdrawal is an update of the dossier to state 7.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from bot.submissions.delivery.base import Parcel, Progress, Reason, short
from bot.submissions.dossier_code import DOSSIER_CODE
from procedures_kb.store import HANOI

_MOMENT = "%Y%m%d%H%M%S"
MOST = 50  # entries read of any list
WITHDRAWN = 7  # TrangThaiHoSo "Công dân yêu cầu rút hồ sơ"
LONGEST = 1_000  # characters of an officer's text


class Read(msgspec.Struct, frozen=True):
    """One dossier as the other side tells it. ``code`` is empty when it has not the shape of one."""

    code: str
    receipt: str
    corrections: list[str]
    progress: Progress


def written(parcel: Parcel, base_url: str) -> dict[str, Any]:
    """Our parcel as a dossier object; its files lie at ``base_url`` for a while (handed_files.py)."""
    at = parcel.sent_at.astimezone(HANOI).strftime(_MOMENT)
    said = [{"Nhan": answer.label, "GiaTri": answer.value, "Ma": answer.field} for answer in parcel.answers]
    about = {
        "MaHoSo": parcel.code or parcel.key, "SoBienNhan": parcel.key, "MaTTHC": parcel.procedure, "TenTTHC": parcel.procedure_name,
        "MaLinhVuc": parcel.field_code, "TenLinhVuc": parcel.field_name, "ChuHoSo": parcel.person, "LoaiDoiTuong": "1",
        "MaDoiTuong": parcel.person_id, "SoDienThoai": parcel.phone, "Email": "", "Fax": "",
        "ThongTinKhac": msgspec.json.encode(said).decode(), "TrichYeuHoSo": parcel.form_title, "NgayTiepNhan": at,
        "NgayHenTra": "", "TrangThaiHoSo": "1", "HinhThuc": "1", "DonViXuLy": "", "GhiChu": f"Mã phiếu Một Cửa: {parcel.reference}",
        "TaiLieuNop": [
            {
                "TepDinhKemId": file.id, "TenTepDinhKem": file.name, "IsDeleted": "False",
                "MaThanhPhanHoSo": file.component, "DuongDanTaiTepTin": base_url + file.path,
            }
            for file in parcel.files
        ],
        "DanhSachTepDinhKemKhac": [
            {"TenGiayTo": paper.name, "SoLuong": "1", "LoaiGiayTo": paper.state} for paper in parcel.papers
        ],
        "DanhSachLePhi": [], "DanhSachHoSoBoSung": [],
    }  # fmt: skip
    if parcel.withdraws:
        about |= {"SoBienNhan": "", "TrangThaiHoSo": str(WITHDRAWN), "GhiChu": "Công dân yêu cầu rút hồ sơ (Một Cửa)",
                  "ThongTinKhac": "", "TaiLieuNop": [], "DanhSachTepDinhKemKhac": []}  # fmt: skip
    elif parcel.code:
        about["SoBienNhan"] = ""  # the first round's receipt stays
        about["DanhSachHoSoBoSung"] = [{
            "HoSoBoSungId": parcel.key, "NguoiYeuCauBoSung": "", "NoiDungBoSung": "; ".join(parcel.corrected), "NgayBoSung": at,
            "TrangThaiBoSung": "1",
        }]  # fmt: skip
    return about


def all_of(result: list[Any]) -> list[Read]:
    """Every dossier of an answer; entries that are none are left out."""
    return [_read(entry) for entry in result[:MOST] if isinstance(entry, dict)]


def _read(entry: dict[str, Any]) -> Read:
    code = short(entry.get("MaHoSo"), 60)
    code = code if DOSSIER_CODE.match(code) else ""
    listed = entry.get("DanhSachHoSoBoSung")
    requests = [one for one in listed[-MOST:] if isinstance(one, dict)] if isinstance(listed, list) else []
    national = short(entry.get("TrangThaiHoSo"), 3)
    number = int(national) if national.isascii() and national.isdecimal() and 1 <= int(national) <= 10 else 1
    asked = [one for one in requests if not short(one.get("HoSoBoSungId"), 60).startswith("MC-")]
    progress = Progress(
        code=code, national=number, due_on=_day(entry.get("NgayHenTra")), received_on=_day(entry.get("NgayTiepNhan")),
        reasons=_reasons(number, asked, entry), request=short(asked[-1].get("HoSoBoSungId"), 60) if asked else "",
    )  # fmt: skip
    corrections = [short(one.get("HoSoBoSungId"), 60) for one in requests]
    return Read(code, short(entry.get("SoBienNhan"), 60), corrections, progress)


def _reasons(national: int, asked: list[dict[str, Any]], entry: dict[str, Any]) -> list[Reason]:
    if national in (3, 7, 8):
        text = short(entry.get("GhiChu"), LONGEST)
        return [Reason(text=text)] if text else []
    if national != 5 or not asked:
        return []
    last = asked[-1]
    listed = last.get("DanhSachLyDo")
    found = [
        Reason(code=short(one.get("MaLyDo"), 60), text=short(one.get("NoiDung"), LONGEST))
        for one in (listed[:MOST] if isinstance(listed, list) else [])
        if isinstance(one, dict)
    ]
    text = short(last.get("NoiDungBoSung"), LONGEST)
    if text and not any(text == reason.text for reason in found):
        found.append(Reason(text=text))
    return [reason for reason in found if reason.code or reason.text]


def _day(value: Any) -> dt.date | None:
    text = short(value, 14)
    try:
        return dt.datetime.strptime(text, _MOMENT).date() if len(text) == 14 else None
    except ValueError:
        return None
