"""Points of reception and releases in the console: gaps are seen, faults named, one step back, waiting changes."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from bot.staff.points import hours_typed, read_hours
from procedures_kb import sources
from procedures_kb.imported import Imported
from procedures_kb.points import OFFICE_HOURS, SATURDAY_MORNING, points
from procedures_kb.store import Store
from tests.staff.console import CODE, FEE, OpenBrowser, changed


async def test_what_is_missing_is_shown(open_browser: OpenBrowser) -> None:
    browser = await open_browser("viewer")
    text = await browser.get("/staff/diem?q=chi+nhanh+so+2")
    assert "Chi nhánh số 2" in text and "địa chỉ, tọa độ" in text


async def test_a_corrected_point_is_kept_with_its_history(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("editor")
    await browser.get("/staff/diem/chi-nhanh-2")
    written = {"address": "85 Dịch Vọng Hậu", "place": "21.0300, 105.7860", "hours": "2-6: 08:00-12:00\n7: 8:00-12:00"}
    await browser.post("/staff/diem/chi-nhanh-2", changed(browser.form("/staff/diem/chi-nhanh-2"), written))
    point = points(knowledge)["chi-nhanh-2"]
    assert (point.address, point.latitude, [o.days for o in point.hours]) == (
        "85 Dịch Vọng Hậu",
        21.03,
        [(1, 2, 3, 4, 5), (6,)],
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "bắt buộc"),
        ("place", "10.8, 106.6", "ở Hà Nội"),
        ("place", "abc", "vĩ độ"),
        ("hours", "thứ hai sáng", "thứ hai sáng"),
        ("hours", "2-6: 17:00-08:00", "2-6: 17:00-08:00"),
        ("active_from", "31/02/2026", "Không có ngày"),
    ],
)
async def test_a_fault_stands_beside_its_box(
    open_browser: OpenBrowser, knowledge: Store, field: str, value: str, said: str
) -> None:
    browser = await open_browser("editor")
    await browser.get("/staff/diem/chi-nhanh-1")
    before = points(knowledge)["chi-nhanh-1"]
    text = await browser.post(
        "/staff/diem/chi-nhanh-1", changed(browser.form("/staff/diem/chi-nhanh-1"), {field: value})
    )
    assert browser.status == 422 and said in text and points(knowledge)["chi-nhanh-1"] == before


async def test_a_viewer_cannot_change_a_point(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("viewer")
    text = await browser.get("/staff/diem/chi-nhanh-1")
    assert "Lưu</button>" not in text
    await browser.post("/staff/diem/chi-nhanh-1", changed(browser.form("/staff/diem/chi-nhanh-1"), {"name": "Khác"}))
    assert points(knowledge)["chi-nhanh-1"].name != "Khác"


def test_hours_are_written_and_read_back() -> None:
    hours = [*OFFICE_HOURS, SATURDAY_MORNING]
    assert read_hours(hours_typed(hours)) == hours


async def test_one_step_back_from_the_console(open_browser: OpenBrowser, knowledge: Store) -> None:
    procedure = knowledge.get(CODE).procedure
    assert procedure
    knowledge.publish(msgspec.structs.replace(procedure, overview="Nhầm."), "approver", "nhầm")
    browser = await open_browser("approver")
    await browser.get("/staff/cong-bo")
    fields = browser.form("/staff/cong-bo/lui")
    for _ in range(2):  # sent twice: the second must not undo the roll-back
        await browser.post("/staff/cong-bo/lui", fields)
    after = knowledge.get(CODE).procedure
    assert after == procedure


async def test_an_editor_may_not_go_back(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    assert "Lùi lại bản trước" not in await browser.get("/staff/cong-bo")


async def test_a_change_at_the_source_is_shown_and_can_be_seen_off(open_browser: OpenBrowser, knowledge: Store) -> None:
    with knowledge.transaction():
        for name in ("Tên cũ", "Tên mới"):
            sources.take(knowledge, Imported(code="9.000001", name=name, source="portal-catalogue"), "import")
    browser = await open_browser("approver")
    text = await browser.get("/staff/cong-bo")
    assert "Tên cũ" in text and "Tên mới" in text
    draft = sources.drafts(knowledge)[0].version
    await browser.post(f"/staff/cong-bo/nhap/{draft}/nhan", browser.form(f"/staff/cong-bo/nhap/{draft}/nhan"))
    assert knowledge.get("9.000001").name == "Tên mới" and not sources.drafts(knowledge)


async def test_a_version_can_be_published_for_a_coming_day_and_taken_back(
    open_browser: OpenBrowser, knowledge: Store
) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    day = dt.date.today() + dt.timedelta(days=40)
    await browser.publish(day=f"{day:%d/%m/%Y}")
    procedure = knowledge.get(CODE).procedure
    assert procedure and procedure.fees[3].amount == 8000
    (waiting,) = knowledge.scheduled()
    assert waiting["in_force_from"].startswith(day.isoformat())
    await browser.get("/staff/cong-bo")
    await browser.post(
        f"/staff/cong-bo/lich/{waiting['id']}/huy", browser.form(f"/staff/cong-bo/lich/{waiting['id']}/huy")
    )
    assert knowledge.scheduled() == []


@pytest.mark.parametrize("day", ["01/01/2020", "ngày mai", "31/02/2030"])
async def test_a_day_that_cannot_be_is_told(open_browser: OpenBrowser, knowledge: Store, day: str) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.publish(day=day)
    assert browser.status == 422 and 'id="day-error"' in browser.text and knowledge.scheduled() == []
