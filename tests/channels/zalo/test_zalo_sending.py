"""Sending: Zalo's errors, each by its class. Every answer of the stand-in is HTTP 200."""

from __future__ import annotations

from typing import Any

import pytest


async def test_busy_zalo_gets_the_message_later_once(world: Any) -> None:
    await world.control("mode", api_error=-32, api_error_times=3)
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_failed_send_is_tried_a_second_time(world: Any) -> None:
    await world.control("mode", api_error=-200, api_error_times=1)
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_failed_send_is_not_tried_a_third_time(world: Any) -> None:
    await world.control("mode", api_error=-200, api_error_times=2)
    await world.say("chào")
    assert world.said() == []


async def test_citizen_who_cannot_be_written_to_is_left_alone(world: Any) -> None:
    world.talk.replies["chào"] = [{"text": "một"}, {"text": "hai"}]
    await world.control("mode", api_error=-230, api_error_times=1)
    await world.say("chào")
    assert world.said() == []


async def test_refused_message_does_not_stop_the_next_one(world: Any) -> None:
    world.talk.replies["chào"] = [{"text": "một"}, {"text": "hai"}]
    await world.control("mode", api_error=-210, api_error_times=1)
    await world.say("chào")
    assert world.said() == ["hai"]


async def test_fault_for_a_person_is_alarmed_and_the_message_waits(
    world: Any, hoang: str, caplog: pytest.LogCaptureFixture
) -> None:
    await world.control("mode", api_error=-212)
    await world.control("say", user_id=hoang, text="chào")
    await world.until(lambda: any("ALARM" in r.message and "-212" in r.message for r in caplog.records))
    await world.control("mode", api_error=0)
    await world.rest()
    assert world.said() == ["Em nghe: chào"]


async def test_message_is_not_said_twice_after_a_timeout(world: Any) -> None:
    await world.control("mode", slow=0.8)
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_message_is_not_said_twice_after_a_dropped_connection(world: Any) -> None:
    await world.control("mode", cut_off=True)
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_echo_of_a_message_whose_answer_was_lost_is_ours(world: Any) -> None:
    await world.control("mode", cut_off=True)
    await world.say("chào")
    await world.until(lambda: any(d["event"] == "oa_send_text" for d in world.zalo.deliveries))
    await world.rest()
    assert world.channel.counters["person_talks"] == 0


async def test_unreachable_zalo_gets_the_message_when_it_is_back(world: Any, hoang: str) -> None:
    world.changes = {"zalo_api": "http://127.0.0.1:9"}
    await world.restart_channel()
    await world.control("say", user_id=hoang, text="chào")
    await world.until(lambda: world.channel.counters["message_wait"] > 0)
    world.changes = {}
    await world.restart_channel()
    await world.until(lambda: bool(world.said()))
    assert world.said() == ["Em nghe: chào"]
    assert world.talk.texts == ["chào"]


async def test_reply_that_waited_a_day_is_dropped(world: Any, hoang: str) -> None:
    await world.control("mode", api_error=-211)
    await world.control("say", user_id=hoang, text="chào")
    await world.until(lambda: world.channel.counters["message_wait"] > 0)
    world.clock.ahead = 86_402
    await world.rest()
    await world.control("mode", api_error=0)
    await world.rest()
    assert world.said() == []


async def test_answer_without_quota_is_a_success(world: Any) -> None:
    await world.control("mode", no_quota=True)
    await world.say("chào")
    assert world.channel.counters["message_sent"] == 1
