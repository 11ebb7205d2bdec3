"""POST /webhooks/rest/webhook: the answer contract, and clear answers to bad input."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from typing import Any

import pytest

from bot.stack import Stack

QUESTION = "Em mới sinh bé, lam giay khai sinh can gi a"


def post(product: Stack, body: bytes, content_type: str = "application/json") -> tuple[int, Any]:
    request = urllib.request.Request(
        f"{product.base}/webhooks/rest/webhook", data=body, headers={"Content-Type": content_type}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def say(product: Stack, text: str) -> list[dict[str, Any]]:
    return product.say(text, f"t-{uuid.uuid4().hex}")


@pytest.mark.parametrize("text", [QUESTION, "em moi sinh be, lam giay khai sinh can gi a"])
def test_a_question_is_answered_with_facts_and_source(product: Stack, text: str) -> None:
    message = say(product, text)[0]
    custom = message["custom"]
    assert custom["kind"] == "answer" and custom["procedure"]["code"] == "1.001193"
    assert custom["aspects"] == ["documents"] and custom["facts"]["documents"]["items"]
    assert custom["sources"][0]["decision"] == "163/QĐ-BTP" and custom["sources"][0]["verified_on"]
    assert custom["release"] >= 1 and 0 < custom["confidence"] <= 1
    assert "Giấy chứng sinh" in message["text"] and "163/QĐ-BTP" in message["text"]


def test_the_first_message_says_it_is_automated_and_only_the_first(product: Stack) -> None:
    sender = f"t-{uuid.uuid4().hex}"
    assert "trợ lý tự động" in product.say("chào em", sender)[0]["text"]
    assert "trợ lý tự động" not in product.say("làm giấy khai sinh cần gì", sender)[0]["text"]


def test_replies_have_rasas_form(product: Stack) -> None:
    sender = f"t-{uuid.uuid4().hex}"
    for message in product.say("xin giấy độc thân cần gì", sender):
        assert message["recipient_id"] == sender and isinstance(message["text"], str)
        assert all(set(button) == {"title", "payload"} for button in message.get("buttons", []))


def test_a_button_of_ours_is_understood(product: Stack) -> None:
    message = say(product, '/ask_procedure{"procedure": "2.000635", "aspect": "fee"}')[0]
    assert message["custom"]["aspects"] == ["fee"] and "8.000" in message["text"]


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "\x00\x01\x02", "😀😀😀", "<script>alert(1)</script>", "'; DROP TABLE procedures; --", "/restart", "/session_start",
        '/ask_procedure{"procedure": "../../etc"}', "/../../etc/passwd", "{{7*7}}", "a" * 9_999, "\u202e\u200b\u2060", "💩 ạ?" * 500,
        "\U000e0041\U000e0042",
    ],
)  # fmt: skip
def test_any_text_gets_an_answer_and_never_a_procedure_by_mistake(product: Stack, text: str) -> None:
    messages = say(product, text)
    assert messages and all(message["text"] for message in messages)
    assert all(message["custom"]["kind"] != "answer" for message in messages)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "not_json"),
        (b"\xff\xfe", "application/json", 400, "not_json"),
        (b"[]", "application/json", 400, "bad_field"),
        (b'{"sender": "a"}', "application/json", 400, "bad_field"),
        (b'{"sender": 1, "message": "x"}', "application/json", 400, "bad_field"),
        (b'{"sender": "a", "message": "x"}', "text/plain", 415, "wrong_type"),
        (json.dumps({"sender": "x" * 10_000, "message": "x"}).encode(), "application/json", 400, "bad_sender"),
        (json.dumps({"sender": "a b", "message": "x"}).encode(), "application/json", 400, "bad_sender"),
        (json.dumps({"sender": "", "message": "x"}).encode(), "application/json", 400, "bad_sender"),
        (json.dumps({"sender": "a", "message": "x" * 10_001}).encode(), "application/json", 400, "too_long"),
        (b'{"sender": "a", "message": "' + b"x" * 70_000 + b'"}', "application/json", 413, "too_large"),
    ],
)
def test_bad_requests_are_named(product: Stack, body: bytes, content_type: str, status: int, code: str) -> None:
    got, answer = post(product, body, content_type)
    assert (got, answer["error"]["code"]) == (status, code)
    assert answer["error"]["message"]


def test_unknown_fields_are_ignored_as_rasa_does(product: Stack) -> None:
    status, answer = post(
        product, json.dumps({"sender": "u1", "message": "chào", "metadata": {"a": 1}, "x": 2}).encode()
    )
    assert status == 200 and answer


def test_an_unknown_page_is_a_clear_404(product: Stack) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{product.base}/khong-co")
    assert caught.value.code == 404 and json.load(caught.value)["error"]["code"] == "not_found"


def test_nothing_a_citizen_wrote_stands_in_the_logs_or_stores(product: Stack) -> None:
    secret = "Nguyễn Thị Bí Mật 001195999888"
    say(product, f"em tên {secret}, làm khai sinh")
    for path in product.var.rglob("*"):
        if path.is_file() and "model" not in str(path):
            content = path.read_bytes()
            assert "Bí Mật".encode() not in content and b"001195999888" not in content, path


def test_workers_and_action_server_refuse_without_the_token(product: Stack) -> None:
    worker = f"http://127.0.0.1:{product.environment['MOTCUA_WORKER_PORT']}/turn"
    actions = f"http://127.0.0.1:{product.environment['MOTCUA_ACTION_PORT']}/webhook"
    for address in (worker, actions):
        request = urllib.request.Request(address, data=b"{}", headers={"Content-Type": "application/json"})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        assert caught.value.code == 403


def test_security_headers(product: Stack) -> None:
    with urllib.request.urlopen(product.base) as response:
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "HttpOnly" in response.headers["Set-Cookie"] and "SameSite=Lax" in response.headers["Set-Cookie"]


def test_fifty_messages_at_once_are_answered_in_order_or_told_to_wait(product: Stack) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(number: int) -> int:
        body = json.dumps({"sender": "fast", "message": f"chào {number}"}).encode()
        return post(product, body)[0]

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(one, range(80)))
    assert set(statuses) <= {200, 429} and statuses.count(200) >= 50 and 429 in statuses
