"""A form token bound to the session: a post without it comes from somebody else's page. Used by citizens' and staff pages."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import aiohttp_session
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

FIELD = "csrf"


async def csrf_token(request: web.Request) -> str:
    """The token of this session; made when there is none."""
    session = await aiohttp_session.get_session(request)
    token = session.get(FIELD)
    if not isinstance(token, str):
        token = session[FIELD] = secrets.token_urlsafe(24)
    return token


async def check_csrf(request: web.Request) -> Any:
    """The posted form, after its token was compared. Raises HTTPForbidden, or HTTPBadRequest for a body that is no form."""
    try:
        data = await request.post()
    except (ValueError, HttpProcessingError):  # a body that is no form
        raise web.HTTPBadRequest(text="Biểu mẫu gửi lên bị hỏng. Anh/chị tải lại trang rồi thử lại.") from None
    await check_token(request, data.get(FIELD))
    return data


async def check_token(request: web.Request, given: object) -> None:
    """Compare a posted token with the session's. Raises HTTPForbidden."""
    session = await aiohttp_session.get_session(request)
    expected = session.get(FIELD)
    if not isinstance(given, str) or not isinstance(expected, str) or not hmac.compare_digest(given, expected):
        raise web.HTTPForbidden(
            text="Trang đã cũ hoặc yêu cầu không đến từ trang của Một Cửa. Anh/chị tải lại trang rồi thử lại."
        )
