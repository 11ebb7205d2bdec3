"""The work that hands submissions over, follows them and tells the news, beside the gateway's own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from aiohttp import web

from bot.gateway.parts import DRAFTS, SETTINGS
from bot.settings import SettingError, Settings
from bot.submissions import news
from bot.submissions.delivery import following, registry
from bot.submissions.outbox import Outbox, Pace

log = logging.getLogger(__name__)


def check(settings: Settings) -> None:
    """Say what the settings of the chosen way lack. Raises SettingError when there is no such way."""
    faults = registry.check_config(settings)
    if settings.delivery not in {plugin.name for plugin in registry.PLUGINS}:
        raise SettingError(faults[0])
    for fault in faults:
        log.warning("%s", fault)


async def tasks(app: web.Application) -> AsyncIterator[None]:
    """Deliver and follow while the gateway runs. Being killed at any point loses and doubles nothing."""
    delivery = registry.make(app[SETTINGS])
    running: list[asyncio.Task[None]] = []
    if delivery.sends:
        call = float(app[SETTINGS].case_timeout)  # an attempt is at most a login, a look-up and the sending
        pace = Pace(attempt=3 * call, settle=2 * call)
        running.append(asyncio.create_task(Outbox(app[DRAFTS], delivery, pace).run()))
    if delivery.follows:
        every = following.Pace(every=float(app[SETTINGS].case_every))
        running.append(asyncio.create_task(following.Follower(app[DRAFTS], delivery, every).run()))
    yield
    await _end(running)
    await delivery.close()


def telling(channels: dict[str, news.Channel]) -> Callable[[web.Application], AsyncIterator[None]]:
    """The context of the work that sends the news, for ``app.cleanup_ctx``; the channels must be open before it."""

    async def running(app: web.Application) -> AsyncIterator[None]:
        teller = news.Teller(app[DRAFTS], channels, app[SETTINGS].base_url)
        task = asyncio.create_task(teller.run())
        yield
        await _end([task])

    return running


async def _end(running: list[asyncio.Task[None]]) -> None:
    for task in running:
        task.cancel()
    for task in running:
        with contextlib.suppress(asyncio.CancelledError):
            await task
