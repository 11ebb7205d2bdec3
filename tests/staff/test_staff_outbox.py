"""The outbox at the console: who sees it, why something waits, sending again by hand."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from bot.keys import Keys
from bot.settings import Settings
from bot.submissions.delivery.failing import Failing
from bot.submissions.outbox import Outbox
from bot.submissions.outbox_rows import Rows
from bot.submissions.store import Drafts
from tests.staff.console import OpenBrowser
from tests.submissions.delivery.conftest import submitted


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    """Drafts that are handed to a case system."""
    return Drafts(tmp_path / "submissions.sqlite", Keys(b"k" * 32), "case_system")


async def stopped(drafts: Drafts) -> str:
    draft = submitted(drafts)
    await Outbox(drafts, Failing(Settings()), clock=lambda: 4_000_000_000.0).work()
    assert draft.reference
    return draft.reference


async def test_officers_see_why_it_waits_and_send_it_again(open_browser: OpenBrowser, drafts: Drafts) -> None:
    reference = await stopped(drafts)
    browser = await open_browser("operator")
    await browser.get("/staff/hop-thu-di")
    text = html.unescape(browser.text)
    assert reference in text and "không trả lời" in text and "Nguyễn" not in text
    (row,) = Rows(drafts).waiting()
    action = f"/staff/hop-thu-di/{row.id}/gui-lai"
    await browser.post(action, browser.form(action), follow=False)
    assert browser.status == 303
    (row,) = Rows(drafts).waiting()
    assert (row.state, row.attempts) == ("waiting", 1)
    await browser.get("/staff/hop-thu-di")
    assert "Đã cho gửi lại" in html.unescape(browser.text)


async def test_viewers_and_strangers_do_not(open_browser: OpenBrowser, drafts: Drafts) -> None:
    await stopped(drafts)
    (row,) = Rows(drafts).waiting()
    viewer = await open_browser("viewer")
    await viewer.get("/staff/hop-thu-di")
    assert viewer.status == 403
    await viewer.get("/staff")
    await viewer.post(f"/staff/hop-thu-di/{row.id}/gui-lai", {"csrf": viewer.hidden("csrf")})
    assert viewer.status == 403
    stranger = await open_browser()
    await stranger.get("/staff/hop-thu-di", follow=False)
    assert stranger.status == 303
    assert [row.state for row in Rows(drafts).waiting()] == ["stopped"]


async def test_all_stopped_ones_at_once(open_browser: OpenBrowser, drafts: Drafts) -> None:
    for _ in range(3):
        await stopped(drafts)
    browser = await open_browser("operator")
    await browser.get("/staff/hop-thu-di")
    await browser.post("/staff/hop-thu-di/gui-lai", browser.form("/staff/hop-thu-di/gui-lai"))
    assert [row.state for row in Rows(drafts).waiting()] == ["waiting"] * 3
