"""The papers of a submission as PDF: the official form filled in, and the counter slip. Typeset with typst."""

from __future__ import annotations

import functools
import io
import json
from importlib.util import find_spec
from pathlib import Path

import segno
import typst

from bot.submissions.store import Draft
from bot.submissions.values import shown
from procedures_kb.form_model import FormDefinition, asked_fields

_HERE = Path(__file__).parent


@functools.cache
def _fonts() -> list[str]:
    """Folder of the bundled font: typst's own serif sets the marks of bold capitals too high."""
    spec = find_spec("font_source_serif_pro")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package font-source-serif-pro is missing; run ./motcua again to set up")
    return [str(Path(next(iter(spec.submodule_search_locations))) / "files")]


def _compile(template: str, data: dict[str, object]) -> bytes:
    pdf: object = typst.compile(  # type: ignore[misc]  # its stub leaves the type open
        (_HERE / template).read_bytes(), font_paths=_fonts(), ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    if not isinstance(pdf, bytes):
        raise RuntimeError(f"typst gave {type(pdf).__name__} instead of one PDF")
    return pdf


def form_pdf(draft: Draft, form: FormDefinition, address: str) -> bytes:
    """The official form with every field in its order; a field put off is a dotted line to fill by hand."""
    values = draft.content.values
    applying = {field.id for field in asked_fields(form, values)}
    groups = []
    for group in form.groups:
        fields = []
        for field in group.fields:
            source = field.id if field.id in applying else field.copy_from
            if source and field.id != "noi_nop":  # that one stands in "Kính gửi"
                fields.append({"label": field.label, "value": shown(field, values[source]) if source in values else ""})
        if fields:
            groups.append({"title": group.title, "fields": fields})
    return _compile("form.typ", {
        "title": form.title,
        "addressed_to": form.addressed_to.replace("{noi_nop}", values.get("noi_nop", "")),
        "groups": groups,
        "signer": values.get("nguoi_yeu_cau", ""),
        "footer": f"{form.number}. Mã phiếu {draft.reference or 'chưa có'}.",
    })  # fmt: skip


def slip_pdf(draft: Draft, form: FormDefinition, address: str) -> bytes:
    """The counter slip; ``address`` is what the QR opens (for officers, behind the sign-in)."""
    from bot.submissions.checklist import papers_to_bring

    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=1, xmldecl=False)
    papers, waived = papers_to_bring(draft)
    return _compile("slip.typ", {
        "procedure": form.title.removeprefix("Tờ khai ").capitalize(),
        "reference": draft.reference or "",
        "qr": picture.getvalue().decode(),
        "papers": papers,
        "waived": waived,
        "footer": "Cán bộ quét mã QR để mở hồ sơ. Nộp ở bất kỳ điểm Phục vụ hành chính công nào của Hà Nội. Hỏi thêm: 1022.",
    })  # fmt: skip
