"""What a person allows beyond the form itself: using a finished draft again for their next one, being told of news.

The person is known again by a keyed hash of the ID number only. A draft is never shown by that hash alone: whoever asks
must also hold the earlier draft (its one-time link was used in this browser, or the conversation is the same).
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.prefill.taking_over import own_person
from bot.submissions.store import Drafts, UnknownDraft, now_text
from procedures_kb.form_model import FormDefinition

REUSE = "reuse"
REUSE_VERSION = "2026-11"
REUSE_TEXT = (
    "Em được dùng lại họ tên, ngày sinh, giới tính, số căn cước, địa chỉ, điện thoại trong hồ sơ này để điền sẵn hồ sơ sau "
    "của chính anh/chị, mở trên máy này. Anh/chị rút lại được bất cứ lúc nào, và xoá hồ sơ này thì cũng hết."
)


NEWS = "news"
NEWS_VERSION = "2026-11"
NEWS_TEXT = (
    "Em được nhắn cho anh/chị qua Zalo khi hồ sơ này đổi trạng thái. Tin chỉ ghi tên thủ tục, trạng thái mới và một đường "
    "dẫn dùng một lần. Anh/chị thôi nhận bất cứ lúc nào, và xoá hồ sơ này thì cũng hết."
)


class Permissions:
    """Consents by purpose, beside the drafts."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def person_key(self, id_number: str) -> str:
        """How an ID number is compared without being stored."""
        return self._drafts.keys.digest("same-person", id_number)

    def allow_reuse(self, draft: Draft, form: FormDefinition, channel: str) -> bool:
        """Record the consent; False when the draft has no ID number to know the person by."""
        number = own_person(form, draft.content).id
        if not number:
            return False
        with self._drafts.transaction():
            self._drafts.must_stand(draft.id)
            self._drafts.connection.execute(
                "INSERT OR IGNORE INTO permissions VALUES (?,?,?,?,?,?,?)",
                (draft.id, REUSE, REUSE_VERSION, REUSE_TEXT, channel, now_text(), self.person_key(number)),
            )
            self._drafts.note(draft.id, "citizen", "reuse allowed", REUSE_VERSION)
        return True

    def withdraw_reuse(self, draft_id: str) -> None:
        """Take the consent back; nothing of it is left but the line in the trail."""
        with self._drafts.transaction():
            self._drafts.connection.execute(
                "DELETE FROM permissions WHERE draft = ? AND purpose = ?", (draft_id, REUSE)
            )
            self._drafts.note(draft_id, "citizen", "reuse withdrawn")

    def reuse_allowed(self, draft_id: str) -> bool:
        return self._person(draft_id) is not None

    def allow_news(self, draft_id: str, channel: str) -> None:
        """Record the consent to be told of changes; ``channel`` is where it was given."""
        with self._drafts.transaction():
            self._drafts.must_stand(draft_id)
            self._drafts.connection.execute(
                "INSERT OR IGNORE INTO permissions VALUES (?,?,?,?,?,?,'')",
                (draft_id, NEWS, NEWS_VERSION, NEWS_TEXT, channel, now_text()),
            )
            self._drafts.note(draft_id, "citizen", "news allowed", NEWS_VERSION)

    def withdraw_news(self, draft_id: str) -> None:
        """Take that consent back, with what was about to be sent."""
        with self._drafts.transaction():
            for table, which in (("permissions", "AND purpose = 'news'"), ("news", ""), ("news_addresses", "")):
                self._drafts.connection.execute(f"DELETE FROM {table} WHERE draft = ? {which}", (draft_id,))
            self._drafts.note(draft_id, "citizen", "news withdrawn")

    def news_allowed(self, draft_id: str) -> bool:
        sql = "SELECT 1 FROM permissions WHERE draft = ? AND purpose = ?"
        return self._drafts.connection.execute(sql, (draft_id, NEWS)).fetchone() is not None

    def _person(self, draft_id: str) -> str | None:
        row = self._drafts.connection.execute(
            "SELECT person FROM permissions WHERE draft = ? AND purpose = ?", (draft_id, REUSE)
        ).fetchone()
        return str(row[0]) if row else None

    def earlier(self, draft: Draft, held: Iterable[str]) -> Draft | None:
        """The newest draft among those this browser holds that may fill ``draft`` in; the ID numbers must not differ."""
        form = form_of_draft(draft)
        number = own_person(form, draft.content).id
        found: list[Draft] = []
        for draft_id in dict.fromkeys(held):
            person = self._person(draft_id)
            if draft_id == draft.id or person is None or (number and person != self.person_key(number)):
                continue
            try:
                found.append(self._drafts.get(draft_id))
            except UnknownDraft:
                continue
        return max(found, key=lambda one: one.created_at, default=None)
