"""What a person does with a submission on its page: take it back, agree to be told of changes."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.csrf import check_csrf
from bot.gateway import said
from bot.gateway.dossier_pages import AREA
from bot.gateway.draft_pages import own_draft
from bot.gateway.incoming import Rejected
from bot.gateway.parts import DRAFTS
from bot.submissions import dossier_view
from bot.submissions.draft_form import form_of_draft
from bot.submissions.permissions import Permissions
from bot.submissions.store import UnknownDraft
from bot.submissions.withdrawing import office_of, withdraw


async def take_back(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}/rut: withdraw the submission; the page asked whether that is meant."""
    draft = await own_draft(request)
    await check_csrf(request)
    drafts = request.app[DRAFTS]
    try:
        outcome = withdraw(drafts, draft.id)
    except UnknownDraft:
        raise Rejected("not_found") from None
    if outcome in ("not_sent", "too_late"):  # the others stand on the page as the dossier's state
        sentence = dossier_view.words().withdrawn[outcome]
        said.keep(request, draft.id, AREA, [sentence.format(office=office_of(form_of_draft(draft), draft))])
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")


async def news(request: web.Request) -> web.Response:
    """POST /ho-so/{draft}/bao-tin: agree to be told of changes, with a tick of one's own, or take that back."""
    draft = await own_draft(request)
    data = await check_csrf(request)
    if draft.state == "offered" or draft.channel != "zalo":
        raise Rejected("not_found")
    said.keep(request, draft.id, AREA, [settle_news(request, draft.id, data)])
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")


def settle_news(request: web.Request, draft_id: str, data: Any) -> str:
    """Record what was ticked; the sentence about it."""
    permissions, words = Permissions(request.app[DRAFTS]), dossier_view.words()
    if data.get("act") == "thoi":
        permissions.withdraw_news(draft_id)
        return words.news_off
    if data.get("news") != "1":
        return words.news_not_ticked
    permissions.allow_news(draft_id, "web")
    return words.news_on


def add(app: web.Application) -> None:
    """Add the routes."""
    one = r"/ho-so/{draft:[\w\-]{16,40}}"
    app.add_routes([web.post(one + "/rut", take_back), web.post(one + "/bao-tin", news)])
