"""One Rasa worker: the agent behind a small aiohttp server on loopback. The gateway is its only client.

Messages of one sender are answered in the order they came; different senders do not wait for one another's locks.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
import weakref
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from bot import keys, settings
from bot.engine import rasa_patches, without_tensorflow
from bot.engine.quiet import quiet_rasa_logs

if TYPE_CHECKING:
    from rasa.core.agent import Agent
    from rasa.shared.core.trackers import DialogueStateTracker

log = logging.getLogger(__name__)
LONGEST_CONTEXT = 400  # characters of the message before that the linker reads again
KEPT_DAYS = 30  # as long as a draft
_TOKEN = web.AppKey("token", str)


class TurnRequest(msgspec.Struct):
    """What the gateway sends: one message of one sender.

    ``title`` is a button's text, for the history. ``turn`` names this message: when the gateway says it again because
    we died before the reply went out, what was answered is answered again instead of being done twice.
    """

    sender: str
    text: str
    channel: str
    title: str | None = None
    turn: str = ""


def load_agent(configuration: settings.Settings) -> Agent:
    """Import Rasa and load the model, with the link index built; nothing is opened that a forked process could not share."""
    without_tensorflow.install()
    quiet_rasa_logs()
    rasa_patches.apply()
    from rasa.core.agent import Agent

    from bot.engine.action_endpoint import PatientEndpoint

    endpoint = PatientEndpoint(
        f"http://127.0.0.1:{configuration.action_port}/webhook", token=keys.internal_token(configuration),
        enable_selective_domain=True,
    )  # fmt: skip
    agent = Agent.load(model_path=str(configuration.model_path), action_endpoint=endpoint)
    _load_now()
    return agent


def _load_now() -> None:
    """Load what a first message would load, so that forked workers share it instead of loading it each."""
    from underthesea import word_tokenize

    from bot.nlu import aspect_network, talk_network
    from bot.nlu.classifier import act_by_phrase
    from bot.nlu.normalise import normalise

    said = normalise("Em muốn đăng ký khai sinh cho con, cần giấy tờ gì ạ, ra phường nộp hả?")
    word_tokenize(said.original)
    aspect_network.log_odds(aspect_network.network(), said)
    talk_network.probabilities(talk_network.network(), said)
    act_by_phrase(said)


class Worker:
    """A loaded model and the conversations of the senders that belong to this process."""

    def __init__(self, agent: Agent, configuration: settings.Settings) -> None:
        from bot.engine.tracker_store import ConversationStore

        self.store = ConversationStore(
            agent.domain, configuration.conversations_url, keys.load(configuration), configuration.session_events
        )
        if agent.processor is None:
            raise RuntimeError(f"{configuration.model_path} holds no usable model; run: ./motcua train")
        agent.tracker_store = agent.processor.tracker_store = self.store
        self._processor = agent.processor
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def turn(self, request: TurnRequest) -> list[dict[str, Any]]:
        """Answer one message; the messages of the answer contract."""
        from rasa.core.channels.channel import UserMessage

        from bot.engine.output import TurnOutput

        lock = self._locks.setdefault(request.sender, asyncio.Lock())
        async with lock:
            before = await self.store.retrieve(request.sender)
            if before is not None and request.turn and (answered := answered_before(before.events, request.turn)):
                return [{"recipient_id": request.sender, **message} for message in answered]
            output = TurnOutput()
            metadata = {"channel": request.channel, "turn": request.turn}
            if request.title:
                metadata["title"] = request.title
            metadata |= context_of(before) if before else {}
            await self._processor.handle_message(
                UserMessage(request.text, output, request.sender, input_channel=request.channel, metadata=metadata)
            )
            messages: list[dict[str, Any]] = output.messages
            return messages


def context_of(tracker: DialogueStateTracker) -> dict[str, str]:
    """What the linker looks at a message together with: the procedure at hand, and the words on which "A or B?" was asked."""
    conversation = tracker.get_slot("conversation") or {}
    context: dict[str, str] = {}
    if subject := conversation.get("procedure"):
        context["subject"] = subject
    said = tracker.latest_message.text if tracker.latest_message else None
    open_question = any(choice.get("kind") == "procedure" for choice in conversation.get("offered", []))
    if open_question and said and not said.startswith("/"):
        context["asked"] = said[:LONGEST_CONTEXT]
    return context


def answered_before(events: Iterable[Any], turn: str) -> list[dict[str, Any]]:
    """The messages with which the last user turn was answered, if it was this very turn; else nothing."""
    messages: list[dict[str, Any]] = []
    for event in reversed(list(events)):
        if event.type_name == "bot":
            data = {key: event.data[key] for key in ("buttons", "custom") if event.data.get(key)}
            messages.insert(0, {"text": event.text, **data})
        elif event.type_name == "user":
            return messages if (event.metadata or {}).get("turn") == turn else []
    return []


_WORKER = web.AppKey("worker", Worker)


def _allowed(request: web.Request) -> bool:
    return hmac.compare_digest(request.headers.get("X-Motcua-Token", ""), request.app[_TOKEN])


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", status=status)


async def turn(request: web.Request) -> web.Response:
    """POST /turn."""
    if not _allowed(request):
        return _json({"error": "wrong token"}, 403)
    started = time.perf_counter()
    messages = await request.app[_WORKER].turn(msgspec.json.decode(await request.read(), type=TurnRequest))
    log.debug("turn %.1f ms", (time.perf_counter() - started) * 1000)
    return _json(messages)


async def history(request: web.Request) -> web.Response:
    """POST /history {"sender"}."""
    if not _allowed(request):
        return _json({"error": "wrong token"}, 403)
    return _json(request.app[_WORKER].store.history((await request.json())["sender"]))


async def forget(request: web.Request) -> web.Response:
    """POST /forget {"sender"}."""
    if not _allowed(request):
        return _json({"error": "wrong token"}, 403)
    request.app[_WORKER].store.forget((await request.json())["sender"])
    return _json({"forgotten": True})


async def health(request: web.Request) -> web.Response:
    """GET /health."""
    return _json({"status": "ok"})


async def _forgetting(app: web.Application) -> AsyncIterator[None]:
    """Delete old conversations, now and every hour: what was typed into a form must not outlive its draft."""

    async def keep_forgetting() -> None:
        while True:
            try:
                app[_WORKER].store.forget_older_than(KEPT_DAYS)
            except Exception:
                log.exception("old conversations could not be deleted; trying again in an hour")
            await asyncio.sleep(3600)

    task = asyncio.create_task(keep_forgetting())
    yield
    task.cancel()


def serve(agent: Agent, configuration: settings.Settings, number: int) -> None:
    """Serve worker ``number`` with a loaded model until SIGTERM."""
    app = web.Application(client_max_size=256 * 1024)
    app[_WORKER] = Worker(agent, configuration)
    app[_TOKEN] = keys.internal_token(configuration)
    app.cleanup_ctx.append(_forgetting)
    app.add_routes([
        web.post("/turn", turn), web.post("/history", history), web.post("/forget", forget), web.get("/health", health),
    ])  # fmt: skip
    web.run_app(
        app, host="127.0.0.1", port=configuration.worker_port + number, print=None, access_log=None, shutdown_timeout=5
    )


def main(number: int) -> None:
    """Load the model and serve worker ``number`` alone until SIGTERM."""
    configuration = settings.load()
    serve(load_agent(configuration), configuration, number)
