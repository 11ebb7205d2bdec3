"""Tokens: single use, stored before use, one refresher, errors that come with HTTP 200."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import keys
from bot.channels.zalo.stand_in_state import FIRST_ACCESS, FIRST_REFRESH
from bot.channels.zalo.store import ZaloStore
from bot.channels.zalo.tokens import NoToken

LIFE = 90_000


def stored(world: Any) -> Any:
    store = ZaloStore(world.settings(), keys.load(world.settings()))
    tokens = store.tokens("388613280878800001")
    store.close()
    return tokens


async def settled(world: Any) -> None:
    """Wait for the renewal that every first start makes."""
    await world.until(lambda: world.zalo.access != FIRST_ACCESS and stored(world) is not None)


async def test_first_start_renews_the_tokens_of_the_settings(world: Any) -> None:
    await settled(world)
    assert (stored(world).access, stored(world).version) == (world.zalo.access, 1)


async def test_stored_tokens_outlive_a_restart(world: Any) -> None:
    await settled(world)
    await world.restart_channel()
    await world.say("chào")
    assert (len(world.said()), world.zalo.token_calls) == (1, 1)


async def test_tokens_are_not_readable_in_the_file(world: Any) -> None:
    await settled(world)
    content = b"".join(path.read_bytes() for path in world.var.glob("zalo.sqlite*"))
    assert world.zalo.access.encode() not in content and world.zalo.refresh.encode() not in content


async def test_token_past_half_life_is_renewed_at_start(world: Any) -> None:
    await settled(world)
    world.clock.ahead = LIFE / 2 + 1
    await world.restart_channel()
    await world.until(lambda: world.zalo.token_calls == 2)


async def test_fresh_token_is_not_renewed_at_start(world: Any) -> None:
    await settled(world)
    world.clock.ahead = LIFE / 2 - 100
    await world.restart_channel()
    await world.say("chào")
    assert world.zalo.token_calls == 1


async def test_life_may_be_a_number(world: Any) -> None:
    await settled(world)
    await world.control("mode", expires_in_number=True)
    await world.channel._tokens.renew(1)
    assert stored(world).expires_at - stored(world).issued_at == LIFE


async def test_refused_access_token_is_renewed_and_the_message_sent(world: Any) -> None:
    await settled(world)
    world.zalo.access = "rotated elsewhere"
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_expired_access_token_is_renewed_and_the_message_sent(world: Any) -> None:
    await settled(world)
    await world.control("skip", seconds=LIFE + 1)
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_many_who_need_a_token_make_one_refresh(world: Any) -> None:
    await settled(world)
    await asyncio.gather(*(world.channel._tokens.renew(1) for _ in range(10)))
    assert (world.zalo.token_calls, stored(world).version) == (2, 2)


async def test_lost_refresh_that_did_nothing_is_repeated_with_the_same_token(world: Any) -> None:
    await settled(world)
    await world.control("mode", oauth_lost_requests=1)
    assert (await world.channel._tokens.renew(1)).version == 2


async def test_lost_reply_of_a_rotation_alarms_a_person(world: Any, caplog: pytest.LogCaptureFixture) -> None:
    await settled(world)
    await world.control("mode", oauth_lost_replies=1)
    with pytest.raises(NoToken):
        await world.channel._tokens.renew(1)
    assert sum("refuses our refresh token" in record.message for record in caplog.records) == 1


async def test_error_with_http_200_never_replaces_good_tokens(world: Any) -> None:
    await settled(world)
    before = stored(world)
    await world.control("mode", oauth_error=-14014, oauth_error_without_code=True)
    with pytest.raises(NoToken):
        await world.channel._tokens.renew(1)
    assert stored(world) == before


async def test_refused_refresh_token_is_not_asked_again(world: Any) -> None:
    await settled(world)
    await world.control("mode", oauth_error=-14014)
    for _ in range(3):
        with pytest.raises(NoToken):
            await world.channel._tokens.renew(1)
    assert world.zalo.token_calls == 1 + 2  # the stored token once, the settings' once


@pytest.mark.parametrize("mode", [{"oauth_error": -32}, {"oauth_status": 503}])
async def test_passing_trouble_is_no_alarm_and_is_tried_again(
    world: Any, mode: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    await settled(world)
    await world.control("mode", **mode)
    with pytest.raises(NoToken):
        await world.channel._tokens.renew(1)
    await world.control("mode", oauth_error=0, oauth_status=200)
    assert (await world.channel._tokens.renew(1)).version == 2
    assert not any("ALARM" in record.message for record in caplog.records)


async def test_success_is_taken_whatever_the_http_status(world: Any) -> None:
    await settled(world)
    await world.control("mode", oauth_status=400)
    assert (await world.channel._tokens.renew(1)).version == 2


async def test_tokens_of_a_new_grant_in_the_settings_replace_a_dead_chain(world: Any) -> None:
    await settled(world)
    world.zalo.access, world.zalo.refresh = "granted-access", "granted-refresh"
    world.changes = {"zalo_access_token": "granted-access", "zalo_refresh_token": "granted-refresh"}
    await world.restart_channel()
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_stand_in_that_forgot_everything_is_found_again(world: Any) -> None:
    await settled(world)
    world.zalo.access, world.zalo.refresh = FIRST_ACCESS, FIRST_REFRESH
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_good_access_token_is_used_on_while_refreshing_fails(world: Any) -> None:
    await settled(world)
    await world.control("mode", oauth_status=503)
    world.clock.ahead = LIFE - 3_600
    await world.restart_channel()
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]
    assert world.zalo.token_calls > 1
