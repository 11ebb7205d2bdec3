"""Repeatable groups: rows by chat, added and taken out, kept in the flat map of a draft."""

from __future__ import annotations

import msgspec
import pytest

from bot.submissions import filling
from bot.submissions.store import Content
from bot.submissions.values import CannotRead
from procedures_kb.form_model import forms, row_numbers
from tests.submissions.dossier import TODAY, complete, fill

FORM = forms()["ct01-1.004222"]
MEMBER = {"tv_ho_ten": "Trần Bảo An", "tv_ngay_sinh": "4/5/2018", "tv_gioi_tinh": "Nam", "tv_so": "001218000333",
          "tv_quan_he": "con", "tv_quan_he_chu_ho": "cháu"}  # fmt: skip


def before_members() -> Content:
    content = fill(FORM, {k: v for k, v in complete(FORM.id).items() if "-" not in k})
    del content.values["thanh_vien-more"]
    return content


def say(content: Content, typed: str) -> str:
    field = filling.next_field(FORM, content)
    assert field
    filling.put(FORM, content, field.id, typed, "chat", TODAY)
    return field.question


def test_in_chat_members_come_one_by_one() -> None:
    content = before_members()
    assert "Có ai trong nhà" in say(content, "có")
    for answer in MEMBER.values():
        assert say(content, answer).startswith("Thành viên 1:")
    assert say(content, "Có") == "Thêm người nữa không ạ?"
    for answer in ("Lê Thị Hoa", "1/1/1950", "Nữ", "001150000111", "mẹ", "mẹ vợ"):
        assert say(content, answer).startswith("Thành viên 2:")
    assert say(content, "không") == "Thêm người nữa không ạ?"
    assert filling.next_field(FORM, content) is None
    assert filling.findings(FORM, content, TODAY) == []


def test_for_later_on_one_more_member_means_no() -> None:
    content = before_members()
    field = filling.next_field(FORM, content)
    assert field
    filling.put_off(content, field)
    assert filling.next_field(FORM, content) is None


def test_a_row_taken_out_leaves_the_others_their_numbers() -> None:
    content = before_members()
    for _ in range(3):
        filling.add_row(FORM, content, "thanh_vien")
    filling.put(FORM, content, "thanh_vien-3-tv_ho_ten", "Lê Thị Hoa", "page", TODAY)
    filling.remove_row(FORM, content, "thanh_vien", 2)
    assert row_numbers(FORM.group("thanh_vien"), content.values) == [1, 3]
    assert content.values["thanh_vien-3-tv_ho_ten"] == "Lê Thị Hoa"
    labels = [f.label for f, _ in filling.answered(FORM, content) if f.id == "thanh_vien-3-tv_ho_ten"]
    assert labels == ["Thành viên 2 – Họ tên"]  # what the citizen counts


def test_there_is_a_most_and_a_fewest() -> None:
    content = before_members()
    for _ in range(12):
        filling.add_row(FORM, content, "thanh_vien")
    with pytest.raises(CannotRead, match="nhiều nhất 12"):
        filling.add_row(FORM, content, "thanh_vien")
    business, other = forms()["ho_kinh_doanh"], Content()
    with pytest.raises(CannotRead, match="ít nhất 1"):
        filling.remove_row(business, other, "nganh", 1)


def test_a_correction_reaches_the_last_answer_never_a_mark() -> None:
    content = before_members()
    say(content, "có")
    say(content, "Trần Bảo An")
    filling.add_row(FORM, content, "thanh_vien")
    named = filling.field_named(FORM, content, "à nhầm")
    assert named and named.id == "thanh_vien-1-tv_ho_ten"


def test_rows_go_when_their_group_no_longer_applies() -> None:
    form = forms()["ho_kinh_doanh"]
    content = fill(form, {**complete(form.id), "chu_the": "gia_dinh", "thanh_vien-1-tv_ho_ten": "Trần Văn Bình"})
    assert "thanh_vien-1-tv_ho_ten" in content.values
    filling.put(form, content, "chu_the", "ca_nhan", "page", TODAY)
    assert not [key for key in content.values if key.startswith("thanh_vien-1")]


def test_drafts_of_before_still_open() -> None:
    old = b'{"values":{"nguoi_yeu_cau":"Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b Mai"},"sources":{"nguoi_yeu_cau":"chat"},"skipped":[]}'
    content = msgspec.json.decode(old, type=Content)
    field = filling.next_field(forms()["xac_nhan_tinh_trang_hon_nhan"], content)
    assert field and field.id == "noi_nop"


def test_a_composed_text_follows_the_answers_until_the_citizen_writes_it() -> None:
    content = fill(FORM, complete(FORM.id))
    field = FORM.field("noi_dung")
    assert "chủ hộ: Nguyễn Văn Hùng" in filling.composed(FORM, field, content.values)
    filling.put(FORM, content, "la_chu_ho", "chu_ho", "page", TODAY)
    assert "chủ hộ: Nguyễn Thị Mai" in filling.composed(FORM, field, content.values)
    filling.put(FORM, content, "noi_dung", "Nhập hộ về với mẹ", "page", TODAY)
    assert filling.composed(FORM, field, content.values) == "Nhập hộ về với mẹ"
