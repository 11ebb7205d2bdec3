"""Taking apart tables whose cells were run together: what is read, and what is left unknown rather than guessed."""

from __future__ import annotations

import pytest

from procedures_kb.importers import flattened

HEAD = "Hình thức nộpThời gianPhí, lệ phíMô tả"
PAPERS = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"


def papers(text: str) -> list[tuple[str, int | None, int | None]]:
    return [(c.name, c.originals, c.copies) for c in flattened.components(text)]


def test_rows_end_in_their_counts() -> None:
    text = f"{PAPERS}Đơn đề nghị1 bản chínhGiấy chứng nhận1 bản chính,2 bản saoẢnh 4x6 cm2 bản chính"
    assert papers(text) == [("Đơn đề nghị", 1, 0), ("Giấy chứng nhận", 1, 2), ("Ảnh 4x6 cm", 2, 0)]


def test_headings_stand_before_each_table() -> None:
    text = f"* Giấy tờ phải nộp:{PAPERS}Đơn1 bản chính* Lưu ý:{PAPERS}Xem kỹ0 bản chính"
    assert [(c.group, c.is_note) for c in flattened.components(text)] == [
        ("* Giấy tờ phải nộp:", False),
        ("* Lưu ý:", True),
    ]


def test_a_form_file_is_taken_off_the_name() -> None:
    row = flattened.components(f"{PAPERS}Tờ khai (Mẫu CT01).1.MauCT01.docx1 bản chính")[0]
    assert (row.name, row.forms, row.originals) == ("Tờ khai (Mẫu CT01).", ["1.MauCT01.docx"], 1)


def test_counts_inside_a_name_are_not_its_end() -> None:
    text = f"{PAPERS}Hợp đồng (01 bản chính) hoặc 01 bản chính có công chứng1 bản chính"
    assert papers(text) == [("Hợp đồng (01 bản chính) hoặc 01 bản chính có công chứng", 1, 0)]


def test_a_year_before_the_count_stays_with_the_name() -> None:
    assert papers(f"{PAPERS}Mẫu của Nghị định năm 20241 bản chính") == [("Mẫu của Nghị định năm 2024", 1, 0)]


def test_a_count_that_may_be_two_numbers_is_unknown() -> None:
    assert papers(f"{PAPERS}Mẫu số 11 bản chính")[0][1:] == (1, 0)
    assert papers(f"{PAPERS}Tờ khai mẫu12 bản chính")[0][1:] == (None, None)


def test_a_last_row_without_counts_is_kept() -> None:
    assert papers(f"{PAPERS}Đơn1 bản chínhGiấy bị cắt") == [("Đơn", 1, 0), ("Giấy bị cắt", None, None)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("Trực tiếp7 Ngày làm việcMiễn phí", 7, "working_day"),
        ("Trực tuyến15 NgàyKhông có thông tin", 15, "day"),
        ("Trực tiếp8 GiờMiễn phí", 8, "hour"),
        ("Trực tuyến1Miễn phí", None, ""),
        ("Trực tiếpKhông có thông tin8,000 VNĐ", None, ""),
    ],
)
def test_a_time_without_its_unit_is_unknown(text: str, value: int | None, unit: str) -> None:
    durations, _ = flattened.methods(HEAD + text)
    assert (durations[0].value, durations[0].unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("Trực tiếp7 Ngày làm việc20,000 Việt Nam Đồng(Mỗi lần đăng ký.)", 20_000),
        ("Trực tiếp7 Ngày làm việcMiễn phí", None),
        ("Trực tiếp3 Ngày làm việc100 VNĐ(Phí 100.000 đồng/lần)", None),
        ("Trực tiếp3 Ngày5,000 Việt Nam Đồng(Trực tuyến thu 7.000 đồng)", None),
        ("Trực tuyến120,000 VNĐ(Theo thông tư)", None),
        ("Trực tiếp5 Ngày30 USD(Mỗi người)", None),
    ],
)
def test_a_fee_that_cannot_be_trusted_is_unknown(text: str, amount: int | None) -> None:
    _, fees = flattened.methods(HEAD + text)
    assert fees[0].amount == amount


def test_channels_are_kept_apart_and_their_notes_with_them() -> None:
    text = HEAD + "Trực tuyến3 Ngày7,000 Việt Nam Đồng(Cá nhân)Nộp tại cổngTrực tiếp3 Ngày15,000 Việt Nam Đồng(Cá nhân)"
    durations, fees = flattened.methods(text)
    assert [(f.channel, f.amount) for f in fees] == [("online", 7_000), ("in_person", 15_000)]
    assert durations[0].text == "Nộp tại cổng"


def test_legal_texts_by_number() -> None:
    text = "Tên văn bản pháp lýMã văn bảnLuật Cư trú68/2020/QH14Nghị định về cư trú154/2024/NĐ-CP"
    assert flattened.legal_bases(text) == [("68/2020/QH14", "Luật Cư trú"), ("154/2024/NĐ-CP", "Nghị định về cư trú")]


@pytest.mark.parametrize(
    "text", ["", "x", PAPERS, PAPERS * 3, HEAD, "1 bản chính" * 50, "(" * 500, HEAD + "Trực tiếp" * 200]
)
def test_any_text_is_survived(text: str) -> None:
    flattened.components(text)
    flattened.methods(text)
    flattened.legal_bases(text)
