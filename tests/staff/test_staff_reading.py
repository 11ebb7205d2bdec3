"""Finding and reading procedures, their versions and differences."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from bot.staff.difference import difference
from procedures_kb.store import Store
from tests.staff.console import CODE, HOME, OpenBrowser


@pytest.mark.parametrize("words", ["khai tử", "khai tu", "KHAI TU", "1.000656", "1.000656.000.00.00.H26"])
async def test_procedure_is_found(open_browser: OpenBrowser, words: str) -> None:
    browser = await open_browser("viewer")
    assert f'href="{HOME}"' in await browser.get(f"/staff/thu-tuc?q={words}")


@pytest.mark.parametrize("words", ['"', "%", "' OR 1=1 --", "*", "NEAR(", "\x00", "😀"])
async def test_strange_search_words_are_harmless(open_browser: OpenBrowser, words: str) -> None:
    browser = await open_browser("viewer")
    response = await browser.client.get("/staff/thu-tuc", params={"q": words})
    assert response.status == 200


async def test_reviewed_records_stand_before_imported_ones(open_browser: OpenBrowser) -> None:
    browser = await open_browser("viewer")
    text = await browser.get("/staff/thu-tuc?q=1.000")
    assert text.index("1.000656") < text.index("1.000001")


async def test_state_narrows_the_list(open_browser: OpenBrowser) -> None:
    browser = await open_browser("viewer")
    text = await browser.get("/staff/thu-tuc?state=imported")
    assert "1.000001" in text and CODE not in text


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x", ""])
async def test_page_number_out_of_range_shows_a_page(open_browser: OpenBrowser, page: str) -> None:
    browser = await open_browser("viewer")
    assert "/staff/thu-tuc/" in (await browser.get(f"/staff/thu-tuc?trang={page}")).split("</form>")[-1]


async def test_record_shows_every_part(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("viewer")
    text = await browser.get(HOME)
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    parts = [*(c.name for c in procedure.components), *(f.label for f in procedure.fees), procedure.steps[0].text]
    assert all(part in text for part in [*parts, "8.000 đồng / bản", "163/QĐ-BTP", "22/11/2026", "Chưa chắc chắn"])


async def test_imported_record_is_marked_as_not_reviewed(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    text = await browser.get("/staff/thu-tuc/1.000001")
    assert "chưa rà soát" in text and "/sua" not in text


@pytest.mark.parametrize("address", ["/staff/thu-tuc/9.999999", f"{HOME}/ban/99999", "/staff/thu-tuc/1.001193/ban/1"])
async def test_what_is_not_there_is_told_in_vietnamese(open_browser: OpenBrowser, address: str) -> None:
    browser = await open_browser("viewer")
    text = await browser.get(address)
    assert browser.status == 404 and "Không tìm thấy" in text


async def test_home_lists_unsure_facts(open_browser: OpenBrowser) -> None:
    browser = await open_browser("viewer")
    assert "Lệ phí đăng ký khai tử quá hạn, nộp trực tiếp hoặc qua bưu điện" in await browser.get("/staff")


def test_difference_of_a_record_with_itself_is_empty(knowledge: Store) -> None:
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None and difference(procedure, procedure) == []


def test_difference_names_a_removed_paper(knowledge: Store) -> None:
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    after = msgspec.structs.replace(procedure, components=procedure.components[1:])
    assert [(c.kind, c.title) for c in difference(procedure, after)] == [("removed", "Tờ khai đăng ký khai tử")]


def test_difference_keeps_two_periods_of_one_fee_apart(knowledge: Store) -> None:
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    old = msgspec.structs.replace(procedure.fees[3], effective_to=dt.date(2026, 12, 31))
    new = msgspec.structs.replace(procedure.fees[3], effective_from=dt.date(2027, 1, 1), amount=9000)
    after = msgspec.structs.replace(procedure, fees=[*procedure.fees[:3], old, new])
    kinds = [(c.kind, [f.label for f in c.fields]) for c in difference(procedure, after)]
    assert kinds == [("changed", ["Đến hết ngày"]), ("added", [])]


def test_difference_of_long_text_shows_the_words_that_changed(knowledge: Store) -> None:
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    after = msgspec.structs.replace(procedure, overview=procedure.overview.replace("15 ngày", "30 ngày"))
    [change] = difference(procedure, after)
    assert [piece for piece in change.fields[0].words if piece[0] != "same"] == [("gone", "15"), ("new", "30")]


def test_difference_tells_that_only_the_order_changed(knowledge: Store) -> None:
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    after = msgspec.structs.replace(procedure, steps=procedure.steps[::-1])
    assert [change.kind for change in difference(procedure, after)] == ["moved"]
