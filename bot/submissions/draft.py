"""What a draft is made of."""

from __future__ import annotations

import msgspec

CONSENT_VERSION = "2026-11.2"
CONSENT_TEXT = (
    "Để điền tờ khai giúp anh/chị, em cần ghi họ tên, ngày sinh, số căn cước, địa chỉ, điện thoại, "
    "cùng ảnh giấy tờ và thông tin từ VNeID nếu anh/chị chọn gửi. "
    "Thông tin được mã hoá, chỉ dùng để làm tờ khai này, tự xoá sau 30 ngày, "
    "và anh/chị xoá được ngay bằng cách nhắn “xoá dữ liệu của tôi”. Anh/chị có đồng ý không?"
)


class UnknownDraft(KeyError):
    """No such draft, or it is erased."""


class WrongState(ValueError):
    """The draft's state does not allow this act."""


class BadLink(ValueError):
    """The one-time link is wrong, used or expired. Nothing more is told."""


class Offer(msgspec.Struct):
    """Values a source has that differ from what stands in the draft; the person decides."""

    source: str
    verified: bool
    values: dict[str, str]


class Content(msgspec.Struct):
    """The personal part of a draft; only ever stored sealed."""

    values: dict[str, str] = {}
    sources: dict[str, str] = {}  # field id → where the value came from
    skipped: list[str] = []
    verified: dict[str, str] = {}  # field id → the source that vouches for it; see protecting.py
    disputed: dict[str, str] = {}  # field id → "source:what it said" before the person denied it
    offer: Offer | None = None
    set_aside: dict[str, str] = {}  # answers to what the form no longer asks: kept, never printed; see draft_form.py
    reopened: list[str] = []  # returned by an officer: only these fields and components may change


class Attached(msgspec.Struct, frozen=True):
    """A file attached to a component; its content is kept apart (``photos``)."""

    id: str
    component: str
    kind: str
    pages: int
    size: int


class Draft(msgspec.Struct):
    """One draft as a capability or a page works on it."""

    id: str
    procedure: str
    form: str
    state: str
    channel: str
    release: int
    created_at: str
    expires_at: str
    content: Content
    reference: str | None = None
    revision: int = 0
    attached: list[Attached] = []
