"""A returned submission corrected in chat: the reason, only what was reopened, review, sent again; the rest stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.submissions.delivery.base import Reason
from bot.submissions.dossiers import Dossiers
from bot.submissions.store import Drafts
from tests.actions.submitted import Chat, connected, delivered, sent_back

MOTHERS = Reason(code="SO_DINH_DANH", text="Số định danh của người mẹ không khớp")
BABYS = Reason(text="Đề nghị xem lại họ tên người mẹ")


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    return connected(tmp_path, monkeypatch)


def test_the_answer_tells_why_and_offers_to_correct_it_now(drafts: Drafts) -> None:
    sent_back(drafts, delivered(drafts), MOTHERS)
    (message,) = Chat().says("hồ sơ của tôi đến đâu rồi", "check_status")
    assert "Số định danh (số căn cước) chưa đúng" in message["text"] and "người mẹ không khớp" in message["text"]
    assert [button["title"] for button in message["buttons"]] == ["Sửa ngay", "Sửa và gửi lại trên trang"]


def corrected(drafts: Drafts, *reasons: Reason) -> tuple[Chat, str]:
    """A conversation in which "Sửa ngay" was pressed; what was asked."""
    sent_back(drafts, delivered(drafts), *reasons)
    chat = Chat()
    (message,) = chat.says("hồ sơ của tôi đến đâu rồi", "check_status")
    return chat, chat.hears(message["buttons"][0]["payload"])


def test_only_what_was_reopened_is_asked_then_it_is_sent_again(drafts: Drafts) -> None:
    chat, asked = corrected(drafts, MOTHERS)
    assert "Hiện ghi: •••• " in asked and "chỉ hỏi lại 1 mục" in asked
    draft_id = chat.submission
    assert draft_id
    before = dict(drafts.get(draft_id).content.values)
    review = chat.hears("001195000999")
    assert "các mục khác giữ nguyên" in review and review.count("\n- ") == 1
    assert "gửi lại phần anh/chị đã sửa" in chat.hears("đúng rồi", "affirm")
    after = drafts.get(draft_id)
    assert after.state == "submitted" and after.content.values == {**before, "giay_to_me": "001195000999"}
    states = [(step.round, step.state) for step in Dossiers(drafts).history(draft_id)]
    assert states == [(1, "delivering"), (1, "submitted"), (1, "returned"), (2, "delivering")]
    assert chat.submission is None


def test_several_are_asked_one_at_a_time_and_may_be_left_as_they_are(drafts: Drafts) -> None:
    chat, asked = corrected(drafts, MOTHERS, BABYS)
    assert "chỉ hỏi lại 2 mục" in asked and "họ và tên" in asked.lower()
    draft_id = chat.submission
    assert draft_id
    values = drafts.get(draft_id).content.values
    second = chat.hears("/skip")
    assert "Hiện ghi: ••••" in second
    assert "Đúng rồi" not in second
    chat.hears("001195000999")
    assert drafts.get(draft_id).content.values["ten_me"] == values["ten_me"]


def test_what_was_not_reopened_is_not_changed_from_the_chat_either(drafts: Drafts) -> None:
    chat, _ = corrected(drafts, MOTHERS)
    draft_id = chat.submission
    assert draft_id
    before = drafts.get(draft_id).content.values["ten_con"]
    said = chat.hears("sửa tên bé thành Trần Văn Khác", "correct")
    assert "giữ nguyên" in said and "Hiện ghi" in said
    assert drafts.get(draft_id).content.values["ten_con"] == before


def test_a_faulty_answer_is_asked_again(drafts: Drafts) -> None:
    chat, _ = corrected(drafts, MOTHERS)
    said = chat.hears("12345")
    assert "Hiện ghi" in said and chat.memory.correcting == "giay_to_me"


def test_papers_are_sent_on_the_page(drafts: Drafts) -> None:
    chat, said = corrected(drafts, Reason(text="Thiếu Giấy chứng sinh bản chính"))
    assert "gửi ảnh trên trang" in said and chat.submission is None


def test_inside_zalo_the_one_time_link_opens_the_page(drafts: Drafts) -> None:
    sent_back(drafts, delivered(drafts), MOTHERS)
    chat = Chat("zalo")
    (message,) = chat.says("hồ sơ của tôi đến đâu rồi", "check_status")
    button = message["buttons"][0]
    assert button["title"] == "Sửa ngay" and "/ho-so/mo/" in button["payload"]
    said = chat.hears("làm tiếp hồ sơ", "resume")
    assert "/ho-so/mo/" in said and "Hiện ghi" not in said and chat.submission is None


def test_corrected_on_the_page_meanwhile_the_chat_writes_nothing(drafts: Drafts) -> None:
    chat, _ = corrected(drafts, MOTHERS)
    assert chat.submission
    drafts.submit(drafts.get(chat.submission))
    before = drafts.get(chat.submission).content.values
    draft_id = chat.submission
    chat.hears("001195000999")
    assert drafts.get(draft_id).content.values == before and chat.submission is None
