"""Understanding events: direction, kinds, duplicates, and any rubbish."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo.events import LONGEST_TEXT, Event, Ignored, Malformed, read, understand

OA = "388613280878800001"
USER = "246845883529190001"


def message(name: str = "user_send_text", sender: Any = USER, recipient: Any = OA, **fields: Any) -> dict[str, Any]:
    return {
        "app_id": "1", "event_name": name, "timestamp": "1785672000000", "sender": {"id": sender},
        "recipient": {"id": recipient}, "message": {"msg_id": "m1", **fields},
    }  # fmt: skip


def understood(body: dict[str, Any]) -> Event:
    event = understand(body, OA)
    assert isinstance(event, Event)
    return event


def test_text_of_a_citizen_is_understood() -> None:
    event = understood(message(text="lam lai can cuoc bi mat"))
    assert (event.kind, event.user_id, event.text, event.message_id) == ("text", USER, "lam lai can cuoc bi mat", "m1")


def test_numeric_ids_are_taken_as_strings() -> None:
    assert understood(message(sender=int(USER), text="a")).user_id == USER


@pytest.mark.parametrize("name", ["user_send_image", "user_send_gif", "user_send_file", "user_send_audio", "user_send_video",
                                  "user_send_sticker", "user_send_location", "user_send_business_card"])  # fmt: skip
def test_what_is_not_text_is_media(name: str) -> None:
    assert understood(message(name)).kind == "media"


def test_caption_of_an_image_is_kept() -> None:
    assert understood(message("user_send_image", text="giấy này nộp ở đâu")).text == "giấy này nộp ở đâu"


def test_place_name_of_a_location_is_not_a_question() -> None:
    assert understood(message("user_send_location", text="Chợ Hôm")).text == ""


def test_follow_and_chat_now_are_greeted() -> None:
    follow = {"event_name": "follow", "oa_id": OA, "follower": {"id": USER}, "timestamp": "1"}
    chat_now = {"event_name": "user_click_chatnow", "oa_id": OA, "user_id": USER, "timestamp": "2"}
    assert [understood(e).kind for e in (follow, chat_now)] == ["greet", "greet"]


def test_withdrawal_is_understood_without_account() -> None:
    event = understood({"event_name": "user_withdraw", "user_id": USER, "user_id_by_app": "9", "timestamp": "1"})
    assert (event.kind, event.user_id) == ("forget", USER)


def test_echo_is_about_its_recipient() -> None:
    event = understood(message("oa_send_text", OA, USER, text="Chào anh/chị"))
    assert (event.kind, event.user_id, event.by_person) == ("echo", USER, False)


def test_echo_with_admin_id_is_a_person() -> None:
    body = message("oa_send_text", OA, USER, text="Em Hà đây ạ")
    body["sender"]["admin_id"] = "77"
    assert understood(body).by_person


def test_user_message_sent_by_ourselves_is_never_answered() -> None:
    assert understand(message(sender=OA, recipient=USER, text="x"), OA) == Ignored("contradiction")


def test_account_message_sent_by_a_user_is_never_answered() -> None:
    assert understand(message("oa_send_text", USER, OA, text="x"), OA) == Ignored("contradiction")


def test_message_from_ourselves_to_ourselves_is_never_answered() -> None:
    assert isinstance(understand(message(sender=OA, recipient=OA, text="x"), OA), Ignored)


def test_another_account_s_message_is_ignored() -> None:
    assert understand(message(recipient="999", text="x"), OA) == Ignored("other_account")


def test_unknown_event_is_ignored_whatever_its_form() -> None:
    assert understand({"event_name": "user_dances", "message": [1], "sender": 7}, OA) == Ignored("unknown")


def test_seen_event_with_a_list_of_ids_is_quiet() -> None:
    body = {
        "event_name": "user_seen_message",
        "sender": {"id": USER},
        "recipient": {"id": OA},
        "message": {"msg_ids": ["a"]},
    }
    assert understand(body, OA) == Ignored("quiet")


@pytest.mark.parametrize(
    "broken", [{"message": "text"}, {"sender": []}, {"message": {"text": 5}}, {"sender": {"id": ["x"]}}]
)
def test_known_event_of_wrong_form_is_ignored(broken: dict[str, Any]) -> None:
    assert understand(message(text="x") | broken, OA) == Ignored("malformed")


def test_same_message_has_the_same_key_in_every_delivery() -> None:
    again = message(text="x") | {"timestamp": "1785672999999"}
    assert understood(message(text="x")).key == understood(again).key


def test_messages_without_id_differ_by_time_and_user() -> None:
    first, second = message(text="x", msg_id=None), message(text="x", msg_id=None) | {"timestamp": "1785672000001"}
    assert understood(first).key != understood(second).key


def test_very_long_text_is_cut() -> None:
    assert len(understood(message(text="à" * 9_000)).text) == LONGEST_TEXT


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b'"x"', b"{", b"\xff{}", b"null", b'{"a":"\\ud800"}', b"[" * 60_000, b'{"a":' * 9_000]
)
def test_what_is_no_json_object_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read(raw)


WORDS = st.text("ab1ệ\x00😀 ", max_size=10)
INNER = WORDS | st.sampled_from(["id", "text", "msg_id", "admin_id", OA, USER])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | INNER,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER, inner, max_size=3), max_leaves=8,
)  # fmt: skip
NAMES = [
    "user_send_text",
    "user_send_image",
    "oa_send_text",
    "follow",
    "user_click_chatnow",
    "user_withdraw",
    "",
    "other",
]
FIELDS = ["sender", "recipient", "message", "follower", "user_id", "oa_id", "timestamp", "app_id"]


@given(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_json_is_understood_or_ignored(name: str, fields: dict[str, Any]) -> None:
    assert isinstance(understand({"event_name": name, **fields}, OA), (Event, Ignored))


@given(st.binary(max_size=300) | JSON.map(msgspec.json.encode))
def test_any_bytes_are_read_or_malformed(raw: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert isinstance(read(raw), dict)
