"""Sense of a whole draft, at review: what is missing (blocks) and what looks wrong (warns, never blocks).

An ID number that does not fit birth date or sex is only a warning: wrong registrations exist.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from procedures_kb.form_model import FormDefinition, asked_fields

MARRIAGE_AGE = {"nu": 18, "nam": 20}  # Luật Hôn nhân và gia đình 2014, Điều 8


class Finding(msgspec.Struct, frozen=True):
    """One thing found: ``blocks`` = the draft cannot be finished with it."""

    field: str
    message: str
    blocks: bool


def review(form: FormDefinition, values: dict[str, str], skipped: set[str], today: dt.date) -> list[Finding]:
    """All findings at once, in the form's order."""
    found: list[Finding] = []
    for field in asked_fields(form, values):
        if field.id not in values and field.required:
            found.append(Finding(field.id, f"Còn thiếu: {field.label}.", True))
        elif field.id in skipped and field.id not in values:
            found.append(Finding(field.id, f"Để trống, cán bộ sẽ hỏi khi cần: {field.label}.", False))
    found.extend(_id_against_person(values))
    found.extend(_same_person(values))
    found.extend(_age_for_marriage(values, today))
    return found


def _id_against_person(values: dict[str, str]) -> list[Finding]:
    """Số định danh PPP C YY RRRRRR: C holds century and sex, YY the birth year (Nghị định 137/2015, Điều 13)."""
    for_self = values.get("quan_he") == "ban_than"
    field = "giay_to_yeu_cau" if for_self else "giay_to_duoc_cap"
    number, birth, sex = values.get(field), values.get("ngay_sinh"), values.get("gioi_tinh")
    # In the extract form "for myself" also holds when the paper names the citizen.
    if not number or not birth:
        return []
    year = dt.date.fromisoformat(birth).year
    found: list[Finding] = []
    if number[4:6] != f"{year % 100:02d}" or int(number[3]) // 2 != (year - 1900) // 100:
        found.append(
            Finding(
                field,
                "Số căn cước không khớp năm sinh. Anh/chị xem lại hai mục này; nếu thẻ in đúng như vậy thì cứ tiếp tục.",
                False,
            )
        )
    if sex and (int(number[3]) % 2 == 0) != (sex == "nam"):
        found.append(
            Finding(
                field,
                "Số căn cước không khớp giới tính. Anh/chị xem lại; nếu thẻ in đúng như vậy thì cứ tiếp tục.",
                False,
            )
        )
    return found


def _same_person(values: dict[str, str]) -> list[Finding]:
    other = values.get("giay_to_duoc_cap")
    if values.get("quan_he", "ban_than") == "ban_than" or not other or other != values.get("giay_to_yeu_cau"):
        return []
    return [Finding("giay_to_duoc_cap", "Hai người đang ghi cùng một số căn cước. Anh/chị xem lại giúp em.", False)]


def _age_for_marriage(values: dict[str, str], today: dt.date) -> list[Finding]:
    if values.get("muc_dich") != "ket_hon" or "ngay_sinh" not in values or "gioi_tinh" not in values:
        return []
    birth = dt.date.fromisoformat(values["ngay_sinh"])
    age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    needed = MARRIAGE_AGE[values["gioi_tinh"]]
    if age < needed:
        return [
            Finding(
                "ngay_sinh",
                f"Chưa đủ {needed} tuổi nên chưa đăng ký kết hôn được (Luật Hôn nhân và gia đình 2014, Điều 8).",
                False,
            )
        ]
    return []
