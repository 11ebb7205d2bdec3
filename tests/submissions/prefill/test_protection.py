"""A verified value changes only by the person's word that it is wrong, however a request is made."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from bot.submissions import filling, protecting
from bot.submissions.documents.packet import groups
from bot.submissions.draft import Content
from bot.submissions.prefill.base import Facts
from bot.submissions.prefill.card_text import read_card
from bot.submissions.prefill.taking_over import own_person, take_over
from bot.submissions.values import CannotRead
from procedures_kb.form_model import FormDefinition, ShowIf, asked_fields, forms
from tests.submissions.prefill.conftest import CARD, StandIn
from tests.submissions.prefill.test_identity import FORM, log_in
from tests.submissions.site import Site

TODAY = dt.date(2026, 11, 25)


@pytest.fixture
def content() -> Content:
    made = Content(values={"quan_he": "ban_than", "nguoi_yeu_cau": "Nguyễn Thị Mai"})
    protecting.protect(made, "giay_to_yeu_cau", "001195000123", "identity")
    return made


@pytest.mark.parametrize("source", ["page", "chat"])
def test_typing_another_value_is_refused_on_every_channel(content: Content, source: str) -> None:
    before = msgspec.json.encode(content)
    with pytest.raises(CannotRead, match="VNeID, đã xác thực.*Thông tin này không đúng"):
        filling.put(forms()[FORM], content, "giay_to_yeu_cau", "001195000999", source, TODAY)
    with pytest.raises(CannotRead):
        filling.take_out(forms()[FORM], content, "giay_to_yeu_cau")
    assert msgspec.json.encode(content) == before


def test_typing_the_same_value_keeps_its_source(content: Content) -> None:
    filling.put(forms()[FORM], content, "giay_to_yeu_cau", "001 195 000 123", "page", TODAY)
    assert content.sources["giay_to_yeu_cau"] == "identity" and "giay_to_yeu_cau" in content.verified


def test_after_the_denial_it_is_the_persons_and_the_officer_is_told(content: Content) -> None:
    assert protecting.deny(content, "giay_to_yeu_cau")
    filling.put(forms()[FORM], content, "giay_to_yeu_cau", "001195000999", "page", TODAY)
    assert content.values["giay_to_yeu_cau"] == "001195000999" and "giay_to_yeu_cau" not in content.verified
    assert protecting.said_source(content, "giay_to_yeu_cau") == "người dân báo VNeID ghi sai, tự ghi lại"
    assert protecting.said_by_database(content, "giay_to_yeu_cau") == "001195000123"


def test_a_value_that_no_longer_applies_takes_its_mark_along() -> None:
    content = Content(values={"quan_he": "con"})
    protecting.protect(content, "nguoi_duoc_cap", "Trần Văn Bình", "identity")
    filling.put(forms()[FORM], content, "quan_he", "ban_than", "page", TODAY)
    assert "nguoi_duoc_cap" not in content.values and "nguoi_duoc_cap" not in content.verified


async def test_tampered_requests_change_nothing(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await log_in(visitor, stand_in, draft)
    before = visitor.draft(draft).content.values
    state = await visitor.field(draft, "nguoi_yeu_cau", "Lê Văn Giả")
    assert "đã xác thực" in state["error"]
    state = await visitor.field(draft, "nguoi_yeu_cau", "")
    assert "đã xác thực" in state["error"]
    await visitor.post(f"/ho-so/{draft}", {"nguoi_yeu_cau": "Lê Văn Giả", "revision": ""})
    assert visitor.status == 422 and "đã xác thực" in visitor.text
    await visitor.post(f"/ho-so/{draft}", {"take": "noi_cu_tru_yeu_cau", "revision": ""})
    assert visitor.draft(draft).content.values == before


async def test_the_pages_word_that_it_is_wrong_opens_the_field(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await log_in(visitor, stand_in, draft)
    assert 'name="deny" value="nguoi_yeu_cau"' in await visitor.get(f"/ho-so/{draft}")
    await visitor.post(f"/ho-so/{draft}", {"deny": "nguoi_yeu_cau", "revision": ""})
    state = await visitor.field(draft, "nguoi_yeu_cau", "Nguyễn Thị Mây")
    assert state["error"] is None
    opened = visitor.draft(draft)
    rows = {row["id"]: row for group in groups(forms()[FORM], opened) for row in group["rows"]}
    assert rows["nguoi_yeu_cau"]["source"] == "người dân báo máy chủ định danh giả lập ghi sai, tự ghi lại"
    assert rows["nguoi_yeu_cau"]["database"] == "Nguyễn Thị Mai"
    assert rows["giay_to_yeu_cau"]["source"] == "máy chủ định danh giả lập, đã xác thực"
    assert ("citizen", "denied", "nguoi_yeu_cau") in [line[1:] for line in visitor.drafts.trail(draft)]


def test_whose_draft_it_is() -> None:
    """Who files for themselves is known by the number of the one the form is about; of two who marry nobody can tell."""
    residence = forms()["ct01-1.004222"]
    own = Content(values={"ho_ten": "Nguyễn Thị Mai", "so_dinh_danh": "001195000123", "nguoi_khai": "ban_than"})
    assert own_person(residence, own).id == "001195000123"
    by_proxy = Content(
        values={
            **own.values,
            "nguoi_khai": "uy_quyen",
            "ten_nguoi_khai": "Trần Văn Bình",
            "so_nguoi_khai": "001092000456",
        }
    )
    assert own_person(residence, by_proxy).id == "001092000456"
    assert (
        own_person(forms()["ket_hon"], Content(values={"ten_nu": "Nguyễn Thị Mai", "so_nu": "001195000123"})).id == ""
    )


@pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.id)
def test_every_form_takes_what_a_card_says(form: FormDefinition) -> None:
    """Each person of each form gets name and number, where the form asks for them of that person."""
    card = read_card(CARD, TODAY)
    for person in form.persons:
        content = Content(
            values={condition.field: condition.values[0] for condition in opening(form, person.role) if condition.field}
        )
        before = set(content.values)
        taken = take_over(form, content, Facts(source="qr", person=card), person.role, TODAY)
        assert not taken.differing
        filled = {
            field.type for field in asked_fields(form, content.values) if field.id in set(content.values) - before
        }
        wanted = {field.type for field in form.fields if (field.prefill or "").partition(".")[0] == person.role}
        assert {"name", "personal_id"} & wanted <= filled, (person.role, filled)


def opening(form: FormDefinition, role: str) -> list[ShowIf]:
    """The plain conditions of the role's fields, so that they are asked."""
    fields = [field for field in form.fields if (field.prefill or "").partition(".")[0] == role and field.show_if]
    found = [
        condition
        for field in fields
        for condition in (
            [field.show_if] if field.show_if and field.show_if.field else field.show_if.all if field.show_if else []
        )
    ]
    return [condition for condition in found if condition.field and condition.values]


async def test_logging_in_again_does_not_bring_back_what_was_denied(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await log_in(visitor, stand_in, draft)
    await visitor.post(f"/ho-so/{draft}", {"deny": "nguoi_yeu_cau", "revision": ""})
    await log_in(visitor, stand_in, draft)
    content = visitor.draft(draft).content
    assert "nguoi_yeu_cau" not in content.verified and "nguoi_yeu_cau" in content.disputed and content.offer is None
