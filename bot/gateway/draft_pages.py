"""The pages of a draft: one-time link, consent, fields and review, the printed papers.

A draft opens only for the browser session it belongs to: the chat session that started it, or the one in which its
one-time link was used. Everyone else gets the same 404, whether the draft exists or not.
"""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp_jinja2
import aiohttp_session
from aiohttp import web

from bot.channels.web import sender_of
from bot.csrf import check_csrf, csrf_token
from bot.gateway.incoming import Rejected
from bot.gateway.parts import DRAFTS, LINK_LIMIT, SETTINGS
from bot.submissions import documents, filling
from bot.submissions.store import CONSENT_TEXT, BadLink, Draft, UnknownDraft, WrongState
from bot.submissions.values import CannotRead, shown
from procedures_kb.form_model import FormDefinition, asked_fields, forms
from procedures_kb.store import today

OPENED = "drafts"  # session key: ids of drafts this browser may open
MOST_OPENED = 20


async def _draft(request: web.Request) -> Draft:
    """The draft of the address, if this browser may see it. Raises Rejected not_found."""
    session = await aiohttp_session.get_session(request)
    drafts, draft_id = request.app[DRAFTS], request.match_info["draft"]
    allowed = draft_id in session.get(OPENED, []) or drafts.owned_by(draft_id, sender_of(session))
    if not allowed:
        raise Rejected("not_found")
    try:
        return drafts.get(draft_id)
    except UnknownDraft:
        raise Rejected("not_found") from None


async def link_page(request: web.Request) -> web.Response:
    """GET /ho-so/mo/{token}: asks for a click, since link previews fetch addresses by themselves."""
    context = {"token": request.match_info["token"], "csrf": await csrf_token(request)}
    return aiohttp_jinja2.render_template("draft_link.html", request, context)


async def link_use(request: web.Request) -> web.Response:
    """POST /ho-so/mo/{token}: uses the link up and opens the draft in this browser."""
    if not await request.app[LINK_LIMIT].allows(f"link:{request.remote}"):
        raise Rejected("too_many")
    await check_csrf(request)
    try:
        draft_id = request.app[DRAFTS].use_link(request.match_info["token"])
    except BadLink:
        return aiohttp_jinja2.render_template("draft_link.html", request, {"bad": True}, status=410)
    session = await aiohttp_session.get_session(request)
    session[OPENED] = [*session.get(OPENED, []), draft_id][-MOST_OPENED:]
    raise web.HTTPSeeOther(f"/ho-so/{draft_id}")


def _view(form: FormDefinition, draft: Draft, errors: dict[str, str], typed: dict[str, str]) -> list[dict[str, Any]]:
    """Groups and fields as the page shows them; what was typed wrongly stays in its box."""
    applying = {field.id for field in asked_fields(form, draft.content.values)}
    groups = []
    for group in form.groups:
        fields = []
        for field in group.fields:
            value = draft.content.values.get(field.id)
            text = typed.get(field.id, shown(field, value) if value and field.type != "choice" else value or "")
            fields.append(
                {"field": field, "value": text, "error": errors.get(field.id), "applies": field.id in applying}
            )
        groups.append({"title": group.title, "fields": fields})
    return groups


async def draft_page(request: web.Request) -> web.Response:
    """GET /ho-so/{draft}: consent, then the fields, then the papers."""
    return await _render(request, await _draft(request))


async def _render(
    request: web.Request, draft: Draft, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None,
    said: str = "",
) -> web.Response:  # fmt: skip
    form = forms()[draft.form]
    findings = filling.findings(form, draft.content, today())
    context = {
        "draft": draft, "form": form, "groups": _view(form, draft, errors or {}, typed or {}), "errors": errors or {},
        "findings": findings, "blocked": any(finding.blocks for finding in findings), "said": said,
        "consent_text": CONSENT_TEXT, "csrf": await csrf_token(request), "progress": filling.progress(form, draft.content),
    }  # fmt: skip
    return aiohttp_jinja2.render_template("draft.html", request, context, status=422 if errors else 200)


async def draft_consent(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}/dong-y: consent given by a click of its own."""
    draft = await _draft(request)
    await check_csrf(request)
    request.app[DRAFTS].consent(draft, "web")
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")


async def draft_save(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}: save the fields; every fault is shown at once, good values are kept."""
    draft = await _draft(request)
    data = await check_csrf(request)
    if draft.state != "open":
        raise web.HTTPSeeOther(f"/ho-so/{draft.id}")
    form = forms()[draft.form]
    errors: dict[str, str] = {}
    typed: dict[str, str] = {}
    changed: list[str] = []
    for field in form.fields:
        raw = data.get(field.id)
        if not isinstance(raw, str):
            continue
        old = draft.content.values.get(field.id)
        if not raw.strip():
            if old is not None:
                del draft.content.values[field.id]
                changed.append(field.id)
            continue
        if old is not None and raw.strip() == (old if field.type == "choice" else shown(field, old)):
            continue
        try:
            filling.put(form, draft.content, field.id, raw, "page", today())
            changed.append(field.id)
        except CannotRead as fault:
            errors[field.id], typed[field.id] = str(fault), raw[:300]
    if changed:
        try:
            request.app[DRAFTS].save(draft, "citizen", "filled", ",".join(changed))
        except WrongState:
            newest = request.app[DRAFTS].get(draft.id)
            return await _render(
                request, newest, said="Hồ sơ vừa được sửa ở nơi khác. Anh/chị xem lại rồi lưu lần nữa."
            )
    if errors:
        return await _render(request, draft, errors, typed)
    if data.get("finish"):
        return await _finish(request, draft)
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")


async def _finish(request: web.Request, draft: Draft) -> web.Response:
    form = forms()[draft.form]
    missing = {f.field: f.message for f in filling.findings(form, draft.content, today()) if f.blocks}
    if missing:
        return await _render(request, draft, missing)
    request.app[DRAFTS].submit(draft)
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")


async def draft_erase(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}/xoa: erase at once."""
    draft = await _draft(request)
    await check_csrf(request)
    request.app[DRAFTS].erase(draft.id)
    return aiohttp_jinja2.render_template("draft_erased.html", request, {})


async def _pdf(request: web.Request, make: Any, name: str) -> web.Response:
    draft = await _draft(request)
    if draft.state != "submitted":
        raise Rejected("not_found")
    counter = f"{request.app[SETTINGS].base_url}/staff/ho-so/{draft.reference}"
    body = await asyncio.to_thread(make, draft, forms()[draft.form], counter)
    disposition = f'inline; filename="{name}"'
    return web.Response(body=body, content_type="application/pdf", headers={"Content-Disposition": disposition})


async def form_pdf(request: web.Request) -> web.Response:
    """GET /ho-so/{draft}/to-khai.pdf: the official form, filled in."""
    return await _pdf(request, documents.form_pdf, "to-khai.pdf")


async def slip_pdf(request: web.Request) -> web.Response:
    """GET /ho-so/{draft}/phieu.pdf: the counter slip with short code and QR."""
    return await _pdf(request, documents.slip_pdf, "phieu.pdf")


def add(app: web.Application) -> None:
    """Add the draft routes; drafts' ids and tokens are url-safe base64."""
    app.add_routes([
        web.get(r"/ho-so/mo/{token:[\w\-]{16,64}}", link_page),
        web.post(r"/ho-so/mo/{token:[\w\-]{16,64}}", link_use),
        web.get(r"/ho-so/{draft:[\w\-]{16,40}}", draft_page),
        web.post(r"/ho-so/{draft:[\w\-]{16,40}}", draft_save),
        web.post(r"/ho-so/{draft:[\w\-]{16,40}}/dong-y", draft_consent),
        web.post(r"/ho-so/{draft:[\w\-]{16,40}}/xoa", draft_erase),
        web.get(r"/ho-so/{draft:[\w\-]{16,40}}/to-khai.pdf", form_pdf),
        web.get(r"/ho-so/{draft:[\w\-]{16,40}}/phieu.pdf", slip_pdf),
    ])  # fmt: skip
