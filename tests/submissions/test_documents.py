"""The printed papers: right values in order, all diacritics, nothing read as markup."""

import datetime as dt
import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.keys import Keys
from bot.submissions import documents, filling
from bot.submissions.store import Draft, Drafts
from procedures_kb.form_model import forms
from tests.submissions.test_filling import COMPLETE

FORM = forms()["xac_nhan_tinh_trang_hon_nhan"]


@pytest.fixture
def draft(tmp_path: Path, keys: Keys, loaded_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draft:
    monkeypatch.setenv("MOTCUA_VAR", str(loaded_path.parent))
    drafts = Drafts(tmp_path / "s.sqlite", keys)
    made = drafts.offer("1.004873", FORM.id, 1, "web:a", "web")
    drafts.consent(made, "web")
    for field_id, typed in COMPLETE.items():
        filling.put(FORM, made.content, field_id, typed, "chat", dt.date(2026, 11, 22))
    drafts.save(made, "citizen", "filled")
    drafts.submit(made)
    return made


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_form_holds_every_value_in_the_forms_order(draft: Draft) -> None:
    text = text_of(documents.form_pdf(draft, FORM, "http://x"))
    parts = ["Độc lập", "TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", "Ủy ban nhân dân phường Cầu Giấy", "Nguyễn Thị Mai",
             "001195000123", "03/01/1995", "Mua bán, chuyển nhượng nhà đất", "cam đoan"]  # fmt: skip
    places = [text.find(part) for part in parts]
    assert -1 not in places and places == sorted(places)


def test_one_page_is_enough(draft: Draft) -> None:
    assert len(PdfReader(io.BytesIO(documents.form_pdf(draft, FORM, "http://x"))).pages) == 1


def test_for_oneself_ones_own_name_stands_under_the_person(draft: Draft) -> None:
    assert text_of(documents.form_pdf(draft, FORM, "http://x")).count("Nguyễn Thị Mai") >= 3


def test_typst_markup_and_formulas_are_plain_text(draft: Draft) -> None:
    draft.content.values["dan_toc"] = '#import "x" *đậm* $x^2$ =SUM(A1) [a] \\'
    assert '#import "x" *đậm* $x^2$ =SUM(A1) [a]' in text_of(documents.form_pdf(draft, FORM, "http://x"))


def test_all_vietnamese_letters_are_printed(draft: Draft) -> None:
    letters = "ẰẮẲẴẶ ẦẤẨẪẬ ỀẾỂỄỆ ỒỐỔỖỘ ỜỚỞỠỢ ỪỨỬỮỰ Ỳ Ý Ỷ Ỹ Ỵ Đ đ ằ ẵ ặ ỡ ự ỹ"
    draft.content.values["dan_toc"] = letters
    assert letters in text_of(documents.form_pdf(draft, FORM, "http://x"))


def test_the_slip_has_the_code_and_what_to_bring_but_no_personal_data(draft: Draft) -> None:
    text = text_of(documents.slip_pdf(draft, FORM, "http://x"))
    assert draft.reference and draft.reference in text.replace(" ", "")
    assert "Mang theo" in text and "Mai" not in text and "001195000123" not in text
