"""An officer in the console: signs in, changes a fee, publishes; the citizen's next answer shows it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.stack import Stack
from tests.browser.conftest import PASSWORD, open_page, signed_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def officer(product: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of an account made with the command line."""
    file: Path = tmp_path_factory.mktemp("pw") / "password"
    file.write_text(PASSWORD + "\n")
    product.command(
        "users", "add", "mai", "--role", "approver", "--display-name", "Trần Mai", "--password-file", str(file)
    )
    return "mai"


def fee(product: Stack) -> str:
    return product.say("phí xin trích lục khai sinh bao nhiêu tiền", uuid.uuid4().hex)[0]["text"]


def test_a_changed_fee_is_in_the_next_answer_and_the_earlier_version_is_kept(
    browser: Browser, product: Stack, officer: str
) -> None:
    assert "8.000 đồng" in fee(product)
    page = signed_in(browser, product, officer)
    for amount in ("8.500", "8.000"):
        page.goto(f"{product.base}/staff/thu-tuc/2.000635/sua/le-phi/0")
        page.fill("[name=amount]", amount)
        page.locator("form.edit button.primary").first.click()
        page.goto(f"{product.base}/staff/thu-tuc/2.000635/cong-bo")
        page.fill("[name=note]", "Thử đổi mức phí")
        page.get_by_role("button", name="Công bố", exact=True).click()
        assert f"{amount} đồng" in fee(product)
    page.goto(f"{product.base}/staff/thu-tuc/2.000635")
    expect(page.locator("main")).to_contain_text("Thử đổi mức phí")
    assert page.faults == []  # type: ignore[attr-defined]


def test_without_signing_in_nothing_is_shown(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    page.goto(f"{product.base}/staff/thu-tuc/2.000635")
    assert "/staff/sign-in" in page.url
