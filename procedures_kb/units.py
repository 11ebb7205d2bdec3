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

from procedures_kb.text import fold, strip_marks

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


_KINDS = {"phuong": "phuong", "p": "phuong", "xa": "xa", "x": "xa", "thi tran": "thi tran", "tt": "thi tran",
          "quan": "quan", "q": "quan", "huyen": "huyen", "h": "huyen", "thi xa": "thi xa", "tx": "thi xa"}  # fmt: skip
_KIND = re.compile(r"\b(thi tran|thi xa|phuong|huyen|quan|xa|tt|tx|p|x|q|h)\b[. ]*(?=\S)")
_DISTRICT_KINDS = ("quan", "huyen", "thi xa")


class _Named(msgspec.Struct, frozen=True):
    start: int
    end: int
    kind: str  # the word before the name, normalised; "" when none
    name: str


def _key(text: str) -> str:
    """For comparing names: without marks, punctuation as blanks."""
    return " ".join(re.sub(r"[^\w]+", " ", strip_marks(fold(text))).split())


def _bare(full: str) -> tuple[str, str]:
    """``("phuong", "dich vong hau")`` of "Phường Dịch Vọng Hậu"."""
    key = _key(full)
    match = _KIND.match(key)
    return (_KINDS[match[1]], key[match.end() :]) if match else ("", key)


@functools.cache
def _names() -> dict[str, None]:
    """Every name of a unit or district, new or old, longest first."""
    names = {_key(unit.name) for unit in units().values()}
    for old in old_units():
        names |= {_bare(old.name)[1], _bare(old.district)[1]}
    return dict.fromkeys(sorted(names, key=lambda name: (-len(name), name)))


def _find(text: str) -> list[_Named]:
    """Names of units in the text, the longest at each place, with the kind of unit said before them."""
    key = _key(text)
    found: list[_Named] = []
    taken = [False] * len(key)
    for name in _names():
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", key):
            if any(taken[match.start() : match.end()]):
                continue
            before = re.search(r"(?:^| )(thi tran|thi xa|phuong|huyen|quan|xa|tt|tx|p|x|q|h) $", key[: match.start()])
            found.append(_Named(match.start(), match.end(), _KINDS[before[1]] if before else "", name))
            taken[match.start() : match.end()] = [True] * (match.end() - match.start())
    return sorted(found, key=lambda named: named.start)


def resolve(address: str) -> Resolution:
    """Today's unit of an address in old or new form, typed with or without marks ("p. Dịch Vọng Hậu, q. Cầu Giấy").

    Names are compared whole. The last ward-like name counts (house numbers and streets come first); a former district
    after it tells which old unit is meant.
    """
    named = _find(address)
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
    return Resolution(possible, Question.several if len(old) > 1 else Question.divided, old)


def _kind_fits(unit: Unit, named: _Named) -> bool:
    return not named.kind or named.kind == _key(unit.kind)


def _old(ward: _Named, district: str | None) -> list[OldUnit]:
    found = [
        old
        for old in old_units()
        if _bare(old.name)[1] == ward.name and (not ward.kind or _bare(old.name)[0] == ward.kind)
    ]
    return [old for old in found if _bare(old.district)[1] == district] if district else found


def _is_district(named: _Named) -> bool:
    return any(_bare(old.district)[1] == named.name for old in old_units())


def _of_district(named: _Named) -> Resolution:
    inside = [old for old in old_units() if _bare(old.district)[1] == named.name]
    return Resolution(sorted({code for old in inside for code in old.now}), Question.district)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance over ground between two ``(latitude, longitude)`` in degrees (haversine, mean earth radius)."""
    latitudes = math.radians(one[0]), math.radians(other[0])
    half = (
        math.sin((latitudes[1] - latitudes[0]) / 2) ** 2
        + math.cos(latitudes[0]) * math.cos(latitudes[1]) * math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    )
    return 2 * 6371.0 * math.asin(math.sqrt(half))
