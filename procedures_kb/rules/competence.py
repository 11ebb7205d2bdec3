"""Who decides, who receives, and which point is nearest. City-centre points and police points are kept apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from procedures_kb.model import CompetentBy, Place, PlaceKind, Procedure
from procedures_kb.points import OpenState, Point, PointKind, directions, opening
from procedures_kb.units import Question, Resolution, kilometres, resolve, units

_CITY = (PointKind.head_office, PointKind.branch, PointKind.commune)
_ASKED = {
    CompetentBy.residence: "Anh/chị đang cư trú ở xã, phường nào?",
    CompetentBy.property: "Nhà, đất hoặc công trình ở xã, phường nào?",
    CompetentBy.business: "Địa điểm kinh doanh ở xã, phường nào?",
    CompetentBy.last_residence: "Người mất cư trú cuối cùng ở xã, phường nào?",
    CompetentBy.event: "Việc này xảy ra, hoặc trước đây đã làm, ở xã, phường nào?",
}


class Competence(msgspec.Struct, frozen=True):
    """Where one procedure goes for one address.

    ``decides`` is the unit whose office decides (None = no single unit: any, the city, or not known yet); ``ask`` is the
    question to put when the address does not tell it, ``choices`` the units it may be.
    """

    place: Place
    decides: str | None
    received_by: list[str]  # ids of points
    ask: str | None = None
    choices: list[str] = []
    address: Resolution | None = None


class Near(msgspec.Struct, frozen=True):
    """A point with its distance (km, straight line; None = coordinates not known) and its state now."""

    point: Point
    distance: float | None
    state: OpenState
    directions: str | None


def competence(
    procedure: Procedure, points: Iterable[Point], on: dt.date, address: str | None = None, case: str | None = None
) -> list[Competence]:
    """Where a dossier of ``procedure`` goes, one entry a place of the record in force on ``on``.

    Rules: the city's points receive whatever the boundary (Nghị định 118/2025/NĐ-CP); police of a unit receive what that
    unit's police decide, and any police where the law says any; offices of the city police and other offices are named by the record only.
    """
    standing = [point for point in points if point.is_active(on)]
    said = resolve(address) if address else None
    return [_at(place, standing, said) for place in procedure.places if place.holds(on, case)]


def _at(place: Place, points: list[Point], said: Resolution | None) -> Competence:
    needs_address = place.competent_by in _ASKED
    unit = said.units[0] if said and not said.question and said.units else None
    decides = unit if needs_address else None
    ask = None
    if needs_address and not unit:
        ask = question(said) if said and said.question else _ASKED[place.competent_by]
    return Competence(
        place=place, decides=decides, received_by=[point.id for point in _receiving(place, points, decides)], ask=ask,
        choices=said.units if ask and said else [], address=said,
    )  # fmt: skip


def _receiving(place: Place, points: list[Point], decides: str | None) -> list[Point]:
    if place.kind is PlaceKind.city_point:
        return [point for point in points if point.kind in _CITY]
    if place.kind is PlaceKind.police_point:
        police = [point for point in points if point.kind is PointKind.police]
        return police if place.competent_by is CompetentBy.any else [p for p in police if p.unit == decides]
    return []


def question(said: Resolution) -> str:
    """What to ask when an address leaves the unit open."""
    names = [units()[code].full_name for code in said.units]
    listed = ", ".join(names[:-1]) + f" hay {names[-1]}" if len(names) > 1 else "".join(names)
    match said.question:
        case Question.divided:
            olds = ", ".join(old.full_name for old in said.old)
            return f"{olds} nay thuộc nhiều xã, phường. Nhà anh/chị nay thuộc {listed}?"
        case Question.several:
            return f"Có nhiều nơi cùng tên ({'; '.join(old.full_name for old in said.old)}). Anh/chị ở nơi nào?"
        case Question.new_or_old:
            return (
                f"Tên này vừa là tên phường, xã mới vừa là tên quận, huyện hoặc xã, phường cũ. Anh/chị muốn nói {listed}?"
                if len(names) > 1
                else f"Anh/chị muốn nói {listed} mới (từ 01/07/2025) hay quận, huyện cũ cùng tên?"
            )
        case Question.district:
            return "Quận, huyện không còn từ 01/07/2025. Anh/chị cho biết tên xã, phường nhé?"
        case _:
            return "Em chưa nhận ra xã, phường này ở Hà Nội. Anh/chị ghi rõ tên xã, phường nhé?"


def nearest(
    points: Iterable[Point], origin: tuple[float, float] | str, moment: dt.datetime, limit: int = 3
) -> list[Near]:
    """The points nearest to ``origin``: ``(latitude, longitude)`` in degrees, or the code of a unit (its middle counts).

    A point of that very unit comes first; those without coordinates come last, in the order given.
    """
    unit = origin if isinstance(origin, str) else None
    here = units()[origin].middle if isinstance(origin, str) else origin
    found = [
        Near(
            point,
            round(kilometres(here, (point.latitude, point.longitude)), 1)
            if point.latitude is not None and point.longitude is not None
            else None,
            opening(point.hours, moment) if point.hours else OpenState(False),
            directions(point),
        )
        for point in points
        if point.is_active(moment.date())
    ]
    found.sort(key=lambda near: (near.point.unit != unit if unit else False, near.distance is None, near.distance or 0))
    return found[:limit]
