"""Filling a form: order, conditions, correction, review."""

import datetime as dt

import pytest

from bot.submissions import filling
from bot.submissions.store import Content
from bot.submissions.values import CannotRead
from procedures_kb.form_model import FormDefinition, forms

TODAY = dt.date(2026, 11, 22)
COMPLETE = {
    "noi_nop": "phường Cầu Giấy", "nguoi_yeu_cau": "Nguyễn Thị Mai", "noi_cu_tru_yeu_cau": "Số 5 ngõ 12, phường Cầu Giấy",
    "giay_to_yeu_cau": "001195000123", "quan_he": "1", "ngay_sinh": "3/1/1995", "gioi_tinh": "Nữ", "dan_toc": "Kinh",
    "quoc_tich": "Việt Nam", "tinh_trang": "1", "muc_dich": "2", "dien_thoai": "0912345678",
}  # fmt: skip


@pytest.fixture
def form() -> FormDefinition:
    return forms()["xac_nhan_tinh_trang_hon_nhan"]


def filled(form: FormDefinition, **changes: str) -> Content:
    content = Content()
    for field_id, typed in {**COMPLETE, **changes}.items():
        filling.put(form, content, field_id, typed, "chat", TODAY)
    return content


def test_fields_are_asked_in_the_forms_order(form: FormDefinition) -> None:
    content = Content()
    asked = []
    while (field := filling.next_field(form, content)) and len(asked) < 4:
        asked.append(field.id)
        filling.put(form, content, field.id, COMPLETE[field.id], "chat", TODAY)
    assert asked == ["noi_nop", "nguoi_yeu_cau", "noi_cu_tru_yeu_cau", "giay_to_yeu_cau"]


def test_a_complete_form_needs_nothing_more(form: FormDefinition) -> None:
    content = filled(form)
    assert filling.next_field(form, content) is None
    assert filling.findings(form, content, TODAY) == []


def test_a_divorced_person_is_asked_for_the_judgment_and_may_put_it_off(form: FormDefinition) -> None:
    content = filled(form, tinh_trang="2")
    field = filling.next_field(form, content)
    assert field and field.id == "ban_an"
    filling.put_off(content, field)
    assert filling.next_field(form, content) is None
    assert [f.blocks for f in filling.findings(form, content, TODAY)] == [False]


def test_a_required_field_cannot_be_put_off(form: FormDefinition) -> None:
    with pytest.raises(CannotRead, match="bắt buộc"):
        filling.put_off(Content(), form.field("ngay_sinh"))


def test_answers_that_no_longer_apply_are_dropped(form: FormDefinition) -> None:
    content = filled(form, tinh_trang="2")
    filling.put(form, content, "ban_an", "Quyết định 12/2020", "chat", TODAY)
    filling.put(form, content, "tinh_trang", "1", "chat", TODAY)
    assert "ban_an" not in content.values


def test_a_value_that_cannot_be_read_changes_nothing(form: FormDefinition) -> None:
    content = filled(form)
    with pytest.raises(CannotRead):
        filling.put(form, content, "ngay_sinh", "31/2/1995", "chat", TODAY)
    assert content.values["ngay_sinh"] == "1995-01-03"


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ("à nhầm, sinh ngày 5", "ngay_sinh", "1995-01-05"),
        ("a nham, sinh thang 2", "ngay_sinh", "1995-02-03"),
        ("em ghi sai ngày sinh, 7/8/1996 mới đúng", "ngay_sinh", "1996-08-07"),
        ("sửa họ tên thành Lê Thị Bòng", "nguoi_yeu_cau", "Lê Thị Bòng"),
        ("nhầm rồi, dân tộc là Tày", "dan_toc", "Tày"),
        ("sửa số điện thoại 0987654321", "dien_thoai", "0987654321"),
    ],
)
def test_a_correction_names_its_field_and_value(form: FormDefinition, said: str, field: str, value: str) -> None:
    content = filled(form)
    named = filling.field_named(form, content, said)
    assert named and named.id == field
    assert filling.corrected(named, content.values[field], said, TODAY) == value


def test_a_correction_without_name_means_the_last_answer(form: FormDefinition) -> None:
    named = filling.field_named(form, filled(form), "à nhầm")
    assert named and named.id == "dien_thoai"


def test_an_id_that_does_not_fit_the_birth_date_warns_and_never_blocks(form: FormDefinition) -> None:
    found = filling.findings(form, filled(form, giay_to_yeu_cau="001188000123"), TODAY)
    assert found and "năm sinh" in found[0].message and not found[0].blocks


def test_an_id_that_does_not_fit_the_sex_warns(form: FormDefinition) -> None:
    found = filling.findings(form, filled(form, gioi_tinh="Nam"), TODAY)
    assert found and "giới tính" in found[0].message


def test_too_young_to_marry_is_said_with_the_law(form: FormDefinition) -> None:
    content = filled(form, ngay_sinh="3/1/2010", giay_to_yeu_cau="001310000123", muc_dich="1")
    filling.put(form, content, "nguoi_ket_hon", "Trần Văn Bình, sinh 5/6/2000", "chat", TODAY)
    assert any("Luật Hôn nhân" in f.message for f in filling.findings(form, content, TODAY))


def test_everything_missing_is_told_at_once(form: FormDefinition) -> None:
    found = filling.findings(form, Content(), TODAY)
    assert len([f for f in found if f.blocks]) >= 8
