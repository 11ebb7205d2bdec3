"""The papers of a submission for the case system, which fetches them at the signed addresses it was given."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.gateway.incoming import Rejected
from bot.gateway.parts import DRAFTS, SETTINGS
from bot.gateway.photo_pages import PHOTOS
from bot.limits import Limit
from bot.submissions import documents, handed_files
from bot.submissions.dossiers import Dossiers
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import UnknownDraft

FETCHES = web.AppKey("fetches", Limit)


async def file(request: web.Request) -> web.Response:
    """GET /tep-ho-so/{token}: one paper as a PDF; 404 for whatever is not, or no longer, handed over."""
    drafts = request.app[DRAFTS]
    handed = handed_files.opened(drafts.keys, request.match_info["token"])
    if handed is None:
        raise Rejected("not_found")
    if not await request.app[FETCHES].allows(f"fetch:{handed.draft}"):
        raise Rejected("too_many")
    try:
        draft = drafts.get(handed.draft)
    except UnknownDraft:
        raise Rejected("not_found") from None
    dossier = Dossiers(drafts).get(draft.id)
    if dossier is None or dossier.state == "withdrawn":
        raise Rejected("not_found")
    if handed.component == handed_files.FORM:
        address = f"{request.app[SETTINGS].base_url}/staff/ho-so/{draft.reference}"
        body = await asyncio.to_thread(documents.form_pdf, draft, form_of_draft(draft), address)
    elif (found := request.app[PHOTOS].pdf_of(draft, handed.component)) is not None:
        body = found
    else:
        raise Rejected("not_found")
    drafts.looked_at(draft.id, "case system", handed.component.strip(handed_files.FORM), "fetched")
    return web.Response(body=body, content_type="application/pdf")


def add(app: web.Application) -> None:
    """Add the route."""
    app[FETCHES] = Limit(120, 60.0)
    app.add_routes([web.get(f"{handed_files.ROUTE}/{{token:{handed_files.TOKEN}}}", file)])
