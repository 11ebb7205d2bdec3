"""Figures for operators (Prometheus): turns, their time, what kind of answer. No text, no senders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from bot.gateway.parts import DRAFTS
from bot.submissions.outbox_rows import Rows

_TURN_SECONDS = Histogram(
    "motcua_turn_seconds", "Time of one turn at the gateway", ["channel"],
    buckets=(0.01, 0.02, 0.03, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 5, 20),
)  # fmt: skip
_MESSAGES = Counter("motcua_messages_total", "Messages of the assistant", ["channel", "kind"])
_OUTBOX = Gauge("motcua_outbox_rows", "Submissions in the outbox", ["state"])


@contextmanager
def turn(channel: str) -> Iterator[None]:
    """Time one turn."""
    with _TURN_SECONDS.labels(channel).time():
        yield


def count(messages: Iterable[Any], channel: str) -> None:
    """Count the messages of one reply by kind."""
    for message in messages:
        _MESSAGES.labels(channel, (message.get("custom") or {}).get("kind", "none")).inc()


async def show(request: web.Request) -> web.Response:
    """GET /metrics, for this machine only: a proxy must not pass it on."""
    if request.remote not in ("127.0.0.1", "::1"):
        raise web.HTTPNotFound
    counts = Rows(request.app[DRAFTS]).counts()
    for state in ("waiting", "stopped", "done"):
        _OUTBOX.labels(state).set(counts.get(state, 0))
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
