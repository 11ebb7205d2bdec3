"""A real Chromium on the running product."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.stack import Stack

# The background flags keep Chromium from looking up hosts of its maker.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDTHS = {"phone": (390, 844), "narrow": (320, 640), "desktop": (1280, 900)}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    assert path, "Chromium is missing; ./motcua test installs it"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


def open_page(browser: Browser, product: Stack, width: str = "phone") -> Page:
    """A new visitor's page; third-party requests and script errors make the test fail."""
    columns, rows = WIDTHS[width]
    context = browser.new_context(viewport={"width": columns, "height": rows}, accept_downloads=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on(
        "request",
        lambda r: None if r.url.startswith((product.base, "data:")) else faults.append(f"foreign request {r.url}"),
    )
    page.faults = faults  # type: ignore[attr-defined]
    page.goto(product.base)
    return page


def say(page: Page, text: str) -> None:
    """Type and send, then wait until the assistant has answered."""
    before = page.locator("#thread article, #thread .bubble, #thread [data-who=bot]").count()
    page.fill("#message", text)
    page.keyboard.press("Enter")
    page.wait_for_selector("#typing", state="hidden")
    page.locator("#thread article, #thread .bubble, #thread [data-who=bot]").nth(before).wait_for(timeout=10_000)
    page.wait_for_timeout(150)
    page.wait_for_selector("#typing", state="hidden")


PASSWORD = "mat-khau-rat-dai-1"  # of the officers that tests make


def signed_in(browser: Browser, product: Stack, officer: str) -> Page:
    """An officer's first page after signing in, at desktop width."""
    page = open_page(browser, product, "desktop")
    page.goto(f"{product.base}/staff")
    page.fill("[name=name]", officer)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page.locator("h1")).to_contain_text("Việc cần làm")
    return page
