"""What a stopped or killed process leaves is gone on with, once."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import unused_port

from bot.channels.zalo.stand_in_state import FIRST_ACCESS, FIRST_REFRESH

SCRIPT = Path(__file__).with_name("zalo_process.py")
ROOT = Path(__file__).resolve().parents[3]


class Killable:
    """The channel as a process of its own, against the world's stand-in."""

    def __init__(self, world: Any, folder: Path) -> None:
        self.world, self.folder, self.port = world, folder, unused_port()
        self.note = folder / "turns.txt"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, turn_seconds: float) -> None:
        zalo = str(self.world.zalo_server.make_url("")).rstrip("/")
        arguments = [str(self.port), str(self.folder / "var"), zalo, str(turn_seconds), str(self.note)]
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), *arguments, env={"PYTHONPATH": str(ROOT)}
        )
        self.world.zalo.webhook_url = f"http://127.0.0.1:{self.port}/webhooks/zalo"
        for _ in range(500):
            if (await self.world.control("probe"))["status"] == 200:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("the process did not start")

    async def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process and self.process.returncode is None:
            self.process.send_signal(how)
            await self.process.wait()

    def turns(self) -> list[str]:
        return self.note.read_text().split("\n")[:-1] if self.note.exists() else []


@pytest.fixture
async def killable(world: Any, tmp_path: Path) -> AsyncIterator[Killable]:
    await world.channel_server.close()
    world.zalo.access, world.zalo.refresh = (
        FIRST_ACCESS,
        FIRST_REFRESH,
    )  # single use: the world's channel has used them up
    it = Killable(world, tmp_path / "process")
    it.folder.mkdir()
    yield it
    await it.end()


async def test_process_killed_during_a_turn_answers_after_its_restart(
    world: Any, killable: Killable, hoang: str
) -> None:
    await killable.start(turn_seconds=60)
    await world.control("say", user_id=hoang, text="mất căn cước làm lại ở đâu")
    await world.until(lambda: bool(killable.turns()))
    await killable.end()
    await killable.start(turn_seconds=0)
    await world.until(lambda: bool(world.said()))
    assert world.said() == ["Em nghe: mất căn cước làm lại ở đâu"]


async def test_process_killed_while_sending_does_not_say_it_twice(world: Any, killable: Killable, hoang: str) -> None:
    await killable.start(turn_seconds=0)
    await world.control("mode", slow=30)
    await world.control("say", user_id=hoang, text="câu một")
    await world.until(lambda: bool(world.said()))
    await killable.end()
    await world.control("mode", slow=0)
    await killable.start(turn_seconds=0)
    await world.control("say", user_id=hoang, text="câu hai")
    await world.until(lambda: len(world.said()) > 1)
    assert world.said() == ["Em nghe: câu một", "Em nghe: câu hai"]
    assert killable.turns() == ["câu một", "câu hai"]


async def test_terminated_process_lets_a_short_turn_end(world: Any, killable: Killable, hoang: str) -> None:
    await killable.start(turn_seconds=0.3)
    await world.control("say", user_id=hoang, text="alo")
    await killable.end(signal.SIGTERM)
    assert world.said() == ["Em nghe: alo"]


async def test_several_waiting_messages_keep_their_order_over_a_restart(world: Any, hoang: str) -> None:
    world.talk.pause = 30
    for number in range(3):
        await world.control("say", user_id=hoang, text=f"câu {number}")
    await world.until(lambda: bool(world.talk.turns))
    world.talk.pause = 0
    await world.restart_channel()
    await world.rest()
    assert world.said() == ["Em nghe: câu 0", "Em nghe: câu 1", "Em nghe: câu 2"]


async def test_choices_are_remembered_over_a_restart(world: Any) -> None:
    world.talk.replies["khai sinh"] = [{"text": "Chọn ạ", "buttons": [{"title": "Lệ phí", "payload": "/fee"}]}]
    await world.say("khai sinh")
    await world.restart_channel()
    await world.say("1")
    assert world.talk.turns[-1][1:] == ("/fee", "zalo", "Lệ phí")


async def test_officer_is_remembered_over_a_restart(world: Any, hoang: str) -> None:
    await world.control("staff", user_id=hoang, text="Em Hà đây ạ")
    await world.restart_channel()
    await world.say("alo")
    assert world.said() == []
