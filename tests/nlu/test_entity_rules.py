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
    ],
)
def test_entity_is_found(text: str, entity: str, value: str) -> None:
    assert (entity, value) in [(e["entity"], e["value"]) for e in find_entities(text, TODAY)]


@pytest.mark.parametrize("text", ["31/02/2020", "ngày 45/13/2020", "tỉ số 3/1"])
def test_impossible_dates_are_not_dates(text: str) -> None:
    assert not [e for e in find_entities(text, TODAY) if e["entity"] == "date"]


def test_offsets_point_into_the_text() -> None:
    text = "Vợ em sinh ngày 3/1/2026 ở phường Cầu Giấy"
    found = {e["entity"]: text[e["start"] : e["end"]] for e in find_entities(text, TODAY)}
    assert found == {"relation": "Vợ em", "date": "3/1/2026", "ward": "phường Cầu Giấy"}


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    find_entities(text, TODAY)
