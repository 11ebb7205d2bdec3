"""A copy of what we hold of one draft, for the person it is about: one ZIP with a JSON file, the papers and the pictures."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import msgspec

from bot.submissions import documents, protecting
from bot.submissions.documents.packet import groups
from bot.submissions.dossiers import Dossiers
from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.news import Addresses
from bot.submissions.photos.store import Photos
from bot.submissions.store import Drafts, now_text

ABOUT = (
    "Tệp này là toàn bộ thông tin Một Cửa đang giữ về hồ sơ này. du-lieu.json đọc được bằng máy; các tệp PDF để in.\n"
    "Muốn xoá, mở trang hồ sơ và bấm “Xoá hết thông tin của tôi”.\n"
)


def everything(drafts: Drafts, draft: Draft) -> dict[str, Any]:
    """All we hold of a draft as plain data: answers with their source, consents, trail, files, reminders."""
    form = form_of_draft(draft)

    def rows(sql: str) -> list[list[Any]]:
        return [list(row) for row in drafts.connection.execute(sql, (draft.id,))]

    return {
        "schema": 1, "made_at": now_text(), "draft": {
            "id": draft.id, "procedure": draft.procedure, "form": form.title, "state": draft.state, "channel": draft.channel,
            "reference": draft.reference, "created_at": draft.created_at, "expires_at": draft.expires_at,
        },
        "answers": groups(form, draft),
        "denied": {name: protecting.said_by_database(draft.content, name) for name in draft.content.disputed},
        "put_off": draft.content.skipped,
        "no_longer_asked": draft.content.set_aside,
        "consents": rows("SELECT version, text, channel, given_at FROM consents WHERE draft = ?"),
        "permissions": rows("SELECT purpose, version, text, channel, given_at FROM permissions WHERE draft = ?"),
        "news_address": Addresses(drafts).of(draft.id),
        "reminders": rows("SELECT made_at, said_at, channel FROM reminders WHERE draft = ?"),
        "dossier": [msgspec.to_builtins(step) for step in Dossiers(drafts).history(draft.id)],
        "files": [msgspec.to_builtins(one) for one in draft.attached],
        "trail": [dict(zip(("at", "who", "act", "detail"), line, strict=True)) for line in drafts.trail(draft.id)],
    }  # fmt: skip


def archive(data: dict[str, Any], draft: Draft, attachments: dict[str, bytes], counter_address: str) -> bytes:
    """The ZIP. Typesets the papers: run it in a thread; ``data`` and ``attachments`` were read before."""
    form = form_of_draft(draft)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("doc-truoc.txt", ABOUT)
        file.writestr("du-lieu.json", msgspec.json.format(msgspec.json.encode(data), indent=2))
        file.writestr("to-khai.pdf", documents.form_pdf(draft, form, counter_address))
        if draft.reference:
            file.writestr("phieu.pdf", documents.slip_pdf(draft, form, counter_address))
        for component, pdf in attachments.items():
            file.writestr(f"giay-to/{component}.pdf", pdf)
    return out.getvalue()


def attachments_of(photos: Photos, draft: Draft) -> dict[str, bytes]:
    """The combined PDF of every component that has files."""
    found = {}
    for component in dict.fromkeys(one.component for one in draft.attached):
        pdf = photos.pdf_of(draft, component)
        if pdf:
            found[component] = pdf
    return found
