"""The papers of a submission: the official form filled in, the counter slip, the officer's packet."""

from __future__ import annotations

import io

import segno

from bot.submissions.completeness import State, verdict_of
from bot.submissions.documents.layout import sheet
from bot.submissions.documents.packet import packet_json, packet_pdf
from bot.submissions.documents.typeset import compile_pdf
from bot.submissions.store import Draft
from procedures_kb.form_model import FormDefinition
from procedures_kb.store import today

__all__ = ["form_pdf", "packet_json", "packet_pdf", "slip_pdf"]


def form_pdf(draft: Draft, form: FormDefinition, address: str) -> bytes:
    """The official form with every field in its order; a field put off is a dotted line to fill by hand."""
    return compile_pdf("form.typ", sheet(form, draft.content.values, draft.reference, today()))


def slip_pdf(draft: Draft, form: FormDefinition, address: str) -> bytes:
    """The counter slip; ``address`` is what the QR opens (for officers, behind the sign-in)."""
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=1, xmldecl=False)
    lines = verdict_of(draft, form, today()).lines
    said = [
        (line.state, {"name": line.name, "label": line.label if line.state is State.bring else "", "more": line.condition or line.note})
        for line in lines
    ]  # fmt: skip
    return compile_pdf("slip.typ", {
        "procedure": _subject(form.title),
        "reference": draft.reference or "",
        "qr": picture.getvalue().decode(),
        "papers": [line for state, line in said if state is not State.database],
        "waived": [line for state, line in said if state is State.database],
        "footer": "Cán bộ quét mã QR để mở hồ sơ. Nộp ở bất kỳ điểm Phục vụ hành chính công nào của Hà Nội. Hỏi thêm: 1022.",
    })  # fmt: skip


def _subject(title: str) -> str:
    """ "Tờ khai đăng ký kết hôn" → "Đăng ký kết hôn"."""
    subject = title.removeprefix("Tờ khai ")
    return subject[0].upper() + subject[1:]
