"""Drafts at rest: consent first, encrypted, expiring, erasable, one-time links."""

import datetime as dt
from pathlib import Path

import pytest

from bot.keys import CannotDecrypt, Keys
from bot.submissions import store as drafts_module
from bot.submissions import times
from bot.submissions.store import BadLink, Draft, Drafts, UnknownDraft, WrongState
from procedures_kb.store import HANOI

FORM = "xac_nhan_tinh_trang_hon_nhan"


@pytest.fixture
def drafts(tmp_path: Path, keys: Keys) -> Drafts:
    return Drafts(tmp_path / "s.sqlite", keys)


@pytest.fixture
def draft(drafts: Drafts) -> Draft:
    offered = drafts.offer("1.004873", FORM, 1, "web:a", "web")
    drafts.consent(offered, "web")
    return offered


def test_consent_is_kept_as_proof(drafts: Drafts) -> None:
    offered = drafts.offer("1.004873", FORM, 1, "web:a", "web")
    assert offered.state == "offered" and drafts.consent_of(offered.id) is None
    drafts.consent(offered, "web")
    version, channel, at = drafts.consent_of(offered.id) or ("", "", "")
    assert version == drafts_module.CONSENT_VERSION and channel == "web" and at
    assert drafts.get(offered.id).state == "open"


def test_no_value_and_no_sender_stands_in_clear(drafts: Drafts, draft: Draft, tmp_path: Path) -> None:
    draft.content.values["nguoi_yeu_cau"] = "Nguyễn Thị Mai"
    drafts.save(draft, "citizen", "filled", "nguoi_yeu_cau")
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert "Nguyễn Thị Mai".encode() not in content and b"web:a" not in content
    assert drafts.get(draft.id).content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai"


def test_another_key_does_not_open_it(drafts: Drafts, draft: Draft, tmp_path: Path) -> None:
    with pytest.raises(CannotDecrypt, match="MOTCUA_KEY"):
        Drafts(tmp_path / "s.sqlite", Keys(b"x" * 32)).get(draft.id)


def test_two_writers_do_not_overwrite_one_another(drafts: Drafts, draft: Draft) -> None:
    other = drafts.get(draft.id)
    drafts.save(draft, "citizen", "filled")
    with pytest.raises(WrongState):
        drafts.save(other, "citizen", "filled")


def test_a_link_opens_once(drafts: Drafts, draft: Draft) -> None:
    token = drafts.make_link(draft.id)
    assert drafts.use_link(token) == draft.id
    with pytest.raises(BadLink):
        drafts.use_link(token)


def test_a_link_expires(drafts: Drafts, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    token = drafts.make_link(draft.id)
    later = dt.datetime.now(HANOI) + dt.timedelta(hours=25)
    monkeypatch.setattr(times, "moment", lambda: later)
    with pytest.raises(BadLink):
        drafts.use_link(token)


def test_a_guessed_link_is_refused(drafts: Drafts) -> None:
    with pytest.raises(BadLink):
        drafts.use_link("x" * 32)


def test_submitting_twice_gives_one_reference(drafts: Drafts, draft: Draft) -> None:
    reference = drafts.submit(draft)
    assert drafts.submit(drafts.get(draft.id)) == reference
    assert drafts.by_reference(reference.lower()).id == draft.id


def test_erased_means_gone(drafts: Drafts, draft: Draft, tmp_path: Path) -> None:
    drafts.erase(draft.id)
    with pytest.raises(UnknownDraft):
        drafts.get(draft.id)
    assert drafts.latest_open("web:a") is None


def test_an_untouched_draft_expires_after_thirty_days(
    drafts: Drafts, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = dt.datetime.now(HANOI) + dt.timedelta(days=31)
    monkeypatch.setattr(times, "moment", lambda: later)
    with pytest.raises(UnknownDraft):
        drafts.get(draft.id)
    assert drafts.expire() == 1


def test_a_draft_belongs_to_its_conversation(drafts: Drafts, draft: Draft) -> None:
    assert drafts.owned_by(draft.id, "web:a")
    assert not drafts.owned_by(draft.id, "web:b")
    assert drafts.latest_open("web:b") is None


def test_erase_all_takes_only_ones_own(drafts: Drafts, draft: Draft) -> None:
    other = drafts.offer("1.004873", FORM, 1, "web:b", "web")
    assert drafts.erase_all("web:a")["drafts"] == 1
    assert drafts.get(other.id)


def test_every_act_is_in_the_trail_without_values(drafts: Drafts, draft: Draft) -> None:
    draft.content.values["ngay_sinh"] = "1995-01-03"
    drafts.save(draft, "citizen", "filled", "ngay_sinh")
    drafts.looked_at(draft.id, "mai")
    acts = [(who, act) for _, who, act, _ in drafts.trail(draft.id)]
    assert acts == [("assistant", "offered"), ("citizen", "consented"), ("citizen", "filled"), ("mai", "looked at")]
    assert "1995" not in str(drafts.trail(draft.id))
