"""Values that a database vouches for: nobody changes them by typing, on the page, in chat or with a request of their own.

Only the person may take the protection off, by saying that the value is wrong. It then counts as typed, and the officer
is told what the database said.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.submissions.reading.text import CannotRead
from bot.submissions.store import Content
from procedures_kb.form_types import ROW
from procedures_kb.text import fold, strip_marks

DENY = "Thông tin này không đúng"
CLOSED = "Cán bộ không yêu cầu sửa mục này nên em giữ nguyên. Anh/chị chỉ sửa những mục được mở lại giúp em."
# What a person sees of where a value came from. Verified sources stand in the officer's packet as such.
SOURCES = {
    "chat": "trò chuyện", "conversation": "trò chuyện", "page": "điền trên trang", "qr": "quét mã trên thẻ",
    "earlier": "từ hồ sơ trước", "identity": "VNeID", "identity_stand_in": "máy chủ định danh giả lập",
}  # fmt: skip


class Closed(CannotRead):
    """The draft was returned by an officer, and this is not what they asked to be changed."""


def closed(content: Content, field_id: str, required: bool = True) -> bool:
    """Whether a returned draft keeps this field as it is. What a correction newly asks for stays open."""
    if not content.reopened or field_id in content.reopened:
        return False
    return field_id in content.values or not (required or _rows_open(content, field_id.partition(ROW)[0]))


def reopen(content: Content, field_ids: Iterable[str]) -> bool:
    """Reopen closed fields of a returned draft that a correction made wrong; whether there were any."""
    more = [name for name in field_ids if closed(content, name)]
    content.reopened.extend(more)
    return bool(more)


def refuse_rows(content: Content, group: str) -> None:
    """Raise :class:`Closed` when a returned draft keeps the rows of ``group`` as they are."""
    if content.reopened and not _rows_open(content, group):
        raise Closed(CLOSED)


def _rows_open(content: Content, group: str) -> bool:
    return any(name.startswith(group + ROW) for name in content.reopened)


class Protected(CannotRead):
    """The value comes from a database and was not denied."""


def refuse(content: Content, field_id: str, value: str | None) -> None:
    """Raise :class:`Protected` or :class:`Closed` when ``value`` would change (None: empty) such a field."""
    if closed(content, field_id) and content.values.get(field_id) != value:
        raise Closed(CLOSED)
    source = content.verified.get(field_id)
    if source is not None and content.values.get(field_id) != value:
        raise Protected(
            f"Mục này lấy từ {SOURCES.get(source, source)}, đã xác thực nên em không sửa. "
            f"Nếu chưa đúng, anh/chị bấm “{DENY}” rồi ghi lại giúp em."
        )


def protect(content: Content, field_id: str, value: str, source: str) -> None:
    """Write a verified value; it stays until the person denies it."""
    content.values.pop(field_id, None)
    content.values[field_id] = value
    content.sources[field_id] = content.verified[field_id] = source
    content.disputed.pop(field_id, None)
    if field_id in content.skipped:
        content.skipped.remove(field_id)


def deny(content: Content, field_id: str) -> bool:
    """The person says the verified value is wrong: from now on it is theirs. Whether there was one."""
    if closed(content, field_id):
        return False
    source = content.verified.pop(field_id, None)
    if source is None:
        return False
    content.disputed[field_id] = f"{source}:{content.values.get(field_id, '')}"
    content.sources[field_id] = "page"
    return True


def is_denial(text: str) -> bool:
    """Whether a message says so in the button's words, with or without marks."""
    return strip_marks(fold(DENY)) in strip_marks(fold(text))


def forget(content: Content, field_id: str) -> None:
    """The field no longer applies: nothing of it is left."""
    content.verified.pop(field_id, None)
    content.disputed.pop(field_id, None)


def said_source(content: Content, field_id: str) -> str:
    """Where a value came from, in an officer's words."""
    if field_id in content.disputed:
        source, _, _ = content.disputed[field_id].partition(":")
        return f"người dân báo {SOURCES.get(source, source)} ghi sai, tự ghi lại"
    source = content.sources.get(field_id, "")
    text = SOURCES.get(source, source)
    return f"{text}, đã xác thực" if field_id in content.verified else text


def said_by_database(content: Content, field_id: str) -> str:
    """What the database had said of a denied value; empty when nothing was denied."""
    return content.disputed.get(field_id, "").partition(":")[2]
