"""The draft's page after submitting, on the real gateway with its own outbox and follower, against the stand-in."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.gateway import routes
from bot.gateway.app import make_app
from bot.settings import SettingError, Settings
from bot.submissions.dossiers import Dossiers
from bot.submissions.permissions import Permissions
from procedures_kb.form_model import forms
from tests.submissions.delivery.conftest import Office
from tests.submissions.dossier import complete, fill
from tests.submissions.site import Site, Visitor, running

FORM = "khai_sinh"


@pytest.fixture
async def site(office: Office, tmp_path: Path) -> AsyncIterator[Site]:
    names = ("delivery", "case_url", "case_user", "case_password", "case_unit", "case_timeout")
    given = {name: getattr(office.settings, name) for name in names}
    async with running(tmp_path / "var", case_every=0, **given) as started:
        yield started


async def ready_to_send(visitor: Visitor) -> str:
    draft_id = await visitor.start(FORM)
    draft = visitor.draft(draft_id)
    draft.content = fill(forms()[FORM], complete(FORM))
    visitor.drafts.save(draft, "citizen", "filled")
    return draft_id


async def until(visitor: Visitor, draft_id: str, true: Callable[[str], bool]) -> str:
    async with asyncio.timeout(12):
        while not true(page := html.unescape(await visitor.get(f"/ho-so/{draft_id}"))):
            await asyncio.sleep(0.1)
    return page


async def test_submit_return_correct_and_send_again(site: Site, office: Office) -> None:
    office.breaks(slow=0.5)
    visitor = site.visitor()
    draft_id = await ready_to_send(visitor)
    page = await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    assert "Đang gửi" in page and "chưa được gửi đi" not in page
    page = await until(visitor, draft_id, lambda text: "Mã hồ sơ" in text)
    (code,) = office.state.dossiers
    assert code in page and "Hẹn trả kết quả" in page and "ngày làm việc" in page
    office.moves(code, 5, reason="Số định danh của người mẹ chưa đúng, đề nghị sửa <b>ngay</b>")
    page = await until(visitor, draft_id, lambda text: "Gửi lại hồ sơ" in text)
    assert "Số định danh (số căn cước) chưa đúng" in page and 'name="giay_to_me"' in page
    assert 'name="ten_con"' not in page and "Nguyễn" in page and 'class="badge">Mới' in page
    assert "<b>ngay" not in visitor.text  # an officer's text is text
    # What was not reopened is kept, whatever is posted.
    before = visitor.draft(draft_id).content.values
    state = await visitor.field(draft_id, "ten_con", "Tên Khác")
    assert "giữ nguyên" in state["error"]
    await visitor.post(f"/ho-so/{draft_id}", {"ten_con": "Tên Khác", "giay_to_me": "001195000999", "finish": "1"})
    assert visitor.status == 422 and visitor.draft(draft_id).content.values["ten_con"] == before["ten_con"]
    assert visitor.draft(draft_id).content.values["giay_to_me"] == "001195000999"
    page = html.unescape(await visitor.post(f"/ho-so/{draft_id}", {"giay_to_me": "001195000998", "finish": "1"}))
    assert "Đang gửi" in page
    page = await until(visitor, draft_id, lambda text: "Đang xử lý" in text and "Gửi lại hồ sơ" not in text)
    assert len(office.dossiers) == 1 and "Các bước đã qua" in page and "Cần bổ sung" in page
    said = [one for one in office.dossiers[0]["DanhSachHoSoBoSung"] if one["HoSoBoSungId"].startswith("MC-")]
    assert len(said) == 1 and "người mẹ" in said[0]["NoiDungBoSung"]


async def test_sent_twice_at_once_from_two_tabs_and_back_again_is_one_delivery(site: Site, office: Office) -> None:
    visitor = site.visitor()
    draft_id = await ready_to_send(visitor)
    revision = str(visitor.draft(draft_id).revision)
    body = {"csrf": await visitor.token(), "finish": "1", "revision": revision}
    answers = await asyncio.gather(*(visitor.client.post(f"/ho-so/{draft_id}", data=body) for _ in range(8)))
    assert {answer.status for answer in answers} == {200}
    await until(visitor, draft_id, lambda text: "Mã hồ sơ" in text)
    await visitor.post(f"/ho-so/{draft_id}", {"finish": "1", "revision": revision, "ten_con": "Ai Khác"})
    assert visitor.status == 200 and "Mã hồ sơ" in html.unescape(visitor.text)
    await asyncio.sleep(1.2)
    assert len(office.dossiers) == 1
    dossier = Dossiers(site.drafts).get(draft_id)
    assert dossier and dossier.round == 1


async def test_the_mark_is_only_for_whoever_holds_the_draft(site: Site) -> None:
    visitor, stranger = site.visitor(), site.visitor()
    draft_id = await ready_to_send(visitor)
    await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    assert b"mark" in await visitor.raw(f"/ho-so/{draft_id}/tinh-trang")
    await stranger.raw(f"/ho-so/{draft_id}/tinh-trang")
    assert stranger.status == 404


async def test_a_correction_that_makes_a_kept_field_wrong_reopens_it(site: Site, office: Office) -> None:
    visitor = site.visitor()
    draft_id = await ready_to_send(visitor)
    await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    await until(visitor, draft_id, lambda text: "Mã hồ sơ" in text)
    (code,) = office.state.dossiers
    office.moves(code, 5, reasons=[{"code": "MUC:ngay_sinh_me", "text": ""}])
    await until(visitor, draft_id, lambda text: "Gửi lại hồ sơ" in text)
    await visitor.post(f"/ho-so/{draft_id}", {"ngay_sinh_me": "1/1/2020", "finish": "1"})
    assert visitor.status in (200, 422)
    assert visitor.draft(draft_id).state in ("returned", "submitted")


async def test_by_default_the_page_says_that_nothing_was_sent(tmp_path: Path) -> None:
    async with running(tmp_path / "var") as plain:
        visitor = plain.visitor()
        draft_id = await ready_to_send(visitor)
        page = html.unescape(await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"}))
        assert "chưa được gửi đi" in page and "Mã phiếu" in page


async def test_with_the_portal_the_page_says_what_to_copy_where(tmp_path: Path) -> None:
    async with running(tmp_path / "var", delivery="portal_link") as plain:
        visitor = plain.visitor()
        draft_id = await ready_to_send(visitor)
        page = html.unescape(await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"}))
        assert "https://dichvucong.gov.vn/" in page and "Chép từng mục" in page


async def test_with_the_failing_demo_the_page_keeps_saying_that_it_is_being_sent(tmp_path: Path) -> None:
    async with running(tmp_path / "var", delivery="failing") as plain:
        visitor = plain.visitor()
        draft_id = await ready_to_send(visitor)
        await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
        await asyncio.sleep(0.3)
        assert "Đang gửi" in html.unescape(await visitor.get(f"/ho-so/{draft_id}"))


def test_a_way_that_does_not_exist_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="none of"):
        make_app(Settings(var=tmp_path, delivery="fax"))


async def test_the_chat_page_tells_the_news_until_the_dossier_was_looked_at(
    site: Site, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = site.visitor()
    draft_id = await ready_to_send(visitor)  # of the conversation "web:test", which this browser now is
    monkeypatch.setattr(routes, "sender_of", lambda session: "web:test")
    await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    dossiers = Dossiers(site.drafts)
    async with asyncio.timeout(8):
        while not dossiers.has_news(draft_id):
            await asyncio.sleep(0.05)
    text = html.unescape(await visitor.get("/"))
    assert "mới đăng ký" in text and f"/ho-so/{draft_id}" in text
    await visitor.get(f"/ho-so/{draft_id}")
    assert "mới đăng ký" not in html.unescape(await visitor.get("/"))


async def test_erasing_says_that_the_office_still_has_it(site: Site, office: Office) -> None:
    visitor = site.visitor()
    draft_id = await ready_to_send(visitor)
    await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    await until(visitor, draft_id, lambda text: "Mã hồ sơ" in text)
    (code,) = office.state.dossiers
    assert code in await visitor.post(f"/ho-so/{draft_id}/xoa")
    await visitor.get("/metrics")
    assert 'motcua_outbox_rows{state="stopped"} 0.0' in visitor.text


async def test_only_who_holds_the_draft_takes_it_back_and_only_with_the_forms_token(site: Site) -> None:
    visitor, stranger = site.visitor(), site.visitor()
    draft_id = await ready_to_send(visitor)
    await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    await stranger.post(f"/ho-so/{draft_id}/rut")
    assert stranger.status == 404
    assert (await visitor.client.post(f"/ho-so/{draft_id}/rut", data={"csrf": "x"})).status == 403
    dossier = Dossiers(site.drafts).get(draft_id)
    assert dossier and dossier.state in ("delivering", "submitted")


async def test_where_nothing_is_sent_taking_back_names_the_office_that_may_have_the_paper(tmp_path: Path) -> None:
    async with running(tmp_path / "var") as plain:
        visitor = plain.visitor()
        draft_id = await ready_to_send(visitor)
        await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
        page = html.unescape(await visitor.post(f"/ho-so/{draft_id}/rut"))
        assert "chỉ nơi nhận (Ủy ban nhân dân phường Cầu Giấy) rút được" in page and "Đã rút, chưa gửi đi" in page
        assert 'id="rut"' not in page


async def test_news_need_a_tick_of_ones_own(site: Site) -> None:
    visitor = site.visitor()
    draft_id = await ready_to_send(visitor)
    site.drafts.connection.execute("UPDATE drafts SET channel = 'zalo' WHERE id = ?", (draft_id,))
    page = await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    assert 'name="news" value="1"' in page and "checked" not in page.partition('name="news"')[2][:40]
    permissions = Permissions(site.drafts)
    assert not permissions.news_allowed(draft_id)
    assert "chưa đánh dấu" in html.unescape(await visitor.post(f"/ho-so/{draft_id}/bao-tin"))
    assert not permissions.news_allowed(draft_id)
    assert "Thôi báo tin" in html.unescape(await visitor.post(f"/ho-so/{draft_id}/bao-tin", {"news": "1"}))
    assert permissions.news_allowed(draft_id)
    await visitor.post(f"/ho-so/{draft_id}/bao-tin", {"act": "thoi"})
    assert not permissions.news_allowed(draft_id)


async def test_who_came_by_the_web_is_not_asked_for_news(site: Site) -> None:
    visitor = site.visitor()
    draft_id = await ready_to_send(visitor)
    assert 'name="news"' not in await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    await visitor.post(f"/ho-so/{draft_id}/bao-tin", {"news": "1"})
    assert visitor.status == 404 and not Permissions(site.drafts).news_allowed(draft_id)
