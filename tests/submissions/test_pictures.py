"""The printed papers look as they did: long names, many rows, empty optional fields, every Vietnamese letter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.submissions import documents, filling, protecting
from bot.submissions.draft import Attached, Content, Draft
from procedures_kb.form_model import forms
from tests.submissions.dossier import complete, fill
from tests.submissions.pictures import compare

DAY = dt.date(2026, 11, 25)
LONG = "Nguyễn Phúc Tôn Nữ Công Huyền Thị Hương Giang Quỳnh Như Anh"
LETTERS = "ẰẮẲẴẶ ẦẤẨẪẬ ỀẾỂỄỆ ỒỐỔỖỘ ỜỚỞỠỢ ỪỨỬỮỰ ỲÝỶỸỴ Đđ ằắẳẵặ ầấẩẫậ ềếểễệ ồốổỗộ ờớởỡợ ừứửữự ỳýỷỹỵ"


@pytest.fixture(autouse=True)
def _fixed_day_and_records(monkeypatch: pytest.MonkeyPatch, loaded_path: Path) -> None:
    """Papers carry today's date, and the slip what the records ask for."""
    from bot.submissions import completeness
    from procedures_kb.store import Store

    store = Store(loaded_path)
    monkeypatch.setattr(completeness, "_knowledge", lambda: store)
    for module in (documents, documents.packet):
        monkeypatch.setattr(module, "today", lambda: DAY, raising=False)


def draft_of(form_id: str, content: Content, **more: object) -> Draft:
    form = forms()[form_id]
    return Draft(
        id="x", procedure=form.procedure, form=form_id, state="submitted", channel="web", release=12, created_at="",
        expires_at="", content=content, reference="K7MP2XQA", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def typed(form_id: str, **changes: str) -> Content:
    return fill(forms()[form_id], {**complete(form_id), **changes})


def test_a_form_with_the_longest_names(tmp_path: Path) -> None:
    content = typed(
        "ket_hon",
        ten_nu=LONG,
        ten_nam=LONG,
        noi_cu_tru_nu="Số 1234 ngõ 567/89 phố Nguyễn Chí Thanh kéo dài, tổ dân phố số 12, khu tập thể Bách Khoa, phường Bạch Mai, Hà Nội",
    )
    compare("form_long_names", documents.form_pdf(draft_of("ket_hon", content), forms()["ket_hon"], ""), tmp_path)


def test_a_form_with_many_rows(tmp_path: Path) -> None:
    form_id = "ct01-1.004222"
    rows = {}
    for number, letter in enumerate("ABCDEGHIKLMN", 1):
        rows |= {f"thanh_vien-{number}-tv_ho_ten": f"Nguyễn Văn {letter}", f"thanh_vien-{number}-tv_ngay_sinh": f"{number}/{number}/2001",
                 f"thanh_vien-{number}-tv_gioi_tinh": "Nam", f"thanh_vien-{number}-tv_so": f"0012010001{number:02}",
                 f"thanh_vien-{number}-tv_quan_he": "Em ruột", f"thanh_vien-{number}-tv_quan_he_chu_ho": "Cháu nội"}  # fmt: skip
    compare(
        "form_many_rows", documents.form_pdf(draft_of(form_id, typed(form_id, **rows)), forms()[form_id], ""), tmp_path
    )


def test_a_form_with_every_optional_field_empty(tmp_path: Path) -> None:
    form = forms()["khai_sinh"]
    content = typed("khai_sinh")
    for field in form.fields:
        if not field.required and field.id in content.values:
            filling.take_out(form, content, field.id)
    compare("form_empty_optional", documents.form_pdf(draft_of("khai_sinh", content), form, ""), tmp_path)


def test_a_form_with_every_letter(tmp_path: Path) -> None:
    form_id = "xac_nhan_tinh_trang_hon_nhan"
    content = typed(form_id)
    content.values.update(noi_nop=LETTERS, dan_toc=LETTERS.lower())
    compare("form_letters", documents.form_pdf(draft_of(form_id, content), forms()[form_id], ""), tmp_path)


def test_the_slip(tmp_path: Path) -> None:
    draft = draft_of("khai_sinh", typed("khai_sinh"))
    compare(
        "slip", documents.slip_pdf(draft, forms()["khai_sinh"], "https://motcua.example/staff/ho-so/K7MP2XQA"), tmp_path
    )


def test_the_packet_with_verified_denied_and_attached(tmp_path: Path) -> None:
    form_id = "xac_nhan_tinh_trang_hon_nhan"
    content = typed(form_id, nguoi_yeu_cau=LONG)
    protecting.protect(content, "giay_to_yeu_cau", "001195000123", "identity")
    protecting.protect(content, "dan_toc", "Tày", "identity")
    protecting.deny(content, "dan_toc")
    content.values["dan_toc"] = "Kinh"
    draft = draft_of(form_id, content, attached=[Attached("a", "ban_sao_giay_to_tuy_than", "jpeg", 2, 300_000)])
    consent = ("2026-11", "web", "2026-11-20T09:30:00+07:00")
    compare("packet", documents.packet_pdf(draft, forms()[form_id], consent, DAY), tmp_path)


def test_a_changed_paper_is_noticed_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOTCUA_WRITE_PICTURES", raising=False)
    content = typed("ket_hon", ten_nu="Lê Ý", ten_nam=LONG)
    pdf = documents.form_pdf(draft_of("ket_hon", content), forms()["ket_hon"], "")
    with pytest.raises(AssertionError, match=r"looks different: .*form_long_names-before-and-now\.png"):
        compare("form_long_names", pdf, tmp_path)
    assert (tmp_path / "form_long_names-before-and-now.png").exists()
