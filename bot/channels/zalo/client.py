"""Sending consultation and template messages. Success is ``error == 0`` in the answer; the HTTP status tells nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

import aiohttp
import msgspec

from bot.channels.zalo.alarms import Alarms
from bot.channels.zalo.tokens import NoToken, TokenKeeper

log = logging.getLogger(__name__)

SEND_PATH = "/v3.0/oa/message/cs"
TEMPLATE_PATH = "/v3.0/oa/message/template"
SEND_TIMEOUT = 15.0  # seconds
ONE_RETRY_AFTER = 1.0  # seconds, for "Send message failed"

# Zalo's error codes by what can be done about them (research/zalo.md 3.8). Codes not listed are our fault: logged.
REFRESH = frozenset({-216, -220, -124})
WAIT = frozenset({-32, -211, -218, -234})
ONE_RETRY = frozenset({-200})
USER = frozenset({-213, -217, -227, -230, -232, -244})
HUMAN = frozenset({-204, -205, -209, -212, -219, -221, -223, -224, -235, -248, -320, -321})


class Outcome(Enum):
    """What became of a message."""

    SENT = "sent"
    WAIT = "wait"  # surely not sent; later it may work
    STOP = "stop"  # this user cannot be written to now
    REFUSED = "refused"  # never like this
    UNKNOWN = "unknown"  # the request left and the answer is lost: sending again could say it twice


class Sending(NamedTuple):
    outcome: Outcome
    message_id: str = ""


class _Answer(NamedTuple):
    code: int
    message_id: str


class ZaloClient:
    """Sends texts for one official account.

    Args:
        api: base address of Zalo's API.
        tokens: where the access token comes from.
        alarms: told about what a person must mend.
        timeout: seconds for one request.
    """

    def __init__(
        self,
        api: str,
        tokens: TokenKeeper,
        alarms: Alarms,
        timeout: float = SEND_TIMEOUT,
        retry_after: float = ONE_RETRY_AFTER,
    ) -> None:
        self._api, self._tokens, self._alarms = api.rstrip("/"), tokens, alarms
        self._timeout, self._retry_after = aiohttp.ClientTimeout(total=timeout), retry_after
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        # No kept-alive connections: on one that the other side just closed, nobody can tell whether a message arrived.
        self._session = self._tokens.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def send_text(self, user_id: str, text: str, leaving: Callable[[], None] = lambda: None) -> Sending:
        """Send one text of at most 2,000 characters.

        Args:
            leaving: called right before each request leaves, so that a killed process knows what may have arrived.
        """
        return await self._send(SEND_PATH, {"recipient": {"user_id": user_id}, "message": {"text": text}}, leaving)

    async def send_template(
        self, user_id: str, template: str, values: dict[str, str], leaving: Callable[[], None] = lambda: None
    ) -> Sending:
        """Send a message by an approved template, which has its price; the only kind that may leave at any time."""
        return await self._send(
            TEMPLATE_PATH, {"user_id": user_id, "template_id": template, "template_data": values}, leaving
        )

    async def _send(self, path: str, body: dict[str, Any], leaving: Callable[[], None]) -> Sending:
        renewed = retried = False
        while True:
            try:
                tokens = await self._tokens.current()
            except NoToken:
                return Sending(Outcome.WAIT)
            leaving()
            answer = await self._post(path, tokens.access, body)
            if isinstance(answer, Outcome):
                return Sending(answer)
            if answer.code == 0:
                return Sending(Outcome.SENT, answer.message_id)
            if answer.code in REFRESH and not renewed:
                renewed = True
                try:
                    await self._tokens.renew(tokens.version)
                except NoToken:
                    return Sending(Outcome.WAIT)
            elif answer.code in ONE_RETRY and not retried:
                retried = True
                await asyncio.sleep(self._retry_after)
            else:
                return Sending(self._judge(answer.code))

    def _judge(self, code: int) -> Outcome:
        if code in USER:
            log.info("a Zalo user cannot be written to now, code %d", code)
            return Outcome.STOP
        if code in WAIT:
            log.warning("Zalo asks to wait, code %d", code)
            return Outcome.WAIT
        if code in HUMAN or code in REFRESH:
            self._alarms.ring(
                f"code {code}",
                "ALARM: Zalo refuses our messages with code %d: see its error table and the console of the app",
                code,
            )
            return Outcome.REFUSED if code == -248 else Outcome.WAIT
        log.error("Zalo refused a message with code %d; it is not sent", code)
        return Outcome.REFUSED

    async def _post(self, path: str, token: str, body: dict[str, Any]) -> _Answer | Outcome:
        assert self._session is not None, "open() was not called"
        try:
            async with self._session.post(
                self._api + path, data=msgspec.json.encode(body), timeout=self._timeout, allow_redirects=False,
                headers={"access_token": token, "Content-Type": "application/json"},
            ) as response:  # fmt: skip
                raw = await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            log.warning("Zalo cannot be reached")
            return Outcome.WAIT
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("Zalo's answer to a message is lost (%s); it is not sent again", type(error).__name__)
            return Outcome.UNKNOWN
        try:
            answer = msgspec.json.decode(raw)
            data = answer.get("data")
            return _Answer(int(answer["error"]), str((data or {}).get("message_id") or ""))
        except (msgspec.DecodeError, ValueError, RecursionError, AttributeError, KeyError, TypeError):
            log.warning("Zalo's answer to a message cannot be read; it is not sent again")
            return Outcome.UNKNOWN
