"""The gateway's way to the Rasa workers: same sender, same worker; a dying worker is waited for, not given up."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from typing import Any

import aiohttp
import msgspec

from bot.channels.base import Message, Unavailable

log = logging.getLogger(__name__)
ANSWER_WITHIN = 20.0  # seconds for one turn, waiting for a restarted worker included
ONE_TRY = 15.0  # seconds for one call
PAUSE = 0.25  # seconds between tries while a worker is down


class Workers:
    """Implements bot.channels.base.Talk over the workers' loopback ports.

    Args:
        addresses: one base address per worker.
        token: the internal token.
    """

    def __init__(self, addresses: list[str], token: str) -> None:
        self._addresses = addresses
        self._headers = {"X-Motcua-Token": token, "Content-Type": "application/json"}
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ONE_TRY),
            connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=60),
        )

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _address(self, sender: str) -> str:
        digest = hashlib.blake2b(sender.encode(), digest_size=8).digest()
        return self._addresses[int.from_bytes(digest, "big") % len(self._addresses)]

    async def _call(self, sender: str, path: str, body: dict[str, Any]) -> Any:
        """Call the sender's worker; while it cannot be reached, try again until the time is up.

        A call that timed out is not repeated: the worker is alive and may still be at it.
        """
        assert self._session is not None
        deadline = asyncio.get_running_loop().time() + ANSWER_WITHIN
        data = msgspec.json.encode({"sender": sender, **body})
        while True:
            try:
                async with self._session.post(
                    self._address(sender) + path, data=data, headers=self._headers
                ) as response:
                    if response.status != 200:
                        raise Unavailable(f"worker answered {response.status}")
                    return msgspec.json.decode(await response.read())
            except aiohttp.ClientConnectorError as error:  # not running: the message was not delivered
                if asyncio.get_running_loop().time() > deadline:
                    raise Unavailable("no worker") from error
                await asyncio.sleep(PAUSE)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
                # The worker died with the message in hand: said again under the same turn name, it is not done twice.
                if asyncio.get_running_loop().time() > deadline:
                    raise Unavailable("worker died") from error
                await asyncio.sleep(PAUSE)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise Unavailable(type(error).__name__) from error

    async def turn(self, sender: str, text: str, channel: str, title: str | None = None) -> list[Message]:
        """See bot.channels.base.Talk."""
        messages: list[dict[str, Any]] = await self._call(
            sender, "/turn", {"text": text, "channel": channel, "title": title, "turn": uuid.uuid4().hex}
        )
        if not messages:  # the action server was down: Rasa then answers nothing
            raise Unavailable("no answer")
        return [{k: v for k, v in message.items() if k != "recipient_id"} for message in messages]  # type: ignore[misc]

    async def history(self, sender: str) -> list[dict[str, Any]]:
        """What was said so far, oldest first."""
        said: list[dict[str, Any]] = await self._call(sender, "/history", {})
        return said

    async def forget(self, sender: str) -> None:
        """Delete the conversation."""
        await self._call(sender, "/forget", {})

    async def healthy(self) -> list[bool]:
        """One value per worker."""
        assert self._session is not None
        result = []
        for address in self._addresses:
            try:
                async with self._session.get(address + "/health", timeout=aiohttp.ClientTimeout(total=2)) as response:
                    result.append(response.status == 200)
            except (aiohttp.ClientError, TimeoutError):
                result.append(False)
        return result
