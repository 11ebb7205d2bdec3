"""Counts, amounts of money, areas and number plates, as people say them; kept as plain numbers."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from bot.submissions.reading.text import CannotRead
from procedures_kb.text import strip_marks

_SMALL = {"khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8,
          "chin": 9, "muoi": 10}  # fmt: skip
_COUNT_WORDS = {word: number for word, number in _SMALL.items() if number and word not in ("tu", "lam")}


def read_count(text: str, least: float | None, most: float | None) -> str:
    """One whole number, from 1 to 20 unless the field says otherwise."""
    low, high = int(1 if least is None else least), int(20 if most is None else most)
    plain = strip_marks(text).lower()
    numbers = re.findall(r"\d+", plain, re.ASCII) or [
        str(_COUNT_WORDS[word]) for word in plain.split() if word in _COUNT_WORDS
    ]
    if len(numbers) == 1 and len(numbers[0]) < 12 and low <= int(numbers[0]) <= high:
        return str(int(numbers[0]))
    raise CannotRead(f"Anh/chị ghi một số từ {low} đến {high} giúp em.")


_UNITS = {
    "ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "cu": 10**6, "chai": 10**6, "lit": 10**5, "tram nghin": 10**5,
    "nghin": 10**3, "ngan": 10**3, "ng": 10**3, "k": 10**3, "dong": 1, "d": 1, "vnd": 1, "vnđ": 1,
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=lambda unit: -len(unit)))
_PART = re.compile(rf"(\d[\d.,]*)\s*({_UNIT})?(?![^\W\d_])\s*", re.ASCII)
_HALF = re.compile(rf"({_UNIT})\s*ruoi\b")
_FILLER = re.compile(r"\b(?:la|khoang|von|tam|so tien|viet nam|nam|viet|a|day|nhe|chan|gom|dong)\b|[\s.,;:()]")


def read_amount(text: str, least: float | None, most: float | None) -> str:
    """Đồng as digits: "1 tỷ 2" is 1,200,000,000, "20tr" 20,000,000, "1tr5" 1,500,000, "500 nghìn" 500,000."""
    plain = re.sub(r"\s+", " ", strip_marks(text).lower())
    if re.search(r"(?<!\w)-\s*\d", plain):
        raise CannotRead("Số tiền phải lớn hơn 0. Anh/chị xem lại giúp em.")
    plain = re.sub(r"\b[a-z]+\b", lambda m: str(_SMALL[m[0]]) if m[0] in _SMALL and m[0] != "muoi" else m[0], plain)
    plain = _HALF.sub(r"\1 5", plain)
    plain = _spoken(plain)
    total = _sum(plain)
    if _FILLER.sub("", _PART.sub("", plain)):  # a word that was not understood could change the amount
        total = None
    low, high = Decimal(1 if least is None else str(least)), Decimal(10**15 if most is None else str(most))
    if total is None or total != total.to_integral_value():
        raise CannotRead("Anh/chị ghi số tiền giúp em, ví dụ 200.000.000 đồng, 20 triệu hoặc 1 tỷ 2.")
    if not low <= total <= high:
        raise CannotRead(f"Số tiền từ {_grouped(low)} đến {_grouped(high)} đồng. Anh/chị xem lại giúp em.")
    return str(int(total))


def _spoken(plain: str) -> str:
    """ "2 tram 5 muoi" → "250", "3 muoi" → "30", once single words are digits."""
    plain = re.sub(
        r"\b(\d) tram(?: (?:linh|le))? (\d{1,2}) muoi (\d)\b",
        lambda m: str(int(m[1]) * 100 + int(m[2]) * 10 + int(m[3])),
        plain,
    )
    plain = re.sub(r"\b(\d) tram (\d) muoi\b", lambda m: str(int(m[1]) * 100 + int(m[2]) * 10), plain)
    plain = re.sub(r"\b(\d{1,2}) tram\b(?! nghin| ngan)", lambda m: str(int(m[1]) * 100), plain)
    return re.sub(r"\b(?:(\d) )?muoi(?: (\d))?\b", lambda m: str(int(m[1] or 1) * 10 + int(m[2] or 0)), plain)


def _sum(plain: str) -> Decimal | None:
    total, last = Decimal(0), 0
    parts = list(_PART.finditer(plain))
    if not parts or len(parts) > 4:
        return None
    for part in parts:
        number, unit = _decimal(part[1]), part[2]
        if number is None:
            return None
        if unit is None and last >= 1000:  # "1 tỷ 2" = 1.2 tỷ; "1 triệu 250" = 1,250,000
            unit_value = Decimal(last) / (10 ** len(str(int(number))))
        elif unit is None and len(parts) > 1 and part is not parts[0]:
            return None
        else:
            unit_value = Decimal(_UNITS[unit] if unit else 1)
            if last and unit_value >= last:
                return None
        total += number * unit_value
        last = int(unit_value) if unit_value >= 1 else 1
    return total


def _decimal(digits: str) -> Decimal | None:
    """ "1.200.000" and "1,200,000" are thousands; "1,5" and "1.5" are decimals."""
    digits = digits.rstrip(".,")
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", digits, re.ASCII) and not re.fullmatch(r"0[.,]\d{3}", digits, re.ASCII):
        return Decimal(re.sub(r"[.,]", "", digits))
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+", digits, re.ASCII):  # "1.234,56" as we show it
        return Decimal(digits.replace(".", "").replace(",", "."))
    try:
        return Decimal(digits.replace(",", ".")) if len(digits) < 20 else None
    except InvalidOperation:
        return None


def _grouped(number: Decimal) -> str:
    return f"{int(number):,}".replace(",", ".")


# Square metres. Sào and thước are those of the north (1 sào = 15 thước = 360 m²).
_AREAS = {
    "m2": 1,
    "m²": 1,
    "met vuong": 1,
    "met": 1,
    "m": 1,
    "thuoc": 24,
    "sao": 360,
    "mau": 3600,
    "ha": 10000,
    "hecta": 10000,
}
_AREA_UNIT = "|".join(sorted(_AREAS, key=lambda unit: -len(unit)))
_AREA = re.compile(rf"(\d[\d.,]*)\s*({_AREA_UNIT})?(?!\w)")


def read_area(text: str, least: float | None, most: float | None) -> str:
    """Square metres, at most two decimals: "85,5m2", "2 sào 5 thước" is 840."""
    plain = strip_marks(text).lower().replace("m^2", "m2").replace("㎡", "m2")
    parts = list(_AREA.finditer(plain))
    numbers = [_area_number(part[1]) for part in parts]
    total = Decimal(0)
    for part, number in zip(parts, numbers, strict=True):
        if number is None or (part[2] is None and len(parts) > 1):
            parts = []
            break
        total += number * _AREAS[part[2] or "m2"]
    if not parts or len(parts) > 3 or re.search(r"(?<!\w)-\s*\d", plain):
        raise CannotRead("Anh/chị ghi diện tích bằng mét vuông giúp em, ví dụ 85,5 m2 hoặc 1 sào.")
    total = total.quantize(Decimal("0.01")).normalize()
    low, high = Decimal("0.01" if least is None else str(least)), Decimal(10**7 if most is None else str(most))
    if not low <= total <= high:
        raise CannotRead(f"Diện tích từ {shown_area(str(low))} đến {shown_area(str(high))}. Anh/chị xem lại giúp em.")
    return f"{total:f}"


def _area_number(digits: str) -> Decimal | None:
    """Areas have decimals oftener than thousands: "1.250" m² is read as thousands only with three digits after."""
    return _decimal(digits)


def shown_amount(value: str) -> str:
    return f"{_grouped(Decimal(value))} đồng"


def shown_area(value: str) -> str:
    whole, _, part = f"{Decimal(value):f}".partition(".")
    part = part.rstrip("0")
    return _grouped(Decimal(whole)) + (f",{part}" if part else "") + " m²"


_TWO_LETTERS = ("LD", "DA", "KT", "NG", "NN", "QT", "MK", "RM")
_CAR = re.compile(r"(\d{2})([A-HKLMNPSTUVXYZ]|LD|DA|KT|NG|NN|QT|MK|RM)(\d{5}|\d{4})")
_MOTORBIKE = re.compile(r"(\d{2})([A-HKLMNPSTUVXYZ](?:\d|[A-HKLMNPSTUVXYZ]))(\d{5}|\d{4})")
# Written with its gaps, a motorbike's series is told from a car's: "29-H1 1234" is not "29H-112.34".
_SPACED_MOTORBIKE = re.compile(
    r"\d{2}[\s.\-–]*[A-Z][\dA-Z][\s.\-–]+\d[\d.\s]{3,6}|\d{2}[\s.\-–]+[A-Z]\d[\s.\-–]*\d[\d.\s]{3,6}"
)


def read_plate(text: str) -> str:
    """A Vietnamese number plate: "29A-123.45" (car), "29-B1 234.56" (motorbike), old ones with four digits."""
    bare = re.sub(r"[\s.\-–_]", "", strip_marks(text).upper())
    car, bike = _CAR.fullmatch(bare), _MOTORBIKE.fullmatch(bare)
    if bike and _SPACED_MOTORBIKE.fullmatch(strip_marks(text).upper().strip()) and bike[2] not in _TWO_LETTERS:
        car = None
    found = car or bike
    if found is None or not 11 <= int(found[1]) <= 99:
        raise CannotRead("Biển số có dạng 29A-123.45 (ô tô) hoặc 29-B1 234.56 (xe máy). Anh/chị xem lại giúp em.")
    digits = f"{found[3][:3]}.{found[3][3:]}" if len(found[3]) == 5 else found[3]
    return f"{found[1]}{found[2]}-{digits}" if car else f"{found[1]}-{found[2]} {digits}"
