"""Points of reception: where a dossier can be handed in, kept by staff; opening state and distance.

The shipped list holds the 126 units (with the seat of each People's Committee) and the branches as far as they are
known; what is not known is empty, never guessed.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from ruamel.yaml import YAML

from procedures_kb.model import Confidence, Date, Record, Text
from procedures_kb.rules.calendar import holiday, is_working_day
from procedures_kb.store import Store, now
from procedures_kb.units import units

BRANCHES = Path(__file__).parent / "places" / "branches.yml"
Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class PointKind(StrEnum):
    head_office = "head_office"  # the city centre itself
    branch = "branch"  # one of its branches, or a branch's own point
    commune = "commune"  # the centre's point in a commune or ward
    police = "police"  # police of a commune or ward


class Opening(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Hours of some weekdays: ``days`` 1 = Monday … 7 = Sunday."""

    days: Annotated[tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...], msgspec.Meta(min_length=1)]
    opens: Clock
    closes: Clock


OFFICE_HOURS = [
    Opening(days=(1, 2, 3, 4, 5), opens="08:00", closes="12:00"),
    Opening(days=(1, 2, 3, 4, 5), opens="13:00", closes="17:00"),
]
SATURDAY_MORNING = Opening(days=(6,), opens="08:00", closes="12:00")


class Point(Record, kw_only=True):
    """One place of reception. Unknown fields stay None; ``confidence`` is about address and hours."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
    kind: PointKind
    name: Text
    unit: Annotated[str, msgspec.Meta(pattern=r"^\d{5}$")] | None = None
    address: Text | None = None
    latitude: Annotated[float, msgspec.Meta(ge=20.5, le=21.5)] | None = None
    longitude: Annotated[float, msgspec.Meta(ge=105.2, le=106.1)] | None = None
    phone: Text | None = None
    hours: list[Opening] = []
    active_from: Date | None = None
    active_to: Date | None = None
    note: Text | None = None
    source: Text
    confidence: Confidence = Confidence.unsure

    def is_active(self, on: dt.date) -> bool:
        return not (self.active_from and on < self.active_from) and not (self.active_to and on > self.active_to)


class OpenState(msgspec.Struct, frozen=True):
    """Whether a point is open; ``until`` when it closes, ``reopens`` when it opens next (within two weeks)."""

    open_now: bool
    until: dt.datetime | None = None
    reopens: dt.datetime | None = None


def open_on(hours: Iterable[Opening], day: dt.date) -> list[tuple[dt.time, dt.time]]:
    """Opening sessions on ``day``, in order; none on public holidays, ordinary ones on a weekend day that is worked."""
    weekday = day.isoweekday()
    if not is_working_day(day) and weekday <= 5:
        return []  # a public holiday
    if is_working_day(day) and weekday > 5:
        weekday = 5  # a swapped weekend day has the hours of a Friday
    elif weekday > 5 and holiday(day):
        return []
    return sorted((dt.time.fromisoformat(o.opens), dt.time.fromisoformat(o.closes)) for o in hours if weekday in o.days)


def opening(hours: list[Opening], moment: dt.datetime) -> OpenState:
    """The state at ``moment`` (local time of Hanoi)."""
    for opens, closes in open_on(hours, moment.date()):
        if opens <= moment.time() < closes:
            return OpenState(True, until=dt.datetime.combine(moment.date(), closes, moment.tzinfo))
    for ahead in range(15):
        day = moment.date() + dt.timedelta(days=ahead)
        for opens, _ in open_on(hours, day):
            begins = dt.datetime.combine(day, opens, moment.tzinfo)
            if begins > moment:
                return OpenState(False, reopens=begins)
    return OpenState(False)


def directions(point: Point) -> str | None:
    """A link that opens a map application at the point; None without coordinates."""
    if point.latitude is None or point.longitude is None:
        return None
    return f"https://www.openstreetmap.org/directions?to={point.latitude}%2C{point.longitude}"


@functools.cache
def shipped_points() -> tuple[Point, ...]:
    """The points this release knows: head office and branches from ``branches.yml``, a commune and a police point a unit."""
    branches = msgspec.convert(YAML(typ="safe").load(BRANCHES.read_text(encoding="utf-8")), list[Point])
    return (*branches, *(point for unit in units().values() for point in _of_unit(unit.code)))


def _of_unit(code: str) -> list[Point]:
    unit = units()[code]
    called = f"{unit.kind.lower()} {unit.name}"
    return [
        Point(
            id=f"xa-{code}", kind=PointKind.commune, name=f"Điểm phục vụ hành chính công {called}", unit=code,
            address=unit.seat, latitude=unit.latitude, longitude=unit.longitude,
            hours=[*OFFICE_HOURS, SATURDAY_MORNING], active_from=dt.date(2025, 7, 1),
            note="Đây là địa chỉ trụ sở Ủy ban nhân dân; anh/chị gọi 1022 hỏi lại trước khi đi.",
            source="Danh mục đơn vị hành chính sau sắp xếp 01/07/2025 (trụ sở Ủy ban nhân dân)",
        ),
        Point(
            id=f"ca-{code}", kind=PointKind.police, name=f"Công an {called}", unit=code,
            latitude=None, longitude=None, hours=[*OFFICE_HOURS, SATURDAY_MORNING], active_from=dt.date(2025, 7, 1),
            note="Chưa có địa chỉ trong dữ liệu; anh/chị hỏi 1022 hoặc Ủy ban nhân dân nơi ở.",
            source="Danh mục đơn vị hành chính sau sắp xếp 01/07/2025; giờ làm việc theo bản ghi thủ tục của Bộ Công an",
        ),
    ]  # fmt: skip


def points(store: Store) -> dict[str, Point]:
    """Every point by id: what staff last said of it, else what this release knows."""
    known = {point.id: point for point in shipped_points()}
    for _, body in store.db.conn.execute("SELECT version, body FROM points ORDER BY version"):
        point = msgspec.json.decode(body, type=Point)
        known[point.id] = point
    return known


def save_point(store: Store, point: Point, author: str) -> None:
    """Keep what staff say of a point; earlier versions stay."""
    with store.transaction():
        store.db.conn.execute(
            "INSERT INTO points (id, body, author, changed_at) VALUES (?,?,?,?)",
            (point.id, msgspec.json.encode(point, order="deterministic").decode(), author, now()),
        )


def changed_points(store: Store) -> list[Point]:
    """The points staff have changed, as they stand."""
    latest = "SELECT body FROM points WHERE version IN (SELECT max(version) FROM points GROUP BY id) ORDER BY id"
    return [msgspec.json.decode(body, type=Point) for (body,) in store.db.conn.execute(latest)]
