"""The citizen files on the national portal themselves: a deep link to the procedure, and what to copy where."""

from __future__ import annotations

import urllib.parse

from bot.settings import Settings
from bot.submissions.delivery.counter import Counter

PORTAL = "https://dichvucong.gov.vn"


class PortalLink(Counter):
    """As the counter, nothing is sent by us."""

    name = "portal_link"
    label = "Người dân tự nộp trên Cổng Dịch vụ công quốc gia"

    @staticmethod
    def check_config(settings: Settings) -> list[str]:
        return []


def address_of(procedure: str, source: str) -> str:
    """Where the procedure is on the portal: its own page when the record's source is one, else the portal's search."""
    parts = urllib.parse.urlsplit(source)
    if parts.scheme == "https" and (parts.hostname or "").removeprefix("www.") == "dichvucong.gov.vn":
        return source
    return f"{PORTAL}/thu-tuc-hanh-chinh?tu-khoa={urllib.parse.quote(procedure)}"
