"""Asking in chat where a dossier is: codes as people type them, own dossiers, proof of ownership, the honest sentence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from actions import dossier_questions, form_messages, status
from actions.turn import Turn, sentences
from bot.keys import Keys
from bot.submissions.delivery.base import Progress
from bot.submissions.dossiers import Dossiers, Facts, Told
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Drafts
from tests.actions.turns import make_turn
from tests.submissions.delivery.conftest import submitted

CODE = "H26.1-261102-0012"
DAY = dt.date(2026, 11, 25)


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    """A connected installation."""
    made = Drafts(tmp_path / "s.sqlite", Keys(b"k" * 32), "case_system")
    monkeypatch.setenv("MOTCUA_DELIVERY", "case_system")
    monkeypatch.setattr(form_messages, "drafts", lambda: made)
    for module in (status, dossier_questions):
        monkeypatch.setattr(module, "drafts", lambda: made)
    monkeypatch.setattr(status, "today", lambda: DAY)
    return made


def delivered(
    drafts: Drafts, code: str = CODE, sender: str = "someone", due: dt.date | None = dt.date(2026, 11, 27)
) -> str:
    """A dossier of ``sender`` that the case system has; the last four digits of its phone."""
    draft = submitted(drafts, sender=sender)
    with drafts.transaction():
        Dossiers(drafts).accepted(draft, form_of_draft(draft), Progress(code=code, national=1, due_on=due))
    return draft.content.values["dien_thoai"][-4:]


def asked(text: str) -> Turn:
    turn = make_turn(text, intent="check_status")
    status.status(turn)
    return turn


def error(turn: Turn) -> str | None:
    (message,) = turn.messages
    assert message["custom"]["kind"] == "status"
    found = message["custom"].get("error")
    return found if isinstance(found, str) else None


@pytest.mark.parametrize(
    "typed",
    [CODE, "h26.1-261102-0012", "mã H26.1 - 261102 - 0012 ạ", "h26. 1 261102 0012", "H26.1–261102–0012", "tra giúp H26.1_261102_0012"],
)  # fmt: skip
def test_a_code_is_understood_as_people_type_it(drafts: Drafts, typed: str) -> None:
    delivered(drafts)
    dossier = asked(typed).messages[0]["custom"]["dossier"]
    assert (dossier["code"], dossier["state"], dossier["due_on"]) == (CODE, "submitted", "2026-11-27")


def test_old_codes_with_the_agency_before_them(drafts: Drafts) -> None:
    delivered(drafts, "000.00.01.H26-260930-0012")
    assert error(asked("000.00.01.h26-260930-0012")) is None


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("H26.1-26110-0012", "chưa đúng dạng"), ("H26-261102", "chưa đúng dạng"), ("H26.1-261302-0012", "không phải ngày có thật"),
        ("H26.1-270101-0012", "chưa tới"), ("H26.1-260230-0012", "30/02/2026"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_code_is_explained(drafts: Drafts, typed: str, says: str) -> None:
    turn = asked(f"tra mã {typed}")
    assert error(turn) == "malformed" and says in turn.messages[0]["text"]


def test_ones_own_dossier_needs_neither_code_nor_proof(drafts: Drafts) -> None:
    delivered(drafts)
    turn = asked("hồ sơ của tôi đến đâu rồi")
    text = turn.messages[0]["text"]
    assert CODE in text and "Mới đăng ký" not in text.split(CODE)[0] and "còn 2 ngày làm việc" in text
    assert turn.messages[0]["buttons"][0]["payload"].startswith(("/ho-so/", "http"))
    assert Dossiers(drafts).unsaid("someone") == []


def test_several_of_ones_own_are_listed(drafts: Drafts) -> None:
    delivered(drafts)
    delivered(drafts, "H26.1-261103-0007")
    turn = asked("hồ sơ của tôi đến đâu rồi")
    assert "H26.1-261103-0007" in turn.messages[0]["text"] and CODE in turn.messages[0]["text"]
    assert len(turn.messages[0]["buttons"]) == 2
    assert "H26.1-261103" not in asked(CODE).messages[0]["text"]


def test_a_late_dossier_says_what_to_do(drafts: Drafts) -> None:
    delivered(drafts, due=dt.date(2026, 11, 20))
    text = asked("tới đâu rồi").messages[0]["text"]
    assert "quá hẹn 2 ngày làm việc (hẹn thứ sáu 20/11/2026)" in text  # 24/11 is a holiday since 2026
    assert "xin lỗi" in text and "1022" in text


def test_somebody_elses_needs_the_digits(drafts: Drafts) -> None:
    digits = delivered(drafts, sender="web:other")
    assert error(asked(CODE)) == "proof_needed"
    turn = asked(f"{CODE} {digits}")
    assert error(turn) is None and "còn 2 ngày làm việc" in turn.messages[0]["text"]
    assert turn.messages[0]["buttons"] == []  # the state, not the dossier
    assert asked(f"mã {CODE}, điện thoại 091234{digits}").messages[0]["custom"]["dossier"]["code"] == CODE


def test_wrong_digits_and_an_unknown_code_get_the_same_answer(drafts: Drafts) -> None:
    digits = delivered(drafts, sender="web:other")
    wrong = asked(f"{CODE} {(int(digits) + 1) % 10_000:04d}")
    unknown = asked(f"H26.1-261102-0013 {digits}")
    assert wrong.messages == unknown.messages and error(wrong) == "no_match"
    assert asked("H26.1-261102-0013").messages[0]["text"].replace("0013", "0012") == asked(CODE).messages[0]["text"]


def test_tries_run_out(drafts: Drafts) -> None:
    digits = delivered(drafts, sender="web:other")
    for number in range(5):
        assert error(asked(f"{CODE} {(int(digits) + 1 + number) % 10_000:04d}")) == "no_match"
    assert error(asked(f"{CODE} {digits}")) == "too_many"


def test_a_returned_one_is_explained_and_the_officers_words_are_for_its_owner_only(drafts: Drafts) -> None:
    digits = delivered(drafts, sender="web:other")
    own = delivered(drafts, "H26.1-261103-0007")
    assert own
    told = [Told("Số căn cước bà Mai sai", "Số định danh chưa đúng.", ["giay_to_me"], ["Số định danh người mẹ"])]
    for sender in ("web:other", "someone"):
        dossier = Dossiers(drafts).of_sender(sender)[0]
        with drafts.transaction():
            Dossiers(drafts).step(dossier, "returned", 5, Facts(dossier.facts.code, told=told))
    text = asked("H26.1-261103-0007").messages[0]["text"]
    assert "bà Mai" in text and "Mục cần sửa: Số định danh người mẹ" in text
    other = asked(f"{CODE} {digits}").messages[0]["text"]
    assert "bà Mai" not in other and "Số định danh chưa đúng." in other and "máy đã dùng khi nộp" in other


def test_without_a_code_it_is_asked_for(drafts: Drafts) -> None:
    assert error(asked("hồ sơ của tôi đến đâu rồi")) == "no_code"


def test_where_no_case_system_is_connected_the_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTCUA_DELIVERY", raising=False)
    turn = asked("hồ sơ của tôi đến đâu rồi")
    assert error(turn) == "no_code" and turn.messages[0]["text"] == sentences()["status_ask"]
    turn = asked(CODE)
    assert error(turn) == "not_connected" and "chưa được nối" in turn.messages[0]["text"]
