"""Form definitions: read from data, bound to each procedure, and refused with file, field and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from procedures_kb.form_files import FORMS, FormFault, read
from procedures_kb.form_model import asked_fields, form_of, forms, steps
from procedures_kb.model import Procedure

FOURTEEN = {
    "khai_sinh", "khai_sinh_nhan_con", "trich_luc_ho_tich", "xac_nhan_tinh_trang_hon_nhan", "ket_hon", "khai_tu",
    "thay_doi_ho_tich", "ct01", "dc02", "ho_kinh_doanh", "giay_phep_xay_dung", "ly_lich_tu_phap", "giay_phep_lai_xe", "mau_18",
}  # fmt: skip
RESIDENCE = ["1.004222", "1.004194", "1.002755", "1.010038", "1.010041"]


def test_the_fourteen_forms_are_there() -> None:
    assert {form.id.partition("-")[0] for form in forms().values()} == FOURTEEN


def test_every_form_names_what_it_officially_is_and_since_when() -> None:
    assert all(form.official.id and form.official.effective_from and form.number for form in forms().values())


@pytest.mark.parametrize("code", RESIDENCE)
def test_one_form_serves_five_residence_procedures_with_its_own_request(code: str) -> None:
    form = form_of(code)
    assert form and form.title == "Tờ khai thay đổi thông tin cư trú" and form.procedure == code
    texts = {f.composed for other in RESIDENCE if (b := form_of(other)) for f in b.fields if f.id == "noi_dung"}
    assert len(texts) == len(RESIDENCE)


def test_a_preset_answer_is_never_asked() -> None:
    form = forms()["ct01-1.004194"]
    asked = {field.id for field in asked_fields(form, {})}
    assert form.fixed == {"viec": "tam_tru"} and "tu_ngay" in asked and "han_cu" not in asked


def test_cases_and_papers_of_a_form_stand_in_the_procedure_s_record(catalog: dict[str, Procedure]) -> None:
    wrong = []
    for form in forms().values():
        record = catalog[form.procedure]
        wrong += [(form.id, r.case) for r in form.cases if r.case not in {c.id for c in record.cases}]
        wrong += [(form.id, r.component) for r in form.papers if r.component not in {c.id for c in record.components}]
    assert wrong == []


def test_every_question_is_a_question_and_every_rule_of_law_is_cited() -> None:
    for form in forms().values():
        assert all(field.question[-1] in "?." or field.question.endswith(")") for field in form.fields), form.id
        for rule in form.rules:
            assert rule.message.strip() or type(rule).__name__ == "IdFits"
            assert rule.law or type(rule).__name__ != "Age" or rule.on or not rule.blocks


def test_rows_are_asked_one_after_the_other_and_then_whether_there_is_one_more() -> None:
    form = forms()["ho_kinh_doanh"]
    ids = [field.id for field in steps(form, {}) if field.id.startswith("nganh-")]
    assert ids == ["nganh-1-nganh_ten", "nganh-1-nganh_ma", "nganh-1-nganh_chinh", "nganh-more"]


def test_a_row_field_is_found_by_its_key_and_a_wrong_key_is_refused() -> None:
    form = forms()["ho_kinh_doanh"]
    assert form.field("nganh-2-nganh_ten").label == "Ngành 2 – Tên ngành"
    for key in (
        "nganh-0-nganh_ten",
        "nganh-x-nganh_ten",
        "nganh-1-khac",
        "khong-1-co",
        "nganh-01-nganh_ten",
        "nganh-more-x",
    ):
        with pytest.raises(KeyError):
            form.field(key)


GOOD = (FORMS / "ho_kinh_doanh.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{id: ten_ho, type: text", "{id: ten_ho, type: string", "Invalid enum value 'string'"),
        ("{id: ten_tat, ", "{id: ten_ho, ", "field ten_ho stands twice"),
        ("show_if: {field: chu_the, values: [gia_dinh]}", "show_if: {field: chu_te, values: [gia_dinh]}", "chu_te is none"),
        ("show_if: {field: chu_the, values: [gia_dinh]}", "show_if: {field: chu_the, values: [x]}", "has ['ca_nhan', 'gia_dinh']"),
        ("fields: [so_dinh_danh, tv_so]", "fields: [so_dinh_danh, tv_so_sai]", "fields names tv_so_sai"),
        ("id: nganh, item: \"Ngành\", min: 1", "id: nganh, item: \"Ngành\", min: 40", "repeat.min is larger"),
        ("field: chu_ho}", "field: chu_ho_kd}", "field chu_ho_kd is none"),
        ("addressed_to: Cơ quan đăng ký kinh doanh {noi_nop}", "addressed_to: \"{noi_gui}\"", "{noi_gui}"),
        ("min: 100000,", "min: 900000000000,", "min is larger than max"),
        ("kind: one_row, group: nganh", "kind: one_row, group: nghanh", "group nghanh"),
    ],
)  # fmt: skip
def test_a_faulty_definition_names_file_and_what_was_expected(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    path = tmp_path / "sai.yml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(FormFault) as fault:
        read(path)
    assert "sai.yml" in str(fault.value) and said in str(fault.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "sai.yml"
    path.write_text(
        GOOD.replace("field: chu_ho}", "field: x}").replace("fields: [so_dinh_danh, tv_so]", "fields: [a, b]")
    )
    with pytest.raises(FormFault) as fault:
        read(path)
    assert len(str(fault.value).splitlines()) == 3
