"""What we do not know well is pointed to, never answered with the facts of something else."""

from __future__ import annotations

import uuid

import pytest

from bot.stack import Stack


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("chuyển trường cho con cần gì", "2.002854"),
        ("xin giấy vệ sinh an toàn thực phẩm", "1.013855"),
        ("mất bằng tốt nghiệp thì làm sao", "3.000465"),
    ],
)
def test_an_unreviewed_procedure_is_pointed_to_without_facts(product: Stack, text: str, code: str) -> None:
    message = product.say(text, uuid.uuid4().hex)[0]
    custom = message["custom"]
    assert custom["procedure"]["code"] == code and custom["imported"] and custom["facts"] == {}
    assert "chưa kiểm tra" in message["text"] and "dichvucong.gov.vn" in message["text"]


def test_another_matter_is_not_taken_for_a_follow_up(product: Stack) -> None:
    sender = uuid.uuid4().hex
    product.say("phí đổi căn cước bao nhiêu", sender)
    custom = product.say("xin chuyển trường cho con", sender)[0]["custom"]
    assert custom["procedure"]["code"] == "2.002854"


@pytest.mark.parametrize(("text", "says"), [("em muốn ly hôn", "Tòa án"), ("bị phạt nguội tra ở đâu", "csgt.vn")])
def test_a_matter_of_another_body_is_sent_there(product: Stack, text: str, says: str) -> None:
    message = product.say(text, uuid.uuid4().hex)[0]
    assert says in message["text"] and message["custom"]["kind"] == "fallback"
