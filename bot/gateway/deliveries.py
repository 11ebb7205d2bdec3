"""The work that hands submissions over and follows them, beside the gateway's own: one outbox and one follower."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

from aiohttp import web

from bot.gateway.parts import DRAFTS, SETTINGS
from bot.settings import SettingError, Settings
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
    for task in running:
        task.cancel()
    for task in running:
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await delivery.close()
