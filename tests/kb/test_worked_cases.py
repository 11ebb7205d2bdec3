"""Fees, deadlines and competence against cases worked out by hand (worked/*.yml)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from procedures_kb.model import Channel, Duration, Procedure, TimeUnit
from procedures_kb.points import OFFICE_HOURS, SATURDAY_MORNING, PointKind, shipped_points
from procedures_kb.rules.competence import competence
from procedures_kb.rules.deadlines import due
from procedures_kb.rules.fees import Asked, quote
from procedures_kb.store import HANOI
from procedures_kb.text import strip_marks
from procedures_kb.units import old_units, resolve, units

WORKED = Path(__file__).parent / "worked"
TODAY = dt.date(2026, 11, 22)


def worked(name: str) -> list[Any]:
    rows = YAML(typ="safe").load((WORKED / f"{name}.yml").read_text(encoding="utf-8"))
    assert len(rows) >= 30
    return [pytest.param(row, id=row["what"]) for row in rows]


@pytest.mark.parametrize("row", worked("fees"))
def test_fee(row: dict[str, Any], catalog: dict[str, Procedure]) -> None:
    asked = Asked(
        on=row.get("on", TODAY), channel=Channel(row.get("channel", "in_person")), copies=row.get("copies", 0),
        pages=row.get("pages", 1), persons=row.get("persons", 1), groups=row.get("groups", []),
        conditions=row.get("conditions", []),
    )  # fmt: skip
    found = quote(catalog[row["code"]], asked)
    assert (found.total, found.complete) == (row["total"], row.get("complete", True)), found.sentence
    assert found.until == row.get("until")
    assert row.get("says", "") in found.sentence
    assert "miễn phí" not in found.sentence.lower()


@pytest.mark.parametrize("row", worked("deadlines"))
def test_deadline(row: dict[str, Any]) -> None:
    value, unit = row["limit"].split()
    limit = Duration(value=int(value), unit=TimeUnit(unit), next_day_after_15h=row.get("after15", False))
    received = dt.datetime.strptime(row["received"], "%Y-%m-%d %H:%M").replace(tzinfo=HANOI)
    hours = [*OFFICE_HOURS, SATURDAY_MORNING] if row.get("point") == "saturday" else None
    found = due(limit, received, hours)
    assert found.on == row["on"], found.steps
    assert (f"{found.at:%H:%M}" if found.at else None) == row.get("at")
    assert row.get("says", "") in " ".join(found.steps)


@pytest.mark.parametrize("row", worked("competence"))
def test_competence(row: dict[str, Any], catalog: dict[str, Procedure]) -> None:
    points = {point.id: point for point in shipped_points()}
    found = competence(catalog[row["code"]], points.values(), TODAY, row.get("address"))[0]
    assert found.decides == row.get("decides")
    assert (found.ask is not None) == ("asks" in row)
    assert row.get("asks", "") in (found.ask or "") + " ".join(found.choices)
    kinds = {points[identifier].kind for identifier in found.received_by}
    units = {points[identifier].unit for identifier in found.received_by}
    match row["receives"]:
        case "city":
            assert kinds == {PointKind.head_office, PointKind.branch, PointKind.commune}
        case "police-unit":
            assert kinds == {PointKind.police} and units == {row["decides"]}
        case "police-any":
            assert kinds == {PointKind.police} and len(units) == 126
        case "none":
            assert not kinds


@pytest.mark.parametrize("spelling", ["as written", "without marks", "abbreviated"])
def test_every_unit_old_and_new_is_found(spelling: str) -> None:
    def typed(name: str) -> str:
        match spelling:
            case "without marks":
                return strip_marks(name).lower()
            case "abbreviated":
                return name.replace("Phường", "P.").replace("Quận", "Q.").replace("Huyện", "H.")
            case _:
                return name

    missed = [unit.full_name for unit in units().values() if unit.code not in resolve(typed(unit.full_name)).units]
    for old in old_units():
        found = resolve(typed(old.full_name))
        if set(old.now) - set(found.units) or (len(old.now) == 1 and found.question):
            missed.append(old.full_name)
    assert missed == []
