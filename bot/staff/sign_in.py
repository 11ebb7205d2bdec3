"""Signing in and out, and one's own password."""

from __future__ import annotations

from typing import Any

import aiohttp_session
from aiohttp import web

from bot.staff.parts import SIGN_IN_TRIES, USERS
from bot.staff.roles import May
from bot.staff.session import TOKEN, act, current_user, form_of, page, render, safe_next, say
from bot.staff.users import LONGEST_PASSWORD, SHORTEST_PASSWORD, User, WeakPassword

# One sentence for every reason, so that nobody learns which names exist.
REFUSED = (
    "Tên hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa. Sai 5 lần thì tài khoản khóa 15 phút; "
    "quên mật khẩu thì anh/chị nhờ người quản trị đặt lại."
)
TOO_MANY = "Máy này thử quá nhiều lần. Anh/chị đợi một phút rồi thử lại."


async def sign_in_page(request: web.Request) -> web.StreamResponse:
    """GET /staff/sign-in."""
    following = safe_next(request.query.get("next", ""))
    if await current_user(request):
        raise web.HTTPSeeOther(following)
    return await render(request, None, "sign_in.html", {"next": following})


async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /staff/sign-in."""
    data = await form_of(request, None)
    if isinstance(data, web.Response):
        return data
    name, password = _text(data, "name")[:80], _text(data, "password")[: LONGEST_PASSWORD + 1]
    following = safe_next(_text(data, "next"))
    context = {"next": following, "name": name}
    tries, address = request.app[SIGN_IN_TRIES], request.remote or ""
    if not tries.left(address):
        return await render(request, None, "sign_in.html", context | {"error": TOO_MANY}, 429)
    await tries.count(address)
    users = request.app[USERS]
    user = await users.sign_in(name, password)
    if user is None:
        return await render(request, None, "sign_in.html", context | {"error": REFUSED}, 401)
    # A new session: nothing that was in the browser before signing in (planted by others, perhaps) lives on.
    session = await aiohttp_session.new_session(request)
    session[TOKEN] = users.start_session(user.name)
    raise web.HTTPSeeOther(following)


@act(May.read)
async def sign_out(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/sign-out."""
    session = await aiohttp_session.get_session(request)
    request.app[USERS].end_session(str(session.get(TOKEN)), user.name)
    session.invalidate()
    raise web.HTTPSeeOther("/staff/sign-in")


@page(May.read)
async def account_page(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/tai-khoan: one's own account and password."""
    return await render(request, user, "account.html", {"errors": {}, "shortest": SHORTEST_PASSWORD})


@act(May.read)
async def change_password(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/tai-khoan: a new password; other sessions of the account end."""
    users = request.app[USERS]
    old, new, again = (_text(data, name) for name in ("old", "new", "again"))
    errors: dict[str, str] = {}
    if new != again:
        errors["again"] = "Hai lần ghi mật khẩu mới không giống nhau."
    # A wrong old password counts towards the lock-out, or a borrowed browser could guess without end.
    if not errors and await users.sign_in(user.name, old[: LONGEST_PASSWORD + 1]) is None:
        errors["old"] = "Mật khẩu hiện nay không đúng, hoặc tài khoản đang tạm khóa vì sai nhiều lần."
    if not errors:
        try:
            users.set_password(user.name, new, user.name)
        except WeakPassword:
            errors["new"] = (
                f"Mật khẩu cần từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự, có ít nhất 4 ký tự khác nhau "
                "và không trùng tên đăng nhập."
            )
    if errors:
        return await render(request, user, "account.html", {"errors": errors, "shortest": SHORTEST_PASSWORD}, 422)
    session = await aiohttp_session.new_session(request)
    session[TOKEN] = users.start_session(user.name)
    await say(request, "password")
    raise web.HTTPSeeOther("/staff/tai-khoan")


def _text(data: Any, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
