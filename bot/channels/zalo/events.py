"""Reading Zalo's webhook events defensively: what we work on, who sent it, and the key that finds duplicates."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

LARGEST_BODY = 64 * 1024  # bytes
LONGEST_TEXT = 4_000  # code points kept of one message; Zalo's own limit is about half of it
LONGEST_ID = 64

Kind = Literal["text", "media", "greet", "forget", "echo"]

TEXT_EVENTS = frozenset({"user_send_text", "user_send_link"})
# With a caption the caption is answered; the text of the others is a place name or a card, nothing to answer.
CAPTIONED_EVENTS = frozenset({"user_send_image", "user_send_gif", "user_send_video", "user_send_file"})
MEDIA_EVENTS = CAPTIONED_EVENTS | {
    "user_send_audio", "user_send_sticker", "user_send_location", "user_send_business_card",
}  # fmt: skip
GREETING_EVENTS = frozenset({"follow", "user_click_chatnow"})
QUIET_EVENTS = frozenset({
    "unfollow", "user_received_message", "user_seen_message", "user_reacted_message", "user_submit_info",
    "update_user_info", "add_user_to_tag", "remove_user_from_tag", "remove_tag", "widget_interaction_accepted",
})  # fmt: skip
OUR_PREFIX = "oa_send_"

Id = str | int  # strings by contract; a number is taken too, since only equality counts


class Malformed(ValueError):
    """The body is no JSON object."""


class _Party(msgspec.Struct):
    id: Id | None = None
    admin_id: Id | None = None


class _Message(msgspec.Struct):
    msg_id: Id | None = None
    text: str | None = None


class _Envelope(msgspec.Struct):
    timestamp: Id | None = None
    oa_id: Id | None = None
    user_id: Id | None = None
    sender: _Party | None = None
    recipient: _Party | None = None
    follower: _Party | None = None
    message: _Message | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event we work on. ``user_id`` is the citizen, whoever sent it."""

    kind: Kind
    user_id: str
    key: str  # equal for every delivery of the same event
    text: str = ""
    message_id: str = ""
    by_person: bool = False  # an echo that names the officer who wrote it


class Ignored(NamedTuple):
    """An event that needs no work; the reason is for the counters."""

    reason: str


def read(raw: bytes) -> dict[str, Any]:
    """Decode a body.

    Raises:
        Malformed: not JSON, not an object, or nested too deeply.
    """
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("the webhook body is not JSON") from error
    if not isinstance(body, dict):
        raise Malformed("the webhook body is not a JSON object")
    return body


def text_of(value: object) -> str:
    """An id or timestamp as a string; "" for anything else."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def understand(body: dict[str, Any], our_oa: str) -> Event | Ignored:
    """Decide what an event means for us.

    The direction comes from the ids, not from the event's name: only what a citizen sent to ``our_oa`` is answered,
    and an echo of our own or an officer's message never is.
    """
    name = body.get("event_name")
    if not isinstance(name, str):
        return Ignored("malformed")
    known = TEXT_EVENTS | MEDIA_EVENTS | GREETING_EVENTS | QUIET_EVENTS | {"user_withdraw"}
    if name not in known and not name.startswith(OUR_PREFIX):
        return Ignored("unknown")
    if name in QUIET_EVENTS:
        return Ignored("quiet")
    try:
        envelope = msgspec.convert(body, _Envelope)
    except msgspec.ValidationError:
        return Ignored("malformed")
    if name in GREETING_EVENTS or name == "user_withdraw":
        return _about_user(name, envelope, our_oa)
    return _message(name, envelope, our_oa)


def _about_user(name: str, envelope: _Envelope, our_oa: str) -> Event | Ignored:
    # A withdrawal is a request about the person's data; it may come without an official account.
    oa_id = text_of(envelope.oa_id) or (our_oa if name == "user_withdraw" else "")
    if oa_id != our_oa:
        return Ignored("other_account")
    user = text_of(envelope.follower.id if envelope.follower else None) or text_of(envelope.user_id)
    if not _usable(user, our_oa):
        return Ignored("malformed")
    key = _key(our_oa, name, text_of(envelope.timestamp), user)
    return Event(kind="forget" if name == "user_withdraw" else "greet", user_id=user, key=key)


def _message(name: str, envelope: _Envelope, our_oa: str) -> Event | Ignored:
    sender = text_of(envelope.sender.id if envelope.sender else None)
    recipient = text_of(envelope.recipient.id if envelope.recipient else None)
    message = envelope.message or _Message()
    message_id = text_of(message.msg_id)[:LONGEST_ID]
    text = (message.text or "")[:LONGEST_TEXT]
    from_us = sender == our_oa
    if our_oa not in (sender, recipient):
        return Ignored("other_account")
    user = recipient if from_us else sender
    if from_us != name.startswith(OUR_PREFIX) or not _usable(user, our_oa):
        return Ignored("contradiction")  # a "user" message sent by ourselves, or the reverse: answering it could loop
    key = _key(our_oa, name, message_id) if message_id else _key(our_oa, name, text_of(envelope.timestamp), user)
    if from_us:
        by_person = bool(envelope.sender and text_of(envelope.sender.admin_id))
        return Event(kind="echo", user_id=user, key=key, text=text, message_id=message_id, by_person=by_person)
    if name in TEXT_EVENTS:
        return Event(kind="text", user_id=user, key=key, text=text, message_id=message_id)
    caption = text if name in CAPTIONED_EVENTS else ""
    return Event(kind="media", user_id=user, key=key, text=caption, message_id=message_id)


def _usable(user: str, our_oa: str) -> bool:
    return 0 < len(user) <= LONGEST_ID and user != our_oa


def _key(*parts: str) -> str:
    return "\x1f".join(parts)
