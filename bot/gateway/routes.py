"""Routes of the citizens' side: the page, its channel, Rasa's REST channel, drafts, health and metrics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp_jinja2
import aiohttp_session
from aiohttp import web

from bot.channels import rest
from bot.channels.base import Message
from bot.channels.web import sender_of, shown_history
from bot.gateway import (
    dossier_acts,
    dossier_pages,
    draft_pages,
    handed_files,
    metrics,
    own_data,
    photo_pages,
    prefill_pages,
    said,
)
from bot.gateway.incoming import (
    Rejected,
    RestMessage,
    WebMessage,
    json_response,
    payload,
    read_json,
    rest_text,
    sender_id,
    typed,
)
from bot.gateway.parts import DRAFTS, KNOWLEDGE, TURN_LIMIT, TURNS, WORKERS
from bot.gateway.uploads import UPLOADS
from bot.limits import Limit
from procedures_kb.store import Store

LARGEST_REQUEST = 64 * 1024  # bytes
TURNS_ALLOWED, TURNS_SECONDS = 60, 30.0  # turns of one sender in so many seconds

SUGGESTIONS = [
    {"title": "Làm giấy khai sinh cho con", "message": "Em mới sinh bé, làm giấy khai sinh cần gì?"},
    {"title": "Xin giấy xác nhận độc thân", "message": "Xin giấy xác nhận độc thân cần giấy tờ gì?"},
    {"title": "Đăng ký tạm trú", "message": "Em ở trọ, đăng ký tạm trú thế nào?"},
    {"title": "Đổi căn cước", "message": "Đổi thẻ căn cước mất bao nhiêu tiền, ở đâu?"},
    {"title": "Sao y, chứng thực giấy tờ", "message": "Chứng thực bản sao hết bao nhiêu tiền?"},
    {"title": "Mở cửa hàng, hộ kinh doanh", "message": "Em muốn mở quán cà phê nhỏ thì đăng ký gì?"},
]


async def _slowly(request: web.Request, key: str) -> None:
    if not await request.app[TURN_LIMIT].allows(key):
        raise Rejected("too_many")


def _from_our_page(request: web.Request) -> None:
    """Browsers of other sites cannot send this header without asking us first."""
    if request.headers.get("X-Motcua") != "1":
        raise Rejected("wrong_origin")


@aiohttp_jinja2.template("chat.html")
async def page(request: web.Request) -> dict[str, Any]:
    """GET /: the chat page."""
    session = await aiohttp_session.get_session(request)
    knowledge = request.app[KNOWLEDGE]
    return {
        "suggestions": SUGGESTIONS, "release": knowledge.release(), "asked": _asked(knowledge, request),
        "news": dossier_pages.news(request, sender_of(session)),
    }  # fmt: skip


def _asked(knowledge: Store, request: web.Request) -> dict[str, str] | None:
    """The procedure of ``?hoi=``, which a procedure's page links to."""
    code = request.query.get("hoi", "")[:8]
    return {"code": code, "name": f"Cho em hỏi về: {knowledge.get(code).name}"} if knowledge.has(code) else None


async def web_turn(request: web.Request) -> web.Response:
    """POST /web/turn: one message of the page."""
    _from_our_page(request)
    body: WebMessage = await read_json(request, WebMessage)
    sender = sender_of(await aiohttp_session.get_session(request))
    await _slowly(request, sender)
    if body.payload is not None:
        text, title = payload(body.payload), typed(body.title or "")[:200]
    elif body.message is not None:
        text, title = typed(body.message), None
    else:
        raise Rejected("bad_field", "message")

    async def say() -> list[Message]:
        with metrics.turn("web"):
            messages = await request.app[WORKERS].turn(sender, text, "web", title)
        metrics.count(messages, "web")
        return messages

    turn_id = request.headers.get("X-Motcua-Turn", "")[:64]
    return json_response({"messages": await request.app[TURNS].once(f"{sender} {turn_id}" if turn_id else "", say)})


async def web_history(request: web.Request) -> web.Response:
    """GET /web/history: what was said in this browser's conversation."""
    sender = sender_of(await aiohttp_session.get_session(request))
    return json_response({"messages": shown_history(await request.app[WORKERS].history(sender))})


async def web_forget(request: web.Request) -> web.Response:
    """POST /web/forget: delete the conversation and its unfinished drafts, begin anew."""
    _from_our_page(request)
    session = await aiohttp_session.get_session(request)
    sender = sender_of(session)
    await request.app[WORKERS].forget(sender)
    request.app[DRAFTS].erase_unfinished(sender)
    session.invalidate()
    return json_response({"forgotten": True})


async def rest_webhook(request: web.Request) -> web.Response:
    """POST /webhooks/rest/webhook: compatible with Rasa's REST channel."""
    body: RestMessage = await read_json(request, RestMessage)
    sender = sender_id(body.sender)
    await _slowly(request, rest.sender_key(sender))
    with metrics.turn("rest"):
        replies = await rest.turn(request.app[WORKERS], sender, rest_text(body.message))
    metrics.count(replies, "rest")
    return json_response(replies)


async def health(request: web.Request) -> web.Response:
    """GET /health: whether each part answers."""
    workers = await request.app[WORKERS].healthy()
    good = all(workers)
    return json_response(
        {"status": "ok" if good else "degraded", "workers": workers, "release": request.app[KNOWLEDGE].release()},
        200 if good else 503,
    )


def add(app: web.Application, folder: Path) -> None:
    """Add the citizens' routes."""
    app.add_routes([
        web.get("/", page),
        web.post("/web/turn", web_turn),
        web.get("/web/history", web_history),
        web.post("/web/forget", web_forget),
        web.post("/webhooks/rest/webhook", rest_webhook),
        web.get("/health", health),
        web.get("/metrics", metrics.show),
        web.static("/static", folder / "static"),
    ])  # fmt: skip
    draft_pages.add(app)
    app[UPLOADS] = Limit(30, 60.0)
    said.open_store(app)
    prefill_pages.add(app)
    photo_pages.add(app)
    own_data.add(app)
    dossier_acts.add(app)
    handed_files.add(app)
