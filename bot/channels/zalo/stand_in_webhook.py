"""The stand-in's webhook sender: events signed over their raw bytes, a deadline, and Zalo's retry ladder."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from bot.channels.zalo import signature
from bot.channels.zalo.stand_in_state import State

RETRY_LADDER = (30.0, 300.0, 900.0, 1_800.0, 3_600.0)  # seconds


class Sender:
    """Makes events as Zalo does and delivers them to the configured address."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.last: bytes = b""

    async def open(self) -> None:
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    # Events, with the key order of the samples in research/zalo.md 2.3 and 6

    def _timestamp(self) -> str:
        return str(int(self._state.now() * 1000))

    def user_message(self, user: str, event_name: str, message: dict[str, Any]) -> dict[str, Any]:
        """A citizen's message to the account; counts as an act that opens the sending window."""
        self._state.last_act[user] = self._state.now()
        return {
            "app_id": self._state.app_id, "sender": {"id": user}, "user_id_by_app": f"9{user}",
            "recipient": {"id": self._state.oa_id}, "event_name": event_name,
            "message": {**message, "msg_id": secrets.token_hex(10)}, "timestamp": self._timestamp(),
        }  # fmt: skip

    def account_message(self, user: str, message_id: str, text: str, admin_id: str = "") -> dict[str, Any]:
        """The echo of what the account sent; with ``admin_id`` an officer wrote it in the chat tool."""
        sender = {"id": self._state.oa_id} | ({"admin_id": admin_id} if admin_id else {})
        return {
            "app_id": self._state.app_id, "sender": sender, "user_id_by_app": f"9{user}", "recipient": {"id": user},
            "event_name": "oa_send_text", "message": {"text": text, "msg_id": message_id},
            "timestamp": self._timestamp(),
        }  # fmt: skip

    def follow(self, user: str, event_name: str = "follow") -> dict[str, Any]:
        if event_name == "follow":
            self._state.followers.add(user)
            self._state.last_act[user] = self._state.now()
        else:
            self._state.followers.discard(user)
        return {
            "oa_id": self._state.oa_id, "follower": {"id": user}, "user_id_by_app": f"9{user}",
            "event_name": event_name, "source": "oa_profile", "app_id": self._state.app_id, "timestamp": self._timestamp(),
        }  # fmt: skip

    def about_user(self, user: str, event_name: str) -> dict[str, Any]:
        """``user_click_chatnow`` or ``user_withdraw``."""
        if event_name == "user_click_chatnow":
            self._state.last_act[user] = self._state.now()
        return {
            "event_name": event_name, "oa_id": self._state.oa_id, "user_id": user, "user_id_by_app": f"9{user}",
            "app_id": self._state.app_id, "timestamp": self._timestamp(),
        }  # fmt: skip

    # Delivery

    async def deliver(self, event: dict[str, Any]) -> int:
        """Send an event; the HTTP status of the first attempt, 0 for none. Retries go on in the background."""
        return await self.deliver_raw(msgspec.json.encode(event))

    async def deliver_raw(self, raw: bytes) -> int:
        """Send bytes as they are, signed."""
        mode = self._state.mode
        if not mode.subscribed:
            return 0
        self.last = raw
        status = await self._post(raw, 0)
        if status != 200:
            self._later(self._climb(raw))
        for _ in range(mode.duplicates):
            await self._post(raw, 0)
        return status

    async def probe(self) -> int:
        """The unsigned check Zalo makes when the address is saved."""
        return await self._post(b"{}", 0, signed=False)

    def echo(self, user: str, message_id: str, text: str) -> None:
        """Tell the webhook in the background what the account just sent."""
        self._later(self.deliver(self.account_message(user, message_id, text)))

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _climb(self, raw: bytes) -> None:
        for number, pause in enumerate(RETRY_LADDER, start=1):
            await asyncio.sleep(pause / self._state.mode.clock_speed)
            if await self._post(raw, number) == 200:
                return
        self._state.mode.subscribed = False

    async def _post(self, raw: bytes, retry: int, signed: bool = True) -> int:
        assert self._session is not None, "open() was not called"
        headers = {"Content-Type": "application/json"}
        if signed:
            headers[signature.HEADER] = self._signature(raw)
        if retry:
            headers["num_retry"] = str(retry)
        started, status = time.monotonic(), 0
        try:
            async with self._session.post(
                self._state.webhook_url, data=raw, headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._state.mode.deadline),
            ) as response:  # fmt: skip
                status = response.status
        except (aiohttp.ClientError, TimeoutError):
            pass  # recorded below as status 0
        self._state.deliveries.append(
            {"event": _name(raw), "status": status, "retry": retry, "seconds": round(time.monotonic() - started, 4)}
        )
        return status

    def _signature(self, raw: bytes) -> str:
        state = self._state
        secret = "not-the-secret" if state.mode.wrong_signature else state.oa_secret
        mac = signature.sign(state.app_id, raw, str(_decoded(raw).get("timestamp", "")), secret)
        return mac if state.mode.bare_signature else f"mac={mac}"


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _name(raw: bytes) -> str:
    return str(_decoded(raw).get("event_name", ""))


SENDER: web.AppKey[Sender] = web.AppKey("zalo_sender", Sender)
