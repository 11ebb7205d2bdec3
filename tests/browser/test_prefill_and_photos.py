"""A citizen in a real browser: the card's picture, VNeID at the stand-in, pictures of papers, one's own data."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot import stack
from bot.settings import ROOT
from bot.stack import Stack
from tests.browser.conftest import WIDTHS
from tests.browser.test_forms import start
from tests.submissions.photos import files
from tests.submissions.prefill.conftest import CARD, picture
from tests.submissions.prefill.test_card_on_the_page import photo

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("MOTCUA_SHOTS")


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The identity stand-in, started as its command starts it."""
    port = stack.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "stand-in", "identity", "--port", str(port)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, provider: str) -> Iterator[Stack]:
    """The whole product with the stand-in as its provider."""
    with stack.running(
        tmp_path_factory.mktemp("var"), MOTCUA_IDENTITY_ISSUER=provider, MOTCUA_IDENTITY_CLIENT_ID="motcua",
        MOTCUA_IDENTITY_POPULATION=f"{provider}/dan-cu",
    ) as running:  # fmt: skip
        yield running


@pytest.fixture(params=["phone", "desktop"])
def page(browser: Browser, place: Stack, request: pytest.FixtureRequest) -> Iterator[Page]:
    columns, rows = WIDTHS[request.param]
    context = browser.new_context(viewport={"width": columns, "height": rows}, accept_downloads=True)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.goto(place.base)
    yield opened
    assert not faults
    context.close()


def shot(page: Page, name: str) -> None:
    """No sideways scrolling; a picture to look at when MOTCUA_SHOTS names a folder."""
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, f"{name} scrolls sideways"
    if SHOTS:
        size = page.viewport_size
        assert size
        page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)


def test_the_card_and_vneid_fill_the_form(page: Page, place: Stack, tmp_path: Path) -> None:
    address = start(page, place, "1.004873")
    page.get_by_label("Cho chính tôi", exact=True).check()
    page.wait_for_selector("#draft:not([aria-busy])")
    page.get_by_role("link", name="Điền nhanh bằng thẻ căn cước").click()
    shot(page, "prefill")
    taken = tmp_path / "the.jpg"
    taken.write_bytes(photo(picture(CARD), 8))
    page.set_input_files("#card", taken)
    page.get_by_role("button", name="Đọc mã và điền").click()
    expect(page.locator("#said")).to_contain_text("Em đã điền")
    shot(page, "prefill-card-read")
    page.get_by_role("link", name="Người yêu cầu", exact=True).click()
    expect(page.get_by_text("Đây không phải VNeID")).to_be_visible()
    page.get_by_role("button", name="Nguyễn Thị Mai").click()
    expect(page.locator("#offer")).to_be_visible()  # the card has another address
    shot(page, "prefill-offer")
    page.get_by_role("button", name="Dùng thông tin mới").click()
    locked = page.locator(".field[data-field='giay_to_yeu_cau']")
    expect(locked).to_contain_text("đã xác thực")
    assert locked.locator("input").count() == 0
    shot(page, "form-verified")
    locked.get_by_role("button", name="Thông tin này không đúng").click()
    expect(page.locator(".field[data-field='giay_to_yeu_cau'] input")).to_have_value("001195000123")
    expect(page.locator(".field[data-field='giay_to_yeu_cau']")).to_contain_text("đã báo thông tin có sẵn là sai")
    shot(page, "form-denied")
    assert address in page.url


def test_pictures_are_sent_ordered_and_combined(page: Page, place: Stack, tmp_path: Path) -> None:
    address = start(page, place, "1.001193")
    with page.expect_response(lambda r: r.url.endswith("/o")):
        page.locator("input[name=chung_sinh][value=khong]").check()
    page.get_by_role("link", name="Gửi ảnh giấy tờ").click()
    component = page.locator("section[data-component]").first
    big, one, two, heic = tmp_path / "to.jpg", tmp_path / "mot.jpg", tmp_path / "hai.jpg", tmp_path / "ba.heic"
    big.write_bytes(b"\xff\xd8\xff" + bytes(40 * 1024**2))
    one.write_bytes(files.jpeg(text="trang một"))
    two.write_bytes(files.jpeg((1600, 1200), text="trang hai", turned=6))
    heic.write_bytes((Path(__file__).parents[1] / "submissions/photos/sample.heic").read_bytes())
    component.locator("input[type=file]").set_input_files(big)
    expect(component.locator(".error-text")).to_contain_text("nặng 40 MB")
    component.get_by_role("button", name="Gửi", exact=True).click()
    expect(component.locator("ol.files")).to_have_count(0)
    component.locator("input[type=file]").set_input_files([one, two, heic])
    component.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("#said")).to_contain_text("Em đã nhận 3 tệp")
    expect(component.locator("ol.files img")).to_have_count(3)
    for image in component.locator("ol.files img").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
    shot(page, "photos")
    component.get_by_role("button", name="Bỏ tệp 3").click()
    expect(component.locator("ol.files img")).to_have_count(2)
    data = page.request.get(f"{place.base}{address}/giay-to/{component.get_attribute('data-component')}.pdf").body()
    assert data[:5] == b"%PDF-"
    page.goto(f"{place.base}{address}")
    page.locator("details.group summary").click()
    expect(page.locator("table.papers")).to_contain_text("Đã có ảnh (2 trang)")


def test_ones_own_data_are_copied_reused_and_erased(page: Page, place: Stack) -> None:
    start(page, place, "1.004873")
    for field, value in (("nguoi_yeu_cau", "Nguyễn Thị Mai"), ("giay_to_yeu_cau", "001195000123")):
        box = page.locator(f"#f-{field}")
        box.fill(value)
        with page.expect_response(lambda r: r.url.endswith("/o")):
            box.blur()
    page.get_by_role("link", name="Dữ liệu của tôi").click()
    shot(page, "own-data")
    page.get_by_label("Em được dùng lại họ tên").check()
    page.get_by_role("button", name="Cho phép dùng lại").click()
    expect(page.get_by_role("status")).to_contain_text("Em đã ghi nhận")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tải dữ liệu của tôi").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert "du-lieu.json" in archive.namelist()
    page.get_by_role("button", name="Xoá hết thông tin của tôi").click()
    expect(page.get_by_role("heading", name="Đã xoá thông tin của anh/chị")).to_be_visible()
    shot(page, "erased")


def test_a_split_ward_is_chosen_by_one_press(page: Page, place: Stack) -> None:
    start(page, place, "1.004873")
    box = page.locator("#f-noi_cu_tru_yeu_cau")
    box.fill("Số 5 phố Trần Thái Tông, Dịch Vọng, Cầu Giấy, Hà Nội")
    box.blur()
    remark = page.locator("#remarks-noi_cu_tru_yeu_cau")
    remark.get_by_role("button", name="Phường Cầu Giấy").click()
    expect(box).to_have_value("Số 5 phố Trần Thái Tông, phường Cầu Giấy, Hà Nội")
    expect(remark).to_be_empty()
