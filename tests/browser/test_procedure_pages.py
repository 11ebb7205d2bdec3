"""The plain pages of procedures in a real browser: readable at 320 px, found without marks, leading into the conversation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from bot.stack import Stack
from tests.browser.conftest import open_page


@pytest.mark.browser
@pytest.mark.parametrize("width", ["narrow", "desktop"])
def test_pages_fit_and_load_nothing_foreign(browser: Browser, product: Stack, width: str) -> None:
    page = open_page(browser, product, width)
    for address in ("/thu-tuc", "/thu-tuc?q=giay+doc+than", "/thu-tuc/1.001193", "/thu-tuc/2.000815"):
        page.goto(product.base + address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.locator("h1").count() == 1
    assert page.faults == []  # type: ignore[attr-defined]


@pytest.mark.browser
def test_from_the_search_to_an_answer(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    page.goto(f"{product.base}/thu-tuc")
    page.fill("#q", "giay doc than")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Xin Giấy xác nhận tình trạng hôn nhân").first.click()
    assert "Không phải nộp" in page.inner_text("main")
    page.get_by_role("link", name="Hỏi trợ lý về thủ tục này").click()
    page.locator("#thread").get_by_text("1.004873").first.wait_for(timeout=10_000)
    assert "hoi=" not in page.url


@pytest.mark.browser
def test_the_place_of_a_ward_is_shown_with_its_state(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    page.fill("#message", "Chứng thực bản sao nộp ở đâu, em ở phường Hoàn Kiếm")
    page.keyboard.press("Enter")
    page.locator("#thread").get_by_text("Gần anh/chị").first.wait_for(timeout=10_000)
    text = page.inner_text("#thread")
    assert "Hoàn Kiếm" in text and ("Đang mở" in text or "Đang đóng" in text)
