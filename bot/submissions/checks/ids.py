"""A personal id number against the person: PPP C YY RRRRRR (Nghị định 137/2015/NĐ-CP, Điều 13; Luật Căn cước 2023, Điều 12).

C holds century and sex, YY the birth year, PPP the province of birth registration. Wrong registrations exist and
provinces were merged: a mismatch is told and explained, never a block.
"""

from __future__ import annotations

from bot.submissions.reading.numbers_of_people import PROVINCES
from procedures_kb.form_rules import date_of
from procedures_kb.text import fold, strip_marks

GO_ON = "Anh/chị xem lại hai mục này; nếu thẻ in đúng như vậy thì cứ tiếp tục."


def mismatches(number: str, birth: str | None, sex: str | None, place: str | None) -> list[str]:
    """What in the number does not fit, as sentences."""
    found: list[str] = []
    date = date_of(birth)
    if date and (number[4:6] != f"{date.year % 100:02d}" or int(number[3]) // 2 != (date.year - 1900) // 100):
        told = 1900 + int(number[3]) // 2 * 100 + int(number[4:6])
        found.append(f"Số căn cước không khớp năm sinh: trong số này là {told}, anh/chị ghi {date.year}. {GO_ON}")
    if sex in ("nam", "nu") and (int(number[3]) % 2 == 0) != (sex == "nam"):
        told_sex = "nam" if int(number[3]) % 2 == 0 else "nữ"
        found.append(f"Số căn cước không khớp giới tính: trong số này là {told_sex}. {GO_ON}")
    if number[:3] not in PROVINCES:
        found.append(f"Ba số đầu {number[:3]} không phải mã tỉnh nào đã cấp. {GO_ON}")
    elif place and (named := _provinces_in(place)) and PROVINCES[number[:3]] not in named:
        found.append(
            f"Ba số đầu {number[:3]} là mã của {PROVINCES[number[:3]]}, nơi ghi ở đây là {', '.join(sorted(named))}. {GO_ON}"
        )
    return found


def _provinces_in(text: str) -> set[str]:
    """Provinces named at the end of a place; of the merged ones of 07/2025 nothing can be told."""
    last = strip_marks(fold(text)).split(",")[-1]
    return {name for name in PROVINCES.values() if strip_marks(fold(name)) in last} - MERGED_NAMES


# Since 07/2025 these names cover other provinces of before as well (Nghị quyết 202/2025/QH15).
MERGED_NAMES = {
    "Tuyên Quang", "Lào Cai", "Thái Nguyên", "Phú Thọ", "Bắc Ninh", "Hưng Yên", "Hải Phòng", "Ninh Bình", "Quảng Trị", "Đà Nẵng",
    "Quảng Ngãi", "Gia Lai", "Khánh Hòa", "Lâm Đồng", "Đắk Lắk", "Hồ Chí Minh", "Đồng Nai", "Tây Ninh", "Cần Thơ", "Vĩnh Long",
    "Đồng Tháp", "Cà Mau", "An Giang",
}  # fmt: skip
