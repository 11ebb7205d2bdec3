"""The 126 communes and wards of Hanoi, and which of them an old address belongs to now.

Since 01/07/2025 there are no districts, and 526 old units were merged or divided among the 126. An old unit that was
divided cannot tell the new one by itself, and many new names were names of districts or old wards before: then the
answer is a question, never a guess.
"""

from __future__ import annotations

import csv
import functools
import math
import re
from enum import StrEnum
from pathlib import Path

import msgspec
from ruamel.yaml import YAML

from procedures_kb.text import fold, has_marks, strip_marks

PLACES = Path(__file__).parent / "places"


class Unit(msgspec.Struct, frozen=True):
    """A commune or ward of today. Coordinates in degrees (WGS 84): the seat of the People's Committee and the middle."""

    code: str
    kind: str  # Phường | Xã
    name: str
    seat: str
    latitude: float
    longitude: float
    middle: tuple[float, float]

    @property
    def full_name(self) -> str:
        return f"{self.kind} {self.name}"


class OldUnit(msgspec.Struct, frozen=True):
    """A ward, commune or town as it was until 30/06/2025, and the codes of the units its area belongs to now."""

    district: str
    name: str
    now: tuple[str, ...]

    @property
    def full_name(self) -> str:
        return f"{self.name}, {self.district}"


class Question(StrEnum):
    """Why the unit cannot be told yet."""

    divided = "divided"  # the old unit was divided: which part?
    new_or_old = "new_or_old"  # a new unit and an old unit or district have the name: which is meant?
    several = "several"  # several old units have the name: of which district?
    district = "district"  # only a former district was named: which ward or commune?
    unknown = "unknown"  # no unit of Hanoi was recognised


class Resolution(msgspec.Struct, frozen=True):
    """What an address says. ``units`` are the possible codes, one when ``question`` is None."""

    units: list[str]
    question: Question | None = None
    old: list[OldUnit] = []


@functools.cache
def units() -> dict[str, Unit]:
    """Today's units by code."""
    rows = YAML(typ="safe").load((PLACES / "hanoi_units.yml").read_text(encoding="utf-8"))
    return {unit.code: unit for unit in msgspec.convert(rows, list[Unit])}


@functools.cache
def old_units() -> tuple[OldUnit, ...]:
    """Every unit of the time before 01/07/2025."""
    found: dict[tuple[str, str], list[str]] = {}
    with (PLACES / "old_units.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["old_district"], row["old_unit"]), []).append(row["new_code"])
    return tuple(OldUnit(district, name, tuple(now)) for (district, name), now in found.items())


_KINDS = {
    "phường": "phuong", "phuong": "phuong", "p": "phuong", "xã": "xa", "xa": "xa", "x": "xa",
    "thị trấn": "thi tran", "thi tran": "thi tran", "tt": "thi tran", "quận": "quan", "quan": "quan", "q": "quan",
    "huyện": "huyen", "huyen": "huyen", "h": "huyen", "thị xã": "thi xa", "thi xa": "thi xa", "tx": "thi xa",
}  # fmt: skip
_KIND = "|".join(sorted(_KINDS, key=lambda word: -len(word)))
_KIND_FIRST = re.compile(rf"({_KIND}) ")
_NUMBER = re.compile(r" \d+$")  # "Mỹ Đình 1" and "Mỹ Đình 2" are both called "Mỹ Đình"
_DISTRICT_KINDS = ("quan", "huyen", "thi xa")


class _Named(msgspec.Struct, frozen=True):
    start: int
    end: int
    kind: str  # the word before the name, normalised; "" when none
    name: str  # without marks


def _words(text: str, marked: bool) -> str:
    """For comparing: folded, punctuation as blanks, commas kept since names do not cross them."""
    folded = fold(text) if marked else strip_marks(fold(text))
    return " ".join(re.sub(r"[^\w,]+", " ", folded).replace(",", " , ").split())


def _key(text: str) -> str:
    return _words(text, marked=False)


def _bare(full: str, marked: bool = False) -> tuple[str, str]:
    """``("phuong", "dich vong hau")`` of "Phường Dịch Vọng Hậu"."""
    words = _words(full, marked)
    match = _KIND_FIRST.match(words)
    return (_KINDS[match[1]], words[match.end() :]) if match else ("", words)


@functools.cache
def _names(marked: bool) -> tuple[dict[str, set[str]], int]:
    """Every name of a unit or district, new or old, with the kinds of unit it names; and the words of the longest."""
    names: dict[str, set[str]] = {}
    for unit in units().values():
        names.setdefault(_words(unit.name, marked), set()).add(_key(unit.kind))
    for old in old_units():
        for full in (old.name, old.district):
            kind, name = _bare(full, marked)
            names.setdefault(name, set()).add(kind)
            names.setdefault(_NUMBER.sub("", name), set()).add(kind)
    return names, max(len(name.split()) for name in names)


def _find(text: str, marked: bool) -> list[_Named]:
    """Names of units in the text, in order, with the kind of unit said before them; positions count words.

    Names said with their kind win over longer ones ("phường Định Công" is not "Phương Đình"), and a word is never both
    the end of one name and the kind of the next ("Phúc Xá Ba Đình").
    """
    words = _words(text, marked).split()
    names, longest = _names(marked)
    found: list[_Named] = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            kinds = names.get(" ".join(words[start:end]))
            if kinds is None:
                continue
            kind, before = _kind_before(words, start)
            fits = kind in kinds
            name = strip_marks(" ".join(words[start:end]))
            found.append(_Named(before if fits else start, end, kind if fits else "", name))
    found.sort(key=lambda named: (not named.kind, -len(named.name), named.start))
    kept: list[_Named] = []
    for named in found:
        if all(named.end <= other.start or named.start >= other.end for other in kept):
            kept.append(named)
    return sorted(kept, key=lambda named: named.start)


def _kind_before(words: list[str], start: int) -> tuple[str, int]:
    """The kind of unit said just before word ``start``, and where it begins; "" when none is."""
    for length in (2, 1):
        kind = _KINDS.get(" ".join(words[max(0, start - length) : start]))
        if kind:
            return kind, start - length
    return "", start


def resolve(address: str) -> Resolution:
    """Today's unit of an address in old or new form, typed with or without marks ("p. Dịch Vọng Hậu, q. Cầu Giấy").

    Names are compared whole. The last ward-like name counts (house numbers and streets come first); a former district
    after it tells which old unit is meant.
    """
    marked = has_marks(address)
    named = _find(address, marked) or _find(address, marked=False)
    if not named:
        return Resolution([], Question.unknown)
    districts = [n for n in named if n.kind in _DISTRICT_KINDS and _is_district(n)]
    wards = [n for n in named if n not in districts]
    # "Dịch Vọng Hậu, Cầu Giấy": a last bare name that is a district of the ward before it is the district
    if not districts and len(wards) > 1 and not wards[-1].kind and _old(wards[-2], wards[-1].name):
        districts = [wards.pop()]
    if not wards:
        return _of_district(districts[-1])
    ward, district = wards[-1], districts[-1].name if districts else None
    old = _old(ward, district)
    new = [] if district else [u.code for u in units().values() if _key(u.name) == ward.name and _kind_fits(u, ward)]
    if district and not old:  # a new ward's name with a former district after it, as people go on saying
        new = [u.code for u in units().values() if _key(u.name) == ward.name and _kind_fits(u, ward)]
    return _decide(new, old, ward, bool(district))


def _decide(new: list[str], old: list[OldUnit], ward: _Named, with_district: bool) -> Resolution:
    if new and not old:
        ambiguous = not ward.kind and not with_district and _is_district(ward)
        return Resolution(new, Question.new_or_old if ambiguous else None)
    if not old:
        return Resolution([], Question.unknown)
    possible = list(dict.fromkeys([*new, *(code for unit in old for code in unit.now)]))
    if len(possible) == 1 and not (new and not ward.kind and _is_district(ward)):
        return Resolution(possible, None, old)
    if new:
        return Resolution(possible, Question.new_or_old, old)
    alike = len({unit.now for unit in old}) == 1
    return Resolution(possible, Question.divided if alike else Question.several, old)


def _kind_fits(unit: Unit, named: _Named) -> bool:
    return not named.kind or named.kind == _key(unit.kind)


@functools.cache
def _old_by_name() -> dict[str, list[OldUnit]]:
    """Old units by name without marks, also without the number of "Mỹ Đình 1"."""
    found: dict[str, list[OldUnit]] = {}
    for old in old_units():
        name = _bare(old.name)[1]
        for key in {name, _NUMBER.sub("", name)}:
            found.setdefault(key, []).append(old)
    return found


@functools.cache
def _districts() -> dict[str, list[OldUnit]]:
    """Old units by the name of their district without marks."""
    found: dict[str, list[OldUnit]] = {}
    for old in old_units():
        found.setdefault(_bare(old.district)[1], []).append(old)
    return found


def _old(ward: _Named, district: str | None) -> list[OldUnit]:
    found = [old for old in _old_by_name().get(ward.name, []) if not ward.kind or _bare(old.name)[0] == ward.kind]
    return [old for old in found if _bare(old.district)[1] == district] if district else found


def _is_district(named: _Named) -> bool:
    return named.name in _districts()


def _of_district(named: _Named) -> Resolution:
    return Resolution(sorted({code for old in _districts()[named.name] for code in old.now}), Question.district)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance over ground between two ``(latitude, longitude)`` in degrees (haversine, mean earth radius)."""
    latitudes = math.radians(one[0]), math.radians(other[0])
    half = (
        math.sin((latitudes[1] - latitudes[0]) / 2) ** 2
        + math.cos(latitudes[0]) * math.cos(latitudes[1]) * math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(half))
