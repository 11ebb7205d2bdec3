"""What a person may do with their own data: see what is held and who looked, take a copy, allow reuse, erase."""

from __future__ import annotations

import asyncio

import aiohttp_jinja2
from aiohttp import web

from bot.csrf import check_csrf, csrf_token
from bot.gateway import said
from bot.gateway.draft_pages import own_draft
from bot.gateway.incoming import Rejected
from bot.gateway.parts import DRAFTS, SETTINGS
from bot.gateway.photo_pages import PHOTOS
from bot.limits import Limit
from bot.submissions import export
from bot.submissions.documents import docx_form
from bot.submissions.draft_form import form_of_draft
from bot.submissions.permissions import REUSE_TEXT, Permissions

EXPORTS = web.AppKey("exports", Limit)
AREA = "own data"
LOOKS = ("looked at", "looked at photos")


async def page(request: web.Request) -> web.Response:
    """GET /ho-so/{draft}/du-lieu."""
    draft = await own_draft(request)
    if draft.state == "offered":
        raise web.HTTPSeeOther(f"/ho-so/{draft.id}")
    drafts = request.app[DRAFTS]
    context = {
        "draft": draft, "form": form_of_draft(draft), "csrf": await csrf_token(request), "said": said.take(request, draft.id, AREA),
        "answers": len(draft.content.values), "files": len(draft.attached), "consent": drafts.consent_of(draft.id),
        "looks": [(at, detail) for at, _, act, detail in drafts.trail(draft.id) if act in LOOKS],
        "reuse_text": REUSE_TEXT, "reuse": Permissions(drafts).reuse_allowed(draft.id),
    }  # fmt: skip
    return aiohttp_jinja2.render_template("own_data.html", request, context)


async def copy(request: web.Request) -> web.Response:
    """GET …/du-lieu.zip: everything held of this draft."""
    draft = await own_draft(request)
    if draft.state == "offered":
        raise Rejected("not_found")
    if not await request.app[EXPORTS].allows(draft.id):
        raise Rejected("too_many")
    drafts = request.app[DRAFTS]
    with drafts.transaction():
        drafts.note(draft.id, "citizen", "exported")
    data = export.everything(drafts, draft)
    attachments = export.attachments_of(request.app[PHOTOS], draft)
    counter = f"{request.app[SETTINGS].base_url}/staff/ho-so/{draft.reference}"
    body = await asyncio.to_thread(export.archive, data, draft, attachments, counter)
    return web.Response(
        body=body,
        content_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="du-lieu-cua-toi.zip"'},
    )


async def reuse(request: web.Request) -> web.Response:
    """POST …/cho-dung-lai: allow, with a tick of one's own, or withdraw."""
    draft = await own_draft(request)
    data = await check_csrf(request)
    permissions = Permissions(request.app[DRAFTS])
    if draft.state == "offered":
        raise Rejected("not_found")
    if data.get("act") == "rut":
        permissions.withdraw_reuse(draft.id)
        told = "Em đã rút phép dùng lại. Hồ sơ sau sẽ không lấy gì từ hồ sơ này."
    elif data.get("agree") != "1":
        told = "Anh/chị chưa đánh dấu đồng ý, nên em chưa ghi nhận gì."
    elif permissions.allow_reuse(draft, form_of_draft(draft), "web"):
        told = "Em đã ghi nhận. Hồ sơ sau mở trên máy này, anh/chị bấm “Điền nhanh” là dùng lại được."
    else:
        told = "Hồ sơ chưa có số căn cước nên em chưa biết là của ai. Anh/chị điền số căn cước trước giúp em."
    said.keep(request, draft.id, AREA, [told])
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}/du-lieu")


async def form_docx(request: web.Request) -> web.Response:
    """GET …/to-khai.docx: the finished form as a Word file, for offices that edit it."""
    draft = await own_draft(request)
    if draft.reference is None:
        raise Rejected("not_found")
    body = await asyncio.to_thread(docx_form.form_docx, draft, form_of_draft(draft))
    return web.Response(
        body=body, content_type=docx_form.TYPE, headers={"Content-Disposition": 'attachment; filename="to-khai.docx"'}
    )


def add(app: web.Application) -> None:
    """Add the routes."""
    app[EXPORTS] = Limit(5, 60.0)
    one = r"/ho-so/{draft:[\w\-]{16,40}}"
    app.add_routes([
        web.get(one + "/du-lieu", page),
        web.get(one + "/du-lieu.zip", copy),
        web.post(one + "/cho-dung-lai", reuse),
        web.get(one + "/to-khai.docx", form_docx),
    ])  # fmt: skip
