"""A citizen's submission at the counter, opened by its slip's short code. Personal data: every look is recorded."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from bot.staff.parts import CODE_TRIES, DRAFTS, KNOWLEDGE, USERS
from bot.staff.procedures import people
from bot.staff.roles import May
from bot.staff.session import page, render
from bot.staff.users import User
from bot.submissions import filling
from bot.submissions.store import CODE_LETTERS, Draft, UnknownDraft
from bot.submissions.values import shown
from procedures_kb.form_model import FormDefinition, asked_fields, forms
from procedures_kb.store import UnknownProcedure, today

_REFERENCE = re.compile(f"[{CODE_LETTERS}]{{8}}")
# One sentence whether the code never was, or its submission was erased or has expired.
NOT_FOUND = "Không mở được hồ sơ nào bằng mã này. Anh/chị xem lại mã trên phiếu của người dân."
TOO_MANY = "Anh/chị thử sai nhiều mã quá. Đợi vài phút rồi thử lại."
SOURCES = {"chat": "trò chuyện", "page": "điền trên trang", "qr": "quét mã trên thẻ"}
WHO = {"citizen": "Người dân", "assistant": "Trợ lý"}
ACTS = {
    "offered": "mời điền tờ khai", "consented": "đồng ý xử lý dữ liệu cá nhân", "filled": "điền hoặc sửa",
    "submitted": "gửi hồ sơ", "link used": "mở bằng đường dẫn riêng", "looked at": "mở xem", "erased": "xóa dữ liệu",
}  # fmt: skip
STATES = {"offered": "Chờ đồng ý", "open": "Đang điền", "submitted": "Đã gửi", "cancelled": "Đã hủy"}


@page(May.submissions)
async def find(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/ho-so: ask for the code; with ``ma`` go to the submission."""
    typed = request.query.get("ma", "")[:60]
    if not typed:
        return await render(request, user, "submission_find.html", {})
    reference = re.sub(r"[\s.\-–]", "", typed).upper()
    if _REFERENCE.fullmatch(reference):
        raise web.HTTPSeeOther(f"/staff/ho-so/{reference}")
    return await _wrong(request, user, typed)


@page(May.submissions)
async def submission(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/ho-so/{reference}: the submission as the counter needs it."""
    reference, drafts = request.match_info["reference"], request.app[DRAFTS]
    if not request.app[CODE_TRIES].left(user.name):
        return await render(request, user, "submission_find.html", {"error": TOO_MANY, "ma": reference}, 429)
    try:
        if not _REFERENCE.fullmatch(reference.upper()):
            raise UnknownDraft(reference)
        draft = drafts.by_reference(reference)
    except UnknownDraft:
        return await _wrong(request, user, reference)
    # Recorded before anything is shown: a look that then fails still was one.
    drafts.looked_at(draft.id, user.name)
    form = forms()[draft.form]
    context = {
        "draft": draft, "form": form, "groups": _groups(form, draft), "state": STATES.get(draft.state, draft.state),
        "findings": filling.findings(form, draft.content, today()), "consent": drafts.consent_of(draft.id),
        "trail": _trail(request, form, draft.id), "procedure": _name(request, draft.procedure),
    }  # fmt: skip
    return await render(request, user, "submission.html", context)


async def _wrong(request: web.Request, user: User, typed: str) -> web.StreamResponse:
    """The same answer for every code that opens nothing; wrong ones are counted per officer."""
    tries = request.app[CODE_TRIES]
    if not tries.left(user.name):
        return await render(request, user, "submission_find.html", {"error": TOO_MANY, "ma": typed}, 429)
    await tries.count(user.name)
    request.app[USERS].note(user.name, "wrong submission code")
    return await render(request, user, "submission_find.html", {"error": NOT_FOUND, "ma": typed}, 404)


def _groups(form: FormDefinition, draft: Draft) -> list[dict[str, Any]]:
    applying = {field.id for field in asked_fields(form, draft.content.values)}
    groups = []
    for group in form.groups:
        rows = [
            {
                "label": field.label, "id": field.id,
                "value": shown(field, draft.content.values[field.id]) if field.id in draft.content.values else "",
                "source": SOURCES.get(draft.content.sources.get(field.id, ""), draft.content.sources.get(field.id, "")),
            }
            for field in group.fields
            if field.id in applying
        ]  # fmt: skip
        if rows:
            groups.append({"title": group.title, "rows": rows})
    return groups


def _trail(request: web.Request, form: FormDefinition, draft_id: str) -> list[dict[str, str]]:
    labels, names = {field.id: field.label for field in form.fields}, people(request)
    return [
        {
            "at": at, "who": WHO.get(who) or names.get(who, who), "act": ACTS.get(what, what),
            "detail": ", ".join(labels.get(part, part) for part in detail.split(",") if part),
        }
        for at, who, what, detail in request.app[DRAFTS].trail(draft_id)
    ]  # fmt: skip


def _name(request: web.Request, code: str) -> str:
    try:
        return request.app[KNOWLEDGE].get(code).name
    except UnknownProcedure:
        return code
