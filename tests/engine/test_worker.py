"""A turn said twice is answered twice but done once."""

from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered

from bot.engine.worker import answered_before

EVENTS = [
    UserUttered("chào", metadata={"turn": "t1"}),
    BotUttered("Chào anh/chị"),
    ActionExecuted("action_listen"),
    UserUttered("lệ phí", metadata={"turn": "t2"}),
    ActionExecuted("action_guide"),
    BotUttered(
        "8.000 đồng",
        {"buttons": [{"title": "a", "payload": "/affirm"}], "custom": {"kind": "answer"}, "elements": None},
    ),
    BotUttered("Còn gì nữa không?", {}),
    SlotSet("conversation", {}),
    ActionExecuted("action_listen"),
]


def test_the_same_turn_gets_the_answer_it_had() -> None:
    assert answered_before(EVENTS, "t2") == [
        {"text": "8.000 đồng", "buttons": [{"title": "a", "payload": "/affirm"}], "custom": {"kind": "answer"}},
        {"text": "Còn gì nữa không?"},
    ]


def test_another_turn_is_new() -> None:
    assert answered_before(EVENTS, "t3") == []
    assert answered_before(EVENTS, "t1") == []
    assert answered_before([], "t1") == []
