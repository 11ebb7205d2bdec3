"""A whole world on real sockets: the stand-in of Zalo, the channel's application, and a fake assistant.

The assistant is all that is faked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import keys
from bot.channels.base import Message
from bot.channels.zalo import stand_in
from bot.channels.zalo.channel import PATH, ZaloChannel
from bot.channels.zalo.inbox import Pace
from bot.channels.zalo.stand_in_state import FIRST_ACCESS, FIRST_REFRESH, STATE, State
from bot.settings import Settings

APP_ID = "360846524940900001"
OA_ID = "388613280878800001"
OA_SECRET = "oa-secret-key-for-tests"
APP_SECRET = "app-secret-for-tests"
HOANG = "246845883529190001"
LINH = "246845883529190002"
FAST = Pace(
    turn_waits=(0.01, 0.01), send_first_wait=0.02, send_longest_wait=0.05, send_timeout=0.5, refresh_timeout=0.5,
    retry_once_after=0.01, stop_grace=0.05,
)  # fmt: skip

Turn = tuple[str, str, str, str | None]


class FakeTalk:
    """Answers from a table, else repeats; notes every turn."""

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.replies: dict[str, list[Message]] = {}
        self.trouble: list[Exception] = []  # raised by the next turns, in order
        self.pause = 0.0
        self.at_once = 0
        self.most_at_once: dict[str, int] = {}

    async def turn(self, sender: str, text: str, channel: str, title: str | None = None) -> list[Message]:
        self.turns.append((sender, text, channel, title))
        self.at_once += 1
        self.most_at_once[sender] = max(self.most_at_once.get(sender, 0), self.at_once)
        try:
            await asyncio.sleep(self.pause)
            if self.trouble:
                raise self.trouble.pop(0)
            return self.replies.get(text, [{"text": f"Em nghe: {text}"}])
        finally:
            self.at_once -= 1

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _, _ in self.turns]


class Clock:
    """Epoch seconds that a test can put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class World:
    """The stand-in and the channel, talking to each other."""

    def __init__(self, var: Path) -> None:
        self.var, self.talk, self.clock = var, FakeTalk(), Clock()
        self.forgotten: list[str] = []
        self.heard: list[tuple[str, str, float]] = []
        self.on_heard: Callable[[str, str, float], None] = lambda *about: self.heard.append(about)
        self.forget_trouble: list[Exception] = []  # raised by the next withdrawals, in order
        self.pace = FAST
        self.changes: dict[str, Any] = {}

    async def open(self) -> None:
        self.http = aiohttp.ClientSession()
        app = stand_in.make_app(webhook_url="", app_id=APP_ID, oa_id=OA_ID, oa_secret=OA_SECRET, app_secret=APP_SECRET)
        self.zalo: State = app[STATE]
        self.zalo_server = TestServer(app)
        await self.zalo_server.start_server()
        await self.start_channel()

    def settings(self) -> Settings:
        base = str(self.zalo_server.make_url("")).rstrip("/")
        values: dict[str, Any] = {
            "var": self.var, "public_url": "https://motcua.example", "zalo_app_id": APP_ID, "zalo_oa_id": OA_ID,
            "zalo_oa_secret": OA_SECRET, "zalo_app_secret": APP_SECRET, "zalo_access_token": FIRST_ACCESS,
            "zalo_refresh_token": FIRST_REFRESH, "zalo_api": base, "zalo_oauth": base,
        }  # fmt: skip
        return Settings(**(values | self.changes))

    async def start_channel(self) -> None:
        async def forget(sender: str) -> None:
            if self.forget_trouble:
                raise self.forget_trouble.pop(0)
            self.forgotten.append(sender)

        settings = self.settings()
        self.channel = ZaloChannel(
            settings,
            keys.load(settings),
            self.talk,
            forget=forget,
            heard=self.on_heard,
            pace=self.pace,
            clock=self.clock,
        )
        app = web.Application()
        self.channel.add_to(app)
        self.channel_server = TestServer(app)
        await self.channel_server.start_server()
        self.webhook = str(self.channel_server.make_url(PATH))
        self.zalo.webhook_url = self.webhook

    async def restart_channel(self) -> None:
        await self.channel_server.close()
        await self.start_channel()

    async def close(self) -> None:
        await self.channel_server.close()
        await self.zalo_server.close()
        await self.http.close()

    async def control(self, act: str, **given: Any) -> dict[str, Any]:
        async with self.http.post(self.zalo_server.make_url(f"/control/{act}"), json=given) as response:
            body: dict[str, Any] = await response.json()
            assert response.status == 200, body
            return body

    async def say(self, text: str, user: str = HOANG) -> None:
        """A citizen writes and everything that follows from it comes to rest."""
        assert (await self.control("say", user_id=user, text=text))["status"] == 200
        await self.rest()

    async def rest(self) -> None:
        """Wait until nothing moves: no event worked on, every echo delivered."""
        async with asyncio.timeout(20):
            for _ in range(3):
                await self.channel.idle()
                await asyncio.sleep(0.02)

    def said(self, user: str = HOANG) -> list[str]:
        """What the official account sent to a user."""
        return [m["text"] for m in self.zalo.messages if m["user_id"] == user]

    async def until(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait for a condition, fail after ``seconds``."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "the condition did not come true in time"
            await asyncio.sleep(0.01)

    async def post(self, raw: bytes, signature: str = "", **headers: str) -> int:
        """Post bytes to the webhook as anybody could."""
        given = {"Content-Type": "application/json", "X-ZEvent-Signature": signature, **headers}
        async with self.http.post(self.webhook, data=raw, headers=given) as response:
            return response.status


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Stand-in, channel and fake assistant, running."""
    it = World(tmp_path / "var")
    await it.open()
    yield it
    await it.close()


@pytest.fixture
def linh() -> str:
    """A second citizen."""
    return LINH


@pytest.fixture
def hoang() -> str:
    """The citizen who writes unless said otherwise."""
    return HOANG
