"""Who looked at which citizen's submission, when and what for; and the pictures of a submission, whose every look counts too."""

from __future__ import annotations

import asyncio
import re

from aiohttp import web

from bot.staff.parts import CODE_TRIES, DRAFTS
from bot.staff.procedures import people
from bot.staff.roles import May
from bot.staff.session import page, render
from bot.staff.users import User
from bot.submissions.documents import docx_form
from bot.submissions.draft import Draft, UnknownDraft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.photos.store import Photos
from bot.submissions.store import CODE_LETTERS

# What an officer opens a submission for; the first stands for a slip that was scanned or typed without saying more.
REASONS = {
    "tiep_nhan": "tiếp nhận tại quầy", "nguoi_dan_hoi": "người dân hỏi", "bo_sung": "xem phần bổ sung",
    "kiem_tra": "kiểm tra nội bộ",
}  # fmt: skip
ACTS = {"looked at": "mở hồ sơ", "looked at photos": "mở ảnh giấy tờ"}
SHOWN = 200


def reason_of(request: web.Request) -> str:
    """The reason given with the code, in words."""
    return REASONS.get(request.query.get("vi", ""), REASONS["tiep_nhan"])


@page(May.audit)
async def looks(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/luot-xem: the newest looks at submissions, by whom and what for. No personal data stand here."""
    rows = request.app[DRAFTS].connection.execute(
        "SELECT trail.at, trail.who, trail.act, trail.detail, drafts.reference FROM trail "
        "JOIN drafts ON drafts.id = trail.draft WHERE trail.act IN ('looked at', 'looked at photos') "
        "ORDER BY trail.rowid DESC LIMIT ?",
        (SHOWN,),
    )
    names = people(request)
    shown = [
        {"at": at, "who": names.get(who, who), "act": ACTS[act], "why": why, "reference": reference or "đã xóa"}
        for at, who, act, why, reference in rows
    ]
    return await render(request, user, "looks.html", {"rows": shown, "most": SHOWN})


@page(May.submissions)
async def component_pdf(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/ho-so/{reference}/giay-to/{component}.pdf: the pictures of one component; the look is recorded first."""
    draft, component = await _submission(request, user), request.match_info["component"]
    if component not in {one.component for one in draft.attached}:
        raise web.HTTPNotFound
    request.app[DRAFTS].looked_at(draft.id, user.name, reason_of(request), "looked at photos")
    data = Photos(request.app[DRAFTS], 0).pdf_of(draft, component)
    return web.Response(
        body=data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{component}.pdf"'},
    )


@page(May.submissions)
async def form_docx(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/ho-so/{reference}/to-khai.docx: the form to edit; the look is recorded first."""
    draft = await _submission(request, user)
    request.app[DRAFTS].looked_at(draft.id, user.name, reason_of(request))
    body = await asyncio.to_thread(docx_form.form_docx, draft, form_of_draft(draft))
    return web.Response(
        body=body, content_type=docx_form.TYPE, headers={"Content-Disposition": 'attachment; filename="to-khai.docx"'}
    )


async def _submission(request: web.Request, user: User) -> Draft:
    """The submission of the address. Raises HTTPNotFound; wrong codes are counted per officer, as on its page."""
    reference, tries = request.match_info["reference"].upper(), request.app[CODE_TRIES]
    if not tries.left(user.name):
        raise web.HTTPNotFound
    try:
        if not re.fullmatch(f"[{CODE_LETTERS}]{{8}}", reference):
            raise UnknownDraft(reference)
        return request.app[DRAFTS].by_reference(reference)
    except UnknownDraft:
        await tries.count(user.name)
        raise web.HTTPNotFound from None
