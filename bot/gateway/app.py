"""The gateway application: what it is made of, in the order it is opened and closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp_jinja2
import aiohttp_session
import jinja2
from aiohttp import web
from aiohttp_session.cookie_storage import EncryptedCookieStorage

from bot import keys, settings
from bot.gateway import deliveries, middlewares, public_api, public_pages, releases_follower, routes
from bot.gateway.answered_turns import AnsweredTurns
from bot.gateway.cookie_keys import CookieKeys
from bot.gateway.parts import DRAFTS, KEYS, KNOWLEDGE, LINK_LIMIT, PUBLIC_LIMIT, SETTINGS, TURN_LIMIT, TURNS, WORKERS
from bot.gateway.workers import Workers
from bot.limits import Limit
from bot.staff import routes as staff_routes
from bot.staff.users import Users
from bot.submissions import reminders
from bot.submissions.news import Addresses
from bot.submissions.store import Drafts
from procedures_kb import form_library
from procedures_kb.store import Store
from procedures_kb.units import resolve

log = logging.getLogger(__name__)
WEB = Path(__file__).resolve().parent.parent / "web"
SESSION_DAYS = 30
EXPIRE_EVERY = 3600  # seconds between removals of expired drafts


def make_app(configuration: settings.Settings) -> web.Application:
    """The whole gateway; opens stores at once, connections when the server starts."""
    deliveries.check(configuration)
    house_keys = keys.load(configuration)
    app = web.Application(
        client_max_size=routes.LARGEST_REQUEST, middlewares=[middlewares.errors, middlewares.security_headers]
    )
    storage = EncryptedCookieStorage(
        CookieKeys(house_keys.derive_all("session-cookie")), cookie_name="motcua", httponly=True, samesite="Lax",
        max_age=SESSION_DAYS * 86_400, secure=configuration.base_url.startswith("https://"),
    )  # fmt: skip
    aiohttp_session.setup(app, storage)
    aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader([WEB / "templates", WEB.parent / "staff" / "templates"]), autoescape=True,
        context_processors=[aiohttp_jinja2.request_processor], filters=public_pages.FILTERS,
    )  # fmt: skip
    app[SETTINGS], app[KEYS] = configuration, house_keys
    app[KNOWLEDGE] = Store(configuration.kb_path)
    app[DRAFTS] = Drafts(configuration.submissions_path, house_keys, configuration.delivery)
    app[TURN_LIMIT] = Limit(routes.TURNS_ALLOWED, routes.TURNS_SECONDS)
    app[LINK_LIMIT] = Limit(20, 60.0)
    app[PUBLIC_LIMIT] = Limit(public_api.ASKED, public_api.ASKED_SECONDS)
    app[TURNS] = AnsweredTurns()
    app[WORKERS] = Workers(
        [f"http://127.0.0.1:{configuration.worker_port + n}" for n in range(configuration.workers)],
        keys.internal_token(configuration),
    )
    app.cleanup_ctx.extend([_workers, _expiry, releases_follower.tasks, deliveries.tasks])
    routes.add(app, WEB)
    public_api.add(app)
    public_pages.add(app)
    staff_routes.add(app, users=Users(configuration.staff_path), knowledge=app[KNOWLEDGE], drafts=app[DRAFTS])
    if configuration.zalo_app_id:
        _add_zalo(app)
    form_library.follow(configuration.kb_path)
    form_library.forms(), resolve("Hà Nội")  # read now, so that the first citizen does not wait
    return app


def _add_zalo(app: web.Application) -> None:
    from bot.channels.zalo.channel import ZaloChannel

    async def forget(sender: str) -> None:
        """A person withdrew: conversation and drafts go."""
        app[DRAFTS].erase_all(sender)
        await app[WORKERS].forget(sender)

    addresses = Addresses(app[DRAFTS])

    def heard(sender: str, user_id: str, at: float) -> None:
        addresses.heard(sender, "zalo", user_id, at)

    channel = ZaloChannel(app[SETTINGS], app[KEYS], app[WORKERS], forget=forget, heard=heard)
    channel.add_to(app)
    app.cleanup_ctx.append(deliveries.telling({"zalo": channel.announcer}))


async def _workers(app: web.Application) -> AsyncIterator[None]:
    await app[WORKERS].open()
    yield
    await app[WORKERS].close()


async def _expiry(app: web.Application) -> AsyncIterator[None]:
    """Remove the content of expired drafts, now and every hour."""

    async def keep_removing() -> None:
        while True:
            try:
                count = app[DRAFTS].expire()
                reminders.make_due(app[DRAFTS])
                Addresses(app[DRAFTS]).tidy()
                if count:
                    log.info("erased %d expired drafts", count)
            except Exception:
                log.exception("expired drafts could not be erased; trying again in an hour")
            await asyncio.sleep(EXPIRE_EVERY)

    task = asyncio.create_task(keep_removing())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> None:
    """Serve until SIGTERM."""
    configuration = settings.load()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    web.run_app(
        make_app(configuration), host=configuration.host, port=configuration.port, print=None, access_log=None,
        shutdown_timeout=5, handler_cancellation=False,
    )  # fmt: skip
