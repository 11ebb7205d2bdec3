"""Submissions at the counter: what is shown, what is recorded, what a guesser learns."""

from __future__ import annotations

from bot.staff.submissions import NOT_FOUND, TOO_MANY
from bot.submissions.store import Drafts
from bot.submissions.withdrawing import withdraw
from tests.staff.console import OpenBrowser


async def test_code_of_the_slip_opens_the_submission(open_browser: OpenBrowser, reference: str) -> None:
    browser = await open_browser("operator")
    text = await browser.get(f"/staff/ho-so?ma={reference}")
    assert "Nguyễn Thị Mai" in text and "03/01/1995" in text


async def test_code_is_read_as_people_write_it(open_browser: OpenBrowser, reference: str) -> None:
    browser = await open_browser("operator")
    typed = f"%20{reference[:4].lower()}-{reference[4:].lower()}%20"
    assert "Nguyễn Thị Mai" in await browser.get(f"/staff/ho-so?ma={typed}")


async def test_fields_stand_in_the_groups_of_the_form(open_browser: OpenBrowser, reference: str) -> None:
    browser = await open_browser("operator")
    text = await browser.get(f"/staff/ho-so/{reference}")
    assert text.index("Người yêu cầu") < text.index("Nguyễn Thị Mai") < text.index("Người được xác nhận")


async def test_warnings_are_shown(open_browser: OpenBrowser, reference: str) -> None:
    browser = await open_browser("operator")
    assert "không khớp năm sinh" in await browser.get(f"/staff/ho-so/{reference}")


async def test_proof_of_consent_is_shown(open_browser: OpenBrowser, reference: str) -> None:
    browser = await open_browser("operator")
    assert "phiên bản 2026-11" in await browser.get(f"/staff/ho-so/{reference}")


async def test_what_its_person_has_taken_back_is_marked(
    open_browser: OpenBrowser, drafts: Drafts, reference: str
) -> None:
    withdraw(drafts, drafts.by_reference(reference).id)
    browser = await open_browser("operator")
    text = await browser.get(f"/staff/ho-so/{reference}")
    assert "Đã rút, chưa gửi đi" in text and "rút hồ sơ trước khi gửi đi" in text


async def test_every_look_is_recorded(open_browser: OpenBrowser, drafts: Drafts, reference: str) -> None:
    browser = await open_browser("operator")
    for _ in range(2):
        await browser.get(f"/staff/ho-so/{reference}")
    trail = drafts.trail(drafts.by_reference(reference).id)
    assert [(who, act) for _, who, act, _ in trail][-2:] == [("operator", "looked at")] * 2


async def test_look_without_permission_is_neither_shown_nor_recorded(
    open_browser: OpenBrowser, drafts: Drafts, reference: str
) -> None:
    browser = await open_browser("editor")
    text = await browser.get(f"/staff/ho-so/{reference}")
    trail = drafts.trail(drafts.by_reference(reference).id)
    assert browser.status == 403 and "Nguyễn Thị Mai" not in text and "looked at" not in [row[2] for row in trail]


async def test_erased_submission_and_unknown_code_get_the_same_answer(
    open_browser: OpenBrowser, drafts: Drafts, reference: str
) -> None:
    browser = await open_browser("operator")
    drafts.erase(drafts.by_reference(reference).id)
    erased = await browser.get(f"/staff/ho-so/{reference}")
    status = browser.status
    unknown = await browser.get("/staff/ho-so/AAAAAAAA")
    assert (status, browser.status) == (404, 404)
    assert _plain(erased, reference) == _plain(unknown, "AAAAAAAA")


def _plain(page: str, code: str) -> str:
    """The page without the code that was typed."""
    assert NOT_FOUND in page and code in page
    return page.replace(code, "")


async def test_guessing_is_slowed_down(open_browser: OpenBrowser) -> None:
    browser = await open_browser("operator")
    for _ in range(11):
        text = await browser.get("/staff/ho-so/AAAAAAAA")
    assert browser.status == 429 and TOO_MANY in text


async def test_guesser_is_not_let_in_by_a_right_guess_either(open_browser: OpenBrowser, reference: str) -> None:
    browser = await open_browser("operator")
    for _ in range(10):
        await browser.get("/staff/ho-so?ma=xx")
    await browser.get(f"/staff/ho-so/{reference}")
    assert browser.status == 429


async def test_typed_markup_in_the_code_is_shown_as_text(open_browser: OpenBrowser) -> None:
    browser = await open_browser("operator")
    response = await browser.client.get("/staff/ho-so", params={"ma": "<script>alert(1)</script>"})
    assert "<script>alert" not in await response.text()


async def test_value_typed_by_the_citizen_is_shown_as_text(
    open_browser: OpenBrowser, drafts: Drafts, reference: str
) -> None:
    draft = drafts.by_reference(reference)
    draft.content.values["noi_nop"] = draft.content.values["dan_toc"] = "<script>alert(1)</script>"
    drafts.save(draft, "citizen", "filled")
    browser = await open_browser("operator")
    text = await browser.get(f"/staff/ho-so/{reference}")
    assert "<script>alert" not in text and "&lt;script&gt;" in text
