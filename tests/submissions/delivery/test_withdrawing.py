"""Taking a submission back: never sent after the wish, whatever the outbox is doing; asked for where it has arrived."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.keys import Keys
from bot.submissions import outbox as outbox_module
from bot.submissions.delivery.case_system import CaseSystem
from bot.submissions.delivery.following import Follower
from bot.submissions.dossiers import Dossiers
from bot.submissions.outbox import Outbox, Pace
from bot.submissions.store import Drafts, UnknownDraft
from bot.submissions.withdrawing import office_of, withdraw
from procedures_kb.form_model import forms
from tests.submissions.delivery.conftest import QUICK, Office, submitted
from tests.submissions.delivery.test_following import delivered
from tests.submissions.delivery.test_outbox import until_empty


def state(dossiers: Dossiers, draft_id: str) -> tuple[str, int | None]:
    dossier = dossiers.get(draft_id)
    assert dossier
    return dossier.state, dossier.national


async def test_before_it_was_sent_it_is_taken_out_and_never_sent(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office
) -> None:
    draft = submitted(drafts)
    assert withdraw(drafts, draft.id) == "taken_back"
    assert not await outbox.work()
    assert office.dossiers == [] and outbox.waiting() == []
    assert state(dossiers, draft.id) == ("withdrawn", None)
    assert [step.state for step in dossiers.history(draft.id)] == ["delivering", "withdrawn"]
    assert ("citizen", "withdrawn") in {(who, act) for _, who, act, _ in drafts.trail(draft.id)}
    assert withdraw(drafts, draft.id) == "too_late"


async def test_where_nothing_is_sent_by_us_it_is_noted(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "s.sqlite", Keys(b"k" * 32), "counter")
    draft = submitted(drafts)
    assert withdraw(drafts, draft.id) == "not_sent"
    assert state(Dossiers(drafts), draft.id) == ("withdrawn", None)


async def test_afterwards_the_case_system_is_asked(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office, follower: Follower
) -> None:
    draft, code = await delivered(drafts, outbox)
    assert withdraw(drafts, draft.id) == "asked"
    assert state(dossiers, draft.id)[0] == "withdrawing"
    assert not await follower.work(), "an answer about before the wish would be taken for one about it"
    await until_empty(outbox)
    (kept,) = office.dossiers
    assert kept["TrangThaiHoSo"] == "7" and kept["ChuHoSo"], "the dossier itself is left as it was"
    assert state(dossiers, draft.id) == ("cancelled", 7)
    assert [step.state for step in dossiers.history(draft.id)][-2:] == ["withdrawing", "cancelled"]
    assert dossiers.has_news(draft.id) and not await follower.work()


@pytest.mark.parametrize("number", [3, 7, 8, 9, 10])
async def test_what_is_settled_cannot_be_withdrawn(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office, number: int
) -> None:
    draft, code = await delivered(drafts, outbox)
    office.moves(code, number)
    await follower.ask(draft.id)
    before = state(dossiers, draft.id)
    assert withdraw(drafts, draft.id) == "too_late" and state(dossiers, draft.id) == before


async def test_a_request_that_is_not_taken_leaves_the_dossier_going_and_names_the_office(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    office.moves(code, 10)  # settled there, which nobody here knows yet
    withdraw(drafts, draft.id)
    await until_empty(outbox)
    dossier = dossiers.get(draft.id)
    assert dossier and dossier.state == "submitted" and outbox.waiting() == []
    assert (
        office_of(forms()[draft.form], draft) in dossier.facts.told[0].plain and "1022" in dossier.facts.told[0].plain
    )
    await follower.work()
    assert state(dossiers, draft.id) == ("submitted", 10)


async def test_a_request_that_is_only_noted_says_so(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office
) -> None:
    draft, _ = await delivered(drafts, outbox)
    office.breaks(withdrawals=False)
    withdraw(drafts, draft.id)
    await until_empty(outbox)
    dossier = dossiers.get(draft.id)
    assert dossier and dossier.state == "submitted" and "chưa dừng" in dossier.facts.told[0].plain


async def test_a_returned_one_is_withdrawn_too_and_can_no_longer_be_corrected(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    office.moves(code, 5, reason="Sai ngày sinh của bé")
    await follower.ask(draft.id)
    assert withdraw(drafts, draft.id) == "asked"
    now = drafts.get(draft.id)
    assert now.state == "submitted" and now.content.reopened == []
    await until_empty(outbox)
    assert state(dossiers, draft.id) == ("cancelled", 7) and len(office.dossiers) == 1


async def test_a_returned_one_whose_withdrawal_is_refused_can_be_corrected_after_all(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    office.moves(code, 5, reason="Sai ngày sinh của bé")
    await follower.ask(draft.id)
    withdraw(drafts, draft.id)
    office.breaks(refuse="77", times=1)
    await until_empty(outbox)
    await follower.work()
    assert drafts.get(draft.id).state == "returned" and drafts.get(draft.id).content.reopened


async def test_a_correction_still_waiting_is_not_sent_after_the_wish(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    office.moves(code, 5, reason="Sai ngày sinh của bé")
    await follower.ask(draft.id)
    drafts.submit(drafts.get(draft.id))
    assert withdraw(drafts, draft.id) == "asked"
    await until_empty(outbox)
    (kept,) = office.dossiers
    assert kept["TrangThaiHoSo"] == "7"
    assert not [one for one in kept["DanhSachHoSoBoSung"] if one["HoSoBoSungId"].startswith("MC-")]


POINTS = ("before claim", "claimed", "before sending", "answered")


@pytest.mark.parametrize("point", POINTS)
async def test_racing_the_deliverer_nothing_is_left_at_the_office(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wish comes from another process at any point of an attempt."""
    other = Drafts(Path(drafts.connection.execute("PRAGMA database_list").fetchone()[2]), drafts.keys, "case_system")
    draft = submitted(drafts)
    wished: list[str] = []

    def there(now: str) -> None:
        if now == point and not wished:
            wished.append(withdraw(other, draft.id))

    monkeypatch.setattr(outbox_module, "reached", there)
    await until_empty(outbox)
    sent = point in ("before sending", "answered")
    assert wished == ["taken_back" if point == "before claim" else "asked"]
    assert [one["TrangThaiHoSo"] for one in office.dossiers] == (["7"] if sent else [])
    assert state(dossiers, draft.id) == (("cancelled", 7) if sent else ("withdrawn", None))


@pytest.mark.parametrize("switches", [{"hang_up": True}, {"hang_up_after": True}], ids=str)
async def test_after_a_lost_answer_it_is_looked_for_and_only_then_taken_back(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office, switches: dict[str, bool]
) -> None:
    draft = submitted(drafts)
    office.breaks(times=1, **switches)
    await outbox.work()
    assert withdraw(drafts, draft.id) == "asked"
    await until_empty(outbox)
    arrived = "hang_up_after" in switches
    assert [one["TrangThaiHoSo"] for one in office.dossiers] == (["7"] if arrived else [])
    assert state(dossiers, draft.id) == (("cancelled", 7) if arrived else ("withdrawn", None))
    assert office.state.calls.count("DongBoHoSoMC") == (2 if arrived else 1)


async def test_a_stopped_delivery_in_doubt_is_looked_for_once_more(
    drafts: Drafts, case_system: CaseSystem, dossiers: Dossiers, office: Office
) -> None:
    impatient = Outbox(drafts, case_system, Pace(attempt=2.0, settle=0.05, first_wait=0.02, idle=0.02, give_up=-1.0))
    draft = submitted(drafts)
    office.breaks(times=1, hang_up_after=True)
    await impatient.work()
    assert [row.state for row in impatient.waiting()] == ["stopped"]
    assert withdraw(drafts, draft.id) == "asked"
    await until_empty(Outbox(drafts, case_system, QUICK))
    assert [one["TrangThaiHoSo"] for one in office.dossiers] == ["7"]


async def test_a_lost_answer_to_the_request_asks_no_second_time_for_what_is_done(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office
) -> None:
    draft, _ = await delivered(drafts, outbox)
    withdraw(drafts, draft.id)
    office.breaks(times=1, hang_up_after=True)
    before = office.state.calls.count("DongBoHoSoMC")
    await until_empty(outbox)
    assert office.state.calls.count("DongBoHoSoMC") == before + 1
    assert state(dossiers, draft.id) == ("cancelled", 7)


def test_what_was_erased_cannot_be_withdrawn(drafts: Drafts) -> None:
    draft = submitted(drafts)
    drafts.erase(draft.id)
    with pytest.raises(UnknownDraft):
        withdraw(drafts, draft.id)


def test_the_office_is_named_as_the_form_addresses_it(drafts: Drafts) -> None:
    draft = submitted(drafts)
    assert office_of(forms()["khai_sinh"], draft) == f"Ủy ban nhân dân {draft.content.values['noi_nop']}"
