"""Submit, come back from the office, correct the one thing asked for, send again: real gateway, real stand-in, real Chromium."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot import keys, stack
from bot.settings import ROOT, Settings
from bot.stack import Stack
from bot.submissions.store import Drafts
from procedures_kb.form_model import forms
from tests.browser.conftest import open_page
from tests.submissions.dossier import complete, fill

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("MOTCUA_PICTURES", "")  # a folder: what was seen is kept there to be looked at


class Office:
    """The stand-in's control interface."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    def control(self, path: str, given: dict[str, Any] | None = None) -> Any:
        data = None if given is None else json.dumps(given).encode()
        with urllib.request.urlopen(urllib.request.Request(self.base + path, data=data), timeout=10) as response:
            return json.load(response)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Office]]:
    """A gateway (no chat) that hands submissions to a stand-in, each a process of its own."""
    var = tmp_path_factory.mktemp("returned")
    port = stack.free_port()
    variables = stack.environment(
        var, MOTCUA_DELIVERY="case_system", MOTCUA_CASE_URL=f"http://127.0.0.1:{port}", MOTCUA_CASE_USER="motcua",
        MOTCUA_CASE_PASSWORD="stand-in", MOTCUA_CASE_TIMEOUT="5", MOTCUA_CASE_EVERY="1",
    )  # fmt: skip
    log = var / "log.txt"

    def start(*arguments: str) -> subprocess.Popen[str]:
        with log.open("a") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                env=variables,
                stdout=output,
                stderr=output,
                text=True,
                cwd=ROOT,
            )

    subprocess.run(
        [sys.executable, "-m", "bot", "kb", "load"], env=variables, check=True, capture_output=True, cwd=ROOT
    )
    processes = [start("stand-in", "case-system", "--port", str(port)), start("gateway")]
    base, office = f"http://127.0.0.1:{variables['MOTCUA_PORT']}", Office(port)
    for address in (f"{base}/thu-tuc", f"{office.base}/control/dossiers"):
        _wait_for(address, log)
    yield Stack(base, var, processes[1], variables, log), office
    for process in processes:
        process.terminate()
        process.wait(20)


def _wait_for(address: str, log: Path) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer:\n{log.read_text()[-2000:]}")


def opened(page: Page, product: Stack, channel: str = "web") -> str:
    """A filled-in draft, opened by its one-time link; its address."""
    settings = Settings(var=product.var)
    drafts = Drafts(settings.submissions_path, keys.load(settings), "case_system")
    form = forms()["khai_sinh"]
    draft = drafts.offer(form.procedure, form.id, 1, "somebody", channel)
    drafts.consent(draft, "web")
    draft.content = fill(form, complete(form.id))
    drafts.save(draft, "citizen", "filled")
    page.goto(f"{product.base}/ho-so/mo/{drafts.make_link(draft.id)}")
    page.click("text=Mở hồ sơ >> nth=-1")
    return f"{product.base}/ho-so/{draft.id}"


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_returned_corrected_and_sent_again(browser: Browser, installation: tuple[Stack, Office], width: str) -> None:
    product, office = installation
    page = open_page(browser, product, width)
    known = {one["MaHoSo"] for one in office.control("/control/dossiers")}
    office.control("/control/mode", {"slow": 1.0})
    address = opened(page, product)
    page.dblclick("button[name=finish]")  # an impatient finger
    expect(page.locator("#dossier-label")).to_have_text("Đang gửi")
    picture(page, f"{width}-1-delivering")
    expect(page.locator("#dossier-label")).to_contain_text("Mới đăng ký", timeout=15_000)  # by itself
    (code,) = {one["MaHoSo"] for one in office.control("/control/dossiers")} - known
    expect(page.locator(".dossier .reference")).to_have_text(code)
    expect(page.locator(".dossier")).to_contain_text("ngày làm việc")
    picture(page, f"{width}-2-submitted")

    page.go_back()  # the form as it was, and sent once more
    if page.locator("button[name=finish]").count():
        page.click("button[name=finish]")
    page.goto(address)
    assert len(office.control("/control/dossiers")) == len(known) + 1

    reason = "Số định danh của người mẹ không khớp với cơ sở dữ liệu dân cư"
    office.control("/control/move", {"code": code, "state": 5, "reason": reason})
    expect(page.locator("#dossier-label")).to_contain_text("Cần bổ sung", timeout=20_000)
    expect(page.locator(".told")).to_contain_text(reason)
    boxes = page.locator("#draft input:not([type=hidden]), #draft textarea, #draft select")
    assert [box.get_attribute("name") for box in boxes.all()] == ["giay_to_me"]
    picture(page, f"{width}-3-returned")
    page.locator(".told a").click()
    box = page.locator("[name=giay_to_me]")
    expect(box).to_be_focused()
    with page.expect_response(lambda r: r.url.endswith("/o") and r.request.method == "POST"):
        box.fill("001195000999")
        box.blur()
    expect(page.locator(".kept summary")).to_have_text("Phần giữ nguyên")
    page.locator(".kept summary").click()
    expect(page.locator(".kept [data-field=ten_con] .locked")).to_be_visible()
    page.locator(".kept summary").click()
    page.click("text=Gửi lại hồ sơ >> nth=-1")
    expect(page.locator("#dossier-label")).to_contain_text("Đang xử lý", timeout=20_000)
    page.locator(".dossier details summary").click()
    expect(page.locator(".history")).to_contain_text("Cần bổ sung")
    picture(page, f"{width}-4-again")

    (kept,) = [one for one in office.control("/control/dossiers") if one["MaHoSo"] == code]
    assert kept["ThongTinKhac"].count("001195000999") == 1
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    office.control("/control/move", {"code": code, "state": 4, "due": "20261102170000"})
    expect(page.locator(".dossier .late")).to_contain_text("xin lỗi", timeout=20_000)
    picture(page, f"{width}-5-late")
    assert page.faults == []  # type: ignore[attr-defined]
    page.context.close()


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_told_of_news_and_taken_back(browser: Browser, installation: tuple[Stack, Office], width: str) -> None:
    product, office = installation
    page = open_page(browser, product, width)
    known = {one["MaHoSo"] for one in office.control("/control/dossiers")}
    office.control("/control/mode", {"slow": 0.0})
    address = opened(page, product, channel="zalo")
    tick = page.locator("#news")
    expect(tick).not_to_be_checked()
    picture(page, f"{width}-6-news-asked")
    tick.check()
    page.click("button[name=finish]")
    expect(page.locator("#dossier-label")).to_contain_text("Mới đăng ký", timeout=15_000)
    expect(page.locator("#bao-tin")).to_contain_text("Thôi báo tin")
    (code,) = {one["MaHoSo"] for one in office.control("/control/dossiers")} - known
    expect(page.locator("#rut button")).not_to_be_visible()
    page.locator("#rut summary").click()
    expect(page.locator("#rut button")).to_be_visible()
    picture(page, f"{width}-7-withdraw-asked")
    page.locator("#rut button").click()
    expect(page.locator("#dossier-label")).to_contain_text("rút")
    picture(page, f"{width}-8-withdrawing")
    expect(page.locator("#dossier-label")).to_contain_text("Đã rút theo yêu cầu", timeout=20_000)
    expect(page.locator("#rut")).to_have_count(0)
    picture(page, f"{width}-9-withdrawn")
    (kept,) = [one for one in office.control("/control/dossiers") if one["MaHoSo"] == code]
    assert kept["TrangThaiHoSo"] == "7"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.goto(address)
    page.click("text=Thôi báo tin")
    expect(page.locator("#done")).to_contain_text("thôi báo tin")
    expect(page.locator("#bao-tin")).to_have_count(0)
    assert page.faults == []  # type: ignore[attr-defined]
    page.context.close()
