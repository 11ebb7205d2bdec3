"""The page and the chat write the same draft: neither loses what the other wrote."""

from pathlib import Path

import pytest

from actions import draft_changes
from bot import keys, settings
from bot.submissions import filling
from bot.submissions.store import Draft, Drafts
from procedures_kb.form_model import FormDefinition, form_of
from procedures_kb.store import today


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    monkeypatch.setenv("MOTCUA_VAR", str(tmp_path))
    configuration = settings.load()
    made = Drafts(tmp_path / "submissions.sqlite", keys.load(configuration))
    monkeypatch.setattr(draft_changes, "drafts", lambda: made)
    return made


def opened(store: Drafts) -> tuple[Draft, FormDefinition]:
    form = form_of("1.004873")
    assert form is not None
    draft = store.offer("1.004873", form.id, 1, "someone", "web")
    store.consent(draft, "web")
    return store.get(draft.id), form


def test_an_answer_in_chat_keeps_what_the_page_wrote_meanwhile(store: Drafts) -> None:
    in_chat, form = opened(store)
    filling.put(form, in_chat.content, "nguoi_yeu_cau", "Nguyễn Thị Mai", "chat", today())
    store.save(in_chat, "citizen", "filled")
    on_page = store.get(in_chat.id)
    filling.put(form, on_page.content, "nguoi_yeu_cau", "Nguyễn Thị Mai Anh", "page", today())
    store.save(on_page, "citizen", "filled")

    draft_changes.change(
        in_chat, "filled", "dan_toc", lambda content: filling.put(form, content, "dan_toc", "Kinh", "chat", today())
    )

    kept = store.get(in_chat.id).content.values
    assert kept["nguoi_yeu_cau"] == "Nguyễn Thị Mai Anh"
    assert kept["dan_toc"] == "Kinh"
    assert in_chat.content.values == kept


def test_a_draft_finished_on_the_page_is_not_opened_again(store: Drafts) -> None:
    in_chat, form = opened(store)
    on_page = store.get(in_chat.id)
    store.submit(on_page)
    with pytest.raises(draft_changes.FinishedElsewhere):
        draft_changes.change(
            in_chat, "filled", "dan_toc", lambda content: filling.put(form, content, "dan_toc", "Kinh", "chat", today())
        )
    assert store.get(in_chat.id).state == "submitted"
