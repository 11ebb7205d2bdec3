"""A local stand-in of Zalo's servers for tests and demos: token service, API, webhook sender (research/zalo.md 6.1).

Beside Zalo's own routes it has a control interface, JSON in and out, to play the citizens and to break things:

    POST /control/say       {"user_id","text"}               a citizen writes; answers {"status", "msg_id"}
    POST /control/press     {"user_id","payload"}            a citizen presses a button (arrives as a text)
    POST /control/send      {"user_id","event_name","message"}  another message: user_send_image, user_send_location, …
    POST /control/follow    {"user_id"}                      also /control/unfollow, /control/open, /control/withdraw
    POST /control/staff     {"user_id","text"}               an officer writes in the account's chat tool
    POST /control/event     {"body": {…}}                    any event, signed
    POST /control/repeat    {}                               the last event once more
    POST /control/probe     {}                               the unsigned check of the address
    POST /control/mode      {"slow": 3, …}                   switches, see stand_in_state.Mode; {} shows them
    POST /control/skip      {"seconds"}                      put the stand-in's clock forward
    GET  /control/messages?user_id=                          what the account sent, oldest first
    GET  /control/deliveries                                 what became of each webhook

It listens on the loopback address only and checks nobody's right to control it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from aiohttp import web

from bot.channels.zalo import stand_in_api
from bot.channels.zalo.stand_in_state import FIRST_ACCESS, FIRST_REFRESH, STATE, Mode, State
from bot.channels.zalo.stand_in_webhook import SENDER, Sender

STAFF_ADMIN_ID = "7700000000000000001"


def make_app(*, webhook_url: str, app_id: str, oa_id: str, oa_secret: str, app_secret: str) -> web.Application:
    """The stand-in as an application; its first tokens are FIRST_ACCESS and FIRST_REFRESH."""
    app = web.Application()
    app[STATE] = State(app_id, oa_id, oa_secret, app_secret, webhook_url)
    app[SENDER] = Sender(app[STATE])
    stand_in_api.add(app)
    app.router.add_post("/control/{act}", control)
    app.router.add_get("/control/messages", messages)
    app.router.add_get("/control/deliveries", deliveries)
    app.cleanup_ctx.append(_sender)
    return app


def main(port: int, webhook_url: str, app_id: str, oa_id: str, oa_secret: str, app_secret: str) -> None:
    """Serve on 127.0.0.1 until stopped."""
    app = make_app(webhook_url=webhook_url, app_id=app_id, oa_id=oa_id, oa_secret=oa_secret, app_secret=app_secret)
    print(
        f"Zalo stand-in on http://127.0.0.1:{port}, events go to {webhook_url}\n"
        f"first tokens: MOTCUA_ZALO_ACCESS_TOKEN={FIRST_ACCESS} MOTCUA_ZALO_REFRESH_TOKEN={FIRST_REFRESH}",
        flush=True,
    )
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


async def _sender(app: web.Application) -> AsyncIterator[None]:
    await app[SENDER].open()
    yield
    await app[SENDER].close()


async def messages(request: web.Request) -> web.Response:
    """What the account sent, to one user or to all."""
    user = request.query.get("user_id")
    return web.json_response([m for m in request.app[STATE].messages if user is None or m["user_id"] == user])


async def deliveries(request: web.Request) -> web.Response:
    """Every webhook attempt: event, status (0 = no answer), retry number, seconds."""
    return web.json_response(request.app[STATE].deliveries)


async def control(request: web.Request) -> web.Response:
    """One act of the control interface; 400 with a reason when it is not understood."""
    try:
        given = msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])
        return web.json_response(await _act(request.app, request.match_info["act"], given))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)


async def _act(app: web.Application, act: str, given: dict[str, Any]) -> dict[str, Any]:
    state, sender = app[STATE], app[SENDER]
    if act == "mode":
        state.mode = msgspec.convert(msgspec.to_builtins(state.mode) | given, Mode)
        return dict(msgspec.to_builtins(state.mode))
    if act == "skip":
        state.clock_offset += float(given["seconds"])
        return {"offset": state.clock_offset}
    if act == "probe":
        return {"status": await sender.probe()}
    if act == "repeat":
        return {"status": await sender.deliver_raw(sender.last)}
    event = _event(sender, act, given)
    status = await sender.deliver(event)
    return {"status": status, "msg_id": event.get("message", {}).get("msg_id", "")}


def _event(sender: Sender, act: str, given: dict[str, Any]) -> dict[str, Any]:
    if act == "event":
        return dict(given["body"])
    user = str(given["user_id"])
    if act == "say":
        return sender.user_message(user, "user_send_text", {"text": str(given["text"])})
    if act == "press":
        return sender.user_message(user, "user_send_text", {"text": str(given["payload"])})
    if act == "send":
        return sender.user_message(user, str(given["event_name"]), dict(given["message"]))
    if act == "staff":
        return sender.account_message(user, secrets.token_hex(10), str(given["text"]), STAFF_ADMIN_ID)
    if act in ("follow", "unfollow"):
        return sender.follow(user, act)
    if act in ("open", "withdraw"):
        return sender.about_user(user, {"open": "user_click_chatnow", "withdraw": "user_withdraw"}[act])
    raise ValueError(f"no such act: {act}")
