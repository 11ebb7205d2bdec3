"""From working copy to what citizens are answered: see the difference, give the reason, publish; or discard."""

from __future__ import annotations

import datetime as dt
from typing import Any

from aiohttp import web

from bot.staff.desk import Faulty, Moved, conflicts
from bot.staff.forms import BadValue, read_date
from bot.staff.parts import KNOWLEDGE
from bot.staff.procedures import people
from bot.staff.roles import May
from bot.staff.session import act, page, render, say
from bot.staff.subjects import FORMS, subject_of
from bot.staff.users import User
from procedures_kb.store import today
from procedures_kb.text import clean

SHORTEST_NOTE, LONGEST_NOTE = 5, 500
_CHANGED = "Bản nháp hoặc bản công bố vừa thay đổi nên chưa làm theo yêu cầu. Anh/chị xem lại nội dung dưới đây."


@page(May.edit)
async def review(request: web.Request, user: User) -> web.StreamResponse:
    """GET …/{code}/cong-bo: what would change, before it does."""
    return await _review(request, user)


async def _review(
    request: web.Request, user: User, note: str = "", errors: dict[str, str] | None = None, said: str = ""
) -> web.StreamResponse:
    subject, code = subject_of(request), request.match_info["code"]
    desk = subject.desk_of(request)
    opened = desk.open(code)
    if opened.copy is None:
        await say(request, "no_copy")
        raise web.HTTPSeeOther(subject.home(code))
    context: dict[str, Any] = {
        "subject": subject, "code": code, "opened": opened, "copy": opened.copy, "people": people(request), "note": note,
        "errors": errors or {}, "warning": said,
        "problems": [subject.told(fault, opened.record) for fault in desk.faults(opened.record)],
        "changes": subject.difference(opened.published, opened.record) if opened.published else [],
    }  # fmt: skip
    base = desk.base(opened.copy)
    if opened.moved and base is not None:
        context |= {
            "mine": subject.difference(base, opened.record), "theirs": subject.difference(base, opened.published),
            "theirs_row": request.app[KNOWLEDGE].history(code)[0],
            "conflicts": [subject.parts.get(n, n) for n in conflicts(base, opened.record, opened.published)],
        }  # fmt: skip
    return await render(request, user, "review.html", context, 409 if said else 422 if errors else 200)


@act(May.publish)
async def publish(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST …/{code}/cong-bo: publish with a reason."""
    subject, code = subject_of(request), request.match_info["code"]
    desk = subject.desk_of(request)
    token, mark, home = _sent(data, "token"), _sent(data, "mark"), subject.home(code)
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
    # A form that waits for its first day has no page of its own yet.
    await say(request, "scheduled" if day else "published_form" if subject is FORMS else "published")
    raise web.HTTPSeeOther(home if request.app[KNOWLEDGE].has(code) else "/staff/cong-bo")


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
    """POST …/{code}/bo-nhap: throw the working copy away."""
    subject, code = subject_of(request), request.match_info["code"]
    desk, token = subject.desk_of(request), _sent(data, "token")
    home = subject.home(code) if request.app[KNOWLEDGE].has(code) else f"/staff/{subject.slug}"
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
    """POST …/{code}/theo-ban-moi: put the working copy's changes onto the newer published version."""
    subject, code = subject_of(request), request.match_info["code"]
    desk, token, review_page = subject.desk_of(request), _sent(data, "token"), f"{subject.home(code)}/cong-bo"
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
    if outcome := subject_of(request).desk_of(request).outcome(token):
        raise web.HTTPSeeOther(outcome)
    return await _review(request, user, note, said=_CHANGED)


def _sent(data: Any, name: str) -> str:
    value = data.get(name)
    return value[:2000] if isinstance(value, str) else ""
