"""What a draft's page shows after the draft state: where the dossier is, why it came back, where to file it oneself."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.gateway import said
from bot.gateway.parts import DRAFTS, SETTINGS
from bot.submissions import dossier_view
from bot.submissions.completeness import record_of
from bot.submissions.delivery.portal_link import address_of
from bot.submissions.dossier_tables import SENDS_NOTHING
from bot.submissions.dossiers import Dossiers
from bot.submissions.draft_form import form_of_draft
from bot.submissions.permissions import NEWS_TEXT, Permissions
from bot.submissions.store import Draft
from bot.submissions.withdrawing import may_be_withdrawn
from procedures_kb.form_model import asked_fields
from procedures_kb.store import today

AREA = "dossier"  # where sentences about an act wait for the next page


def context_of(request: web.Request, draft: Draft) -> dict[str, Any]:
    """``dossier`` (None before the draft is submitted), ``portal`` and ``words`` for the template; counts as seen."""
    dossiers = Dossiers(request.app[DRAFTS])
    dossier = dossiers.get(draft.id) if draft.state in ("submitted", "returned") else None
    told_there = draft.channel == "zalo" and request.app[SETTINGS].delivery not in SENDS_NOTHING
    shown_news = {"news_channel": told_there, "news_text": NEWS_TEXT, **_told(request, draft)}
    if dossier is None:
        return {"dossier": None, **shown_news}
    shown = dossier_view.shown(dossier, dossiers.history(draft.id), draft.procedure, today())
    news = dossiers.has_news(draft.id)
    if news:
        with request.app[DRAFTS].transaction():
            dossiers.said(draft.id)
    return {
        "dossier": shown, "news": news, "words": dossier_view.words(), "mark": mark(request, draft),
        "asked": {field.id for field in asked_fields(form_of_draft(draft), draft.content.values)},
        "portal": _portal(draft) if dossier.delivery == "portal_link" and dossier.state == "ready" else "",
        "may_withdraw": may_be_withdrawn(dossier), "sends": dossier.delivery not in SENDS_NOTHING, **shown_news,
    }  # fmt: skip


def _told(request: web.Request, draft: Draft) -> dict[str, Any]:
    """What an act of the page before this one came to, and whether news are sent."""
    return {
        "done": said.take(request, draft.id, AREA), "news_allowed": Permissions(request.app[DRAFTS]).news_allowed(draft.id),
    }  # fmt: skip


def mark(request: web.Request, draft: Draft) -> str:
    """Changes whenever what the page shows of the dossier does."""
    dossier = Dossiers(request.app[DRAFTS]).get(draft.id)
    return f"{dossier.state}.{dossier.national or 0}.{dossier.round}.{dossier.changed_at}" if dossier else ""


def delivered_code(request: web.Request, draft: Draft) -> str:
    """The dossier code, when the case system has the dossier: erasing here does not withdraw it there."""
    dossier = Dossiers(request.app[DRAFTS]).get(draft.id)
    return dossier.facts.code if dossier else ""


def _portal(draft: Draft) -> str:
    record = record_of(draft.procedure)
    return address_of(draft.procedure, record.sources[0].url if record and record.sources else "")


def news(request: web.Request, sender: str) -> list[tuple[str, str, str]]:
    """Changes that the person of this conversation has not seen yet: (form, state, address). The draft's page marks them seen."""
    found = []
    for dossier in Dossiers(request.app[DRAFTS]).unsaid(sender)[:3]:
        draft = request.app[DRAFTS].get(dossier.draft)
        shown = dossier_view.shown(dossier, [], draft.procedure, today())
        found.append((form_of_draft(draft).title, shown.label.lower(), f"/ho-so/{draft.id}"))
    return found
