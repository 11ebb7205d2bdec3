"""The action server: Rasa SDK's executor behind current aiohttp, on loopback, with a token.

The SDK's own server is built on Sanic of 2021; the protocol is one JSON call, so we speak it with a maintained server.
"""

from __future__ import annotations

import hmac
import logging

import msgspec
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from bot import keys, settings

log = logging.getLogger(__name__)
LARGEST_CALL = 8 * 1024 * 1024  # bytes; a tracker of 100 events is about 300 kB
EXECUTOR = web.AppKey("executor", ActionExecutor)
TOKEN = web.AppKey("token", str)


async def webhook(request: web.Request) -> web.Response:
    """POST /webhook?token=…: run one action."""
    if not hmac.compare_digest(request.query.get("token", ""), request.app[TOKEN]):
        return web.json_response({"error": "wrong token"}, status=403)
    call = msgspec.json.decode(await request.read())
    try:
        result = await request.app[EXECUTOR].run(call)
    except ActionExecutionRejection as rejection:
        return web.json_response({"error": str(rejection), "action_name": rejection.action_name}, status=400)
    except ActionNotFoundException as missing:
        return web.json_response({"error": str(missing), "action_name": missing.action_name}, status=404)
    return web.Response(body=msgspec.json.encode(result), content_type="application/json")


async def health(request: web.Request) -> web.Response:
    """GET /health."""
    return web.json_response({"status": "ok"})


def make_app(configuration: settings.Settings) -> web.Application:
    """The application with every action of the package ``actions`` registered."""
    from actions.submission import drafts
    from actions.turn import knowledge, sentences
    from bot.nlu import case_model
    from procedures_kb import form_library
    from procedures_kb.points import points
    from procedures_kb.units import resolve

    executor = ActionExecutor()
    executor.register_package("actions")
    # Opened and read now, so that the first citizen does not wait.
    form_library.follow(configuration.kb_path)
    form_library.forms(), knowledge(), sentences(), drafts(), points(knowledge()), resolve("Hà Nội")
    entries = knowledge().entries("published")
    by_need = sorted((entry.procedure for entry in entries if entry.procedure), key=lambda record: -record.frequency)
    case_model.warm_up(by_need)
    app = web.Application(client_max_size=LARGEST_CALL)
    app[EXECUTOR] = executor
    app[TOKEN] = keys.internal_token(configuration)
    app.add_routes([web.post("/webhook", webhook), web.get("/health", health)])
    return app


def main() -> None:
    """Serve until SIGTERM."""
    configuration = settings.load()
    web.run_app(
        make_app(configuration), host="127.0.0.1", port=configuration.action_port, print=None, access_log=None,
        shutdown_timeout=5,
    )  # fmt: skip
