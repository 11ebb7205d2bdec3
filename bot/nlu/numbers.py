"""Numbers with a meaning of their own: ids, phones, plates, licence numbers, dossier codes, amounts of money, copies.

Shapes: docs of the field (domain notes section 3): 12-digit personal id, 9-digit old CMND, mobile and Hanoi landline
phones, dossier codes "000.00.01.H26-260930-0012" and "H26.1-261105-0012", procedure codes "1.001193", plates "29A-123.45".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_GAP = r"[ .\-]?"
_LICENCE_CUE = re.compile(
    r"(?:gplx|bang lai|giay phep lai xe|blx)\s*(?:xe\s*)?(?:cua \w+ )?(?:la\s+)?(?:so|:)?\s*:?\s*$"
)
_COUNTED = {
    "mot": "1",
    "hai": "2",
    "ba": "3",
    "bon": "4",
    "nam": "5",
    "sau": "6",
    "bay": "7",
    "tam": "8",
    "chin": "9",
    "muoi": "10",
}
_UNIT = {"ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "cu": 10**6, "lit": 10**5, "xi": 10**5, "tram": 10**5,
         "nghin": 1_000, "ngan": 1_000, "k": 1_000, "dong": 1, "vnd": 1, "d": 1}  # fmt: skip
_PATTERNS: list[tuple[str, re.Pattern[str]]] = [
    ("dossier_code", re.compile(r"(?<![\w.])(?:\d{3}\.\d{2}\.\d{2}\.)?[a-z]\d{2}(?:\s?\.\s?\d{1,3}){0,3}(?:\s?[-–]\s?|\s)\d{6}(?:\s?[-–]\s?|\s)\d{3,6}(?!\d)")),
    ("procedure_code", re.compile(r"(?<![\d.])[1-3]\.\d{6}(?![\d])")),
    ("plate", re.compile(rf"(?<!\w)\d{{2}}{_GAP}[a-z]{{1,2}}\d?(?: ?- ?| |\.)?(?:\d{{3}}\.\d{{2}}|\d{{5}}|\d{{4}})(?![\d.]\d)(?!\w)")),
    ("personal_id", re.compile(r"(?<![\d.,])0\d{2}[ .]?\d{3}[ .]?\d{3}[ .]?\d{3}(?![\d])")),
    ("phone", re.compile(rf"(?<![\d.,+])(?:\+?84|0){_GAP}(?:[35789]\d{{1}}{_GAP}\d{{3}}{_GAP}\d{{4}}|[35789]\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{3}}|24{_GAP}\d{{4}}{_GAP}\d{{4}}|24{_GAP}\d{{3}}{_GAP}\d{{5}})(?!\d)")),
    ("bank_card", re.compile(r"(?<!\d)\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?!\d)")),
    ("old_id", re.compile(r"(?<![\d.,/])\d{9}(?!\d)")),
    ("passport_number", re.compile(r"(?<!\w)[bcnpk]\d{7,8}(?!\w)")),
    ("copies", re.compile(r"(?<![\w/.,])(\d{1,2}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)\s+(?:ban|bo|to)(?=\s|$|[,.;?!])(?!\s*(?:an|than|do|dan|khai|trinh))")),
    ("amount", re.compile(r"(?<![\w/.,])(\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d+)?)\s*(ty|ti|trieu|tr|cu|lit|xi|tram|nghin|ngan|k|dong|vnd|d)(?:\s?(\d{1,3})(?:\s*(trieu|tr|nghin|ngan|k))?)?(?!\w)")),
]  # fmt: skip


class FoundNumber(msgspec.Struct, frozen=True):
    """One number: its entity name, its canonical value, and where it stands."""

    entity: str
    value: str
    start: int
    end: int


def find_numbers(plain: str) -> list[FoundNumber]:
    """The numbers of a text in lower case without marks; earlier patterns win where two overlap."""
    found: list[FoundNumber] = []
    for entity, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            found.extend(_read(entity, match, plain))
    return sorted(found, key=lambda item: item.start)


def _read(entity: str, match: re.Match[str], plain: str) -> Iterator[FoundNumber]:
    raw = match.group()
    digits = re.sub(r"\D", "", raw)
    value = raw
    match entity:
        case "dossier_code":
            value = re.sub(r"\s*[-–]\s*|(?<=\d)\s+(?=\d{3})", "-", raw)  # a blank may stand for a dash
            value = re.sub(r"\s", "", value).upper()
        case "personal_id" | "old_id" | "bank_card":
            value = digits
            if entity == "bank_card" and not _luhn(digits):
                return
            if entity == "personal_id" and _LICENCE_CUE.search(plain[: match.start()]):
                entity = "licence_number"
        case "phone":
            value = "0" + digits.removeprefix("84") if raw.lstrip("+").startswith("84") else digits
        case "plate":
            value = _plate(raw)
        case "passport_number":
            value = raw.upper()
        case "copies":
            value = _COUNTED.get(match.group(1), match.group(1))
        case "amount":
            amount = _amount(match)
            if amount is None:
                return
            value = str(amount)
    yield FoundNumber(entity, value, match.start(), match.end())


def _plate(raw: str) -> str:
    """ "29a 12345" → "29A-123.45" (car), "29b1 23456" → "29-B1 234.56" (motorbike), as the forms write them."""
    bare = re.sub(r"[^a-z0-9]", "", raw).upper()
    head = re.match(r"(\d{2})([A-Z]{1,2})", bare)
    assert head is not None
    province, series, rest = head[1], head[2], bare[head.end() :]
    motorbike = len(rest) == 6
    if motorbike:
        series, rest = series + rest[0], rest[1:]
    digits = f"{rest[:3]}.{rest[3:]}" if len(rest) == 5 else rest
    return f"{province}-{series} {digits}" if motorbike else f"{province}{series}-{digits}"


def _amount(match: re.Match[str]) -> int | None:
    """Đồng of "20 triệu", "1 tỷ 2", "500k", "2.000.000 đồng"; None when it is no sum of money after all."""
    number, unit, more, more_unit = match.groups()
    scale = _UNIT[unit]
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        base = int(re.sub(r"[.,]", "", number)) * scale
    else:
        base = int(float(number.replace(",", ".")) * scale)
    if more:
        if more_unit:
            base += int(more) * _UNIT[more_unit]
        elif scale >= 10**6:  # "1 tỷ 2" = 1,2 tỷ; "3 triệu 500" = 3.500.000
            base += int(more) * scale // (10 ** len(more))
        else:
            return None
    return base if 1_000 <= base < 10**15 else None


def _luhn(digits: str) -> bool:
    """Whether 16 digits can be a bank card's (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
