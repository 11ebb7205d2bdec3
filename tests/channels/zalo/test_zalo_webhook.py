"""The webhook's answers, over a real socket."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from bot.channels.zalo.signature import sign

APP_ID = "360846524940900001"
OA_ID = "388613280878800001"
SECRET = "oa-secret-key-for-tests"
V2 = (
    '{"app_id":"360846524940900001","sender":{"id":"246845883529190001"},"user_id_by_app":"552177279717580001",'
    '"recipient":{"id":"388613280878800001"},"event_name":"user_send_text",'
    '"message":{"text":"Thủ tục đăng ký khai sinh cần giấy tờ gì?","msg_id":"96d3cdf3af1504600002"},'
    '"timestamp":"1785672001000"}'
).encode()
V2_MAC = "mac=106d9e4b7ad9fcf9c5aacfa4ff887803ca76f123ebe5e89999a1f4a84ffa94fb"


def signed(body: dict[str, Any]) -> tuple[bytes, str]:
    raw = json.dumps(body).encode()
    return raw, "mac=" + sign(APP_ID, raw, str(body["timestamp"]), SECRET)


async def test_documented_event_is_taken_and_answered_by_message(world: Any) -> None:
    world.zalo.last_act["246845883529190001"] = time.time()
    assert await world.post(V2, V2_MAC) == 200
    await world.rest()
    assert world.said() == ["Em nghe: Thủ tục đăng ký khai sinh cần giấy tờ gì?"]


async def test_unsigned_probe_gets_200(world: Any) -> None:
    assert (await world.control("probe"))["status"] == 200


async def test_get_gets_200(world: Any) -> None:
    async with world.http.get(world.webhook) as response:
        assert response.status == 200


async def test_unsigned_event_is_refused(world: Any) -> None:
    assert await world.post(V2) == 403
    await world.rest()
    assert world.talk.turns == []


async def test_wrong_signature_is_refused_and_alarmed_once(world: Any, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        assert await world.post(V2, V2_MAC.replace("0", "1")) == 403
    assert sum("wrong signature" in record.message for record in caplog.records) == 1


async def test_other_application_is_refused(world: Any) -> None:
    raw, mac = signed({"app_id": "999", "event_name": "user_send_text", "timestamp": "1785672001000"})
    assert await world.post(raw, mac) == 403


async def test_header_timestamp_is_a_second_try(world: Any) -> None:
    mac = "mac=" + sign(APP_ID, V2, "1785672000123", SECRET)
    assert await world.post(V2, mac, **{"X-ZEvent-Timestamp": "1785672000123"}) == 200
    assert world.channel.counters["signed_by_header_timestamp"] == 1


@pytest.mark.parametrize("raw", [b"", b"xin chao", b"[1]", b'{"app_id":', b"\xff\xfe", b"[" * 50_000])
async def test_malformed_body_gets_400(world: Any, raw: bytes) -> None:
    assert await world.post(raw, V2_MAC) == 400


async def test_oversized_body_gets_413(world: Any) -> None:
    assert await world.post(b'{"a":"' + b"x" * 70_000 + b'"}', V2_MAC) == 413


async def test_oversized_body_of_unknown_length_gets_413(world: Any) -> None:
    async def pieces() -> Any:
        for _ in range(10):
            yield b"x" * 10_000

    async with world.http.post(world.webhook, data=pieces()) as response:
        assert response.status == 413


async def test_unknown_event_gets_200_and_a_counter(world: Any) -> None:
    raw, mac = signed({"app_id": APP_ID, "event_name": "user_dances", "timestamp": "1785672001000"})
    assert await world.post(raw, mac) == 200
    assert world.channel.counters["ignored_unknown"] == 1


async def test_signed_event_of_unexpected_form_gets_200(world: Any) -> None:
    raw, mac = signed({"app_id": APP_ID, "event_name": "user_send_text", "timestamp": "1785672001000", "message": "x"})
    assert await world.post(raw, mac) == 200
    assert world.channel.counters["ignored_malformed"] == 1


async def test_numeric_ids_and_timestamp_are_taken(world: Any) -> None:
    user = 246845883529190001
    world.zalo.last_act[str(user)] = time.time()
    raw, mac = signed({
        "app_id": int(APP_ID), "event_name": "user_send_text", "timestamp": 1785672001000, "sender": {"id": user},
        "recipient": {"id": int(OA_ID)}, "message": {"msg_id": "a", "text": "chào"},
    })  # fmt: skip
    assert await world.post(raw, mac) == 200
    await world.rest()
    assert world.said() == ["Em nghe: chào"]


async def test_webhook_answers_while_the_assistant_is_still_thinking(world: Any, hoang: str) -> None:
    world.talk.pause = 0.5
    started = time.monotonic()
    assert (await world.control("say", user_id=hoang, text="mat so ho khau"))["status"] == 200
    assert time.monotonic() - started < 0.4


async def test_event_stays_refused_when_no_secret_is_set(world: Any) -> None:
    world.changes["zalo_oa_secret"] = ""
    await world.restart_channel()
    assert await world.post(V2, "mac=" + sign(APP_ID, V2, "1785672001000", "")) == 403
