"""The numbers a person has: personal id (12), old identity card (9), telephone.

Personal id: Luật Căn cước 2023, Điều 12; its structure Nghị định 137/2015/NĐ-CP, Điều 13. Telephone: the numbering plan.
"""

from __future__ import annotations

import re

from bot.submissions.reading.text import CannotRead


def read_personal_id(text: str) -> str:
    """Twelve digits, the first three a code from 001 to 096."""
    digits = re.sub(r"[\s.\-]", "", text)
    found = re.findall(r"(?<!\d)\d{12}(?!\d)", digits, re.ASCII)
    if len(found) == 1 and 1 <= int(found[0][:3]) <= 96:
        return str(found[0])
    if re.fullmatch(r"\d{9}", digits, re.ASCII):
        raise CannotRead("Số này có 9 chữ số, là chứng minh nhân dân cũ. Anh/chị ghi số căn cước 12 chữ số giúp em.")
    raise CannotRead("Số căn cước có đúng 12 chữ số, ba số đầu từ 001 đến 096. Anh/chị xem lại giúp em.")


def read_old_id(text: str) -> str:
    """The nine digits of an identity card of before (chứng minh nhân dân); twelve where the last ones had that many."""
    digits = re.sub(r"[\s.\-]", "", text)
    found = re.findall(r"(?<!\d)(?:\d{9}|\d{12})(?!\d)", digits, re.ASCII)
    if len(found) == 1:
        return str(found[0])
    raise CannotRead("Số chứng minh nhân dân cũ có 9 chữ số (một số thẻ có 12). Anh/chị xem lại giúp em.")


_PHONE = re.compile(
    r"(?<![\d+])(?:\(?\+?84\)?(?:0(?=\d{9}(?!\d)))?|0)"
    r"([35789]\d{8}|2\d{9})(?!\d)",
    re.ASCII,
)
_SERVICE = re.compile(r"(?<!\d)(1[89]00\d{4,6})(?!\d)", re.ASCII)
_OLD_MOBILE = re.compile(r"(?<!\d)01[2689]\d{8}(?!\d)", re.ASCII)


def read_phone(text: str) -> str:
    """A mobile (10 digits) or landline (11, with area code) as dialled in the country."""
    digits = re.sub(r"[\s.\-()–]", "", text)
    found = _PHONE.search(digits)
    if found:
        return "0" + found.group(1)
    if _OLD_MOBILE.search(digits):
        raise CannotRead("Đây là số di động 11 số kiểu cũ, nay còn 10 số. Anh/chị ghi số mới giúp em.")
    if _SERVICE.search(digits):
        raise CannotRead("Đây là số tổng đài. Anh/chị ghi số điện thoại của mình giúp em.")
    if re.fullmatch(r"[2-9]\d{7}", digits, re.ASCII):
        raise CannotRead("Số máy bàn cần cả mã vùng, ví dụ 024 3825 1234. Anh/chị ghi đủ giúp em.")
    raise CannotRead("Số điện thoại di động có 10 số, bắt đầu bằng 0. Anh/chị xem lại giúp em.")


# Codes of the 63 provinces of before 07/2025 that personal ids begin with (Thông tư 07/2016/TT-BCA).
PROVINCES = {
    "001": "Hà Nội", "002": "Hà Giang", "004": "Cao Bằng", "006": "Bắc Kạn", "008": "Tuyên Quang", "010": "Lào Cai",
    "011": "Điện Biên", "012": "Lai Châu", "014": "Sơn La", "015": "Yên Bái", "017": "Hòa Bình", "019": "Thái Nguyên",
    "020": "Lạng Sơn", "022": "Quảng Ninh", "024": "Bắc Giang", "025": "Phú Thọ", "026": "Vĩnh Phúc", "027": "Bắc Ninh",
    "030": "Hải Dương", "031": "Hải Phòng", "033": "Hưng Yên", "034": "Thái Bình", "035": "Hà Nam", "036": "Nam Định",
    "037": "Ninh Bình", "038": "Thanh Hóa", "040": "Nghệ An", "042": "Hà Tĩnh", "044": "Quảng Bình", "045": "Quảng Trị",
    "046": "Thừa Thiên Huế", "048": "Đà Nẵng", "049": "Quảng Nam", "051": "Quảng Ngãi", "052": "Bình Định", "054": "Phú Yên",
    "056": "Khánh Hòa", "058": "Ninh Thuận", "060": "Bình Thuận", "062": "Kon Tum", "064": "Gia Lai", "066": "Đắk Lắk",
    "067": "Đắk Nông", "068": "Lâm Đồng", "070": "Bình Phước", "072": "Tây Ninh", "074": "Bình Dương", "075": "Đồng Nai",
    "077": "Bà Rịa - Vũng Tàu", "079": "Hồ Chí Minh", "080": "Long An", "082": "Tiền Giang", "083": "Bến Tre",
    "084": "Trà Vinh", "086": "Vĩnh Long", "087": "Đồng Tháp", "089": "An Giang", "091": "Kiên Giang", "092": "Cần Thơ",
    "093": "Hậu Giang", "094": "Sóc Trăng", "095": "Bạc Liêu", "096": "Cà Mau",
}  # fmt: skip
