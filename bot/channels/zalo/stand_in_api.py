"""The stand-in's OAuth and API routes (research/zalo.md 1 and 3). Every API answer is HTTP 200, errors included."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from bot.channels.zalo.stand_in_state import CODE_LIFE, FREE, STATE, WINDOW, State
from bot.channels.zalo.stand_in_webhook import SENDER

LONGEST_TEXT = 2_000  # characters
MOST_BUTTONS = 5
LONGEST_PAYLOAD = 1_000  # characters
BUTTON_TYPES = frozenset({"oa.query.show", "oa.query.hide", "oa.open.url", "oa.open.phone", "oa.open.sms"})

_API_ERRORS = {
    -32: "Your application reached limit call api", -100: "attachment_id was expired", -200: "Send message failed",
    -210: "Parameter exceeds allowable limit", -213: "User has not followed OA", -216: "Access token is invalid",
    -220: "access_token is expired or removed", -230: "User has not interacted with the OA in the past 7 days",
    -233: "Message type is invalid or not support",
}  # fmt: skip
_OAUTH_ERRORS = {
    -14002: "Invalid appId", -14003: "Invalid redirect uri", -14004: "Invalid secret key",
    -14005: "Invalid authorization code", -14014: "Invalid refresh token.", -14018: "Invalid grant type",
}  # fmt: skip


def add(app: web.Application) -> None:
    """Add the routes."""
    app.router.add_get("/v4/oa/permission", permission)
    app.router.add_post("/v4/oa/access_token", access_token)
    app.router.add_post("/v3.0/oa/message/cs", send)
    app.router.add_post("/v3.0/oa/message/template", send_template)
    app.router.add_get("/v3.0/oa/user/detail", user_detail)
    app.router.add_get("/v2.0/oa/getoa", official_account)
    app.router.add_post("/v3.0/oa/quota/message", quota)


def _oauth_error(state: State, code: int) -> web.Response:
    name = _OAUTH_ERRORS.get(code, "Error")
    body: dict[str, Any] = {
        "error": code,
        "error_name": name,
        "error_description": name,
        "error_reason": "",
        "ref_doc": "",
    }
    if state.mode.oauth_error_without_code:
        del body["error"]
    return web.json_response(body, status=state.mode.oauth_status)


async def permission(request: web.Request) -> web.Response:
    """The consent page, agreed to at once: back to ``redirect_uri`` with a code."""
    state, query = request.app[STATE], request.query
    if query.get("app_id") != state.app_id:
        return _oauth_error(state, -14002)
    target = query.get("redirect_uri", "")
    if not target.startswith(("http://", "https://")):
        return _oauth_error(state, -14003)
    code = secrets.token_urlsafe(16)
    state.codes[code] = query.get("code_challenge", ""), state.now()
    extra = {"code": code, "oa_id": state.oa_id} | ({"state": query["state"]} if "state" in query else {})
    raise web.HTTPFound(f"{target}{'&' if '?' in target else '?'}{urlencode(extra)}")


async def access_token(request: web.Request) -> web.StreamResponse:
    """Code exchange and refresh: single use, rotating."""
    state = request.app[STATE]
    state.token_calls += 1
    if state.mode.oauth_status >= 500:
        return web.Response(status=state.mode.oauth_status, text="<html>Bad Gateway</html>", content_type="text/html")
    form = await request.post()
    if state.mode.oauth_lost_requests > 0:
        state.mode.oauth_lost_requests -= 1
        return _hang_up(request)
    code = state.mode.oauth_error or _grant_fault(state, request.headers.get("secret_key", ""), dict(form))
    if code:
        return _oauth_error(state, code)
    pair = state.rotate()
    if state.mode.oauth_lost_replies > 0:
        state.mode.oauth_lost_replies -= 1
        return _hang_up(request)
    return web.json_response(pair, status=state.mode.oauth_status)


def _grant_fault(state: State, secret: str, form: dict[str, Any]) -> int:
    if form.get("app_id") != state.app_id:
        return -14002
    if secret != state.app_secret:
        return -14004
    if form.get("grant_type") == "refresh_token":
        return 0 if form.get("refresh_token") == state.refresh else -14014
    if form.get("grant_type") != "authorization_code":
        return -14018
    challenge, made_at = state.codes.pop(str(form.get("code")), (None, 0.0))
    if challenge is None or state.now() - made_at > CODE_LIFE:
        return -14005
    digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
    return 0 if challenge in ("", base64.urlsafe_b64encode(digest).rstrip(b"=").decode()) else -14005


def _hang_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


def _answer(state: State, code: int, data: Any = None, message: str = "") -> web.Response:
    body = {"data": data, "error": 0, "message": "Success"} if code == 0 else {
        "error": code, "message": message or _API_ERRORS.get(code, "Error"),
    }  # fmt: skip
    left = state.mode.rate_limit - len(state.calls)
    headers = {"X-RateLimit-Limit": str(state.mode.rate_limit), "X-RateLimit-Remain": str(max(left, 0))}
    return web.json_response(body, headers=headers)


def _common_fault(request: web.Request) -> int:
    state = request.app[STATE]
    if request.headers.get("access_token") != state.access:
        return -216
    if state.now() - state.issued_at > state.mode.access_life:
        return -220
    return -32 if state.within_rate() < 0 else 0


async def send(request: web.Request) -> web.StreamResponse:
    """The consultation message: within seven days of the user's last act, free for two."""
    state = request.app[STATE]
    code = _common_fault(request) or _switched_fault(state)
    if code:
        return _answer(state, code)
    try:
        body = msgspec.json.decode(await request.read())
        user, message = body["recipient"]["user_id"], body["message"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return _answer(state, -201, message="body is invalid!")
    if not isinstance(user, str) or not user.isdecimal():
        return _answer(state, -201, message="user_id is invalid!")
    code = message_fault(state, message)
    silent = state.now() - state.last_act.get(user, 0.0)
    if not code and silent > WINDOW:
        code = -230
    if code:
        return _answer(state, code, message="message is invalid!" if code == -201 else "")
    return await _taken(request, user, message.get("text", ""), message, billed=silent > FREE)


async def send_template(request: web.Request) -> web.StreamResponse:
    """A message by template, to anybody at any time, for a fee; any template id counts as approved."""
    state = request.app[STATE]
    code = _common_fault(request) or _switched_fault(state)
    if code:
        return _answer(state, code)
    try:
        body = msgspec.json.decode(await request.read())
        user, template, values = body["user_id"], body["template_id"], body["template_data"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return _answer(state, -201, message="body is invalid!")
    good = isinstance(user, str) and user.isdecimal() and isinstance(template, str) and template
    if not good or not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        return _answer(state, -201, message="template_data is invalid!")
    return await _taken(request, user, "", {"template": template, "values": values}, billed=True)


def _switched_fault(state: State) -> int:
    code = state.mode.api_error
    if code:
        if state.mode.api_error_times == 1:
            state.mode.api_error = 0
        state.mode.api_error_times = max(state.mode.api_error_times - 1, 0)
    return code


async def _taken(request: web.Request, user: str, text: str, message: Any, billed: bool) -> web.StreamResponse:
    """Keep a message and answer, as far as the switches let us."""
    state = request.app[STATE]
    message_id, sent_time = secrets.token_hex(10), str(int(state.now() * 1000))
    state.messages.append({
        "message_id": message_id, "user_id": user, "sent_time": sent_time, "text": text, "message": message, "billed": billed,
    })  # fmt: skip
    if state.mode.echo:
        request.app[SENDER].echo(user, message_id, text)
    if state.mode.cut_off:
        return _hang_up(request)
    await asyncio.sleep(state.mode.slow)
    data: dict[str, Any] = {"message_id": message_id, "user_id": user, "sent_time": sent_time}
    if not state.mode.no_quota:
        data["quota"] = {"quota_type": "reply", "remain": "8", "total": "8"}
    return _answer(state, 0, data)


def message_fault(state: State, message: Any) -> int:
    """The code for a message Zalo would not take, 0 for a good one."""
    if not isinstance(message, dict):
        return -201
    text, attachment = message.get("text"), message.get("attachment")
    if not text and not attachment:
        return -201
    if text is not None and not isinstance(text, str):
        return -201
    if text and len(text) > LONGEST_TEXT:
        return -210
    if attachment is None:
        return 0
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    if not isinstance(payload, dict):
        return -201
    if any("attachment_id" in element for element in payload.get("elements", []) if isinstance(element, dict)):
        return -100  # nothing was ever uploaded here
    return _buttons_fault(state, payload.get("buttons", []))


def _buttons_fault(state: State, buttons: Any) -> int:
    if buttons and state.mode.buttons_rejected:
        return -233
    if not isinstance(buttons, list):
        return -201
    if len(buttons) > MOST_BUTTONS:
        return -210
    for button in buttons:
        if not isinstance(button, dict) or button.get("type") not in BUTTON_TYPES or not button.get("title"):
            return -201
        payload = button.get("payload")
        if button["type"].startswith("oa.query") != isinstance(payload, str):
            return -201
        if isinstance(payload, str) and len(payload) > LONGEST_PAYLOAD:
            return -210
    return 0


async def user_detail(request: web.Request) -> web.Response:
    """Profile of a follower."""
    state = request.app[STATE]
    code = _common_fault(request)
    if code:
        return _answer(state, code)
    try:
        user = msgspec.json.decode(request.query.get("data", ""))["user_id"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return _answer(state, -201, message="data is invalid!")
    if user not in state.followers:
        return _answer(state, -213)
    data = {
        "user_id": user,
        "display_name": "Người dùng thử",
        "user_is_follower": True,
        "is_sensitive": False,
        "avatar": "",
    }
    return _answer(state, 0, data)


async def official_account(request: web.Request) -> web.Response:
    """The account itself: a health check."""
    state = request.app[STATE]
    code = _common_fault(request)
    data = {
        "oaid": state.oa_id,
        "name": "Một Cửa (thử)",
        "is_verified": True,
        "oa_type": 4,
        "num_follower": len(state.followers),
    }
    return _answer(state, code, data)


async def quota(request: web.Request) -> web.Response:
    """When the user last acted, and what may be sent."""
    state = request.app[STATE]
    code = _common_fault(request)
    try:
        user = msgspec.json.decode(await request.read())["user_id"]
    except (msgspec.DecodeError, KeyError, TypeError):
        code = code or -201
        user = ""
    last = str(int(state.last_act.get(user, 0.0) * 1000))
    return _answer(state, code, {"last_interaction": last, "cs_reply": {"remain": 8, "total": 8}})
