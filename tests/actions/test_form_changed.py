"""A form that changes in the middle of a chat: an answer never lands in another field than the one it was given for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from actions import draft_changes, form_messages, starting, submission
from actions.turn import Turn
from bot import keys, settings
from bot.submissions import filling
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Draft, Drafts
from procedures_kb.form_types import Field
from procedures_kb.store import Store, today
from tests.actions.turns import make_turn

NEW = Field(id="ghi_chu", type="text", label="Ghi chú", question="Anh/chị ghi chú gì ạ?")


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    monkeypatch.setenv("MOTCUA_VAR", str(tmp_path))
    made = Drafts(tmp_path / "submissions.sqlite", keys.load(settings.load()))
    for module in (draft_changes, form_messages, starting, submission):
        monkeypatch.setattr(module, "drafts", lambda: made)
    return made


@pytest.fixture
def draft(followed: Store, drafts: Drafts) -> Draft:
    """Open, asked for its first field: the ward that takes the form."""
    made = drafts.offer("1.000894", "ket_hon", followed.release(), "someone", "web")
    drafts.consent(made, "web")
    return made


def publish(store: Store, change: Callable[[list[Field]], list[Field]]) -> None:
    """The form with the fields of its first group changed."""
    form = store.get("ket_hon").form
    assert form
    first = msgspec.structs.replace(form.groups[0], fields=change(form.groups[0].fields))
    heading = msgspec.structs.replace(form, groups=[first, *form.groups[1:]], addressed_to="Ủy ban nhân dân")
    store.publish(heading, "mai", "mẫu mới")


def said(draft: Draft, text: str) -> Turn:
    turn = make_turn(text, "inform", submission=draft.id)
    submission.submission(turn)
    return turn


def test_an_answer_goes_to_the_field_that_was_asked(followed: Store, drafts: Drafts, draft: Draft) -> None:
    publish(followed, lambda fields: [NEW, *fields])
    turn = said(draft, "phường Cầu Giấy")
    assert drafts.get(draft.id).content.values == {"noi_nop": "phường Cầu Giấy"}
    assert "có thêm “Ghi chú”" in turn.messages[0]["text"] and NEW.question in turn.messages[-1]["text"]


def test_an_answer_to_what_is_no_longer_asked_lands_nowhere(followed: Store, drafts: Drafts, draft: Draft) -> None:
    publish(followed, lambda fields: [NEW])
    turn = said(draft, "phường Cầu Giấy")
    assert drafts.get(draft.id).content.values == {}
    assert NEW.question in turn.messages[-1]["text"]


def test_a_yes_at_the_review_is_no_answer_to_a_new_field(followed: Store, drafts: Drafts, draft: Draft) -> None:
    form = form_of_draft(draft)
    while field := filling.next_field(form, draft.content):
        by_type = {"date": "3/1/1995", "personal_id": "001195000123", "phone": "0912345678", "count": "1"}
        value = field.options[0].value if field.options else by_type.get(field.type) or field.example or "Hà Nội"
        if field.id == "ngay_hen":
            filling.put_off(draft.content, field)
        else:
            filling.put(form, draft.content, field.id, value, "chat", today())
    drafts.save(draft, "citizen", "filled", "ngay_sinh")
    publish(followed, lambda fields: [*fields, NEW])
    turn = said(draft, "đúng rồi")
    kept = drafts.get(draft.id)
    assert (kept.state, "ghi_chu" in kept.content.values) == ("open", False)
    assert NEW.question in turn.messages[-1]["text"]
