"""Keeping the knowledge base current by itself: scheduled changes at midnight, the release file, another machine's releases."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from bot.gateway.parts import KNOWLEDGE, SETTINGS
from procedures_kb import releases
from procedures_kb.release_pull import pull
from procedures_kb.store import Store

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0  # seconds between looks for scheduled changes and for a release without a file
PULL_EVERY = 60.0  # seconds between questions to the machine that publishes
PULL_TIMEOUT = 60.0


async def tasks(app: web.Application) -> AsyncIterator[None]:
    """Both loops run as long as the gateway."""
    running = [asyncio.create_task(_tend(app))]
    if app[SETTINGS].releases_from:
        running.append(asyncio.create_task(_follow(app)))
    yield
    for task in running:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _tend(app: web.Application) -> None:
    """Put due changes in force and write the file of each new release."""
    written = -1
    while True:
        try:
            store = app[KNOWLEDGE]
            if count := store.take_effect():
                log.warning("%d scheduled changes are in force", count)
            if (number := store.release()) != written and number:
                await asyncio.to_thread(_write, app)
                written = number
        except Exception:
            log.exception("the release could not be tended; trying again")
        await asyncio.sleep(LOOK_EVERY)


def _write(app: web.Application) -> None:
    store = Store(app[SETTINGS].kb_path)
    try:
        releases.write(store, app[SETTINGS].releases_path)
    finally:
        store.close()


async def _follow(app: web.Application) -> None:
    """Ask the publishing machine now and every minute; a bad answer leaves the last good release serving."""
    etag = ""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PULL_TIMEOUT)) as session:
        while True:
            try:
                etag = await pull(session, app[SETTINGS].releases_from, app[KNOWLEDGE], etag)
            except (aiohttp.ClientError, TimeoutError, releases.ReleaseFault) as fault:
                log.error(
                    "no release taken from %s: %s; the last good one goes on serving",
                    app[SETTINGS].releases_from,
                    fault,
                )
            except Exception:
                log.exception("no release taken; the last good one goes on serving")
            await asyncio.sleep(PULL_EVERY)
