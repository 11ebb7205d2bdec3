"""What is said on the page that follows a post: kept in memory for two minutes, since a cookie has no room for it."""

from __future__ import annotations

from aiohttp import web
from cachetools import TTLCache

_SAID = web.AppKey("said", TTLCache[str, list[str]])
SECONDS = 120


def open_store(app: web.Application) -> None:
    app[_SAID] = TTLCache(5_000, SECONDS)


def keep(request: web.Request, draft_id: str, area: str, sentences: list[str]) -> None:
    """Keep sentences for one page of a draft."""
    request.app[_SAID][f"{draft_id} {area}"] = sentences[:6]


def take(request: web.Request, draft_id: str, area: str) -> list[str]:
    """The sentences, once."""
    found: list[str] = request.app[_SAID].pop(f"{draft_id} {area}", [])
    return found
