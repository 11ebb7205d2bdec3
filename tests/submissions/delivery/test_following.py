"""Following and returning: every state taken in once, due days, reasons to fields, corrections that keep the rest."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest

from bot.submissions import dossier_view, filling
from bot.submissions.delivery import returned
from bot.submissions.delivery.base import Reason
from bot.submissions.delivery.following import Follower
from bot.submissions.dossiers import Dossier, Dossiers, Facts, TooManyTries
from bot.submissions.draft import Draft
from bot.submissions.outbox import Outbox
from bot.submissions.store import Drafts
from bot.submissions.values import CannotRead
from procedures_kb.form_model import form_of, forms
from procedures_kb.store import today
from tests.submissions.delivery.conftest import Office, submitted
from tests.submissions.dossier import TODAY


async def delivered(
    drafts: Drafts, outbox: Outbox, form: str = "khai_sinh", sender: str = "web:test"
) -> tuple[Draft, str]:
    draft = submitted(drafts, form, sender)
    while outbox.counts().get("waiting"):
        await outbox.work()
    dossier = Dossiers(drafts).get(draft.id)
    assert dossier and dossier.facts.code
    return drafts.get(draft.id), dossier.facts.code


async def test_every_state_is_taken_in_once_and_kept(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    for number in (1, 1, 2, 4, 4, 6, 4, 9, 10):
        office.moves(code, number)
        await follower.ask(draft.id)
    history = [step.national for step in dossiers.history(draft.id) if step.national]
    assert history == [1, 2, 4, 6, 4, 9, 10]
    assert not await follower.work()  # given back: nothing more to ask


@pytest.mark.parametrize("number", [3, 7, 8])
async def test_a_dossier_that_ends_says_why(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office, number: int
) -> None:
    draft, code = await delivered(drafts, outbox)
    office.moves(code, number, reason="Không thuộc thẩm quyền của phường")
    await follower.ask(draft.id)
    dossier = dossiers.get(draft.id)
    assert (
        dossier and dossier.state == "cancelled" and dossier.facts.told[0].said == "Không thuộc thẩm quyền của phường"
    )
    assert drafts.get(draft.id).state == "submitted" and not await follower.work()


async def test_an_unanswered_or_unknown_question_changes_nothing(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    before = dossiers.get(draft.id)
    for unknown in (False, True):
        if unknown:
            office.state.dossiers.clear()
        office.breaks(garble_look=not unknown)
        await follower.ask(draft.id)
        office.breaks()
    assert dossiers.get(draft.id) == before


async def test_a_return_reopens_only_what_it_names_and_going_back_keeps_the_rest(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    form, before = forms()["khai_sinh"], dict(draft.content.values)
    office.moves(code, 5, reasons=[{"code": "SO_DINH_DANH", "text": "Số định danh của người mẹ không khớp"}])
    await follower.ask(draft.id)
    back = drafts.get(draft.id)
    assert back.state == "returned" and back.content.reopened == ["giay_to_me"]
    with pytest.raises(CannotRead):
        filling.put(form, back.content, "ten_con", "Nguyễn Văn Khác", "page", TODAY)
    with pytest.raises(CannotRead):
        filling.take_out(form, back.content, "ten_con")
    filling.put(form, back.content, "giay_to_me", "001195000999", "page", TODAY)
    drafts.save(back, "citizen", "filled", "giay_to_me")
    reference = drafts.submit(back)
    assert reference == draft.reference and back.content.reopened == []
    while outbox.counts().get("waiting"):
        await outbox.work()
    (kept,) = office.dossiers
    assert kept["MaHoSo"] == code and kept["MaDoiTuong"] and kept["DanhSachHoSoBoSung"][-1]["NoiDungBoSung"]
    after = {**drafts.get(draft.id).content.values}
    assert after.pop("giay_to_me") == "001195000999" and after == {k: v for k, v in before.items() if k != "giay_to_me"}
    states = [(step.round, step.state) for step in dossiers.history(draft.id)]
    assert states[0] == (1, "delivering") and (1, "returned") in states and states[-1] == (2, "submitted")
    # The same request, still standing there, does not return it again; a new one does.
    office.moves(code, 4)
    await follower.ask(draft.id)
    kept["TrangThaiHoSo"] = "5"
    asked = kept["DanhSachHoSoBoSung"].pop()
    await follower.ask(draft.id)
    assert drafts.get(draft.id).state == "submitted"
    kept["DanhSachHoSoBoSung"].append(asked)
    office.moves(code, 5, reason="Ảnh mờ")
    await follower.ask(draft.id)
    assert drafts.get(draft.id).state == "returned"


async def test_settled_at_the_counter_closes_what_was_reopened(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    office.moves(code, 5, reason="Sai ngày sinh của bé")
    await follower.ask(draft.id)
    office.moves(code, 4)
    await follower.ask(draft.id)
    now = drafts.get(draft.id)
    assert now.state == "submitted" and now.content.reopened == []


async def test_a_change_is_news_until_its_person_has_seen_it(
    drafts: Drafts, outbox: Outbox, follower: Follower, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    dossiers.said(draft.id)
    office.moves(code, 4)
    await follower.ask(draft.id)
    assert [one.draft for one in dossiers.unsaid("web:test")] == [draft.id]
    dossiers.said(draft.id)
    assert dossiers.unsaid("web:test") == []


@pytest.mark.parametrize(
    ("form", "code", "text", "reopens"),
    [
        ("khai_sinh", "", "Ngày sinh của bé chưa khớp giấy chứng sinh", {"ngay_sinh"}),
        ("khai_sinh", "", "Đề nghị xem lại họ tên người mẹ", {"ten_me"}),
        ("khai_sinh", "HO_TEN", "họ tên bé viết sai", {"ten_con"}),
        ("khai_sinh", "", "SĐT không liên lạc được", {"dien_thoai"}),
        ("khai_sinh", "", "Nơi cư trú của người mẹ chưa đúng địa giới mới", {"noi_cu_tru_me"}),
        ("khai_sinh", "MUC:que_quan", "", {"que_quan"}),
        ("khai_sinh", "", "Quê quán ghi theo tỉnh cũ", {"que_quan"}),
        ("ket_hon", "", "Số CCCD của bên nam chưa đúng", {"so_nam"}),
        ("ket_hon", "", "số căn cước người vợ sai 1 số", {"so_nu"}),
        ("ket_hon", "", "Dân tộc bên nữ chưa đúng", {"dan_toc_nu"}),
    ],
)  # fmt: skip
def test_officers_words_are_mapped_to_fields(
    drafts: Drafts, form: str, code: str, text: str, reopens: set[str]
) -> None:
    draft = submitted(drafts, form)
    (told,) = returned.told(draft, forms()[form], [Reason(code=code, text=text)])
    assert set(told.reopens) == reopens and told.plain or code.startswith("MUC") and told.reopens
    assert len(told.labels) == len(told.reopens)


def test_papers_are_reopened_by_name(drafts: Drafts) -> None:
    draft = submitted(drafts)
    (told,) = returned.told(draft, forms()["khai_sinh"], [Reason(text="Thiếu Giấy chứng sinh bản chính")])
    assert "giay_chung_sinh" in told.reopens


def test_what_nobody_understands_reopens_all_and_says_so(drafts: Drafts) -> None:
    draft = submitted(drafts)
    for reasons in ([Reason(text="xem lại theo CV 123")], []):
        (told,) = returned.told(draft, forms()["khai_sinh"], reasons)
        assert len(told.reopens) > 10 and "tất cả" in told.plain


@pytest.mark.parametrize("form_id", sorted(forms()))
def test_every_form_has_a_field_for_the_commonest_reasons(drafts: Drafts, form_id: str) -> None:
    form = forms()[form_id]
    assert form_of(form.procedure)
    draft = submitted(drafts, form_id)
    for code in ("HO_TEN", "SO_DINH_DANH"):
        (told,) = returned.told(draft, form, [Reason(code=code, text="x")])
        assert told.reopens and len(told.reopens) < 30, code


def facts(**more: Any) -> Dossier:
    given = {"code": "H26.1-261102-0001", **more}
    return Dossier("x", 1, "submitted", "case_system", 4, "2026-11-02T09:00:00", None, Facts(**given))


@pytest.mark.parametrize(
    ("day", "due_on", "says"),
    [
        (dt.date(2026, 11, 25), dt.date(2026, 11, 30), "thứ hai 30/11/2026, còn 3 ngày làm việc"),
        (dt.date(2026, 11, 25), dt.date(2026, 11, 25), "Hôm nay là ngày hẹn"),
        (dt.date(2026, 11, 30), dt.date(2026, 11, 26), "quá hẹn 2 ngày làm việc"),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 4), "còn 1 ngày làm việc"),
    ],
)  # fmt: skip
def test_the_due_day_in_working_days(day: dt.date, due_on: dt.date, says: str) -> None:
    shown = dossier_view.shown(facts(due_on=due_on), [], "1.001193", day)
    assert says in shown.due and shown.late == (due_on < day)
    assert not shown.late or ("xin lỗi" in shown.due and "1022" in shown.due)


def test_each_state_has_its_words() -> None:
    for number in range(1, 11):
        assert dossier_view.words().national[number].says
    for state, delivery in (
        ("ready", "counter"),
        ("ready", "portal_link"),
        ("delivering", "case_system"),
        ("returned", "case_system"),
    ):
        dossier = Dossier("x", 1, state, delivery, None, "2026-11-02T09:00:00", None, Facts())
        assert dossier_view.shown(dossier, [], "1.001193", today()).says


async def test_ownership_needs_the_right_digits_and_tries_run_out(
    drafts: Drafts, outbox: Outbox, dossiers: Dossiers, office: Office
) -> None:
    draft, code = await delivered(drafts, outbox)
    digits = draft.content.values["dien_thoai"][-4:]
    found = dossiers.proved(code, digits, "stranger")
    assert found and found.draft == draft.id
    for number in range(5):
        assert dossiers.proved(code, f"{number:04d}", "stranger") is None
    with pytest.raises(TooManyTries):
        dossiers.proved(code, digits, "stranger")
    assert dossiers.proved(code, digits, "another")
    for number in range(5):
        assert dossiers.proved(code, f"{number:04d}", f"robot {number}") is None
    with pytest.raises(TooManyTries):  # ten wrong on one code, whoever tried
        dossiers.proved(code, digits, "another")
    assert dossiers.proved("H26.1-261101-9999", digits, "x") is None
    await asyncio.sleep(0)
