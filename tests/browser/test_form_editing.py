"""Staff change a form in the console; the citizen's page and the chat ask accordingly at once, without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.stack import Stack
from tests.browser.conftest import PASSWORD, open_page, say, signed_in
from tests.browser.test_forms import start

pytestmark = pytest.mark.browser
HOME = "/staff/to-khai/trich_luc_ho_tich"
PROCEDURE = "2.000635"


@pytest.fixture(scope="module")
def officers(product: Stack, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An editor and an approver, made with the command line."""
    file: Path = tmp_path_factory.mktemp("pw") / "password"
    file.write_text(PASSWORD + "\n")
    for name, role in (("lan", "editor"), ("hoa", "approver")):
        product.command(
            "users", "add", name, "--role", role, "--display-name", name.title(), "--password-file", str(file)
        )


@pytest.fixture
def as_before(product: Stack) -> Iterator[None]:
    """The form as it was, for the tests after this one."""
    yield
    product.command("kb", "rollback")


def save(page: Page) -> None:
    page.locator("form.edit button.primary").click()
    expect(page.locator("main")).to_contain_text("Đã lưu vào bản nháp")


def test_a_changed_and_a_new_field_are_asked_at_once(
    browser: Browser, product: Stack, officers: None, as_before: None
) -> None:
    citizen = open_page(browser, product)
    draft = start(citizen, product, PROCEDURE)
    first = citizen.locator("#draft .field:visible").first.get_attribute("data-field")

    editor = signed_in(browser, product, "lan")
    editor.goto(f"{product.base}{HOME}")
    editor.get_by_role("link", name="Sửa tờ khai này").click()
    editor.locator(f"#muc-{first}").get_by_role("link", name="Sửa").click()
    editor.fill("[name=help]", "Lời giải thích vừa sửa.")
    save(editor)
    editor.get_by_role("link", name="Thêm mục").first.click()
    editor.fill("[name=label]", "Số bàn cần gặp")
    editor.fill("[name=question]", "Anh/chị cần gặp bàn số mấy ạ?")
    editor.select_option("[name=type]", "count")
    save(editor)
    for _ in range(editor.locator("section:has(#nhom-0) article").count() - 1):
        editor.get_by_role("button", name="Đưa lên: Số bàn cần gặp").click()
        expect(editor.locator("main")).to_contain_text("Đã đổi thứ tự")
    editor.get_by_role("link", name="Xem thử").first.click()
    expect(editor.locator(".sheet")).to_contain_text("Số bàn cần gặp")
    editor.goto(f"{product.base}{HOME}/cong-bo")
    expect(editor.locator("main")).to_contain_text("không có quyền công bố")

    approver = signed_in(browser, product, "hoa")
    approver.goto(f"{product.base}{HOME}/cong-bo")
    approver.fill("[name=note]", "Thử thêm mục")
    approver.get_by_role("button", name="Công bố", exact=True).click()
    expect(approver.locator("main")).to_contain_text("Đã công bố")

    citizen.goto(product.base + draft)
    expect(citizen.locator("#said")).to_contain_text("có thêm “Số bàn cần gặp”")
    expect(citizen.locator("label", has_text="Số bàn cần gặp")).to_be_visible()
    expect(citizen.locator(f"#help-{first}")).to_have_text("Lời giải thích vừa sửa.")

    chat = open_page(browser, product)
    start(chat, product, PROCEDURE)
    chat.goto(product.base)
    expect(chat.locator("#thread")).to_contain_text("Anh/chị cần gặp bàn số mấy ạ?")
    say(chat, "2")
    expect(chat.locator("#thread")).to_contain_text("Lời giải thích vừa sửa.")
    assert editor.faults == approver.faults == citizen.faults == []  # type: ignore[attr-defined]


def test_a_form_changed_in_the_middle_of_a_chat_goes_on_with_the_new_field(
    browser: Browser, product: Stack, officers: None, as_before: None
) -> None:
    chat = open_page(browser, product)
    start(chat, product, PROCEDURE)
    chat.goto(product.base)

    approver = signed_in(browser, product, "hoa")
    approver.goto(f"{product.base}{HOME}/sua/muc/moi-0")
    approver.fill("[name=label]", "Số bàn cần gặp")
    approver.fill("[name=question]", "Anh/chị cần gặp bàn số mấy ạ?")
    approver.select_option("[name=type]", "count")
    save(approver)
    approver.goto(f"{product.base}{HOME}/cong-bo")
    approver.fill("[name=note]", "Thử thêm mục")
    approver.get_by_role("button", name="Công bố", exact=True).click()
    expect(approver.locator("main")).to_contain_text("Đã công bố")

    say(chat, "phường Cầu Giấy")
    expect(chat.locator("#thread")).to_contain_text("Mẫu tờ khai vừa được cập nhật: có thêm “Số bàn cần gặp”")
    expect(chat.locator("#thread")).to_contain_text("Anh/chị cần gặp bàn số mấy ạ?")


def test_a_broken_definition_is_refused_with_its_faults_beside_the_boxes(
    browser: Browser, product: Stack, officers: None
) -> None:
    page = signed_in(browser, product, "lan")
    page.goto(f"{product.base}{HOME}/sua/muc/moi-0")
    page.fill("[name=label]", "Cách nhận")
    page.select_option("[name=type]", "choice")
    page.locator("form.edit button.primary").click()
    expect(page.locator("#f-question-error")).to_contain_text("bắt buộc")
    page.fill("[name=question]", "Nhận thế nào ạ?")
    page.locator("form.edit button.primary").click()
    expect(page.locator("#f-options-error")).to_contain_text("phải có các lựa chọn")
    assert page.input_value("[name=label]") == "Cách nhận"
    page.goto(f"{product.base}{HOME}/van-ban")
    body = page.input_value("#body")
    page.fill("#body", body.replace("type: name", "type: nam", 1).replace("label:", "lable:", 1))
    page.locator("form button.primary").click()
    expect(page.locator("#faults")).to_contain_text("“lable” không ghi được ở đây")
    expect(page.locator("#faults")).to_contain_text("“nam” không có trong các giá trị cho phép")
    page.goto(f"{product.base}{HOME}")
    expect(page.locator("main")).not_to_contain_text("bản nháp")
    assert page.faults == []  # type: ignore[attr-defined]
