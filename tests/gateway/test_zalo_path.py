"""Zalo, the whole path over real sockets: stand-in → webhook → worker → actions → Zalo's API at the stand-in."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from bot import stack
from bot.stack import Stack

USER = "246845883529190001"
ACCOUNT = {
    "MOTCUA_ZALO_APP_ID": "360846524940900001", "MOTCUA_ZALO_OA_ID": "388613280878800001",
    "MOTCUA_ZALO_OA_SECRET": "oa-secret-key-for-tests", "MOTCUA_ZALO_APP_SECRET": "app-secret-for-tests",
}  # fmt: skip


class Zalo:
    """The stand-in's control interface."""

    def __init__(self, base: str) -> None:
        self.base = base

    def act(self, name: str, **body: Any) -> Any:
        request = urllib.request.Request(f"{self.base}/control/{name}", data=json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def sent(self, user: str) -> list[str]:
        with urllib.request.urlopen(f"{self.base}/control/messages?user_id={user}", timeout=10) as response:
            return [json.dumps(message, ensure_ascii=False) for message in json.load(response)]

    def say(self, text: str, user: str = USER) -> str:
        """A citizen writes; returns what the account answered."""
        before = len(self.sent(user))
        assert self.act("say", user_id=user, text=text)["status"] == 200
        deadline = time.monotonic() + 20
        while len(self.sent(user)) == before:
            assert time.monotonic() < deadline, f"no answer to {text!r}"
            time.sleep(0.1)
        time.sleep(0.5)  # a turn may have two messages
        return "\n".join(self.sent(user)[before:])


@pytest.fixture(scope="module")
def zalo(product: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zalo]:
    from bot.channels.zalo.stand_in_state import FIRST_ACCESS, FIRST_REFRESH

    var = tmp_path_factory.mktemp("zalo")
    (var / "models").mkdir()
    for file in (product.var / "models").iterdir():
        (var / "models" / file.name).write_bytes(file.read_bytes())
    port = stack.free_port()
    base = f"http://127.0.0.1:{port}"
    account = {
        **ACCOUNT, "MOTCUA_ZALO_API": base, "MOTCUA_ZALO_OAUTH": base,
        "MOTCUA_ZALO_ACCESS_TOKEN": FIRST_ACCESS, "MOTCUA_ZALO_REFRESH_TOKEN": FIRST_REFRESH,
    }  # fmt: skip
    with stack.running(var, **account) as running:
        command = [sys.executable, "-m", "bot", "stand-in", "zalo", "--port", str(port)]
        stand_in = subprocess.Popen(command, env=running.environment)
        try:
            deadline = time.monotonic() + 20
            while True:
                try:
                    urllib.request.urlopen(f"{base}/control/deliveries", timeout=1)
                    break
                except OSError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield Zalo(base)
        finally:
            stand_in.terminate()
            stand_in.wait(10)


def test_a_question_is_answered_with_text_and_numbered_choices(zalo: Zalo) -> None:
    answer = zalo.say("lam giay khai sinh cho con moi sinh can gi")
    assert "Giấy chứng sinh" in answer and "trợ lý tự động" in answer and "1. " in answer


def test_a_number_picks_a_choice(zalo: Zalo) -> None:
    zalo.say("xin giấy độc thân bán nhà", user="246845883529190002")
    assert "Thời gian" in zalo.say("4", user="246845883529190002") or "Lệ phí" in zalo.say(
        "3", user="246845883529190002"
    )


def test_personal_data_are_never_asked_in_zalo_a_one_time_link_opens_our_page(zalo: Zalo) -> None:
    user = "246845883529190003"
    zalo.say("xin giấy độc thân", user=user)
    answer = zalo.say("làm luôn giúp em", user=user)
    assert "/ho-so/mo/" in answer and "căn cước trong Zalo" in answer
    assert "Họ và tên" not in answer


def test_the_same_event_twice_is_answered_once(zalo: Zalo) -> None:
    user = "246845883529190004"
    zalo.say("phí chứng thực bản sao", user=user)
    count = len(zalo.sent(user))
    zalo.act("repeat")
    time.sleep(1.5)
    assert len(zalo.sent(user)) == count
