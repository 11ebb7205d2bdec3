"""Entities by rule."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.entity_rules import find_entities

TODAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("sinh ngày 3/1/90 ạ", "date", "1990-01-03"),
        ("01-03-1990", "date", "1990-03-01"),
        ("sinh mùng 5 tháng 2 năm 2024", "date", "2024-02-05"),
        ("so cccd 001199000123", "personal_id", "001199000123"),
        ("cmnd cũ 012345678", "old_id", "012345678"),
        ("gọi em 0912345678.", "phone", "0912345678"),
        ("mã h26.1-261105-0012 đến đâu rồi", "dossier_code", "H26.1-261105-0012"),
        ("ho so 000.00.01.H26-260930-0012", "dossier_code", "000.00.01.H26-260930-0012"),
        ("thủ tục 1.001193 cần gì", "procedure_code", "1.001193"),
        ("cho em 3 bản", "copies", "3"),
        ("em ở phường Cầu Giấy", "ward", "00166"),
        ("o phuong cau giay", "ward", "00166"),
        ("xã Sóc Sơn", "ward", "00376"),
        ("vợ em mới sinh", "relation", "vợ"),
        ("vk em mới đẻ", "relation", "vợ"),
        ("làm cho ông ngoại", "relation", "ông"),
        ("sinh mùng ba tháng tám năm 1990", "date", "1990-08-03"),
        ("ngày 2024-02-05", "date", "2024-02-05"),
        ("sinh ngày rằm tháng bảy năm 1985", "date", "1985-07-15"),
        ("từ 3/1/2026 đến 5/2/2026", "date_range", "2026-01-03/2026-02-05"),
        ("tạm vắng từ ngày 3 đến ngày 25 tháng 2 năm 2026", "date_range", "2026-02-03/2026-02-25"),
        ("cccd 001 199 000 123", "personal_id", "001199000123"),
        ("gplx số 010199000123", "licence_number", "010199000123"),
        ("sđt 0912 345 678", "phone", "0912345678"),
        ("gọi +84 912 345 678", "phone", "0912345678"),
        ("số bàn 024 3825 1234", "phone", "02438251234"),
        ("hộ chiếu C1234567", "passport_number", "C1234567"),
        ("hồ sơ H26.12 - 261102 - 0007 sao rồi", "dossier_code", "H26.12-261102-0007"),
        ("H26.1 261105 0012 xong chưa", "dossier_code", "H26.1-261105-0012"),
        ("xe 29A-123.45 của em", "plate", "29A-123.45"),
        ("bien 29b1 23456", "plate", "29-B1 234.56"),
        ("biển 30F 12345", "plate", "30F-123.45"),
        ("mua nhà 1 tỷ 2", "amount", "1200000000"),
        ("phạt 500k", "amount", "500000"),
        ("hết 20 triệu", "amount", "20000000"),
        ("đóng 2.000.000 đồng", "amount", "2000000"),
        ("mất 3tr500", "amount", "3500000"),
        ("cho em hai bản", "copies", "2"),
        ("tên là Nguyễn Thị Hồng Nhung ạ", "person_name", "Nguyễn Thị Hồng Nhung"),
        ("Chồng em Lê Văn B sinh năm 1990", "person_name", "Lê Văn B"),
        ("ten la tran van nam sinh 1990", "person_name", "tran van nam"),
        ("nhà số 5 ngõ 12 phố Dịch Vọng", "street", "phố Dịch Vọng"),
        ("em ở đường Trần Duy Hưng", "street", "đường Trần Duy Hưng"),
        ("trước ở phường Trung Hòa", "old_ward", "Phường Trung Hòa, Quận Cầu Giấy"),
    ],
)
def test_entity_is_found(text: str, entity: str, value: str) -> None:
    assert (entity, value) in [(e["entity"], e["value"]) for e in find_entities(text, TODAY)]


@pytest.mark.parametrize("text", ["31/02/2020", "ngày 45/13/2020", "tỉ số 3/1"])
def test_impossible_dates_are_not_dates(text: str) -> None:
    assert not [e for e in find_entities(text, TODAY) if e["entity"] == "date"]


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("em ở đường Trần Duy Hưng", "person_name"),
        ("ra trường Lê Quý Đôn", "person_name"),
        ("Hà Nội mưa to", "person_name"),
        ("em 30 tuổi", "amount"),
        ("3 ngày có không", "amount"),
        ("giảm 50%", "amount"),
        ("tổ dân phố số 5", "copies"),
        ("số 1234 5678 9012 3456", "bank_card"),
    ],
)
def test_what_only_looks_like_it_is_not_taken(text: str, entity: str) -> None:
    assert entity not in [e["entity"] for e in find_entities(text, TODAY)]


def test_a_lunar_date_is_marked_so_that_it_is_asked_back() -> None:
    found = [
        e
        for e in find_entities("bà mất mùng 5 tháng 2 âm lịch và mồng một tháng giêng", TODAY)
        if e["entity"] == "date"
    ]
    assert [e["lunar"] for e in found] == [True, True]


def test_offsets_point_into_the_text() -> None:
    text = "Vợ em sinh ngày 3/1/2026 ở phường Cầu Giấy"
    found = {e["entity"]: text[e["start"] : e["end"]] for e in find_entities(text, TODAY)}
    assert found == {"relation": "Vợ em", "date": "3/1/2026", "ward": "phường Cầu Giấy"}


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    find_entities(text, TODAY)
