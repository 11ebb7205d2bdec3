"""Conversations on disk: encrypted, found again, restarted unnoticed."""

from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from bot.engine.tracker_store import ConversationStore
from bot.keys import Keys
from bot.settings import ROOT


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


def make(domain: Domain, tmp_path: Path, keys: Keys, session_events: int = 100) -> ConversationStore:
    return ConversationStore(domain, f"sqlite:///{tmp_path / 'c.sqlite'}", keys, session_events)


async def say(store: ConversationStore, sender: str, text: str) -> None:
    tracker = await store.get_or_create_tracker(sender)
    tracker.update_with_events(
        [
            UserUttered(text, {"name": "inform"}),
            SlotSet("submission", "d1"),
            BotUttered("Dạ vâng"),
            ActionExecuted("action_listen"),
        ],
        store.domain,
    )
    await store.save(tracker)


async def test_nothing_a_citizen_wrote_stands_in_clear(domain: Domain, tmp_path: Path, keys: Keys) -> None:
    store = make(domain, tmp_path, keys)
    await say(store, "zalo-4711", "Tôi là Nguyễn Thị Mai, 001195000123")
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in ("001195000123", "Mai", "zalo-4711", "inform"):
        assert secret.encode() not in content


async def test_a_new_process_reads_the_conversation_back(domain: Domain, tmp_path: Path, keys: Keys) -> None:
    await say(make(domain, tmp_path, keys), "a", "xin chào")
    tracker = await make(domain, tmp_path, keys).retrieve("a")
    assert tracker is not None
    assert tracker.latest_message.text == "xin chào"
    assert tracker.get_slot("submission") == "d1"


async def test_a_long_session_is_restarted_and_keeps_its_slots(domain: Domain, tmp_path: Path, keys: Keys) -> None:
    store = make(domain, tmp_path, keys, session_events=20)
    for number in range(12):
        await say(store, "a", f"câu {number}")
    tracker = await store.retrieve("a")
    assert tracker is not None
    assert len(tracker.events) <= 30
    assert tracker.get_slot("submission") == "d1"
    again = await make(domain, tmp_path, keys).retrieve("a")
    assert again is not None and again.get_slot("submission") == "d1"
    assert len([e for e in store.history("a") if e["who"] == "citizen"]) == 12


async def test_with_another_key_the_conversation_begins_anew(domain: Domain, tmp_path: Path, keys: Keys) -> None:
    await say(make(domain, tmp_path, keys), "a", "xin chào")
    assert await make(domain, tmp_path, Keys(b"x" * 32)).retrieve("a") is None


async def test_forgotten_means_gone(domain: Domain, tmp_path: Path, keys: Keys) -> None:
    store = make(domain, tmp_path, keys)
    await say(store, "a", "xin chào")
    store.forget("a")
    assert await store.retrieve("a") is None
    assert store.history("a") == []


async def test_history_shows_the_button_that_was_pressed(domain: Domain, tmp_path: Path, keys: Keys) -> None:
    store = make(domain, tmp_path, keys)
    tracker = await store.get_or_create_tracker("a")
    tracker.update(UserUttered("/affirm", {"name": "affirm"}, metadata={"title": "Tôi đồng ý"}), domain)
    await store.save(tracker)
    assert store.history("a")[0]["text"] == "Tôi đồng ý"


def test_no_slot_can_hold_personal_data(domain: Domain) -> None:
    """Only the draft's id and the conversation's memory are kept; a new slot must be thought about here."""
    assert {slot.name for slot in domain.slots} - {"requested_slot", "session_started_metadata"} == {
        "conversation",
        "submission",
    }


async def test_conversations_nobody_touched_are_deleted(domain: Domain, tmp_path: Path, keys: Keys) -> None:
    store = make(domain, tmp_path, keys)
    await say(store, "a", "xin chào")
    assert store.forget_older_than(30) == 0
    assert store.forget_older_than(0) > 0
    assert store.history("a") == []
