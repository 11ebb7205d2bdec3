"""The whole form as text, for what boxes do not hold: conditions, rules, composed texts; and a new form from a copy."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from bot.staff.desk import Moved
from bot.staff.editing import token_of
from bot.staff.form_wording import sentence
from bot.staff.parts import FORM_DESK
from bot.staff.roles import May
from bot.staff.session import act, page, render, say
from bot.staff.subjects import FORMS
from bot.staff.users import User
from procedures_kb.form_checks import IDENTIFIER
from procedures_kb.form_files import FormFault, LineFault, parse, write
from procedures_kb.form_types import FormDefinition

_NEWER = (
    "Trong lúc anh/chị viết, người khác đã sửa tờ khai này, nên chưa lưu. Nội dung anh/chị viết vẫn ở dưới đây; "
    "anh/chị chép ra rồi mở lại trang để sửa trên bản mới."
)


@page(May.edit)
async def text(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/to-khai/{code}/van-ban: the working copy as text."""
    opened = request.app[FORM_DESK].open(request.match_info["code"])
    return await _text(request, user, write(opened.record), opened.mark)


async def _text(
    request: web.Request, user: User, body: str, mark: str, faults: list[LineFault] | None = None, warning: str = ""
) -> web.StreamResponse:  # fmt: skip
    code = request.match_info.get("code", "")
    lines = body.splitlines()
    shown = [
        {"line": fault.line, "field": fault.field.removeprefix("$").removeprefix("."), "sentence": sentence(fault.message),
         "text": lines[fault.line - 1].strip()[:120] if fault.line <= len(lines) else ""}
        for fault in faults or []
    ]  # fmt: skip
    context = {
        "code": code, "body": body, "mark": mark, "faults": shown, "warning": warning,
        "home": FORMS.home(code) if code else "", "action": FORMS.home(code) + "/van-ban" if code else "/staff/to-khai/moi",
    }  # fmt: skip
    return await render(request, user, "form_text.html", context, 409 if warning else 422 if faults else 200)


def _read(data: Any) -> tuple[FormDefinition | None, str, list[LineFault]]:
    body = str(data.get("body", "")).replace("\r\n", "\n")
    try:
        return parse(body, "văn bản"), body, []
    except FormFault as fault:
        return None, body, fault.faults


@act(May.edit)
async def save_text(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/to-khai/{code}/van-ban: keep the text in the working copy, or show every fault with its line."""
    desk, code, mark = request.app[FORM_DESK], request.match_info["code"], str(data.get("mark", ""))[:40]
    token = token_of(desk, data)
    form, body, faults = _read(data)
    if form and form.id != code:
        faults = [
            LineFault(
                "", 1, "id", f"Mã tờ khai phải giữ là “{code}”. Muốn tờ khai mới thì dùng “Chép thành tờ khai mới”."
            )
        ]
    if form is None or faults:
        return await _text(request, user, body, mark, faults)
    back = f"{FORMS.home(code)}/sua"
    try:
        desk.save(code, mark, form, user, token, back)
    except Moved:
        return await _text(request, user, body, mark, warning=_NEWER)
    await say(request, "saved")
    raise web.HTTPSeeOther(back)


@page(May.edit)
async def new(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/to-khai/moi?tu={code}: a copy of a form as text, to become a form of its own."""
    opened = request.app[FORM_DESK].open(request.query.get("tu", ""))
    copy = msgspec.structs.replace(
        opened.record, id=f"{opened.record.id}_moi", title=f"{opened.record.title} (bản chép)"
    )
    return await _text(request, user, write(copy), "")


@act(May.edit)
async def save_new(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/to-khai/moi: begin the working copy of a new form."""
    desk = request.app[FORM_DESK]
    token = token_of(desk, data)
    form, body, faults = _read(data)
    if form is None:
        return await _text(request, user, body, "", faults)
    if not IDENTIFIER.fullmatch(form.id) or len(form.id) > 60 or form.id == "moi":  # "moi" is an address
        return await _text(request, user, body, "", [LineFault("", 1, "id", "expected an id of small letters")])
    back = f"{FORMS.home(form.id)}/sua"
    try:
        desk.begin(form, form.id, user, token, back)
    except Moved:
        said = f"Đã có tờ khai mã “{form.id}”. Anh/chị đặt mã khác ở dòng id."
        return await _text(request, user, body, "", [LineFault("", 1, "id", said)])
    await say(request, "begun_form")
    raise web.HTTPSeeOther(back)
