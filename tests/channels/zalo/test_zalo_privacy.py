"""Nothing personal in logs or in the file."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

import pytest

from bot import keys
from bot.channels.zalo.inbox import MOST_ATTEMPTS
from bot.keys import Keys

SECRET_WORDS = ["001099012345", "Nguyễn Thị Thắm", "246845883529190001"]
TEXT = "tôi là Nguyễn Thị Thắm số cccd 001099012345 bị mất"


def everything_logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(f"{r.getMessage()} {r.exc_text or ''} {r.exc_info or ''}" for r in caplog.records)


@pytest.mark.parametrize(
    "mode", [{}, {"api_error": -210}, {"api_error": -230}, {"cut_off": True}, {"api_error": -32, "api_error_times": 2}]
)
async def test_nothing_personal_is_logged(world: Any, mode: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await world.control("mode", **mode)
    await world.say(TEXT)
    assert not [word for word in SECRET_WORDS if word in everything_logged(caplog)]


async def test_error_that_quotes_the_citizen_is_logged_without_its_message(
    world: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.talk.trouble = [ValueError(TEXT)] * MOST_ATTEMPTS
    await world.say(TEXT)
    assert "ValueError" in everything_logged(caplog)
    assert not [word for word in SECRET_WORDS if word in everything_logged(caplog)]


async def test_file_holds_nothing_readable_while_an_event_waits(world: Any, hoang: str) -> None:
    world.talk.pause = 1
    await world.control("say", user_id=hoang, text=TEXT)
    content = b"".join(path.read_bytes() for path in world.var.glob("zalo.sqlite*"))
    assert not [word for word in SECRET_WORDS if word.encode() in content]


async def test_handled_event_leaves_no_text_and_no_id(world: Any) -> None:
    await world.say(TEXT)
    with sqlite3.connect(world.var / "zalo.sqlite") as database:
        assert database.execute("SELECT count(*) FROM inbox").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM messages WHERE sealed IS NOT NULL").fetchone() == (0,)


async def test_answered_event_keeps_no_question_while_its_reply_waits(world: Any, hoang: str) -> None:
    await world.control("mode", api_error=-211)
    await world.control("say", user_id=hoang, text=TEXT)
    await world.until(lambda: world.channel.counters["message_wait"] > 0)
    store = world.channel._store
    row = store.next(store.user(hoang))
    assert row.answered and row.event.text == ""
    await world.control("mode", api_error=0)


async def test_changed_key_drops_what_cannot_be_read_and_goes_on(
    world: Any, hoang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.talk.pause = 30
    await world.control("say", user_id=hoang, text="câu cũ")
    await world.until(lambda: bool(world.talk.turns))
    world.talk.pause = 0
    await world.channel_server.close()
    monkeypatch.setattr(keys, "load", lambda settings: Keys(b"x" * 32))
    await world.start_channel()
    world.zalo.access, world.zalo.refresh = "stand-in-access-0", "stand-in-refresh-0"
    await world.say("câu mới")
    assert world.said() == ["Em nghe: câu mới"]
