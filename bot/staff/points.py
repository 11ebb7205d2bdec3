"""Points of reception in the console: the list with its gaps, and one form each."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from aiohttp import web

from bot.staff.display import date
from bot.staff.fields import CONFIDENCE
from bot.staff.forms import BadValue, read_date
from bot.staff.parts import KNOWLEDGE, USERS
from bot.staff.roles import May
from bot.staff.session import act, message, page, render, say
from bot.staff.users import User
from procedures_kb.model import Confidence
from procedures_kb.points import Opening, Point, PointKind, points, save_point
from procedures_kb.text import clean, fold, strip_marks
from procedures_kb.units import units

KINDS = {
    PointKind.head_office: "Trung tâm", PointKind.branch: "Chi nhánh", PointKind.commune: "Điểm xã, phường",
    PointKind.police: "Công an xã, phường",
}  # fmt: skip
_DAYS = {1: "2", 2: "3", 3: "4", 4: "5", 5: "6", 6: "7", 7: "CN"}
_TEXTS = ("name", "address", "phone", "note", "source")


def hours_typed(hours: list[Opening]) -> str:
    """Opening hours as officers write them: one line a session, "2-6: 08:00-12:00"."""
    lines = []
    for opening in hours:
        days = [_DAYS[day] for day in opening.days]
        run = len(days) > 2 and list(opening.days) == list(range(opening.days[0], opening.days[-1] + 1))
        lines.append(f"{days[0]}-{days[-1]}: " if run else f"{', '.join(days)}: ")
        lines[-1] += f"{opening.opens}-{opening.closes}"
    return "\n".join(lines)


def read_hours(text: str) -> list[Opening]:
    """Read :func:`hours_typed` back. Raises BadValue naming the line."""
    numbers = {said: day for day, said in _DAYS.items()}
    found = []
    for line in filter(None, map(clean, text.splitlines())):
        match = re.fullmatch(r"([2-7CN,\- ]+): ?(\d{1,2}):(\d{2}) ?- ?(\d{1,2}):(\d{2})", line.upper())
        try:
            if not match:
                raise ValueError
            first, dash, last = match[1].replace(" ", "").partition("-")
            days = (
                tuple(range(numbers[first], numbers[last] + 1)) if dash else tuple(numbers[d] for d in first.split(","))
            )
            opens, closes = f"{int(match[2]):02d}:{match[3]}", f"{int(match[4]):02d}:{match[5]}"
            if not days or opens >= closes:
                raise ValueError
            found.append(msgspec.convert({"days": days, "opens": opens, "closes": closes}, Opening))
        except (ValueError, KeyError) as fault:
            raise BadValue(f"“{line}”: ghi thứ rồi giờ mở-đóng, ví dụ 2-6: 08:00-12:00 hoặc 7: 08:00-12:00.") from fault
    return found


@page(May.read)
async def overview(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/diem: every point, found by words, with what is missing."""
    words = clean(request.query.get("q", ""))[:100]
    wanted = strip_marks(fold(words))
    known = [
        p for p in points(request.app[KNOWLEDGE]).values() if wanted in strip_marks(fold(f"{p.name} {p.address or ''}"))
    ]
    gaps = {p.id: missing(p) for p in known}
    return await render(request, user, "points.html", {
        "points": known, "gaps": gaps, "q": words, "kinds": KINDS, "incomplete": sum(1 for g in gaps.values() if g),
    })  # fmt: skip


def missing(point: Point) -> list[str]:
    """What staff have yet to fill in."""
    pairs = (
        (point.address, "địa chỉ"), (point.latitude, "tọa độ"), (point.phone, "điện thoại"), (point.hours, "giờ làm việc"),
    )  # fmt: skip
    return [said for value, said in pairs if not value]


@page(May.read)
async def form(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/diem/{point}: what is known of one point, to be corrected."""
    point = points(request.app[KNOWLEDGE]).get(request.match_info["point"])
    if point is None:
        return await message(request, user, "Không tìm thấy", "Không có điểm tiếp nhận này.", 404)
    return await _form(request, user, point, _typed(point), {})


def _typed(point: Point) -> dict[str, str]:
    typed = {name: getattr(point, name) or "" for name in _TEXTS}
    typed |= {name: date(value) if (value := getattr(point, name)) else "" for name in ("active_from", "active_to")}
    typed["place"] = f"{point.latitude}, {point.longitude}" if point.latitude is not None else ""
    return typed | {"hours": hours_typed(point.hours), "confidence": point.confidence.value}


async def _form(
    request: web.Request, user: User, point: Point, typed: dict[str, str], errors: dict[str, str]
) -> web.StreamResponse:
    return await render(request, user, "point.html", {
        "point": point, "typed": typed, "errors": errors, "kinds": KINDS, "confidences": CONFIDENCE,
        "unit": units()[point.unit].full_name if point.unit else "",
    }, 422 if errors else 200)  # fmt: skip


@act(May.edit)
async def save(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/diem/{point}: keep what the officer wrote, or show every fault beside its box."""
    store = request.app[KNOWLEDGE]
    point = points(store).get(request.match_info["point"])
    if point is None:
        return await message(request, user, "Không tìm thấy", "Không có điểm tiếp nhận này.", 404)
    typed = {name: str(data.get(name) or "")[:4000] for name in _typed(point)}
    values, errors = _read(typed)
    if errors:
        return await _form(request, user, point, typed, errors)
    changed = msgspec.convert(msgspec.to_builtins(point) | values, Point)
    if changed != point:
        save_point(store, changed, user.name)
        request.app[USERS].note(user.name, "point changed", point.id)
    await say(request, "point_saved")
    raise web.HTTPSeeOther("/staff/diem")


def _read(typed: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {name: clean(typed[name]) or None for name in _TEXTS}
    errors = {name: "Mục này bắt buộc, anh/chị chưa điền." for name in ("name", "source") if not values[name]}
    for name in ("active_from", "active_to"):
        try:
            values[name] = read_date(clean(typed[name])) if clean(typed[name]) else None
        except BadValue as fault:
            errors[name] = str(fault)
    if not errors and values["active_from"] and values["active_to"] and values["active_to"] < values["active_from"]:
        errors["active_to"] = "Ngày kết thúc đứng trước ngày bắt đầu."
    try:
        values["hours"] = msgspec.to_builtins(read_hours(typed["hours"]))
    except BadValue as fault:
        errors["hours"] = str(fault)
    values["latitude"], values["longitude"] = None, None
    if place := clean(typed["place"]):
        match = re.fullmatch(r"(2[01]\.\d{1,8})[,; ]+(10[56]\.\d{1,8})", place)
        if match and 20.5 <= float(match[1]) <= 21.5 and 105.2 <= float(match[2]) <= 106.1:
            values["latitude"], values["longitude"] = float(match[1]), float(match[2])
        else:
            errors["place"] = "Ghi vĩ độ, kinh độ ở Hà Nội, ví dụ 21.0285, 105.8542."
    values["confidence"] = typed["confidence"] if typed["confidence"] in set(Confidence) else "unsure"
    return values, errors
