"""The channel as the gateway sees it: the webhook, which stores and answers at once, and the work behind it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from bot.channels.base import Talk
from bot.channels.zalo import events, signature
from bot.channels.zalo.alarms import Alarms
from bot.channels.zalo.announcer import Announcer
from bot.channels.zalo.client import ZaloClient
from bot.channels.zalo.inbox import PERSON_QUIET, Forget, Heard, InboxWorker, Pace
from bot.channels.zalo.store import ZaloStore
from bot.channels.zalo.tokens import TokenKeeper
from bot.keys import Keys
from bot.settings import Settings

log = logging.getLogger(__name__)

PATH = "/webhooks/zalo"
TIDY_EVERY = 3600.0  # seconds
BODY_TIMEOUT = 10.0  # seconds for a body to arrive
WRONG_SIGNATURE = (
    "ALARM: a Zalo webhook has a wrong signature and is refused. "
    "If no message arrives at all, MOTCUA_ZALO_OA_SECRET is not the "
    "OA secret key of the console's webhook page, or MOTCUA_ZALO_APP_ID is another application."
)


class ZaloChannel:
    """One official account.

    Args:
        settings: ``zalo_*``, ``var`` and the address for links.
        keys: the keys of the house.
        talk: the way to the assistant.
        forget: called with a conversation's sender when the person withdraws consent from Zalo; deletes what is kept.
        heard: called after each message of a person: where to write to them, should there be news.
        pace: waiting times.
        clock: epoch seconds.

    Attributes:
        announcer: writes first, within Zalo's rules.
        counters: what happened since the start, by outcome; names without anything personal, for the metrics page.
    """

    def __init__(
        self, settings: Settings, keys: Keys, talk: Talk, *, forget: Forget | None = None, heard: Heard | None = None,
        pace: Pace | None = None, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        pace = pace or Pace()
        self._settings, self._alarms = settings, Alarms(clock)
        self.counters: Counter[str] = Counter()
        self._store = ZaloStore(settings, keys, clock)
        self._tokens = TokenKeeper(settings, self._store, self._alarms, clock, pace.refresh_timeout)
        self._client = ZaloClient(
            settings.zalo_api, self._tokens, self._alarms, pace.send_timeout, pace.retry_once_after
        )
        self._inbox = InboxWorker(
            self._store, self._client, talk, self._alarms, self.counters, settings.base_url, forget, heard, pace, clock
        )
        self.announcer = Announcer(self._store, self._client, self.counters, settings.zalo_news_template, clock)
        self._tasks: list[asyncio.Task[None]] = []

    def add_to(self, app: web.Application) -> None:
        """Add the route and the background work. Call it after what ``talk`` needs was added: it is stopped first."""
        app.router.add_post(PATH, self.webhook)
        app.router.add_get(PATH, self.webhook)
        app.cleanup_ctx.append(self.running)

    async def running(self, app: web.Application) -> AsyncIterator[None]:
        """For ``app.cleanup_ctx``."""
        await self.start(app)
        yield
        await self.stop(app)

    async def start(self, app: web.Application | None = None) -> None:
        """Open connections, go on with the inbox, keep the tokens fresh."""
        await self._client.open()
        self._tasks = [asyncio.create_task(self._tokens.keep_fresh()), asyncio.create_task(self._keep_tidy())]
        self._inbox.start()

    async def stop(self, app: web.Application | None = None) -> None:
        """End what is under way within some seconds; unfinished events stay stored."""
        await self._inbox.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()
        self._store.close()

    async def idle(self) -> None:
        """Wait until every stored event is handled (tests and demos)."""
        await self._inbox.idle()

    async def _keep_tidy(self) -> None:
        while True:
            with contextlib.suppress(sqlite3.Error):
                self._store.tidy()
            await asyncio.sleep(TIDY_EVERY)

    async def webhook(self, request: web.Request) -> web.Response:
        """``/webhooks/zalo``: check, store, 200. Zalo ignores the body of the answer and waits 2 s at most.

        200 taken, or nothing to do; 400 no JSON object; 403 signature or application not ours; 413 over 64 kB.
        """
        if request.method in ("GET", "HEAD"):
            return web.Response()
        raw = await _body(request)
        if raw is None:
            return self._refuse(413, "too_large")
        try:
            body = events.read(raw)
        except events.Malformed:
            return self._refuse(400, "not_json")
        if not body:  # Zalo's unsigned check when the address is saved in its console
            self.counters["probe"] += 1
            return web.Response()
        fits = signature.verify(
            self._settings.zalo_app_id, raw,
            [events.text_of(body.get("timestamp")), request.headers.get(signature.TIMESTAMP_HEADER, "")],
            self._settings.zalo_oa_secret, request.headers.get(signature.HEADER, ""),
        )  # fmt: skip
        if fits is None:
            self._alarms.ring("signature", WRONG_SIGNATURE)
            return self._refuse(403, "wrong_signature")
        if events.text_of(body.get("app_id")) != self._settings.zalo_app_id:
            self._alarms.ring("app", "ALARM: a signed Zalo webhook names another application; check MOTCUA_ZALO_APP_ID")
            return self._refuse(403, "wrong_app")
        if fits != events.text_of(body.get("timestamp")):
            self.counters["signed_by_header_timestamp"] += 1
        self._accept(events.understand(body, self._settings.zalo_oa_id))
        return web.Response()

    def _refuse(self, status: int, reason: str) -> web.Response:
        self.counters[f"refused_{reason}"] += 1
        return web.Response(status=status)

    def _accept(self, event: events.Event | events.Ignored) -> None:
        # What we cannot use gets a 200 all the same: repeating does not help, and after five Zalo unsubscribes us.
        if isinstance(event, events.Ignored):
            self.counters[f"ignored_{event.reason}"] += 1
            if event.reason == "malformed":
                log.warning("a signed Zalo event has an unexpected form and is ignored")
            return
        if not self._store.add(event):
            self.counters["repeated"] += 1
            return
        self.counters[f"event_{event.kind}"] += 1
        user = self._store.user(event.user_id)
        if event.by_person:  # at once, not in turn: a reply on its way would interrupt the officer
            self._store.person_talks(user, PERSON_QUIET)
        self._inbox.wake(user)


async def _body(request: web.Request) -> bytes | None:
    """The raw body, None when it is too large. Raises HTTPRequestTimeout when it does not come."""
    if (request.content_length or 0) > events.LARGEST_BODY:
        return None
    raw = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            async for chunk in request.content.iter_chunked(8192):
                raw += chunk
                if len(raw) > events.LARGEST_BODY:
                    return None
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return bytes(raw)
