"""A submission's life after it was sent, over the real product, the stand-in of Zalo and that of the case system."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot import keys, stack
from bot.settings import Settings
from bot.stack import Stack
from bot.submissions.dossiers import Dossiers
from bot.submissions.permissions import Permissions
from bot.submissions.store import Drafts
from procedures_kb.form_model import forms
from tests.gateway.test_zalo_path import ACCOUNT, USER, Zalo
from tests.submissions.dossier import complete, fill

FORM = "khai_sinh"


class Town:
    """The product with both stand-ins."""

    def __init__(self, running: Stack, zalo: Zalo, case: str) -> None:
        self.running, self.zalo, self.case = running, zalo, case
        settings = Settings(var=running.var)
        self.keys = keys.load(settings)
        self.drafts = Drafts(settings.submissions_path, self.keys, "case_system")

    def submitted(self, sender: str, channel: str) -> tuple[str, str]:
        """A submission of that conversation, as its page makes it: the draft's id and the dossier code."""
        draft = self.drafts.offer(forms()[FORM].procedure, FORM, 1, sender, channel)
        self.drafts.consent(draft, "web")
        draft.content = fill(forms()[FORM], complete(FORM))
        self.drafts.save(draft, "citizen", "filled")
        if channel == "zalo":
            assert self.zalo.say("chào em")  # they write on Zalo, so we know where to
            Permissions(self.drafts).allow_news(draft.id, "web")
        self.drafts.submit(draft)
        return draft.id, self.until(lambda: self.code(draft.id))

    def code(self, draft_id: str) -> str:
        dossier = Dossiers(self.drafts).get(draft_id)
        return dossier.facts.code if dossier else ""

    def state(self, draft_id: str) -> str:
        dossier = Dossiers(self.drafts).get(draft_id)
        return dossier.state if dossier else ""

    def moves(self, **given: Any) -> None:
        request = urllib.request.Request(f"{self.case}/control/move", data=json.dumps(given).encode())
        urllib.request.urlopen(request, timeout=10).close()

    def rest(self, sender: str, text: str) -> list[dict[str, Any]]:
        """One turn over Rasa's REST channel."""
        body = json.dumps({"sender": sender, "message": text}).encode()
        request = urllib.request.Request(
            f"{self.running.base}/webhooks/rest/webhook", data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            replies: list[dict[str, Any]] = json.load(response)
            return replies

    def until(self, found: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + 30
        while not (result := found()):
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.2)
        return result


@pytest.fixture(scope="module")
def town(product: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    from bot.channels.zalo.stand_in_state import FIRST_ACCESS, FIRST_REFRESH

    var = tmp_path_factory.mktemp("town")
    (var / "models").mkdir()
    for file in (product.var / "models").iterdir():
        (var / "models" / file.name).write_bytes(file.read_bytes())
    zalo_port, case_port = stack.free_port(), stack.free_port()
    zalo, case = f"http://127.0.0.1:{zalo_port}", f"http://127.0.0.1:{case_port}"
    settings = {
        **ACCOUNT, "MOTCUA_ZALO_API": zalo, "MOTCUA_ZALO_OAUTH": zalo, "MOTCUA_ZALO_ACCESS_TOKEN": FIRST_ACCESS,
        "MOTCUA_ZALO_REFRESH_TOKEN": FIRST_REFRESH, "MOTCUA_DELIVERY": "case_system", "MOTCUA_CASE_URL": case,
        "MOTCUA_CASE_USER": "motcua", "MOTCUA_CASE_PASSWORD": "stand-in", "MOTCUA_CASE_TIMEOUT": "5", "MOTCUA_CASE_EVERY": "1",
    }  # fmt: skip
    with stack.running(var, **settings) as running:
        stand_ins = [
            subprocess.Popen([sys.executable, "-m", "bot", "stand-in", *given], env=running.environment)
            for given in (("zalo", "--port", str(zalo_port)), ("case-system", "--port", str(case_port)))
        ]
        try:
            for address in (f"{zalo}/control/deliveries", f"{case}/control/calls"):
                _wait_for(address)
            yield Town(running, Zalo(zalo), case)
        finally:
            for process in stand_ins:
                process.terminate()
                process.wait(10)


def _wait_for(address: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


def test_on_zalo_news_come_by_themselves_and_rut_ho_so_takes_it_back(town: Town) -> None:
    sender = f"zalo-{town.keys.digest('zalo-user', USER)[:32]}"
    draft_id, code = town.submitted(sender, "zalo")

    def told(words: str) -> bool:
        return any(words in message for message in town.zalo.sent(USER))

    town.until(lambda: told("có tin mới: mới đăng ký"))
    town.moves(code=code, state=5, reason="Số định danh của người mẹ chưa đúng")
    town.until(lambda: told("có tin mới: cần bổ sung"))
    answer = town.zalo.say("hồ sơ của tôi đến đâu rồi")
    assert "Số định danh (số căn cước) chưa đúng" in answer and "Sửa ngay: http" in answer
    assert "phải không ạ?" in town.zalo.say("cho em rút hồ sơ")
    assert "gửi yêu cầu rút" in town.zalo.say("1")
    town.until(lambda: town.state(draft_id) == "cancelled")
    town.until(lambda: told("có tin mới: đã rút theo yêu cầu"))
    assert all(value not in message for value in ("0912345678", "Nguyễn Thị Mai") for message in town.zalo.sent(USER))
    assert "1 hồ sơ" in town.zalo.say("xoá dữ liệu của tôi")
    left = town.drafts.connection.execute("SELECT count(*) FROM news_addresses WHERE draft = ?", (draft_id,))
    assert left.fetchone() == (0,)


def test_a_returned_one_is_corrected_in_chat_and_sent_again(town: Town) -> None:
    draft_id, code = town.submitted("rest:binh", "rest")
    town.moves(code=code, state=5, reason="Số định danh của người mẹ chưa đúng")
    town.until(lambda: town.state(draft_id) == "returned")
    (status,) = town.rest("binh", "hồ sơ của tôi đến đâu rồi")
    (button,) = [button for button in status["buttons"] if button["title"] == "Sửa ngay"]
    assert button["payload"].startswith("/resume")
    field = town.rest("binh", button["payload"])[-1]
    assert field["custom"]["field"]["id"] == "giay_to_me" and field["custom"]["progress"] == {"done": 0, "total": 1}
    assert town.rest("binh", "001195000999")[-1]["custom"]["kind"] == "review"
    assert town.rest("binh", "/affirm")[-1]["custom"]["kind"] == "submitted"
    town.until(lambda: town.state(draft_id) == "submitted")
    assert town.drafts.get(draft_id).content.values["giay_to_me"] == "001195000999"
