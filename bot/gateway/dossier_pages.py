"""What a draft's page shows after the draft state: where the dossier is, why it came back, where to file it oneself."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.gateway.parts import DRAFTS
from bot.submissions import dossier_view
from bot.submissions.completeness import record_of
from bot.submissions.delivery.portal_link import address_of
from bot.submissions.dossiers import Dossiers
from bot.submissions.store import Draft
from procedures_kb.form_model import asked_fields, forms
from procedures_kb.store import today


def context_of(request: web.Request, draft: Draft) -> dict[str, Any]:
    """``dossier`` (None before the draft is submitted), ``portal`` and ``words`` for the template; counts as seen."""
    dossiers = Dossiers(request.app[DRAFTS])
    dossier = dossiers.get(draft.id) if draft.state in ("submitted", "returned") else None
    if dossier is None:
        return {"dossier": None}
    shown = dossier_view.shown(dossier, dossiers.history(draft.id), draft.procedure, today())
    news = dossiers.has_news(draft.id)
    if news:
        with request.app[DRAFTS].transaction():
            dossiers.said(draft.id)
    return {
        "dossier": shown, "news": news, "words": dossier_view.words(), "mark": mark(request, draft),
        "asked": {field.id for field in asked_fields(forms()[draft.form], draft.content.values)},
        "portal": _portal(draft) if dossier.delivery == "portal_link" and dossier.state == "ready" else "",
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
        found.append((forms()[draft.form].title, shown.label.lower(), f"/ho-so/{draft.id}"))
    return found
