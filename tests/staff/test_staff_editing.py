"""Editing a working copy: what is kept, what is refused, and what the other officer sees."""

from __future__ import annotations

import datetime as dt

import aiohttp
import pytest

from bot.staff.desk import Desk, procedures_desk
from bot.staff.users import Users
from procedures_kb.model import Confidence, Procedure
from procedures_kb.store import Store
from tests.staff.console import CODE, FEE, HOME, OpenBrowser, changed

XSS = '<script>alert("x")</script>'


@pytest.fixture
def desk(users: Users, knowledge: Store) -> Desk[Procedure]:
    return procedures_desk(users, knowledge)


async def test_saved_fee_stands_in_the_working_copy_only(
    open_browser: OpenBrowser, desk: Desk[Procedure], knowledge: Store
) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {"amount": "12.000"})
    published = knowledge.get(CODE).procedure
    assert (desk.open(CODE).record.fees[3].amount, published and published.fees[3].amount) == (12_000, 8000)


async def test_saving_says_that_citizens_do_not_see_it_yet(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    assert "Đã lưu vào bản nháp" in await browser.edit(FEE, {"amount": "12.000"})


async def test_all_errors_of_a_fee_are_shown_at_once(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    text = await browser.edit(FEE, {"amount": "tám nghìn", "legal_basis": "", "effective_to": "32/13/2027"})
    assert browser.status == 422
    assert [f'id="f-{name}-error"' in text for name in ("amount", "legal_basis", "effective_to")] == [True] * 3


async def test_typed_values_are_kept_beside_errors(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    text = await browser.edit(FEE, {"amount": "tám nghìn", "condition": "câu vừa gõ"})
    assert 'value="tám nghìn"' in text and "câu vừa gõ</textarea>" in text


async def test_invalid_fee_leaves_no_working_copy(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {"amount": "tám nghìn"})
    assert desk.copy(CODE) is None


async def test_rule_of_the_knowledge_base_is_told_beside_its_field(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    text = await browser.edit(FEE, {"amount": ""})
    assert browser.status == 422 and "Mức cố định thì phải có số tiền." in text


async def test_form_sent_untouched_begins_no_working_copy(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {})
    assert desk.copy(CODE) is None


async def test_added_paper_gets_an_id_of_its_name(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    new = {"name": "Tờ khai mới", "kind": "submit", "originals": "1", "confidence": "unsure"}
    await browser.edit(f"{HOME}/sua/giay-to/moi", new)
    added = desk.open(CODE).record.components[-1]
    assert (added.id, added.name, added.confidence) == ("to_khai_moi", "Tờ khai mới", Confidence.unsure)


async def test_adding_sent_twice_adds_once(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    address = f"{HOME}/sua/giay-to/moi"
    await browser.get(address)
    fields = changed(browser.form(address), {"name": "Tờ khai mới", "kind": "submit", "originals": "1"})
    await browser.post(address, fields)
    await browser.post(address, fields)
    assert (browser.status, len(desk.open(CODE).record.components)) == (200, 11)


async def test_removed_fee_is_gone_from_the_working_copy(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.get(FEE)
    await browser.post(f"{FEE}/bo", browser.form(f"{FEE}/bo"))
    assert [fee.id for fee in desk.open(CODE).record.fees][-1] == "le_phi_truc_tuyen"


async def test_removing_sent_twice_removes_once(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.get(f"{HOME}/sua/le-phi/1")
    fields = browser.form(f"{HOME}/sua/le-phi/1/bo")
    for _ in range(2):
        await browser.post(f"{HOME}/sua/le-phi/1/bo", fields)
    assert len(desk.open(CODE).record.fees) == 3


async def test_new_amount_from_a_day_on_keeps_the_old_one_before(
    open_browser: OpenBrowser, desk: Desk[Procedure]
) -> None:
    browser = await open_browser("editor")
    await browser.edit(
        f"{FEE}?ke-tiep=1", {"amount": "10.000", "effective_from": "01/01/2027", "confidence": "checked"}
    )
    old, new = desk.open(CODE).record.fees[3:]
    assert (old.amount, old.effective_to) == (8000, dt.date(2026, 12, 31))
    assert (new.id, new.amount, new.effective_from) == (old.id, 10_000, dt.date(2027, 1, 1))


async def test_new_amount_without_a_day_is_refused(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    await browser.edit(f"{FEE}?ke-tiep=1", {"amount": "10.000", "confidence": "checked"})
    assert browser.status == 422


async def test_aliases_are_one_per_line(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.edit(f"{HOME}/sua/loi-van/0", {"aliases": "báo tử\r\n\r\n  khai  tử \r\n"})
    assert desk.open(CODE).record.aliases == ["báo tử", "khai tử"]


async def test_repeated_alias_is_refused(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    text = await browser.edit(f"{HOME}/sua/loi-van/0", {"aliases": "báo tử\nBáo tử"})
    assert browser.status == 422 and 'id="f-aliases-error"' in text


async def test_day_of_comparison_is_changed(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.edit(f"{HOME}/sua/nguon/0", {"verified_on": "25/11/2026"})
    assert desk.open(CODE).record.sources[0].verified_on == dt.date(2026, 11, 25)


async def test_source_must_be_a_https_address(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    await browser.edit(f"{HOME}/sua/nguon/0", {"url": "javascript:alert(1)"})
    assert browser.status == 422


async def test_duration_is_changed(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.edit(f"{HOME}/sua/thoi-han/1", {"value": "3", "unit": "working_day"})
    assert desk.open(CODE).record.durations[1].value == 3


async def test_unticked_box_is_no(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    address = f"{HOME}/sua/thoi-han/0"
    await browser.get(address)
    await browser.post(address, [pair for pair in browser.form(address) if pair[0] != "next_day_after_15h"])
    assert desk.open(CODE).record.durations[0].next_day_after_15h is False


@pytest.mark.parametrize(
    "part", ["truong-hop/0", "mau/0", "ket-qua/0", "nguon/moi", "loi-van/1", "le-phi/99", "khong-co/0"]
)
async def test_parts_that_cannot_be_edited_are_not_found(open_browser: OpenBrowser, part: str) -> None:
    browser = await open_browser("editor")
    await browser.get(f"{HOME}/sua/{part}")
    assert browser.status == 404


async def test_saving_without_csrf_token_changes_nothing(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.get(FEE)
    await browser.post(FEE, changed(browser.form(FEE), {"amount": "12.000", "csrf": "x"}))
    assert (browser.status, desk.copy(CODE)) == (403, None)


async def test_viewer_cannot_save_even_with_a_form(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    editor, viewer = await open_browser("editor"), await open_browser("viewer")
    await editor.get(FEE)
    await viewer.get("/staff")
    await viewer.post(FEE, changed(editor.form(FEE), {"amount": "1", "csrf": viewer.hidden("csrf")}))
    assert (viewer.status, desk.copy(CODE)) == (403, None)


async def test_two_officers_at_one_fee_the_second_is_told(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    one, two = await open_browser("editor"), await open_browser("approver")
    await two.get(FEE)
    await one.edit(FEE, {"amount": "12.000"})
    text = await two.post(FEE, changed(two.form(FEE), {"amount": "15.000"}))
    assert two.status == 409 and 'value="15.000"' in text and "12.000 đồng" in text
    assert desk.open(CODE).record.fees[3].amount == 12_000


async def test_two_officers_at_different_parts_are_both_kept(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    one, two = await open_browser("editor"), await open_browser("approver")
    await two.get(f"{HOME}/sua/thoi-han/1")
    await one.edit(FEE, {"amount": "12.000"})
    await two.post(f"{HOME}/sua/thoi-han/1", changed(two.form(f"{HOME}/sua/thoi-han/1"), {"value": "3"}))
    procedure = desk.open(CODE).record
    assert (procedure.fees[3].amount, procedure.durations[1].value) == (12_000, 3)


@pytest.mark.parametrize("address", [HOME + "/sua", HOME + "/cong-bo", FEE])
async def test_typed_markup_is_shown_as_text(open_browser: OpenBrowser, address: str) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {"label": XSS, "condition": f"</textarea>{XSS}", "legal_basis": f'"{XSS}'})
    text = await browser.get(address)
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


async def test_searched_markup_is_shown_as_text(open_browser: OpenBrowser) -> None:
    browser = await open_browser("viewer")
    response = await browser.client.get("/staff/thu-tuc", params={"q": XSS})
    assert "<script>alert" not in await response.text()


async def test_long_vietnamese_texts_fit_into_one_request(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    note = "ệ" * 3999
    questions = "\n".join(f"ông bà ở xã Đường Lâm thì nộp hồ sơ ở đâu, câu số {n}" for n in range(150))
    await browser.get(f"{HOME}/sua/loi-van/0")
    fields = changed(browser.form(f"{HOME}/sua/loi-van/0"), {"note_for_staff": note, "example_questions": questions})
    body = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields:
        body.add_field(name, value)
    await browser.post(f"{HOME}/sua/loi-van/0", body)
    assert browser.status == 200 and desk.open(CODE).record.note_for_staff == note


async def test_too_large_request_is_told_in_vietnamese(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {"note": "x" * 100_000})
    assert browser.status == 413 and "dài quá" in browser.text


@pytest.mark.parametrize("body", [b"--x\r\nbroken", b"", b"--x\r\n\r\n\xff\xfe\r\n--x--"])
async def test_body_that_is_no_form_is_refused(open_browser: OpenBrowser, body: bytes) -> None:
    browser = await open_browser("editor")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = await browser.client.post(FEE, data=body, headers=headers)
    assert response.status in (400, 403)
