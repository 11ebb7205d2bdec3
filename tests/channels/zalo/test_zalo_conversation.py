"""Conversations between citizens and the assistant through the stand-in of Zalo."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.channels.base import Unavailable
from bot.channels.zalo.inbox import CANNOT_READ, MOST_ATTEMPTS, PERSON_QUIET, SORRY

OFFER = [
    {
        "text": "Anh/chị hỏi việc nào ạ?",
        "buttons": [
            {"title": "Đăng ký khai sinh", "payload": '/choose{"procedure":"1.001193"}'},
            {"title": "Gặp cán bộ", "payload": "/handoff"},
        ],
    }
]


async def test_question_is_answered(world: Any) -> None:
    await world.say("vợ em mới sinh bé cần giấy tờ gì")
    assert world.said() == ["Em nghe: vợ em mới sinh bé cần giấy tờ gì"]


async def test_assistant_knows_the_citizen_by_a_digest_only(world: Any, hoang: str) -> None:
    await world.say("chào")
    sender, text, channel, title = world.talk.turns[0]
    assert (text, channel, title) == ("chào", "zalo", None)
    assert sender.startswith("zalo-") and hoang not in sender


async def test_number_says_the_remembered_payload_with_its_title(world: Any) -> None:
    world.talk.replies["lam giay khai sinh"] = OFFER
    await world.say("lam giay khai sinh")
    await world.say("1")
    assert world.talk.turns[-1][1:] == ('/choose{"procedure":"1.001193"}', "zalo", "Đăng ký khai sinh")


async def test_number_outside_the_offer_is_plain_text(world: Any) -> None:
    world.talk.replies["lam giay khai sinh"] = OFFER
    await world.say("lam giay khai sinh")
    await world.say("3")
    assert world.talk.turns[-1][1:] == ("3", "zalo", None)


async def test_number_of_yesterday_is_plain_text(world: Any) -> None:
    world.talk.replies["khai sinh"] = OFFER
    await world.say("khai sinh")
    world.clock.ahead = 86_401
    await world.say("1")
    assert world.talk.texts[-1] == "1"


async def test_choices_of_one_citizen_are_not_another_s(world: Any, linh: str) -> None:
    world.talk.replies["khai sinh"] = OFFER
    await world.say("khai sinh")
    await world.say("1", linh)
    assert world.talk.texts[-1] == "1"


@pytest.mark.parametrize("typed", ["/handoff", "//handoff", " / handoff", "\u200b/handoff", "／handoff"])
async def test_typed_slash_is_stripped(world: Any, typed: str) -> None:
    await world.say(typed)
    assert world.talk.texts == ["handoff"]


async def test_pressed_button_of_a_citizen_carries_no_authority(world: Any, hoang: str) -> None:
    await world.control("press", user_id=hoang, payload='/choose{"procedure":"1.001193"}')
    await world.rest()
    assert world.talk.texts == ['choose{"procedure":"1.001193"}']


async def test_new_follower_is_greeted_once(world: Any, hoang: str) -> None:
    await world.control("follow", user_id=hoang)
    await world.control("open", user_id=hoang)
    await world.rest()
    assert world.talk.texts == ["/greet"]
    assert len(world.said()) == 1


@pytest.mark.parametrize("event", ["user_send_image", "user_send_file", "user_send_location", "user_send_sticker"])
async def test_what_cannot_be_read_gets_a_polite_notice(world: Any, hoang: str, event: str) -> None:
    await world.control(
        "send", user_id=hoang, event_name=event, message={"attachments": [{"type": "image", "payload": {}}]}
    )
    await world.rest()
    assert world.said() == [CANNOT_READ]
    assert world.talk.turns == []


async def test_album_gets_one_notice(world: Any, hoang: str) -> None:
    for _ in range(4):
        await world.control("send", user_id=hoang, event_name="user_send_image", message={})
    await world.rest()
    assert world.said() == [CANNOT_READ]


async def test_caption_of_an_image_is_answered(world: Any, hoang: str) -> None:
    await world.control("send", user_id=hoang, event_name="user_send_image", message={"text": "giấy này đổi ở đâu"})
    await world.rest()
    assert world.said() == [CANNOT_READ, "Em nghe: giấy này đổi ở đâu"]


async def test_id_number_in_a_text_is_still_answered(world: Any) -> None:
    await world.say("cccd cua toi 001099012345 het han")
    assert len(world.said()) == 1


async def test_own_echo_is_not_answered(world: Any) -> None:
    await world.say("chào")
    await world.until(lambda: any(d["event"] == "oa_send_text" for d in world.zalo.deliveries))
    await world.rest()
    assert world.talk.texts == ["chào"]
    assert world.channel.counters["person_talks"] == 0


async def test_assistant_keeps_quiet_while_an_officer_writes(world: Any, hoang: str) -> None:
    await world.control("staff", user_id=hoang, text="Em Hà ở bộ phận một cửa đây ạ")
    await world.say("vâng em hỏi chút")
    assert world.talk.turns == [] and world.said() == []


async def test_assistant_talks_again_half_an_hour_after_the_officer(world: Any, hoang: str) -> None:
    await world.control("staff", user_id=hoang, text="Em Hà đây ạ")
    world.clock.ahead = PERSON_QUIET + 1
    await world.say("em hỏi chút")
    assert world.said() == ["Em nghe: em hỏi chút"]


async def test_officer_without_admin_id_is_known_by_the_message_we_did_not_send(world: Any, hoang: str) -> None:
    body = {
        "app_id": "360846524940900001", "sender": {"id": "388613280878800001"}, "recipient": {"id": hoang},
        "event_name": "oa_send_text", "message": {"text": "Em Hà đây ạ", "msg_id": "not-ours"}, "timestamp": "1785672001000",
    }  # fmt: skip
    await world.control("event", body=body)
    await world.say("alo")
    assert world.said() == []


async def test_officer_who_writes_during_a_turn_is_not_interrupted(world: Any, hoang: str) -> None:
    world.talk.pause = 0.2
    await world.control("say", user_id=hoang, text="alo")
    await world.control("staff", user_id=hoang, text="Em Hà đây ạ")
    await world.rest()
    assert world.talk.texts == ["alo"] and world.said() == []


async def test_repeated_delivery_is_handled_once(world: Any) -> None:
    await world.control("mode", duplicates=2, echo=False)
    await world.say("chào")
    await world.control("repeat")
    await world.rest()
    assert world.said() == ["Em nghe: chào"]


async def test_repeated_delivery_after_a_restart_is_handled_once(world: Any) -> None:
    await world.control("mode", echo=False)
    await world.say("chào")
    await world.restart_channel()
    await world.control("repeat")
    await world.rest()
    assert world.said() == ["Em nghe: chào"]


async def test_zalo_delivers_again_when_we_were_down(world: Any, hoang: str) -> None:
    await world.channel_server.close()
    await world.control("mode", clock_speed=100.0)
    assert (await world.control("say", user_id=hoang, text="alo"))["status"] == 0
    await world.start_channel()
    await world.until(lambda: bool(world.said()))
    assert world.said() == ["Em nghe: alo"]


async def test_messages_of_one_citizen_are_worked_in_order_one_by_one(world: Any, hoang: str) -> None:
    world.talk.pause = 0.02
    for number in range(6):
        await world.control("say", user_id=hoang, text=f"câu {number}")
    await world.rest()
    assert world.said() == [f"Em nghe: câu {number}" for number in range(6)]
    assert max(world.talk.most_at_once.values()) == 1


async def test_slow_turn_of_one_citizen_does_not_hold_up_another(world: Any, hoang: str, linh: str) -> None:
    world.talk.pause = 0.2
    await asyncio.gather(*(world.control("say", user_id=user, text="alo") for user in (hoang, linh)))
    await world.rest()
    assert max(world.talk.most_at_once.values()) == 2


async def test_unavailable_assistant_is_asked_again(world: Any) -> None:
    world.talk.trouble = [Unavailable(), Unavailable()]
    await world.say("chào")
    assert world.said() == ["Em nghe: chào"]


async def test_citizen_is_told_when_the_assistant_stays_unavailable(world: Any) -> None:
    world.talk.trouble = [Unavailable()] * 3
    await world.say("chào")
    assert world.said() == [SORRY]


async def test_citizen_is_told_when_the_assistant_keeps_failing(world: Any) -> None:
    world.talk.trouble = [ValueError()] * MOST_ATTEMPTS
    await world.say("chào")
    assert world.said() == [SORRY]


async def test_one_failing_message_does_not_stop_the_next(world: Any) -> None:
    world.talk.trouble = [ValueError()] * MOST_ATTEMPTS
    await world.say("chào")
    await world.say("alo")
    assert world.said()[-1] == "Em nghe: alo"


async def test_long_reply_arrives_whole_in_parts_zalo_takes(world: Any) -> None:
    text = "\n\n".join(f"Giấy tờ số {n}: " + "bản chính kèm bản sao có chứng thực. " * 20 for n in range(9))
    world.talk.replies["hết giấy tờ"] = [{"text": text}]
    await world.say("hết giấy tờ")
    said = world.said()
    assert len(said) > 2 and max(map(len, said)) <= 1_900
    assert "".join("".join(said).split()) == "".join(text.split())


async def test_withdrawal_forgets_the_citizen(world: Any, hoang: str) -> None:
    world.talk.replies["khai sinh"] = OFFER
    await world.say("khai sinh")
    await world.control("withdraw", user_id=hoang)
    await world.rest()
    assert world.forgotten == [world.talk.turns[0][0]]
    await world.say("1")
    assert world.talk.texts[-1] == "1"


async def test_withdrawal_is_tried_until_it_succeeds(world: Any, hoang: str) -> None:
    world.forget_trouble = [OSError()] * (MOST_ATTEMPTS + 2)
    await world.control("withdraw", user_id=hoang)
    await world.rest()
    assert len(world.forgotten) == 1


async def test_unfollowing_is_taken_silently(world: Any, hoang: str) -> None:
    assert (await world.control("unfollow", user_id=hoang))["status"] == 200
    await world.rest()
    assert world.said() == []
