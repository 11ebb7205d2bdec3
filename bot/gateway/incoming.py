"""Reading outside input defensively: sizes, types, and what a button may say. Errors are Vietnamese sentences."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
from aiohttp import web

from procedures_kb.text import clean

LARGEST_BODY = 64 * 1024  # bytes of a JSON request
LONGEST_SENDER = 120
LONGEST_MESSAGE = 10_000  # characters; the understanding reads the first 2,000
_SENDER = re.compile(r"^[\w.:@\-]+$")
# What a button may say. Rasa would take any "/intent"; "/restart" and the like must not come from outside.
ALLOWED_ACTS = frozenset({
    "ask_procedure", "choose", "affirm", "deny", "start_submission", "check_status", "handoff", "cancel", "resume",
    "skip", "repeat", "correct", "erase_data", "inform", "greet",
})  # fmt: skip
ALLOWED_VALUES = frozenset({"procedure", "aspect", "case", "answer"})
_PAYLOAD = re.compile(r"^/([a-z_]+)(\{.*\})?$", re.DOTALL)
_VALUE = re.compile(r"^[\w.\-]{1,80}$")

# Error codes of the JSON interfaces: code → (status, sentence). docs/errors.md lists them; a test compares.
ERRORS: dict[str, tuple[int, str]] = {
    "not_json": (400, "Yêu cầu không phải JSON hợp lệ."),
    "wrong_type": (415, "Cần Content-Type: application/json."),
    "too_large": (413, "Yêu cầu lớn quá 64 kB."),
    "bad_field": (400, "Thiếu hoặc sai trường dữ liệu: {detail}."),
    "bad_sender": (400, "Trường sender cần 1–120 ký tự gồm chữ, số và . : @ _ -."),
    "too_long": (400, "Tin nhắn dài quá 10.000 ký tự, anh/chị viết ngắn lại giúp em."),
    "bad_payload": (400, "Nút bấm này không dùng được. Anh/chị gõ bằng chữ giúp em."),
    "wrong_origin": (403, "Yêu cầu không đến từ trang của Một Cửa."),
    "too_many": (429, "Anh/chị nhắn nhanh quá, chờ em vài giây nhé."),
    "busy": (503, "Hệ thống đang bận, em chưa trả lời được. Anh/chị thử lại sau ít giây nhé."),
    "no_procedure": (404, "Không có thủ tục mã {detail} trong dữ liệu."),
    "not_reviewed": (404, "Thủ tục {detail} chưa được cán bộ thành phố kiểm tra nên chưa tính được."),
    "not_found": (404, "Không tìm thấy trang này."),
    "internal": (500, "Hệ thống gặp lỗi, cán bộ kỹ thuật đã được báo. Anh/chị thử lại sau nhé."),
}


class Rejected(Exception):
    """A request that cannot be served: ``code`` of :data:`ERRORS`, with detail."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail

    def response(self) -> web.Response:
        status, sentence = ERRORS[self.code]
        return json_response({"error": {"code": self.code, "message": sentence.format(detail=self.detail)}}, status)


def json_response(value: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value), content_type="application/json", charset="utf-8", status=status
    )


class RestMessage(msgspec.Struct):
    """Body of Rasa's REST channel. Unknown fields are ignored, as Rasa does."""

    sender: str
    message: str
    metadata: Any = None


class WebMessage(msgspec.Struct):
    """Body of our page: typed text, or a button's payload with its title."""

    message: str | None = None
    payload: str | None = None
    title: str | None = None


async def read_json(request: web.Request, kind: type[Any]) -> Any:
    """Decode the body. Raises Rejected for wrong content type, size, JSON or fields."""
    if request.content_type != "application/json":
        raise Rejected("wrong_type")
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Rejected("too_large") from None
    if len(raw) > LARGEST_BODY:
        raise Rejected("too_large")
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise Rejected("bad_field", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Rejected("not_json") from error


def sender_id(value: str) -> str:
    """A sender id as given by a REST client. Raises Rejected."""
    if not 1 <= len(value) <= LONGEST_SENDER or not _SENDER.match(value):
        raise Rejected("bad_sender")
    return value


def typed(text: str) -> str:
    """Typed text for the assistant. A leading slash is taken off: only our buttons speak in acts. Raises Rejected."""
    if len(text) > LONGEST_MESSAGE:
        raise Rejected("too_long")
    cleaned = clean(text)
    return cleaned.lstrip("/ ") if cleaned.startswith("/") else cleaned


def payload(text: str) -> str:
    """A button's payload, checked against what our buttons may say. Raises Rejected."""
    match = _PAYLOAD.match(text)
    if not match or match.group(1) not in ALLOWED_ACTS:
        raise Rejected("bad_payload")
    if match.group(2):
        try:
            values = json.loads(match.group(2))
        except ValueError:
            raise Rejected("bad_payload") from None
        if not isinstance(values, dict):
            raise Rejected("bad_payload")
        for key, value in values.items():
            if key not in ALLOWED_VALUES or not isinstance(value, str) or not _VALUE.match(value):
                raise Rejected("bad_payload")
    return text


def rest_text(text: str) -> str:
    """Text of the REST channel, where Rasa clients send buttons' payloads as the message."""
    stripped = text.strip()
    if stripped.startswith("/"):
        try:
            return payload(stripped)
        except Rejected:
            return typed(text)
    return typed(text)
