"""Every look of staff at a submission or its pictures: who, which, when and why, shown to those who supervise."""

from __future__ import annotations

import datetime as dt

from bot.submissions.photos.cleaning import clean
from bot.submissions.photos.store import Photos
from bot.submissions.store import Drafts
from tests.staff.console import OpenBrowser
from tests.submissions.photos import files


async def test_the_reason_is_recorded_with_the_look(open_browser: OpenBrowser, drafts: Drafts, reference: str) -> None:
    browser = await open_browser("operator")
    await browser.get(f"/staff/ho-so?ma={reference}&vi=nguoi_dan_hoi")
    assert browser.status == 200
    at, who, act, why = drafts.trail(drafts.by_reference(reference).id)[-1]
    assert (who, act, why) == ("operator", "looked at", "người dân hỏi")
    assert abs(dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(at)) < dt.timedelta(minutes=1)


async def test_a_scanned_slip_counts_as_reception(open_browser: OpenBrowser, drafts: Drafts, reference: str) -> None:
    browser = await open_browser("operator")
    await browser.get(f"/staff/ho-so/{reference}?vi=<script>")
    assert drafts.trail(drafts.by_reference(reference).id)[-1][3] == "tiếp nhận tại quầy"


async def test_supervisors_see_who_looked_and_no_personal_data(open_browser: OpenBrowser, reference: str) -> None:
    operator, approver = await open_browser("operator"), await open_browser("approver")
    await operator.get(f"/staff/ho-so?ma={reference}&vi=bo_sung")
    text = await approver.get("/staff/luot-xem")
    for part in ("Cán bộ operator", reference, "mở hồ sơ", "xem phần bổ sung"):
        assert part in text
    assert "Nguyễn Thị Mai" not in text
    assert "Xem nhật ký mở hồ sơ" in await approver.get("/staff/ho-so")


async def test_others_may_not_see_the_record(open_browser: OpenBrowser) -> None:
    for role in ("operator", "editor", "viewer"):
        browser = await open_browser(role)
        await browser.get("/staff/luot-xem")
        assert browser.status == 403


async def test_pictures_open_at_the_counter_and_the_look_is_recorded(
    open_browser: OpenBrowser, drafts: Drafts, reference: str
) -> None:
    draft = drafts.by_reference(reference)
    Photos(drafts, 10**7).add(draft, "van_ban_uy_quyen", clean(files.jpeg()))
    browser = await open_browser("operator")
    assert f"/staff/ho-so/{reference}/giay-to/van_ban_uy_quyen.pdf" in await browser.get(f"/staff/ho-so/{reference}")
    assert "gửi ảnh giấy tờ" in browser.text and "van_ban_uy_quyen)" not in browser.text, "papers are named"
    response = await browser.client.get(f"/staff/ho-so/{reference}/giay-to/van_ban_uy_quyen.pdf")
    assert response.status == 200 and (await response.read())[:5] == b"%PDF-"
    assert drafts.trail(draft.id)[-1][1:3] == ("operator", "looked at photos")
    editor = await open_browser("editor")
    response = await editor.client.get(f"/staff/ho-so/{reference}/giay-to/van_ban_uy_quyen.pdf")
    assert response.status == 403
    response = await browser.client.get(f"/staff/ho-so/{reference}/giay-to/khac.pdf")
    assert response.status == 404
