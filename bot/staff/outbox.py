"""The outbox for staff: what is not handed over yet, why, and sending it again by hand."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from aiohttp import web

from bot.staff.parts import DRAFTS, KNOWLEDGE, USERS
from bot.staff.roles import May
from bot.staff.session import act, page, render, say
from bot.staff.users import User
from bot.submissions.outbox_rows import Rows, Waiting
from procedures_kb.store import HANOI, UnknownProcedure

FAULTS = {
    "": "chưa gửi lần nào", "down": "hệ thống kia không trả lời", "no_connection": "không kết nối được",
    "timeout": "hệ thống kia trả lời quá lâu", "broken_off": "mất kết nối giữa chừng", "unreadable": "câu trả lời không đọc được",
    "login_refused": "hệ thống kia không cho đăng nhập: xem lại tên và mật khẩu", "session": "phiên làm việc bị từ chối",
    "too_large": "hồ sơ lớn quá mức hệ thống kia nhận", "answer_without_code": "câu trả lời không có mã hồ sơ",
    "answer_about_another": "câu trả lời nói về hồ sơ khác", "answer_too_large": "câu trả lời lớn bất thường",
    "found_without_code": "hồ sơ có ở đó nhưng chưa thấy mã", "dossier_unknown": "hệ thống kia không còn hồ sơ này",
    "overtaken": "tiến trình khác đang gửi", "key": "không mở được hồ sơ bằng khoá hiện tại", "internal": "lỗi của phần mềm, xem nhật ký máy chủ",
}  # fmt: skip


@page(May.submissions)
async def overview(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/hop-thu-di: everything not delivered yet, and how many were."""
    outbox = Rows(request.app[DRAFTS])
    rows = outbox.waiting()
    context = {
        "stopped": [_shown(request, row) for row in rows if row.state == "stopped"],
        "waiting": [_shown(request, row) for row in rows if row.state != "stopped"], "done": outbox.counts().get("done", 0),
    }  # fmt: skip
    return await render(request, user, "outbox.html", context)


@act(May.submissions)
async def resend(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/hop-thu-di/{row}/gui-lai: try again now. Pressing it twice changes nothing."""
    row = int(request.match_info["row"])
    done = Rows(request.app[DRAFTS]).resend(row, user.name)
    request.app[USERS].note(user.name, "resend", str(row))
    await say(request, "resent" if done else "already_sent")
    raise web.HTTPSeeOther("/staff/hop-thu-di")


@act(May.submissions)
async def resend_all(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/hop-thu-di/gui-lai: every stopped one, after a fault on the other side is mended."""
    count = Rows(request.app[DRAFTS]).resend_stopped(user.name)
    request.app[USERS].note(user.name, "resend all", "", str(count))
    await say(request, "resent" if count else "already_sent")
    raise web.HTTPSeeOther("/staff/hop-thu-di")


def _shown(request: web.Request, row: Waiting) -> dict[str, Any]:
    try:
        name = request.app[KNOWLEDGE].get(row.procedure).name
    except UnknownProcedure:
        name = row.procedure
    code = row.fault.removeprefix("refused_").removeprefix("busy_").removeprefix("http_")
    why = FAULTS.get(row.fault) or f"hệ thống kia báo mã {code}"
    return {
        "id": row.id, "reference": row.reference, "procedure": name, "round": row.round, "attempts": row.attempts, "why": why,
        "made_at": _moment(row.made_at), "next_at": _moment(row.next_at) if row.next_at > time.time() else "", "doubt": row.doubt,
    }  # fmt: skip


def _moment(seconds: float) -> str:
    return f"{dt.datetime.fromtimestamp(seconds, HANOI):%H:%M %d/%m/%Y}"
