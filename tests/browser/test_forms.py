"""Every form from opening its page to the printed paper, filled from the dossiers; autosave, rows, two tabs, keyboard."""

from __future__ import annotations

import io
import json

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from bot.stack import Stack
from bot.submissions.values import read
from procedures_kb.form_model import forms
from procedures_kb.form_types import ROW, FormDefinition
from tests.browser.conftest import open_page
from tests.submissions.dossier import TODAY, Table, tables

pytestmark = pytest.mark.browser
COMPLETE = [table for table in tables() if not table.dossiers[0].drop]


def start(page: Page, product: Stack, procedure: str) -> str:
    """Start the form in chat, consent, and open its page; gives the draft's address."""
    for payload, title in (
        (f'/start_submission{{"procedure": "{procedure}"}}', "Làm luôn giúp tôi"),
        ("/affirm", "Tôi đồng ý"),
    ):
        response = page.request.post(
            f"{product.base}/web/turn",
            headers={"X-Motcua": "1", "Content-Type": "application/json"},
            data=json.dumps({"payload": payload, "title": title}),
        )
        assert response.ok, response.text()
    address = next(
        message["custom"]["submission"]["resume_url"]
        for message in response.json()["messages"]
        if "submission" in message.get("custom", {})
    )
    page.goto(product.base + address)
    return str(address)


def put(page: Page, form: FormDefinition, field_id: str, typed: str) -> None:
    """Answer one field as a person does, and wait until it is saved."""
    box = page.locator(f".field[data-field='{field_id}']")
    if not box.is_visible():
        return
    field = form.field(field_id)
    with page.expect_response(lambda r: r.url.endswith("/o") and r.request.method == "POST"):
        if field.options:
            *others, last = read(field, typed, TODAY).split(",")
            for value in others:
                with page.expect_response(lambda r: r.url.endswith("/o") and r.request.method == "POST"):
                    box.locator(f"input[value='{value}']").check()
            box.locator(f"input[value='{last}']").check()
        else:
            box.locator("input, textarea").fill(typed)
            box.locator("input, textarea").blur()
    page.wait_for_selector("#draft:not([aria-busy])")  # which fields apply may have changed


def fill(page: Page, form: FormDefinition, typed: dict[str, str]) -> None:
    """Fill any form from a dossier: its fields in order, rows added as they are needed."""
    plain = {key: value for key, value in typed.items() if ROW not in key}
    for field in form.fields:
        if field.id in plain:
            put(page, form, field.id, plain[field.id])
    for key, value in typed.items():
        if ROW not in key:
            continue
        group = key.partition(ROW)[0]
        if not page.locator(f"#{group}").is_visible():
            continue
        if page.locator(f".field[data-field='{key}']").count() == 0:
            page.click(f"button[name=add_row][value={group}]")
            page.locator(f".field[data-field='{key}']").wait_for()
        put(page, form, key, value)


@pytest.mark.parametrize("table", COMPLETE, ids=lambda table: table.form)
def test_from_the_page_to_the_paper(browser: Browser, product: Stack, table: Table) -> None:
    form = forms()[table.form]
    page = open_page(browser, product, "narrow")
    address = start(page, product, form.procedure)
    expect(page.locator("h1")).to_have_text(form.title)
    fill(page, form, {**table.complete, **table.dossiers[0].change})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.reload()  # nothing is lost
    page.click("button[name=finish]")
    faults = page.locator("#faults")
    expect(page.locator(".reference"), faults.inner_text() if faults.count() else "").to_be_visible()
    response = page.request.get(f"{product.base}{address}/to-khai.pdf")
    assert response.headers["content-type"] == "application/pdf"
    text = " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(response.body())).pages).split())
    for part in [form.title.upper().split(",")[0][:25], *table.dossiers[0].prints]:
        assert part in text
    assert page.request.get(f"{product.base}{address}/phieu.pdf").ok
    assert page.faults == []  # type: ignore[attr-defined]
    page.context.close()


def marriage(browser: Browser, product: Stack, width: str = "phone") -> tuple[Page, str]:
    page = open_page(browser, product, width)
    return page, start(page, product, "1.000894")


def test_all_faults_stand_beside_their_labels_and_can_be_reached(browser: Browser, product: Stack) -> None:
    page, _ = marriage(browser, product)
    form = forms()["ket_hon"]
    put(page, form, "ngay_sinh_nam", "5/6/2010")
    put(page, form, "so_nu", "12")
    page.click("button[name=finish]")
    expect(page.locator("#error-ngay_sinh_nam")).to_contain_text("chưa đủ 20 tuổi")
    expect(page.locator("#error-so_nu")).to_contain_text("12 chữ số")
    assert page.input_value("[name=so_nu]") == "12"
    box = page.locator("[name=ngay_sinh_nam]")
    assert "error-ngay_sinh_nam" in str(box.get_attribute("aria-describedby"))
    assert page.evaluate("document.activeElement.id") == "faults"


def test_the_newest_answer_wins_and_the_other_tab_is_told(browser: Browser, product: Stack) -> None:
    first, address = marriage(browser, product)
    second = first.context.new_page()
    second.goto(product.base + address)
    form = forms()["ket_hon"]
    put(first, form, "ten_nu", "Nguyễn Thị Mai")
    put(second, form, "ten_nam", "Trần Văn Bình")
    expect(second.locator("[name=ten_nu]")).to_have_value("Nguyễn Thị Mai")
    put(second, form, "ten_nu", "Nguyễn Thị Mận")
    put(first, form, "dan_toc_nu", "Kinh")
    expect(first.locator("[name=ten_nu]")).to_have_value("Nguyễn Thị Mận")
    expect(first.locator("#said")).to_contain_text("nơi khác")
    first.reload()
    assert first.input_value("[name=ten_nam]") == "Trần Văn Bình"


def test_without_connection_nothing_typed_is_lost(browser: Browser, product: Stack) -> None:
    page, _ = marriage(browser, product)
    page.context.set_offline(True)
    page.fill("[name=ten_nu]", "Nguyễn Thị Mai")
    page.locator("[name=ten_nu]").blur()
    expect(page.locator("#saved")).to_contain_text("mất kết nối")
    page.context.set_offline(False)
    expect(page.locator("#saved")).to_have_text("Đã lưu", timeout=10_000)
    page.reload()
    assert page.input_value("[name=ten_nu]") == "Nguyễn Thị Mai"


def test_what_cannot_be_read_is_still_there_after_a_reload(browser: Browser, product: Stack) -> None:
    page, _ = marriage(browser, product)
    put(page, forms()["ket_hon"], "ten_nu", "=cmd")
    expect(page.locator("#error-ten_nu")).to_contain_text("chữ cái")
    page.reload()
    expect(page.locator("[name=ten_nu]")).to_have_value("=cmd")


def test_an_old_ward_is_proposed_anew_and_taken_with_one_press(browser: Browser, product: Stack) -> None:
    page, _ = marriage(browser, product)
    put(page, forms()["ket_hon"], "noi_cu_tru_nu", "Số 9 ngõ 1, phường Phúc Xá, quận Ba Đình, Hà Nội")
    remark = page.locator("#remarks-noi_cu_tru_nu")
    expect(remark).to_contain_text("nay thuộc phường Hồng Hà")
    remark.locator("button").click()
    expect(page.locator("[name=noi_cu_tru_nu]")).to_have_value("Số 9 ngõ 1, phường Hồng Hà, Hà Nội")
    expect(remark).to_be_empty()


def test_rows_are_added_and_taken_out_by_keyboard(browser: Browser, product: Stack) -> None:
    page = open_page(browser, product, "narrow")
    start(page, product, "1.001612")
    page.locator("button[name=add_row][value=nganh]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#nganh .row")).to_have_count(2)
    page.locator("#nganh .row").nth(1).locator("button[name=remove_row]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#nganh .row")).to_have_count(1)
    assert page.locator("#nganh button[name=remove_row]").count() == 0  # one line of business must stay
