"""The pages of a draft: one-time link, consent, fields and review, the printed papers.

A draft opens only for the browser session it belongs to: the chat session that started it, or the one in which its
one-time link was used. Everyone else gets the same 404, whether the draft exists or not.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp_jinja2
import aiohttp_session
from aiohttp import web

from bot.channels.web import sender_of
from bot.csrf import check_csrf, csrf_token
from bot.gateway import dossier_pages, draft_saving
from bot.gateway import said as said_once
from bot.gateway.incoming import Rejected, json_response
from bot.gateway.parts import DRAFTS, LINK_LIMIT, SETTINGS
from bot.submissions import documents, draft_view, filling, protecting, reminders
from bot.submissions.completeness import verdict_of
from bot.submissions.documents.packet import groups
from bot.submissions.draft_form import bring_up_to_date, form_of_draft
from bot.submissions.permissions import Permissions
from bot.submissions.store import CONSENT_TEXT, BadLink, Draft, UnknownDraft, WrongState
from procedures_kb.form_model import FormDefinition, asked_fields
from procedures_kb.store import today

OPENED = "drafts"  # session key: ids of drafts this browser may open
MOST_OPENED = 20
AREA = "draft"
MOVED_FROM = "moved from"  # revision of the draft before this request moved it to a newer form


async def own_draft(request: web.Request) -> Draft:
    """The draft of the address, if this browser may see it. Raises Rejected not_found."""
    session = await aiohttp_session.get_session(request)
    drafts, draft_id = request.app[DRAFTS], request.match_info["draft"]
    allowed = draft_id in session.get(OPENED, []) or drafts.owned_by(draft_id, sender_of(session))
    if not allowed:
        raise Rejected("not_found")
    try:
        draft = drafts.get(draft_id)
        seen = draft.revision
        if told := bring_up_to_date(drafts, draft):
            said_once.keep(request, draft_id, AREA, [told])
        if draft.revision != seen:
            request[MOVED_FROM] = seen
        return draft
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


async def draft_page(request: web.Request) -> web.Response:
    """GET /ho-so/{draft}: consent, then the fields, then the papers."""
    return await _render(request, await own_draft(request))


async def _render(
    request: web.Request, draft: Draft, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None,
    said: str = "",
) -> web.Response:  # fmt: skip
    form = form_of_draft(draft)
    said = " ".join([said, *said_once.take(request, draft.id, AREA)]).strip()
    findings = filling.findings(form, draft.content, today())
    shown_groups = draft_view.sections(form, draft, errors or {}, typed or {}, findings)
    context = {
        "draft": draft, "form": form, "sections": shown_groups, "errors": _in_order(form, draft, errors or {}),
        "findings": findings, "said": said, "consent_text": CONSENT_TEXT, "csrf": await csrf_token(request),
        "progress": filling.progress(form, draft.content), "answers": groups(form, draft) if draft.state == "submitted" else [],
        "expires_on": reminders.on_page(request.app[DRAFTS], draft.id, draft.expires_at),
        "verdict": verdict_of(draft, form, today()) if draft.state in ("open", "submitted", "returned") else None,
        **dossier_pages.context_of(request, draft),
    }  # fmt: skip
    return aiohttp_jinja2.render_template("draft.html", request, context, status=422 if errors else 200)


def _in_order(form: FormDefinition, draft: Draft, errors: dict[str, str]) -> list[tuple[str, str, str]]:
    """(field, label, sentence) of each fault, in the form's order."""
    labels = {field.id: field.label for field in asked_fields(form, draft.content.values)}
    order = {name: position for position, name in enumerate(labels)}
    return [
        (name, labels.get(name, ""), errors[name]) for name in sorted(errors, key=lambda n: order.get(n, len(order)))
    ]


async def draft_consent(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}/dong-y: consent given by a click of its own."""
    draft = await own_draft(request)
    await check_csrf(request)
    request.app[DRAFTS].consent(draft, "web")
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")


async def draft_save(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}: save the fields; every fault is shown at once, good values are kept."""
    draft = await own_draft(request)
    data = await check_csrf(request)
    form, drafts = form_of_draft(draft), request.app[DRAFTS]
    seen = str(data.get("revision") or "")
    if seen not in ("", str(draft.revision), str(request.get(MOVED_FROM))) and draft.state in draft_saving.CHANGEABLE:
        # Without script the whole form is sent, old answers too: nothing of it may overwrite newer ones.
        return await _render(request, draft, said="Hồ sơ vừa được sửa ở nơi khác. Anh/chị xem lại rồi lưu lần nữa.")
    try:
        outcome = draft_saving.change(drafts, draft.id, form, draft_saving.whole_form(form, data))
    except draft_saving.Closed:
        raise web.HTTPSeeOther(f"/ho-so/{draft.id}") from None
    if data.get("finish"):
        return await _finish(request, outcome, data.get("news") == "1")
    if outcome.errors:
        return await _render(request, outcome.draft, outcome.errors, outcome.typed)
    row = str(data.get("add_row") or "")
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}" + (f"#{row}" if re.fullmatch("[a-z0-9_]+", row) else ""))


async def draft_field(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}/o: save one field as it is left. GET: what stands there now, for a tab that was away."""
    draft = await own_draft(request)
    form, before = form_of_draft(draft), draft.revision
    outcome = draft_saving.Outcome(draft)
    if request.method == "POST":
        data = await check_csrf(request)
        field_id, typed, seen = (str(data.get(name) or "") for name in ("field", "value", "seen"))
        try:
            act = draft_saving.one_field(form, field_id, typed)
            outcome = draft_saving.change(request.app[DRAFTS], draft.id, form, act)
        except draft_saving.Closed:
            return json_response({"closed": True})
    else:
        field_id, seen = "", request.query.get("seen", "")
    content = outcome.draft.content
    progress = filling.progress(form, content)
    boxes = draft_view.boxes(form, content.values)
    found = [
        finding for finding in filling.findings(form, content, today()) if not finding.message.startswith("Còn thiếu")
    ]
    return json_response({
        "closed": outcome.draft.state not in draft_saving.CHANGEABLE or MOVED_FROM in request, "revision": outcome.draft.revision, "error": outcome.errors.get(field_id),
        "value": boxes.get(field_id, ""), "values": boxes, "elsewhere": seen != str(before), "applies": list(boxes),
        "sections": draft_view.shown_sections(form, content.values), "done": progress.done, "total": progress.total,
        "remarks": [{"field": f.field, "message": f.message, "proposal": f.proposal, "choices": f.choices} for f in found],
    })  # fmt: skip


async def _finish(request: web.Request, outcome: draft_saving.Outcome, ticked: bool) -> web.Response:
    """Submit, or show everything that keeps the draft from it: what cannot be read, is missing, or cannot be."""
    draft, errors = outcome.draft, dict(outcome.errors)
    for finding in filling.findings(form_of_draft(draft), draft.content, today()):
        if finding.blocks:
            errors.setdefault(finding.field, finding.message)
    try:
        if errors:
            if protecting.reopen(draft.content, errors):  # kept as it was, but wrong beside what was corrected
                request.app[DRAFTS].save(draft, "citizen", "reopened", ",".join(errors))
            return await _render(request, draft, errors, outcome.typed)
        request.app[DRAFTS].submit(draft)
        if ticked and draft.channel == "zalo":
            Permissions(request.app[DRAFTS]).allow_news(draft.id, "web")
    except WrongState:  # another tab or the chat was faster; the page shows what stands now
        pass
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")


async def draft_erase(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}/xoa: erase at once."""
    draft = await own_draft(request)
    await check_csrf(request)
    delivered = dossier_pages.delivered_code(request, draft)
    gone = request.app[DRAFTS].erase(draft.id)
    context = {
        "delivered": delivered, "files": gone["photos"], "links": gone["links"], "remains": request.app[DRAFTS].remains(draft.id),
    }  # fmt: skip
    return aiohttp_jinja2.render_template("draft_erased.html", request, context)


async def _pdf(request: web.Request, make: Any, name: str) -> web.Response:
    draft = await own_draft(request)
    if draft.state != "submitted":
        raise Rejected("not_found")
    counter = f"{request.app[SETTINGS].base_url}/staff/ho-so/{draft.reference}"
    body = await asyncio.to_thread(make, draft, form_of_draft(draft), counter)
    disposition = f'inline; filename="{name}"'
    return web.Response(body=body, content_type="application/pdf", headers={"Content-Disposition": disposition})


async def dossier_state(request: web.Request) -> web.Response:
    """GET /ho-so/{draft}/tinh-trang: a mark that changes with the dossier, for the page's script."""
    return json_response({"mark": dossier_pages.mark(request, await own_draft(request))})


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
        web.get(r"/ho-so/{draft:[\w\-]{16,40}}/o", draft_field),
        web.post(r"/ho-so/{draft:[\w\-]{16,40}}/o", draft_field),
        web.post(r"/ho-so/{draft:[\w\-]{16,40}}/dong-y", draft_consent),
        web.post(r"/ho-so/{draft:[\w\-]{16,40}}/xoa", draft_erase),
        web.get(r"/ho-so/{draft:[\w\-]{16,40}}/tinh-trang", dossier_state),
        web.get(r"/ho-so/{draft:[\w\-]{16,40}}/to-khai.pdf", form_pdf),
        web.get(r"/ho-so/{draft:[\w\-]{16,40}}/phieu.pdf", slip_pdf),
    ])  # fmt: skip
