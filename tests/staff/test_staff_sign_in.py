"""Signing in and out over HTTP: who gets in, where they land, what a page of somebody else cannot do."""

from __future__ import annotations

import pytest

from bot.staff.session import safe_next
from bot.staff.sign_in import REFUSED
from bot.staff.users import Users
from tests.staff.console import HOME, PASSWORD, Clock, OpenBrowser


async def test_stranger_is_sent_to_sign_in_and_back(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    await browser.get("/staff/thu-tuc?q=khai%20sinh", follow=False)
    await browser.get(browser.url)
    assert browser.hidden("next") == "/staff/thu-tuc?q=khai%20sinh"


async def test_good_sign_in_lands_on_the_page_asked_for(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    await browser.sign_in("viewer", following="/staff/thu-tuc")
    assert (browser.status, browser.url) == (303, "/staff/thu-tuc")


async def test_wrong_password_is_told_with_the_name_kept(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    text = await browser.sign_in("editor", "wrong password")
    assert browser.status == 401 and REFUSED in text and 'value="editor"' in text


async def test_typed_password_never_comes_back(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    assert "wrong password" not in await browser.sign_in("editor", "wrong password")


async def test_unknown_user_gets_the_same_page(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    known = await browser.sign_in("editor", "wrong password")
    status = browser.status
    unknown = await browser.sign_in("nobody", "wrong password")
    assert browser.status == status and known.replace("editor", "nobody") == unknown


async def test_locked_out_user_gets_the_same_page(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    first = await browser.sign_in("editor", "wrong password")
    for _ in range(5):
        last = await browser.sign_in("editor", "wrong password")
    assert first == last


async def test_right_password_fails_while_locked_out(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    for _ in range(5):
        await browser.sign_in("editor", "wrong password")
    await browser.sign_in("editor")
    assert browser.status == 401


async def test_one_address_cannot_try_without_end(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    for n in range(61):
        await browser.sign_in(f"nobody{n}", "wrong password")
    assert browser.status == 429


async def test_sign_in_without_csrf_token_is_refused(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    await browser.post("/staff/sign-in", {"name": "editor", "password": PASSWORD})
    assert browser.status == 403


async def test_session_from_before_signing_in_is_not_kept(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    await browser.get("/staff/sign-in")
    before = browser.hidden("csrf")
    await browser.sign_in("editor")
    await browser.get("/staff")
    assert browser.hidden("csrf") != before


async def test_sign_out_ends_the_session_even_for_a_kept_cookie(open_browser: OpenBrowser) -> None:
    browser = await open_browser("viewer")
    await browser.get("/staff")
    kept = {cookie.key: cookie.value for cookie in browser.client.session.cookie_jar}
    await browser.post("/staff/sign-out", {"csrf": browser.hidden("csrf")})
    thief = await open_browser()
    thief.client.session.cookie_jar.update_cookies(kept, thief.client.make_url("/"))
    await thief.get("/staff", follow=False)
    assert thief.status == 303 and thief.url.startswith("/staff/sign-in")


async def test_sign_out_without_csrf_token_is_refused(open_browser: OpenBrowser) -> None:
    browser = await open_browser("viewer")
    await browser.post("/staff/sign-out", {})
    assert browser.status == 403


async def test_idle_browser_must_sign_in_again(open_browser: OpenBrowser, clock: Clock) -> None:
    browser = await open_browser("viewer")
    clock.pass_(hours=8, minutes=1)
    await browser.get("/staff", follow=False)
    assert browser.status == 303


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/staff", "//evil.example", "/\\evil.example", "/staff/../ho-so", "/staff//evil.example", "javascript:alert(1)",
     "/staffx", "/staff/sign-out", "/staff\r\nSet-Cookie: x=1", "/staff/%0d%0aX: 1", "http:/staff", "", "/", "/sta\tff"],
)  # fmt: skip
def test_only_pages_of_the_console_are_returned_to(address: str) -> None:
    assert safe_next(address) == "/staff"


@pytest.mark.parametrize("address", ["/staff", "/staff/thu-tuc?q=khai%20sinh&trang=2", "/staff/ho-so/K7MP2XQA"])
def test_pages_of_the_console_are_returned_to(address: str) -> None:
    assert safe_next(address) == address


async def test_posted_next_leads_nowhere_else(open_browser: OpenBrowser) -> None:
    browser = await open_browser()
    await browser.get("/staff/sign-in")
    fields = {"csrf": browser.hidden("csrf"), "next": "https://evil.example/", "name": "viewer", "password": PASSWORD}
    await browser.post("/staff/sign-in", fields, follow=False)
    assert browser.url == "/staff"


async def test_officer_changes_the_own_password(open_browser: OpenBrowser, users: Users) -> None:
    browser = await open_browser("viewer")
    await browser.get("/staff/tai-khoan")
    fields = {"csrf": browser.hidden("csrf"), "old": PASSWORD, "new": "a new long one", "again": "a new long one"}
    await browser.post("/staff/tai-khoan", fields)
    assert "Đã đổi mật khẩu" in browser.text and await users.sign_in("viewer", "a new long one")


async def test_wrong_old_password_changes_nothing(open_browser: OpenBrowser, users: Users) -> None:
    browser = await open_browser("viewer")
    await browser.get("/staff/tai-khoan")
    fields = {"csrf": browser.hidden("csrf"), "old": "not it, no", "new": "a new long one", "again": "a new long one"}
    await browser.post("/staff/tai-khoan", fields)
    assert browser.status == 422 and await users.sign_in("viewer", PASSWORD)


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        ("viewer", "/staff", 200), ("viewer", HOME, 200), ("viewer", f"{HOME}/sua", 403),
        ("viewer", f"{HOME}/cong-bo", 403), ("viewer", "/staff/ho-so", 403), ("editor", f"{HOME}/sua", 200),
        ("editor", "/staff/ho-so", 403), ("operator", "/staff/ho-so", 200), ("operator", f"{HOME}/sua", 403),
        ("approver", f"{HOME}/sua", 200), ("approver", "/staff/ho-so", 200), ("admin", "/staff/ho-so", 200),
    ],
)  # fmt: skip
async def test_each_role_opens_its_own_pages(open_browser: OpenBrowser, role: str, address: str, status: int) -> None:
    browser = await open_browser(role)
    await browser.get(address)
    assert browser.status == status


async def test_refusal_by_role_is_a_page_in_vietnamese(open_browser: OpenBrowser) -> None:
    browser = await open_browser("viewer")
    assert "Không có quyền" in await browser.get(f"{HOME}/sua")
