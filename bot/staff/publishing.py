"""From working copy to what citizens are answered: see the difference, give the reason, publish; or discard."""

from __future__ import annotations

import datetime as dt
from typing import Any

from aiohttp import web

from bot.staff.desk import Faulty, Moved, conflicts
from bot.staff.difference import difference
from bot.staff.fields import SECTIONS
from bot.staff.forms import BadValue, read_date
from bot.staff.parts import DESK, KNOWLEDGE
from bot.staff.procedures import people
from bot.staff.roles import May
from bot.staff.session import act, page, render, say
from bot.staff.users import User
from bot.staff.wording import told
from procedures_kb.checks import faults
from procedures_kb.store import today
from procedures_kb.text import clean

SHORTEST_NOTE, LONGEST_NOTE = 5, 500
_CHANGED = "Bản nháp hoặc bản công bố vừa thay đổi nên chưa làm theo yêu cầu. Anh/chị xem lại nội dung dưới đây."


@page(May.edit)
async def review(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/thu-tuc/{code}/cong-bo: what would change, before it does."""
    return await _review(request, user)


async def _review(
    request: web.Request, user: User, note: str = "", errors: dict[str, str] | None = None, said: str = ""
) -> web.StreamResponse:
    desk, code = request.app[DESK], request.match_info["code"]
    opened = desk.open(code)
    if opened.copy is None:
        await say(request, "no_copy")
        raise web.HTTPSeeOther(f"/staff/thu-tuc/{code}")
    context: dict[str, Any] = {
        "opened": opened, "copy": opened.copy, "procedure": opened.procedure, "people": people(request), "note": note,
        "errors": errors or {}, "warning": said,
        "problems": [told(fault, opened.procedure) for fault in faults(opened.procedure)],
        "changes": difference(opened.published, opened.procedure),
    }  # fmt: skip
    if opened.moved:
        base = desk.base(opened.copy)
        context |= {
            "mine": difference(base, opened.procedure), "theirs": difference(base, opened.published),
            "theirs_row": request.app[KNOWLEDGE].history(code)[0],
            "conflicts": _titles(conflicts(base, opened.procedure, opened.published)),
        }  # fmt: skip
    return await render(request, user, "review.html", context, 409 if said else 422 if errors else 200)


def _titles(names: list[str]) -> list[str]:
    """Parts of the record in the pages' words."""
    labels = {spec.name: spec.label for spec in SECTIONS[0].fields}
    labels |= {section.attribute: section.title for section in SECTIONS if section.attribute}
    return [labels.get(name, name) for name in names]


@act(May.publish)
async def publish(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/thu-tuc/{code}/cong-bo: publish with a reason."""
    desk, code = request.app[DESK], request.match_info["code"]
    token, mark, home = _sent(data, "token"), _sent(data, "mark"), f"/staff/thu-tuc/{code}"
    if outcome := desk.outcome(token):
        raise web.HTTPSeeOther(outcome)
    note = clean(_sent(data, "note"))
    if not SHORTEST_NOTE <= len(note) <= LONGEST_NOTE:
        sentence = f"Ghi lý do từ {SHORTEST_NOTE} đến {LONGEST_NOTE} ký tự để người sau hiểu vì sao thay đổi."
        return await _review(request, user, note, {"note": sentence})
    day, wrong = _coming_day(_sent(data, "day"))
    if wrong:
        return await _review(request, user, note, {"day": wrong})
    try:
        desk.publish(code, mark, note, user, token, home, day)
    except Moved:
        return await _too_late(request, user, token, note)
    except Faulty:
        return await _review(request, user, note, {"record": "Bản nháp còn chỗ chưa đúng, xem danh sách bên dưới."})
    await say(request, "scheduled" if day else "published")
    raise web.HTTPSeeOther(home)


def _coming_day(text: str) -> tuple[dt.date | None, str]:
    """The day the officer wrote (None = at once), and what is wrong with it."""
    if not clean(text):
        return None, ""
    try:
        day = read_date(clean(text))
    except BadValue as fault:
        return None, str(fault)
    if day <= today():
        return None, "Chỉ hẹn được từ ngày mai trở đi. Muốn có hiệu lực ngay thì để trống ô này."
    return day, ""


@act(May.edit)
async def discard(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/thu-tuc/{code}/bo-nhap: throw the working copy away."""
    desk, code = request.app[DESK], request.match_info["code"]
    token, home = _sent(data, "token"), f"/staff/thu-tuc/{code}"
    if outcome := desk.outcome(token):
        raise web.HTTPSeeOther(outcome)
    try:
        desk.discard(code, _sent(data, "mark"), user, token, home)
    except Moved:
        return await _too_late(request, user, token)
    await say(request, "discarded")
    raise web.HTTPSeeOther(home)


@act(May.edit)
async def carry_over(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/thu-tuc/{code}/theo-ban-moi: put the working copy's changes onto the newer published version."""
    desk, code = request.app[DESK], request.match_info["code"]
    token, review_page = _sent(data, "token"), f"/staff/thu-tuc/{code}/cong-bo"
    if outcome := desk.outcome(token):
        raise web.HTTPSeeOther(outcome)
    try:
        desk.carry_over(code, _sent(data, "mark"), user, token, review_page)
    except Moved:
        return await _too_late(request, user, token)
    await say(request, "carried")
    raise web.HTTPSeeOther(review_page)


async def _too_late(request: web.Request, user: User, token: str, note: str = "") -> web.StreamResponse:
    """The state is gone: because this very form was sent twice at once, or because of somebody else."""
    if outcome := request.app[DESK].outcome(token):
        raise web.HTTPSeeOther(outcome)
    return await _review(request, user, note, said=_CHANGED)


def _sent(data: Any, name: str) -> str:
    value = data.get(name)
    return value[:2000] if isinstance(value, str) else ""
