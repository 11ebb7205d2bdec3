"""The ward a form is handed in at: one that Hà Nội has not is pointed out, and never blocks."""

import datetime as dt

import pytest

from bot.submissions.checks import review
from procedures_kb.form_model import form_of

TODAY = dt.date(2026, 11, 22)


def said(ward: str) -> list[str]:
    form = form_of("1.004873")
    assert form is not None
    return [f.message for f in review(form, {"noi_nop": ward}, set(), TODAY) if f.field == "noi_nop" and not f.blocks]


@pytest.mark.parametrize("ward", ["dkjfh =1+1", "phường Mưa Bão"])
def test_a_ward_that_does_not_exist_is_pointed_out(ward: str) -> None:
    assert any("không thấy xã, phường" in message for message in said(ward))


@pytest.mark.parametrize(
    "ward", ["phường Cầu Giấy", "cau giay", "xã Sóc Sơn", "phường Láng Hạ", "xã Nghi Kim, tỉnh Nghệ An"]
)
def test_wards_of_today_of_before_and_of_other_provinces_are_taken(ward: str) -> None:
    assert said(ward) == []
