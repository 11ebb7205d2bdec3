"""The official form as a Word file, for offices that edit it: the same content as the PDF, from the same sheet.

Values are text runs, never fields or markup, so nothing a citizen typed can run. Characters XML cannot hold are dropped.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from bot.submissions.documents.layout import sheet
from bot.submissions.draft import Draft
from procedures_kb.form_model import FormDefinition
from procedures_kb.store import today

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"  # what official documents are set in, and every office has
DOTS = "." * 60
_NOT_XML = re.compile(
    "[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]|[\\u202a-\\u202e\\u2066-\\u2069]"
)
_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


def form_docx(draft: Draft, form: FormDefinition, address: str = "") -> bytes:
    """The form with every field in its order; what was put off is a dotted line."""
    data = sheet(form, draft.content.values, draft.reference, today())
    document = _empty(data)
    for text in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do – Hạnh phúc"):
        _line(document, [(text, True)], _CENTRE, after=0)
    _line(document, [("_______________", False)], _CENTRE)
    _line(document, [(data["title"].upper(), True)], _CENTRE, size=15)
    _line(document, [("Kính gửi: ", False), (data["addressed_to"], True)], _CENTRE, after=8)
    for block in data["blocks"]:
        _KINDS[block["kind"]](document, block)
    if data["closing"]:
        _line(document, [(data["closing"], False)], before=6)
    _signatures(document, data["signers"])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _empty(data: Mapping[str, Any]) -> Doc:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Mm(25),
        Mm(18),
        Mm(18),
        Mm(16),
    )
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    about = document.core_properties
    # Nothing of the person, the machine or the library: the file says only what form it is.
    about.title, about.author, about.comments, about.last_modified_by = _safe(data["title"]), "Một Cửa", "", "Một Cửa"
    about.created = about.modified = dt.datetime.combine(today(), dt.time())
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.alignment = _RIGHT
    _run(head, data["official"], size=8.5, italic=True)
    _run(foot, f"{data['footer']}  Trang ", size=8)
    _page_number(foot)
    return document


def _safe(text: str) -> str:
    return _NOT_XML.sub("", text)


def _run(paragraph: Paragraph, text: str, bold: bool = False, size: float | None = None, italic: bool = False) -> None:
    run = paragraph.add_run(_safe(text))
    run.bold, run.italic = bold or None, italic or None
    if size:
        run.font.size = Pt(size)


def _line(
    document: Doc, parts: Iterable[tuple[str, bool]], alignment: WD_ALIGN_PARAGRAPH | None = None, *, size: float | None = None,
    before: float = 0, after: float = 4,
) -> Paragraph:  # fmt: skip
    paragraph = document.add_paragraph()
    if alignment is not None:
        paragraph.alignment = alignment
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    for text, bold in parts:
        _run(paragraph, text, bold, size)
    return paragraph


def _page_number(paragraph: Paragraph) -> None:
    """A field of Word's own; it holds nothing of ours."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    number = paragraph.add_run("1")
    number.font.size = Pt(8)
    field.append(number._r)


def _heading(document: Doc, block: Mapping[str, Any]) -> None:
    paragraph = _line(document, [(block["title"], True)], before=6)
    paragraph.paragraph_format.keep_with_next = True
    if block["note"]:
        _run(paragraph, f"\n{block['note']}", size=10, italic=True)


def _entries(document: Doc, block: Mapping[str, Any]) -> None:
    _heading(document, block)
    for entry in block["entries"]:
        _line(document, [(f"{entry['label']}: ", False), (entry["value"] or DOTS, bool(entry["value"]))])


def _pair(document: Doc, block: Mapping[str, Any]) -> None:
    """Two people side by side, a row for each field."""
    left, right = block["left"], block["right"]
    rows = [["", left["title"], right["title"]]]
    rows += [
        [one["label"], one["value"] or DOTS[:20], other["value"] or DOTS[:20]]
        for one, other in zip(left["entries"], right["entries"], strict=False)
    ]
    _grid(document, rows, [1.1, 1.5, 1.5], 11)


def _table(document: Doc, block: Mapping[str, Any]) -> None:
    _heading(document, block)
    rows = [["TT", *block["heads"]]]
    given = block["rows"] or [["" for _ in block["heads"]] for _ in range(2)]
    rows += [[str(number), *(cell or DOTS[:8] for cell in row)] for number, row in enumerate(given, 1)]
    _grid(document, rows, [0.65, *block["widths"]], 9.5)


def _grid(document: Doc, rows: list[list[str]], widths: list[float], size: float) -> None:
    table = document.add_table(rows=len(rows), cols=len(widths))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    whole = 167 / sum(widths)
    for column, width in zip(table.columns, widths, strict=True):  # LibreOffice goes by these, Word by the cells
        column.width = Mm(width * whole)
    for number, row in enumerate(rows):
        cells = table.rows[number].cells
        for cell, text, width in zip(cells, row, widths, strict=True):
            cell.width = Mm(width * whole)
            _fill(cell, text, size, head=number == 0)
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # the head stands on every page
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _fill(cell: _Cell, text: str, size: float, head: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if head:
        paragraph.alignment = _CENTRE
    _run(paragraph, text, bold=head, size=size)


def _signatures(document: Doc, signers: list[dict[str, str]]) -> None:
    place = "Làm tại ........................, ngày ..... tháng ..... năm ........"
    _line(document, [(place, False)], _RIGHT, size=10.5, before=8).paragraph_format.keep_with_next = True
    columns = min(4, max(2, len(signers)))
    given = [{"title": "", "name": ""}, *signers] if len(signers) == 1 else signers
    table = document.add_table(rows=-(-len(given) // columns), cols=columns)
    for number, signer in enumerate(given):
        cell = table.cell(number // columns, number % columns)
        paragraph = cell.paragraphs[0]
        paragraph.alignment = _CENTRE
        if signer["title"]:
            _run(paragraph, signer["title"], bold=True, size=11)
            _run(paragraph, "\n(Ký, ghi rõ họ, chữ đệm, tên)\n\n\n\n", size=10, italic=True)
            _run(paragraph, signer["name"], bold=True, size=11)


_KINDS = {"entries": _entries, "pair": _pair, "table": _table}
