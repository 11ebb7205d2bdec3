"""A value a database vouches for cannot be talked away, until the person says that it is wrong."""

from pathlib import Path

import pytest

from actions import draft_changes, form_messages
from actions import submission as capability
from actions.turn import Memory
from bot import keys, settings
from bot.submissions import protecting
from bot.submissions.store import Draft, Drafts
from tests.actions.turns import make_turn

FORM = "xac_nhan_tinh_trang_hon_nhan"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    monkeypatch.setenv("MOTCUA_VAR", str(tmp_path))
    made = Drafts(tmp_path / "submissions.sqlite", keys.load(settings.load()))
    for module in (draft_changes, form_messages, capability):
        monkeypatch.setattr(module, "drafts", lambda: made)
    return made


@pytest.fixture
def draft(store: Drafts) -> Draft:
    made = store.offer("1.004873", FORM, 1, "someone", "web")
    store.consent(made, "web")
    made.content.values.update(noi_nop="phường Cầu Giấy")
    protecting.protect(made.content, "nguoi_yeu_cau", "Nguyễn Thị Mai", "identity")
    store.save(made, "citizen", "prefilled")
    return made


def say(draft: Draft, text: str, memory: Memory, intent: str = "correct") -> tuple[str, Memory]:
    turn = make_turn(text, intent=intent, memory=memory, submission=draft.id)
    capability.submission(turn)
    return "\n".join(message["text"] for message in turn.messages), turn.memory


def test_a_correction_in_chat_is_refused_with_the_reason(store: Drafts, draft: Draft) -> None:
    said, _ = say(draft, "à nhầm, sửa họ tên người yêu cầu thành Lê Thị Bưởi", Memory(draft=draft.id))
    assert "VNeID, đã xác thực" in said and protecting.DENY in said
    assert store.get(draft.id).content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai"


def test_saying_that_it_is_wrong_opens_the_field_and_leaves_a_trace(store: Drafts, draft: Draft) -> None:
    _, memory = say(draft, "à nhầm, sửa họ tên người yêu cầu thành Lê Thị Bưởi", Memory(draft=draft.id))
    said, memory = say(draft, "Thong tin nay khong dung", memory)
    assert "cán bộ sẽ thấy cả hai" in said
    _, memory = say(draft, "Lê Thị Bưởi", memory, intent="inform")
    content = store.get(draft.id).content
    assert content.values["nguoi_yeu_cau"] == "Lê Thị Bưởi" and not content.verified
    assert protecting.said_by_database(content, "nguoi_yeu_cau") == "Nguyễn Thị Mai"
    assert "denied" in [act for _, _, act, _ in store.trail(draft.id)]
