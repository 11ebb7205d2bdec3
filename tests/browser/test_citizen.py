"""A citizen at the page: asks, reads, fills in, downloads; by keyboard, on a narrow screen, after a reload."""

from __future__ import annotations

import io
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from bot.stack import Stack
from tests.browser.conftest import WIDTHS, open_page, say

pytestmark = pytest.mark.browser


def thread(page: Page) -> Any:
    return page.locator("#thread")


def test_a_question_shows_a_card_with_papers_waivers_and_source(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    expect(page.locator("main")).to_contain_text("trợ lý tự động")
    say(page, "Em mới sinh bé, lam giay khai sinh can gi a")
    card = thread(page).locator("article").last
    expect(card).to_contain_text("Giấy chứng sinh")
    expect(card).to_contain_text("Không phải nộp")
    expect(card).to_contain_text("163/QĐ-BTP")
    assert page.faults == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", list(WIDTHS))
def test_nothing_is_cut_off_at_any_width(browser: Browser, product: Stack, width: str) -> None:
    page = open_page(browser, product, width)
    say(page, "đăng ký thường trú cần giấy tờ gì, lệ phí bao nhiêu, mấy ngày, nộp ở đâu")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width][0]


def test_the_conversation_is_there_after_a_reload(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    say(page, "xin giấy độc thân cần gì")
    page.reload()
    expect(thread(page)).to_contain_text("xin giấy độc thân cần gì")
    expect(thread(page)).to_contain_text("Giấy xác nhận tình trạng hôn nhân")


def test_everything_works_by_keyboard(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.locator("#message").focus()
    page.keyboard.type("phí chứng thực bản sao")
    page.keyboard.press("Enter")
    expect(thread(page).locator("article").last).to_contain_text("2.000")
    page.locator("#thread button:visible").last.focus()
    page.keyboard.press("Enter")
    expect(thread(page).locator("article")).to_have_count(2, timeout=10_000)


def test_html_in_a_message_is_shown_as_text(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    say(page, "<img src=x onerror=alert(1)> <b>đậm</b>")
    expect(thread(page)).to_contain_text("<b>đậm</b>")
    assert page.locator("#thread img[src=x]").count() == 0
    assert page.faults == []  # type: ignore[attr-defined]


ANSWERS = ["đồng ý", "phường Cầu Giấy", "Nguyễn Thị Mai", "Số 5 ngõ 12 phố Dịch Vọng, phường Cầu Giấy, Hà Nội", "001195000123",
           "Cho chính tôi", "lệ phí bao nhiêu vậy", "3/1/1995", "à nhầm, sinh ngày 5", "Nữ", "Kinh", "Việt Nam", "1", "mua bán nhà",
           "0912 345 678"]  # fmt: skip


def test_from_the_question_to_the_filled_form(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product, "desktop")
    say(page, "em xin giấy độc thân để bán nhà, làm luôn giúp em")
    for answer in ANSWERS:
        say(page, answer)
    expect(thread(page)).to_contain_text("05/01/1995")
    expect(thread(page)).to_contain_text("•••• 0123")
    assert "001195000123" not in thread(page).locator("article").last.inner_text()
    say(page, "đúng rồi")
    link = thread(page).locator("a[href$='/to-khai.pdf']").first.get_attribute("href")
    assert link
    response = page.request.get(product.base + link)
    assert response.headers["content-type"] == "application/pdf"
    text = " ".join(PdfReader(io.BytesIO(response.body())).pages[0].extract_text().split())
    for part in ("TỜ KHAI CẤP GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN", "Nguyễn Thị Mai", "05/01/1995", "001195000123"):
        assert part in text
    stranger = open_page(browser, product)
    assert stranger.request.get(product.base + link).status == 404


def test_on_the_page_all_faults_stand_beside_their_fields(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    say(page, "làm luôn bản sao trích lục khai sinh giúp em")
    say(page, "đồng ý")
    form = thread(page).locator("a[href^='/ho-so/']:not([href$='/dien-san'])").last
    page.goto(product.base + str(form.get_attribute("href")))
    page.fill("[name=nguoi_yeu_cau]", "Mai 123")
    page.fill("[name=giay_to_yeu_cau]", "12")
    page.fill("[name=dan_toc]", "Kinh")
    page.click("button[name=finish]")
    expect(page.locator("#error-nguoi_yeu_cau")).to_contain_text("chữ cái")
    expect(page.locator("#error-giay_to_yeu_cau")).to_contain_text("12 chữ số")
    assert page.input_value("[name=nguoi_yeu_cau]") == "Mai 123"  # what was typed is not lost
    assert page.input_value("[name=dan_toc]") == "Kinh"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_refusing_consent_keeps_nothing_and_guidance_goes_on(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    say(page, "làm luôn giấy xác nhận tình trạng hôn nhân giúp em")
    say(page, "không đồng ý")
    expect(thread(page)).to_contain_text("không ghi thông tin nào")
    say(page, "thế cần giấy tờ gì")
    expect(thread(page).locator("article").last).to_contain_text("Giấy tờ")


def test_a_draft_is_left_and_gone_on_with(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    say(page, "làm luôn giấy xác nhận tình trạng hôn nhân giúp em")
    for answer in ("đồng ý", "phường Láng", "thôi không làm nữa", "dừng lại"):
        say(page, answer)
    expect(thread(page)).to_contain_text("Em đã dừng lại")
    say(page, "làm tiếp hồ sơ")
    expect(thread(page).locator("article").last).to_contain_text("họ và tên đầy đủ")


def test_large_text_is_remembered(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product)
    page.click("#text-size")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.size") == "large"
