"""Taking a submission back in chat: only in clear words, only after being asked, only one's own; and the question of news."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.submissions.dossiers import Dossiers
from bot.submissions.permissions import Permissions
from bot.submissions.store import Drafts
from tests.actions.submitted import CODE, Chat, connected, delivered
from tests.submissions.delivery.conftest import submitted


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    return connected(tmp_path, monkeypatch)


def state(drafts: Drafts, draft_id: str) -> str:
    dossier = Dossiers(drafts).get(draft_id)
    assert dossier
    return dossier.state


@pytest.mark.parametrize(
    "words",
    ["rút hồ sơ", "cho em rút hồ sơ ạ", "tôi muốn rút lại hồ sơ đã nộp", "rut ho so giup em", "thôi không nộp nữa", "em không muốn nộp nữa"],
)  # fmt: skip
@pytest.mark.parametrize("intent", ["cancel", "ask_procedure", "out_of_scope"])
def test_it_is_asked_first_whatever_the_intent_model_thinks(drafts: Drafts, words: str, intent: str) -> None:
    draft = delivered(drafts)
    chat = Chat()
    said = chat.hears(words, intent)
    assert draft.reference and draft.reference in said and "phải không ạ?" in said
    assert state(drafts, draft.id) == "submitted"


@pytest.mark.parametrize("yes", ["/affirm", "đúng rồi", "vâng"])
def test_yes_takes_it_back(drafts: Drafts, yes: str) -> None:
    draft = delivered(drafts)
    chat = Chat()
    chat.hears("rút hồ sơ")
    assert "gửi yêu cầu rút" in chat.hears(yes, "affirm")
    assert state(drafts, draft.id) == "withdrawing"


def test_no_leaves_it(drafts: Drafts) -> None:
    draft = delivered(drafts)
    chat = Chat()
    chat.hears("rút hồ sơ")
    assert "giữ nguyên" in chat.hears("/deny")
    assert state(drafts, draft.id) == "submitted" and chat.memory.offered == []


def test_before_it_was_sent_it_never_will_be(drafts: Drafts) -> None:
    draft = submitted(drafts, sender="someone")
    chat = Chat()
    chat.hears("rút hồ sơ")
    assert "trước khi gửi đi" in chat.hears("/affirm")
    assert state(drafts, draft.id) == "withdrawn"


def test_when_it_is_too_late_the_office_is_named(drafts: Drafts) -> None:
    draft = delivered(drafts)
    dossier = Dossiers(drafts).get(draft.id)
    assert dossier
    with drafts.transaction():
        Dossiers(drafts).step(dossier, "submitted", 10, dossier.facts)
    said = Chat().hears("rút hồ sơ")
    assert "Ủy ban nhân dân" in said and draft.content.values["noi_nop"] in said


def test_of_several_the_person_chooses_on_their_pages(drafts: Drafts) -> None:
    first, second = delivered(drafts), delivered(drafts, "H26.1-261103-0007")
    said = Chat().says("rút hồ sơ")
    assert len(said[0]["buttons"]) == 2 and str(first.reference) in said[0]["text"]
    assert state(drafts, second.id) == "submitted"


@pytest.mark.parametrize("words", ["rút hồ sơ gốc xe máy", "rút bảo hiểm xã hội một lần cần giấy tờ gì"])
def test_procedures_of_a_like_name_are_none(drafts: Drafts, words: str) -> None:
    delivered(drafts)
    assert "phải không ạ? Rút rồi" not in Chat().hears(words, "ask_procedure")


def test_somebody_elses_is_never_offered(drafts: Drafts) -> None:
    draft = delivered(drafts, sender="web:other")
    said = Chat().hears(f"rút hồ sơ {CODE}", "ask_procedure")
    assert draft.reference and draft.reference not in said


def test_inside_an_unfinished_form_it_means_that_form(drafts: Drafts) -> None:
    chat = Chat()
    draft = drafts.offer("1.001193", "khai_sinh", 1, "someone", "web")
    drafts.consent(draft, "web")
    chat.slots["submission"] = draft.id
    assert "dừng điền" in chat.hears("rút hồ sơ")
    assert drafts.get(draft.id).content.values == {}


def came_by_zalo(drafts: Drafts) -> str:
    draft = delivered(drafts)
    drafts.connection.execute("UPDATE drafts SET channel = 'zalo' WHERE id = ?", (draft.id,))
    return draft.id


def test_on_zalo_news_are_asked_for_and_yes_is_kept_as_proof(drafts: Drafts) -> None:
    draft_id = came_by_zalo(drafts)
    chat = Chat("zalo")
    assert "Anh/chị có đồng ý không?" in chat.hears("hồ sơ của tôi đến đâu rồi", "check_status")
    assert not Permissions(drafts).news_allowed(draft_id)
    assert "nhắn cho anh/chị qua Zalo" in chat.hears("/affirm")
    assert Permissions(drafts).news_allowed(draft_id)
    row = drafts.connection.execute("SELECT purpose, channel, person FROM permissions").fetchone()
    assert row == ("news", "zalo", "")
    assert "Anh/chị có đồng ý không?" not in chat.hears("hồ sơ của tôi đến đâu rồi", "check_status")


def test_no_keeps_nothing_and_on_the_web_nobody_is_asked(drafts: Drafts) -> None:
    draft_id = came_by_zalo(drafts)
    chat = Chat("zalo")
    chat.hears("hồ sơ của tôi đến đâu rồi", "check_status")
    chat.hears("không cần đâu", "deny")
    assert not Permissions(drafts).news_allowed(draft_id)
    assert "đồng ý" not in chat.hears("hồ sơ của tôi đến đâu rồi", "check_status"), "asked once"
    assert "đồng ý" not in Chat("web").hears("hồ sơ của tôi đến đâu rồi", "check_status")


def test_a_yes_that_comes_later_means_something_else(drafts: Drafts) -> None:
    draft = delivered(drafts)
    chat = Chat()
    chat.hears("rút hồ sơ")
    chat.hears('/ask_procedure{"procedure": "1.001193", "aspect": "fee"}')
    chat.hears("vâng", "affirm")
    assert state(drafts, draft.id) == "submitted"
