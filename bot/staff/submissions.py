"""A citizen's submission at the counter, opened by its slip's short code. Personal data: every look is recorded."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from bot.staff.looks import REASONS, reason_of
from bot.staff.parts import CODE_TRIES, DRAFTS, KNOWLEDGE, USERS
from bot.staff.procedures import people
from bot.staff.roles import May
from bot.staff.session import page, render
from bot.staff.users import User
from bot.submissions import dossier_view, filling, protecting
from bot.submissions.completeness import component_names
from bot.submissions.delivery.dossier_object import WITHDRAWN
from bot.submissions.dossiers import Dossiers
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import CODE_LETTERS, Draft, Drafts, UnknownDraft
from bot.submissions.values import shown
from procedures_kb.form_model import Field, FormDefinition, asked_fields
from procedures_kb.store import UnknownProcedure, today

_REFERENCE = re.compile(f"[{CODE_LETTERS}]{{8}}")
# One sentence whether the code never was, or its submission was erased or has expired.
NOT_FOUND = "Không mở được hồ sơ nào bằng mã này. Anh/chị xem lại mã trên phiếu của người dân."
TOO_MANY = "Anh/chị thử sai nhiều mã quá. Đợi vài phút rồi thử lại."
WHO = {
    "citizen": "Người dân",
    "assistant": "Trợ lý",
    "officer": "Cán bộ giải quyết",
    "case system": "Hệ thống thành phố",
}
ACTS = {
    "offered": "mời điền tờ khai", "consented": "đồng ý xử lý dữ liệu cá nhân", "filled": "điền hoặc sửa",
    "submitted": "gửi hồ sơ", "link used": "mở bằng đường dẫn riêng", "looked at": "mở xem", "erased": "xóa dữ liệu",
    "prefilled": "điền từ nguồn có sẵn", "offer declined": "giữ phần tự ghi", "denied": "báo thông tin có sẵn là sai",
    "reuse allowed": "cho dùng lại hồ sơ", "reuse withdrawn": "rút phép dùng lại", "photo added": "gửi ảnh giấy tờ",
    "photo removed": "bỏ ảnh giấy tờ", "exported": "tải dữ liệu của mình", "reminded": "được nhắc sắp hết hạn",
    "looked at photos": "mở xem ảnh giấy tờ", "resubmitted": "gửi lại hồ sơ", "delivered": "hệ thống thành phố đã nhận",
    "returned": "trả lại để bổ sung", "reopened": "mở thêm mục để sửa", "closed": "kết thúc, không giải quyết tiếp",
    "taken up again": "giải quyết tiếp", "resend": "cho gửi lại", "withdrawn": "rút hồ sơ trước khi gửi đi",
    "withdrawal asked": "yêu cầu rút hồ sơ", "withdrawal delivered": "hệ thống thành phố đã nhận yêu cầu rút",
    "withdrawal refused": "hệ thống thành phố không nhận yêu cầu rút", "fetched": "hệ thống thành phố lấy tệp",
    "news allowed": "đồng ý nhận tin báo", "news withdrawn": "thôi nhận tin báo",
}  # fmt: skip
STATES = {
    "offered": "Chờ đồng ý",
    "open": "Đang điền",
    "submitted": "Đã gửi",
    "returned": "Cần bổ sung",
    "cancelled": "Đã hủy",
}


@page(May.submissions)
async def find(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/ho-so: ask for the code; with ``ma`` go to the submission."""
    typed = request.query.get("ma", "")[:60]
    if not typed:
        return await render(request, user, "submission_find.html", {"reasons": REASONS})
    reference = re.sub(r"[\s.\-–]", "", typed).upper()
    if _REFERENCE.fullmatch(reference):
        why = request.query.get("vi", "")
        raise web.HTTPSeeOther(f"/staff/ho-so/{reference}" + (f"?vi={why}" if why in REASONS else ""))
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
    drafts.looked_at(draft.id, user.name, reason_of(request))
    form = form_of_draft(draft)
    context = {
        "draft": draft, "form": form, "groups": _groups(form, draft), "state": _state(drafts, draft),
        "files": _files(form, draft), "findings": filling.findings(form, draft.content, today()), "consent": drafts.consent_of(draft.id),
        "trail": _trail(request, form, draft.id), "procedure": _name(request, draft.procedure),
    }  # fmt: skip
    return await render(request, user, "submission.html", context)


def _state(drafts: Drafts, draft: Draft) -> str:
    """The draft's state, or that its person has taken it back or is about to."""
    dossier = Dossiers(drafts).get(draft.id)
    taken_back = dossier and (dossier.state in ("withdrawing", "withdrawn") or dossier.national == WITHDRAWN)
    if dossier and taken_back:
        return dossier_view.shown(dossier, [], draft.procedure, today()).label
    return STATES.get(draft.state, draft.state)


def _files(form: FormDefinition, draft: Draft) -> list[dict[str, Any]]:
    """The components that pictures were sent for, by their names in this case."""
    names = component_names(form)
    pages: dict[str, int] = {}
    for one in draft.attached:
        pages[one.component] = pages.get(one.component, 0) + one.pages
    return [
        {"id": component, "name": names.get(component, component), "pages": count} for component, count in pages.items()
    ]


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
                "source": protecting.said_source(draft.content, field.id),
                "database": _database(draft, field),
            }
            for field in group.fields
            if field.id in applying
        ]  # fmt: skip
        if rows:
            groups.append({"title": group.title, "rows": rows})
    return groups


def _database(draft: Draft, field: Field) -> str:
    """What a database had said of a value the person denied."""
    said = protecting.said_by_database(draft.content, field.id)
    return shown(field, said) if said else ""


def _trail(request: web.Request, form: FormDefinition, draft_id: str) -> list[dict[str, str]]:
    labels, names = component_names(form) | {field.id: field.label for field in form.fields}, people(request)
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
