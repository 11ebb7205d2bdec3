"""The outbox without kills: one transaction with submitting, back-off, doubt, refusal, staff, erasing."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest

from bot.keys import Keys
from bot.settings import Settings
from bot.submissions import dossier_tables
from bot.submissions.delivery import registry
from bot.submissions.delivery.case_system import CaseSystem
from bot.submissions.dossiers import Dossiers
from bot.submissions.outbox import Outbox
from bot.submissions.store import Drafts, UnknownDraft, WrongState
from tests.submissions.delivery.conftest import QUICK, Office, filled, submitted


async def until_empty(outbox: Outbox, seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while outbox.counts().get("waiting"):
            await outbox.work()
            await asyncio.sleep(0.01)


async def test_a_submission_is_delivered_with_everything(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office
) -> None:
    draft = submitted(drafts)
    before = dossiers.get(draft.id)
    assert before and before.state == "delivering" and before.facts.code == ""
    await until_empty(outbox)
    (kept,) = office.dossiers
    after = dossiers.get(draft.id)
    assert after and (after.state, after.facts.code) == ("submitted", kept["MaHoSo"]) and after.facts.due_on
    assert kept["MaTTHC"] == draft.procedure and kept["ChuHoSo"] and kept["SoDienThoai"] and kept["MaDoiTuong"]
    assert draft.reference and draft.reference in kept["GhiChu"]
    assert "Họ, chữ đệm, tên của bé" in kept["ThongTinKhac"]
    assert [step.state for step in dossiers.history(draft.id)] == ["delivering", "submitted"]
    assert dossiers.has_news(draft.id)


async def test_by_default_nothing_is_sent(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "s.sqlite", Keys(b"k" * 32))
    draft = submitted(drafts)
    dossier = Dossiers(drafts).get(draft.id)
    assert dossier and dossier.state == "ready"
    assert Outbox(drafts, registry.make(Settings()), QUICK).counts() == {}


def test_leaving_the_draft_state_and_the_outbox_are_one_transaction(
    drafts: Drafts, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = filled(drafts)
    with monkeypatch.context() as patched:
        patched.setattr(dossier_tables, "leave_draft_state", lambda *a: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            drafts.submit(draft)
    assert draft.state == "open" and draft.reference is None
    assert drafts.get(draft.id).state == "open"
    drafts.submit(draft)
    assert drafts.get(draft.id).state == "submitted"


def test_submitting_again_from_an_old_copy_gives_one_delivery(drafts: Drafts, outbox: Outbox) -> None:
    draft = filled(drafts)
    old = drafts.get(draft.id)
    reference = drafts.submit(draft)
    assert drafts.submit(draft) == reference
    with pytest.raises(WrongState):
        drafts.submit(old)
    assert outbox.counts() == {"waiting": 1}


@pytest.mark.parametrize(
    "switches",
    [
        {"http": 503}, {"http_after": 500}, {"hang_up": True}, {"hang_up_after": True}, {"refuse": "09"},
        {"garble": "twice"}, {"garble": "html"}, {"garble": "no_code"}, {"slow": 1.3}, {"slow_after": 1.3},
    ],
    ids=str,
)  # fmt: skip
async def test_after_passing_faults_it_is_there_once(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office, switches: dict[str, object]
) -> None:
    drafted = [submitted(drafts) for _ in range(3)]
    office.breaks(times=0 if "slow" in str(switches) else 5, **switches)
    for _ in range(3):
        await outbox.work()
        await asyncio.sleep(0.05)
    office.breaks()
    await until_empty(outbox, 15)
    assert len(office.dossiers) == 3
    codes = {d.facts.code for draft in drafted if (d := dossiers.get(draft.id))}
    assert codes == set(office.state.dossiers)


async def test_a_refusal_stops_and_staff_send_it_again(
    drafts: Drafts, outbox: Outbox, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    draft = submitted(drafts)
    office.breaks(refuse="01")
    with caplog.at_level(logging.DEBUG):
        await outbox.work()
        await asyncio.sleep(0.1)
        assert not await outbox.work()
    (row,) = outbox.waiting()
    assert (row.state, row.fault, row.attempts, row.reference) == ("stopped", "refused_01", 1, draft.reference)
    office.breaks()
    assert outbox.resend(row.id, "operator")
    await until_empty(outbox)
    assert len(office.dossiers) == 1 and outbox.waiting() == []
    assert not outbox.resend(row.id, "operator")
    assert ("operator", "resend") in {(who, act) for _, who, act, _ in drafts.trail(draft.id)}
    for value in draft.content.values.values():
        assert len(value) < 5 or value not in caplog.text


async def test_by_hand_in_doubt_waits_until_the_last_attempt_has_settled(
    drafts: Drafts, outbox: Outbox, office: Office
) -> None:
    submitted(drafts)
    office.breaks(hang_up_after=True)
    await outbox.work()
    (row,) = outbox.waiting()
    assert row.doubt
    outbox.resend(row.id, "operator")
    assert not await outbox.work()  # not yet
    (row,) = outbox.waiting()
    assert row.next_at - time.time() > QUICK.lease / 2


async def test_the_waits_grow_and_stay_below_their_limit(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "s.sqlite", Keys(b"k" * 32), "failing")
    submitted(drafts)
    now = time.time() + 1
    outbox = Outbox(drafts, registry.make(Settings(delivery="failing")), clock=lambda: now)
    waits = []
    for _ in range(14):
        await outbox.work()
        (row,) = outbox.waiting()
        waits.append(row.next_at - now)
        now = row.next_at
    assert row.state == "waiting"
    assert waits[0] < 7 and waits[5] > 100 and max(waits) < 4600


async def test_after_days_it_stops_but_is_not_lost(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "s.sqlite", Keys(b"k" * 32), "failing")
    submitted(drafts)
    outbox = Outbox(drafts, registry.make(Settings(delivery="failing")), clock=lambda: 4_000_000_000.0)
    await outbox.work()
    assert [row.state for row in outbox.waiting()] == ["stopped"]


async def test_erasing_takes_everything_along(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office
) -> None:
    first, second = submitted(drafts), submitted(drafts)
    drafts.erase(first.id)
    await until_empty(outbox)
    drafts.erase(second.id)
    assert len(office.dossiers) == 1 and dossiers.get(second.id) is None and outbox.counts() == {}
    for table in dossier_tables.PERSONAL:
        assert drafts.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    with pytest.raises(UnknownDraft):
        drafts.get(first.id)


async def test_nothing_of_a_person_is_readable_in_the_file(
    drafts: Drafts, outbox: Outbox, office: Office, tmp_path: Path
) -> None:
    draft = submitted(drafts)
    await until_empty(outbox)
    code = office.dossiers[0]["MaHoSo"]
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("submissions.sqlite*"))
    for text in (code, *[value for value in draft.content.values.values() if len(value) > 5]):
        assert text.encode() not in raw


async def test_two_workers_on_one_file_deliver_once(drafts: Drafts, office: Office, tmp_path: Path) -> None:
    other = Drafts(tmp_path / "submissions.sqlite", Keys(b"k" * 32), "case_system")
    plugins = [CaseSystem(office.settings), CaseSystem(office.settings)]
    workers = [Outbox(drafts, plugins[0], QUICK), Outbox(other, plugins[1], QUICK)]
    for _ in range(20):
        submitted(drafts)
    async with asyncio.timeout(20):
        while workers[0].counts().get("waiting"):
            await asyncio.gather(*(worker.work() for worker in workers))
    assert len(office.dossiers) == 20 == len({one["SoBienNhan"] for one in office.dossiers})
    for plugin in plugins:
        await plugin.close()
