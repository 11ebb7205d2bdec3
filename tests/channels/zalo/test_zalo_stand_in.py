"""The stand-in behaves as research/zalo.md says Zalo does."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from bot.channels.zalo.stand_in_state import FIRST_ACCESS

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
APP_ID = "360846524940900001"


async def token_call(world: Any, secret: str = "app-secret-for-tests", **form: str) -> dict[str, Any]:
    url = world.zalo_server.make_url("/v4/oa/access_token")
    async with world.http.post(url, data={"app_id": APP_ID} | form, headers={"secret_key": secret}) as response:
        assert response.status == 200
        body: dict[str, Any] = await response.json()
        return body


async def token(world: Any) -> str:
    """The access token, after the renewal that the channel makes at its first start."""
    await world.until(lambda: world.zalo.access != FIRST_ACCESS)
    return str(world.zalo.access)


async def send(world: Any, message: dict[str, Any], user: str = "246845883529190001") -> int:
    world.zalo.last_act.setdefault(user, world.zalo.now())
    headers = {"access_token": await token(world)}
    body = {"recipient": {"user_id": user}, "message": message}
    async with world.http.post(
        world.zalo_server.make_url("/v3.0/oa/message/cs"), json=body, headers=headers
    ) as response:
        assert response.status == 200
        return int((await response.json())["error"])


async def get(world: Any, path: str, **query: str) -> dict[str, Any]:
    headers = {"access_token": await token(world)}
    async with world.http.get(world.zalo_server.make_url(path), params=query, headers=headers) as response:
        body: dict[str, Any] = await response.json()
        return body


def buttons(*made: dict[str, Any]) -> dict[str, Any]:
    return {"text": "Chọn", "attachment": {"type": "template", "payload": {"buttons": list(made)}}}


def query_button(payload: str = "#dvc1:a1b2") -> dict[str, Any]:
    return {"title": "Xem giấy tờ", "type": "oa.query.hide", "payload": payload}


def test_pkce_pair_of_the_contract_fits() -> None:
    assert base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode() == CHALLENGE


async def test_code_is_exchanged_once(world: Any) -> None:
    url = world.zalo_server.make_url("/v4/oa/permission")
    query = {"app_id": APP_ID, "redirect_uri": "https://motcua.example/cb", "code_challenge": CHALLENGE, "state": "s"}
    async with world.http.get(url, params=query, allow_redirects=False) as response:
        code = response.headers["Location"].split("code=")[1].split("&")[0]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    assert (await token_call(world, **form))["expires_in"] == "90000"
    assert (await token_call(world, **form))["error"] == -14005


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"grant_type": "password"}, -14018), ({"grant_type": "refresh_token", "refresh_token": "dead"}, -14014),
        ({"grant_type": "authorization_code", "code": "none"}, -14005), ({"app_id": "1"}, -14002), ({"secret": "bad"}, -14004),
    ],
)  # fmt: skip
async def test_token_errors_have_their_codes(world: Any, form: dict[str, str], code: int) -> None:
    assert (await token_call(world, **form))["error"] == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "chào"}, 0), ({"text": "x" * 2_000}, 0), ({"text": "x" * 2_001}, -210), ({}, -201), ({"text": ""}, -201),
        (buttons(query_button()), 0), (buttons(*[query_button()] * 6), -210), (buttons(query_button("x" * 1_001)), -210),
        (buttons({"title": "Mở", "type": "oa.open.url", "payload": {"url": "https://a.vn"}}), 0),
        (buttons({"title": "Mở", "type": "oa.open.door", "payload": {}}), -201),
        ({"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [{"attachment_id": "old"}]}}}, -100),
    ],
)  # fmt: skip
async def test_messages_are_checked(world: Any, message: dict[str, Any], code: int) -> None:
    assert await send(world, message) == code


async def test_buttons_can_be_refused(world: Any) -> None:
    await world.control("mode", buttons_rejected=True)
    assert await send(world, buttons(query_button())) == -233


async def test_message_after_seven_quiet_days_is_refused(world: Any) -> None:
    world.zalo.last_act["246845883529190001"] = world.zalo.now() - 7 * 86_400 - 1
    assert await send(world, {"text": "chào"}) == -230


async def test_too_many_calls_are_refused(world: Any) -> None:
    await world.control("mode", rate_limit=2)
    assert [await send(world, {"text": "chào"}) for _ in range(3)] == [0, 0, -32]


async def test_profile_is_for_followers_only(world: Any, hoang: str) -> None:
    data = f'{{"user_id":"{hoang}"}}'
    assert (await get(world, "/v3.0/oa/user/detail", data=data))["error"] == -213
    await world.control("follow", user_id=hoang)
    assert (await get(world, "/v3.0/oa/user/detail", data=data))["data"]["user_is_follower"] is True


async def test_account_is_a_government_one(world: Any) -> None:
    assert (await get(world, "/v2.0/oa/getoa"))["data"]["oa_type"] == 4


async def test_quota_tells_the_last_act(world: Any, hoang: str) -> None:
    await world.say("chào")
    headers = {"access_token": await token(world)}
    url = world.zalo_server.make_url("/v3.0/oa/quota/message")
    async with world.http.post(url, json={"user_id": hoang}, headers=headers) as response:
        assert len((await response.json())["data"]["last_interaction"]) == 13


async def test_bare_signature_is_sent_on_demand(world: Any) -> None:
    await world.control("mode", bare_signature=True)
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_account_is_unsubscribed_after_the_last_retry(world: Any, hoang: str) -> None:
    await world.control("mode", wrong_signature=True, clock_speed=100_000.0)
    await world.control("say", user_id=hoang, text="chào")
    await world.until(lambda: not world.zalo.mode.subscribed)
    assert [d["retry"] for d in world.zalo.deliveries] == [0, 1, 2, 3, 4, 5]


async def test_messages_are_listed_by_user(world: Any, hoang: str, linh: str) -> None:
    await world.say("chào")
    await world.say("alo", linh)
    async with world.http.get(world.zalo_server.make_url("/control/messages"), params={"user_id": linh}) as response:
        assert [m["text"] for m in await response.json()] == ["Em nghe: alo"]


async def test_misspelt_switch_is_refused(world: Any) -> None:
    async with world.http.post(world.zalo_server.make_url("/control/mode"), json={"slwo": 1}) as response:
        assert response.status == 400
