"""Access tokens of the official account: one refresher, stored before use, renewed at half life.

The sequence is that of research/zalo.md 1.4.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import msgspec

from bot.channels.zalo.alarms import Alarms
from bot.channels.zalo.store import Tokens, ZaloStore
from bot.settings import Settings

log = logging.getLogger(__name__)

FRESH = 5 * 3600.0  # seconds; with more than this left a token is used as it is
USUAL_LIFE = 90_000.0  # seconds (25 h), when the answer does not say
REFRESH_TIMEOUT = 30.0  # seconds
RETRY_AFTER = 300.0  # seconds between scheduled attempts after a failure
LONGEST_SLEEP = 3600.0  # seconds; the schedule is looked at this often, in case the clock was changed
RATE_LIMITED = -32
GRANT_LOST = (
    "ALARM: Zalo refuses our refresh token (code %s), no message can be sent once the access token ends. "
    "An administrator of the official account must grant the application again; "
    "then set MOTCUA_ZALO_ACCESS_TOKEN and MOTCUA_ZALO_REFRESH_TOKEN and restart."
)


class NoToken(RuntimeError):
    """There is no usable access token now."""


class _Refused(Exception):
    """Zalo said no; asking again with the same refresh token cannot help."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Passing(Exception):
    """Surely not done, and worth asking again later."""


class _Unclear(Exception):
    """The request left, the answer is lost or unreadable: the tokens may have been rotated or not."""


class TokenKeeper:
    """Hands out the access token and renews it.

    Args:
        settings: first tokens, application id and secret, address of the token service.
        store: keeps every pair before it is used.
        alarms: tells when the grant is lost.
        clock: epoch seconds.
    """

    def __init__(
        self, settings: Settings, store: ZaloStore, alarms: Alarms, clock: Callable[[], float] = time.time,
        timeout: float = REFRESH_TIMEOUT,
    ) -> None:  # fmt: skip
        self._settings, self._store, self._alarms, self._clock = settings, store, alarms, clock
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._lock = asyncio.Lock()
        self._refused: set[str] = set()  # refresh tokens that Zalo refused; not asked again by this process
        self.session: aiohttp.ClientSession | None = None

    def _current(self) -> Tokens | None:
        stored = self._store.tokens(self._settings.zalo_oa_id)
        if stored or not (self._settings.zalo_access_token or self._settings.zalo_refresh_token):
            return stored
        # How old the settings' pair is nobody knows: it is usable for now, and renewed at the first chance.
        now = self._clock()
        return Tokens(self._settings.zalo_access_token, self._settings.zalo_refresh_token, now, now + FRESH, version=0)

    async def current(self) -> Tokens:
        """A pair whose access token can be used now.

        Raises:
            NoToken: none is left, and none could be had.
        """
        tokens = self._current()
        if tokens is None:
            raise NoToken("no Zalo token in the settings or the store")
        if tokens.expires_at - self._clock() > FRESH:
            return tokens
        try:
            return await self.renew(tokens.version)
        except NoToken:
            if tokens.access and tokens.expires_at > self._clock():
                return tokens
            raise

    async def renew(self, seen_version: int) -> Tokens:
        """Refresh, unless somebody did since ``seen_version`` was read.

        Raises:
            NoToken: refused (an alarm was logged), or the token service cannot be reached now.
        """
        async with self._lock:
            tokens = self._current()
            if tokens is not None and tokens.version != seen_version:
                return tokens
            version = tokens.version if tokens else 0
            candidates = dict.fromkeys([tokens.refresh if tokens else "", self._settings.zalo_refresh_token])
            usable = [refresh for refresh in candidates if refresh and refresh not in self._refused]
            code = "unknown"
            for refresh in usable:
                # The settings' token comes second: after a new grant it is the good one, the stored one is dead.
                try:
                    return self._keep(await self._ask_twice(refresh), version + 1)
                except _Refused as error:
                    self._refused.add(refresh)
                    code = error.code
                except (_Passing, _Unclear) as error:
                    log.warning("Zalo's token service cannot be used now: %s", error)
                    raise NoToken("the token service cannot be used now") from error
            self._alarms.ring("grant", GRANT_LOST, code)
            raise NoToken("the grant is lost")

    def _keep(self, body: dict[str, Any], version: int) -> Tokens:
        now = self._clock()
        tokens = Tokens(body["access_token"], body["refresh_token"], now, now + _life(body.get("expires_in")), version)
        self._store.save_tokens(self._settings.zalo_oa_id, tokens)
        self._alarms.settle("grant")
        log.info("Zalo tokens renewed, version %d, valid for %d s", version, tokens.expires_at - now)
        return tokens

    async def _ask_twice(self, refresh: str) -> dict[str, Any]:
        # After a lost answer the pair may be rotated already; the same token tells which: accepted or refused.
        try:
            return await self._ask(refresh)
        except _Unclear:
            return await self._ask(refresh)

    async def _ask(self, refresh: str) -> dict[str, Any]:
        assert self.session is not None, "open() was not called"
        form = {"refresh_token": refresh, "app_id": self._settings.zalo_app_id, "grant_type": "refresh_token"}
        try:
            async with self.session.post(
                f"{self._settings.zalo_oauth}/v4/oa/access_token", data=form,
                headers={"secret_key": self._settings.zalo_app_secret}, timeout=self._timeout,
                allow_redirects=False,  # the secret must not travel on to another host
            ) as response:  # fmt: skip
                status, raw = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise _Passing("no connection") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _Unclear(type(error).__name__) from error
        try:
            body = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            if status >= 500:
                raise _Passing(f"HTTP {status}") from error
            raise _Unclear("the answer is not JSON") from error
        if isinstance(body, dict) and all(_filled(body.get(name)) for name in ("access_token", "refresh_token")):
            return body  # success whatever the HTTP status says
        code = body.get("error", "none given") if isinstance(body, dict) else "none given"
        if code == RATE_LIMITED or status >= 500:
            raise _Passing(f"HTTP {status}, code {code}")
        raise _Refused(str(code)[:20])

    async def keep_fresh(self) -> None:
        """Renew at half life, for ever; run as a task."""
        while True:
            try:
                pause = await self._renew_when_due()
            except (NoToken, sqlite3.Error):
                pause = RETRY_AFTER
            await asyncio.sleep(pause)

    async def _renew_when_due(self) -> float:
        """Renew past half life; returns the seconds until the next look."""
        tokens = self._current()
        if tokens is None:
            return LONGEST_SLEEP
        # Version 0 are the settings' tokens, of unknown age: due at once, so that a fault shows at the first start.
        if tokens.version == 0 or self._clock() >= _half_life(tokens):
            tokens = await self.renew(tokens.version)
        return min(max(_half_life(tokens) - self._clock(), 1.0), LONGEST_SLEEP)


def _half_life(tokens: Tokens) -> float:
    return (tokens.issued_at + tokens.expires_at) / 2


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _life(value: object) -> float:
    """Seconds of validity; Zalo gives a string, others saw a number."""
    try:
        seconds = float(value) if isinstance(value, (str, int, float)) else USUAL_LIFE
    except ValueError:
        return USUAL_LIFE
    return seconds if 0 < seconds < 10 * USUAL_LIFE else USUAL_LIFE
