"""The Word file: the same content as the PDF for every form, safe whatever a citizen typed."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from pypdf import PdfReader

from bot.submissions import documents
from bot.submissions.documents.docx_form import form_docx
from bot.submissions.draft import Content, Draft
from procedures_kb.form_model import forms
from tests.submissions.dossier import fill, tables

LETTERS = "ẰẮẲẴẶ ẦẤẨẪẬ ỀẾỂỄỆ ỒỐỔỖỘ ỜỚỞỠỢ ỪỨỬỮỰ Ỳ Ý Ỷ Ỹ Ỵ Đ đ ằ ẵ ặ ỡ ự ỹ"


def draft_of(form_id: str, content: Content) -> Draft:
    form = forms()[form_id]
    return Draft(
        id="x", procedure=form.procedure, form=form_id, state="submitted", channel="web", release=1, created_at="", expires_at="",
        content=content, reference="K7MP2XQA",
    )  # fmt: skip


def words_of(data: bytes) -> str:
    """Everything a reader sees: paragraphs and table cells in their order, head and foot."""
    document = docx.Document(io.BytesIO(data))
    parts = [paragraph.text for paragraph in document.sections[0].header.paragraphs]
    for block in document.iter_inner_content():
        if isinstance(block, docx.text.paragraph.Paragraph):
            parts.append(block.text)
        else:
            parts += [cell.text for row in block.rows for cell in row.cells]
    parts += [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    return " ".join(" ".join(parts).split())


@pytest.mark.parametrize("table", tables(), ids=lambda table: table.form)
def test_every_form_says_the_same_as_its_pdf(table: object) -> None:
    form_id, complete = table.form, table.complete  # type: ignore[attr-defined]
    form = forms()[form_id]
    draft = draft_of(form_id, fill(form, complete))
    words = words_of(form_docx(draft, form))
    pdf = PdfReader(io.BytesIO(documents.form_pdf(draft, form, "http://x")))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    squeezed = words.replace(" ", "")
    plain = [word for word in printed.replace(".", " ").replace("…", " ").split() if word.isprintable()]
    missing = {word for word in plain if word not in squeezed}
    assert len(missing) <= 6, missing  # words the PDF breaks at a line end, and "1/2" of its page numbers


def test_values_stand_in_the_forms_order() -> None:
    table = next(one for one in tables() if one.form == "ket_hon")
    form = forms()["ket_hon"]
    words = words_of(form_docx(draft_of("ket_hon", fill(form, table.complete)), form))
    places = [
        words.find(part) for part in ("Độc lập", "TỜ KHAI ĐĂNG KÝ KẾT HÔN", "Nguyễn Thị Mai", "cam đoan", "Bên nữ")
    ]
    assert -1 not in places[:4] and places[:4] == sorted(places[:4])


FORM = "xac_nhan_tinh_trang_hon_nhan"


def with_value(text: str) -> bytes:
    content = Content(values={"quan_he": "ban_than", "nguoi_yeu_cau": "Nguyễn Thị Mai", "dan_toc": text})
    return form_docx(draft_of(FORM, content), forms()[FORM])


@pytest.mark.parametrize(
    "text",
    [
        "=SUM(A1)",
        '=HYPERLINK("http://x")',
        "+1-1",
        "<w:p>&amp;</w:p>",
        "{ INCLUDETEXT c:\\\\x }",
        "]]>",
        LETTERS,
        "𠮷 ㋐",
    ],
)
def test_odd_values_are_plain_text(text: str) -> None:
    data = with_value(text)
    assert " ".join(text.split()) in words_of(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        body = archive.read("word/document.xml").decode()
        relations = archive.read("word/_rels/document.xml.rels").decode()
    assert not [name for name in names if "vba" in name.lower() or "embed" in name or "activeX" in name]
    assert "w:instrText" not in body and "HYPERLINK" not in relations and 'TargetMode="External"' not in relations


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "a\ud800b", "a\ufffeb", "a\u202eb"])
def test_characters_no_file_can_hold_are_dropped(text: str) -> None:
    assert "ab" in words_of(with_value(text))


def test_the_file_says_nothing_of_the_person_or_the_machine() -> None:
    document = docx.Document(io.BytesIO(with_value("Kinh")))
    about = document.core_properties
    assert (about.author, about.last_modified_by, about.comments) == ("Một Cửa", "Một Cửa", "")


def test_a_form_of_forty_rows_keeps_its_head_on_every_page() -> None:
    form = forms()["ct01-1.004222"]
    table = next(one for one in tables() if one.form == form.id)
    typed = dict(table.complete)
    for number in range(1, 13):
        typed |= {f"thanh_vien-{number}-tv_ho_ten": f"Nguyễn Văn {'ABCDEFGHIKLM'[number - 1]}"}
    data = form_docx(draft_of(form.id, fill(form, typed)), form)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert "w:tblHeader" in archive.read("word/document.xml").decode()
    assert "Nguyễn Văn M" in words_of(data)
