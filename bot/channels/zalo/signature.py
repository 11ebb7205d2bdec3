"""The signature of Zalo's webhooks: plain SHA-256 over the raw bytes, not HMAC (research/zalo.md 2.2)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

HEADER = "X-ZEvent-Signature"
TIMESTAMP_HEADER = "X-ZEvent-Timestamp"
_MAC = re.compile(r"\s*(?:mac\s*=\s*)?([0-9a-f]{64})\s*", re.IGNORECASE | re.ASCII)


def sign(app_id: str, raw_body: bytes, timestamp: str, secret: str) -> str:
    """Lower-case hex SHA-256 of app_id + body + timestamp + OA secret key."""
    # Header values may hold bytes that are no UTF-8; aiohttp hands them over as surrogates.
    tail = (timestamp + secret).encode("utf-8", "surrogateescape")
    return hashlib.sha256(app_id.encode() + raw_body + tail).hexdigest()


def verify(app_id: str, raw_body: bytes, timestamps: Iterable[str], secret: str, header: str) -> str | None:
    """Check the signature header against each candidate timestamp, in order.

    Args:
        app_id: ours, from the settings (never the body's).
        raw_body: the bytes as received; a re-serialised body has another signature.
        timestamps: the body's first, then that of ``X-ZEvent-Timestamp``; empty ones are skipped.
        secret: the OA secret key, not the app secret.
        header: value of ``X-ZEvent-Signature``: ``mac=<hex>``, ``mac = <hex>`` or bare hex, any case.

    Returns:
        The timestamp that fits, or None when the event is not Zalo's. An empty app_id or secret fits nothing.
    """
    match = _MAC.fullmatch(header)
    if not match or not app_id or not secret:
        return None
    given = match.group(1).lower().encode()
    for timestamp in timestamps:
        if timestamp and hmac.compare_digest(sign(app_id, raw_body, timestamp, secret).encode(), given):
            return timestamp
    return None
