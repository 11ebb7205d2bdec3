"""Who is signed in, what they may do, and how every page of the console is rendered."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import aiohttp_jinja2
import aiohttp_session
from aiohttp import web

from bot.csrf import check_csrf, csrf_token
from bot.staff.parts import USERS
from bot.staff.roles import ROLE_LABELS, May
from bot.staff.users import User
from procedures_kb.store import UnknownProcedure

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Page = Callable[[web.Request, User], Awaitable[web.StreamResponse]]
Act = Callable[[web.Request, User, Any], Awaitable[web.StreamResponse]]

TOKEN = "staff"  # session key of the sign-in's token
_SAID = "staff_said"  # session key of the sentence the next page shows once

SENTENCES = {
    "saved": "Đã lưu vào bản nháp. Người dân chưa thấy thay đổi này cho đến khi công bố.",
    "removed": "Đã bỏ mục này khỏi bản nháp. Người dân vẫn thấy mục đó cho đến khi công bố.",
    "published": "Đã công bố. Trợ lý trả lời người dân theo bản mới từ bây giờ.",
    "published_form": "Đã công bố. Trợ lý và trang điền tờ khai dùng bản mới từ bây giờ.",
    "begun_form": "Đã lưu tờ khai mới vào bản nháp. Người dân chưa thấy cho đến khi công bố.",
    "moved_field": "Đã đổi thứ tự trong bản nháp.",
    "discarded": "Đã bỏ bản nháp. Bản đang công bố không đổi.",
    "carried": "Đã đưa các sửa đổi của bản nháp sang bản mới. Anh/chị xem lại rồi công bố.",
    "no_copy": "Không có bản nháp nào ở đây.",
    "scheduled": "Đã hẹn. Bản này tự có hiệu lực lúc 0 giờ ngày đã chọn.",
    "unscheduled": "Đã hủy lịch. Bản đang công bố không đổi.",
    "rolled_back": "Đã lùi lại. Trợ lý trả lời theo bản trước đó từ bây giờ.",
    "accepted": "Đã nhận thay đổi từ dữ liệu quốc gia.",
    "draft_left": "Đã bỏ qua thay đổi từ dữ liệu quốc gia.",
    "point_saved": "Đã lưu điểm tiếp nhận.",
    "password": "Đã đổi mật khẩu.",
    "resent": "Đã cho gửi lại. Hồ sơ có thể đã tới nơi thì máy tra trước, không gửi trùng.",
    "already_sent": "Không có gì để gửi lại: hồ sơ đã được nhận.",
}


async def say(request: web.Request, key: str, anchor: str = "") -> None:
    """Show one of ``SENTENCES`` at the head of the next page, once, with a way back to the part ``anchor``."""
    (await aiohttp_session.get_session(request))[_SAID] = [key, anchor]


async def current_user(request: web.Request) -> User | None:
    """The signed-in officer of this browser, if the session still holds."""
    token = (await aiohttp_session.get_session(request)).get(TOKEN)
    return request.app[USERS].session_user(token) if isinstance(token, str) else None


def safe_next(address: str) -> str:
    """``address`` if it is a page of the console, else the console's home: a link must not lead people elsewhere."""
    plain = unquote(address)
    parts = urlsplit(address)
    local = parts.path == "/staff" or parts.path.startswith("/staff/")
    strange = "\\" in plain or "//" in parts.path or ".." in plain or not plain.isprintable()
    if parts.scheme or parts.netloc or not local or strange or parts.path.startswith("/staff/sign-"):
        return "/staff"
    return address


async def render(
    request: web.Request, user: User | None, template: str, context: dict[str, Any], status: int = 200
) -> web.Response:
    """One page of the console, with what every page needs."""
    session = await aiohttp_session.get_session(request)
    key, anchor = session.pop(_SAID) if _SAID in session else ("", "")
    everywhere = {
        "user": user, "role": ROLE_LABELS[user.role] if user else "", "csrf": await csrf_token(request),
        "may": {act.value: user.may(act) for act in May} if user else {},
        "said": SENTENCES.get(key, ""), "said_anchor": anchor,
        "token": secrets.token_urlsafe(12),  # names this form's act, so that sending it twice acts once
        "area": request.path.split("/")[2] if request.path.count("/") > 1 else "",
    }  # fmt: skip
    return aiohttp_jinja2.render_template(f"staff/{template}", request, everywhere | context, status=status)


async def message(request: web.Request, user: User | None, heading: str, sentence: str, status: int) -> web.Response:
    """A page that says one thing: not found, not allowed, too late."""
    return await render(request, user, "message.html", {"heading": heading, "sentence": sentence}, status)


def page(may: May) -> Callable[[Page], Handler]:
    """For reading pages: signed in (else to the sign-in page and back), with the permission (else 403)."""

    def wrap(handler: Page) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            user = await current_user(request)
            if user is None:
                raise web.HTTPSeeOther(f"/staff/sign-in?next={quote(request.path_qs, safe='')}")
            if not user.may(may):
                return await _not_allowed(request, user)
            return await _found(request, user, handler(request, user))

        return guarded

    return wrap


def act(may: May) -> Callable[[Act], Handler]:
    """For everything that changes something: as :func:`page`, and the form's token must be this session's."""

    def wrap(handler: Act) -> Handler:
        @functools.wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            user = await current_user(request)
            if user is None:
                raise web.HTTPSeeOther("/staff/sign-in")
            data = await form_of(request, user)
            if isinstance(data, web.Response):
                return data
            if not user.may(may):
                return await _not_allowed(request, user)
            return await _found(request, user, handler(request, user, data))

        return guarded

    return wrap


async def form_of(request: web.Request, user: User | None) -> Any:
    """The posted form after its token was compared; a response that says what is wrong when it cannot be used."""
    try:
        return await check_csrf(request)
    except web.HTTPForbidden as fault:
        return await message(request, user, "Chưa làm được", str(fault.text), 403)
    except web.HTTPRequestEntityTooLarge:
        return await message(request, user, "Nội dung dài quá", "Anh/chị rút gọn rồi gửi lại.", 413)
    except web.HTTPBadRequest:  # a body that is no form
        return await message(request, user, "Chưa làm được", "Yêu cầu gửi lên không đọc được.", 400)


async def _not_allowed(request: web.Request, user: User) -> web.Response:
    sentence = (
        f"Tài khoản của anh/chị có vai trò “{ROLE_LABELS[user.role]}”, không dùng được trang này. "
        "Nếu công việc cần đến, anh/chị nhờ người quản trị đổi vai trò."
    )
    return await message(request, user, "Không có quyền", sentence, 403)


async def _found(request: web.Request, user: User, answer: Awaitable[web.StreamResponse]) -> web.StreamResponse:
    try:
        return await answer
    except (UnknownProcedure, web.HTTPNotFound):
        return await message(
            request, user, "Không tìm thấy", "Trang, thủ tục hoặc tờ khai này không có trong cơ sở tri thức.", 404
        )
