"""What a person may do with their own data: a copy, reuse for the next form, one reminder, erasing that is proved."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from actions import form_messages, reminding, starting
from actions import submission as capability
from bot.gateway.parts import DRAFTS
from bot.submissions import reminders, tables, times
from bot.submissions.permissions import Permissions
from bot.submissions.store import CONSENT_VERSION, Drafts
from procedures_kb.store import HANOI
from tests.actions.turns import make_turn
from tests.submissions import site
from tests.submissions.photos import files

FORM = "xac_nhan_tinh_trang_hon_nhan"
MAI = {
    "nguoi_yeu_cau": "Nguyễn Thị Mai",
    "giay_to_yeu_cau": "001195000123",
    "noi_cu_tru_yeu_cau": "Số 20 phố Bạch Mai, phường Bạch Mai, Hà Nội",
}


@pytest.fixture
async def running(tmp_path: Path, loaded_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[site.Site]:
    monkeypatch.setenv("MOTCUA_VAR", str(loaded_path.parent))
    async with site.running(tmp_path) as made:
        yield made


async def filled(visitor: site.Visitor, sender: str = "web:mai", **more: str) -> str:
    draft = await visitor.start(FORM, sender)
    for field, value in {**MAI, **more}.items():
        assert (await visitor.field(draft, field, value))["error"] is None
    return draft


async def with_file(visitor: site.Visitor) -> str:
    draft = await visitor.start("khai_sinh", "web:mai")
    await visitor.field(draft, "nguoi_yeu_cau", "Nguyễn Thị Mai")
    await visitor.field(draft, "chung_sinh", "khong")
    await visitor.get(f"/ho-so/{draft}/giay-to")
    component = re.findall(r'data-component="(\w+)"', visitor.text)[0]
    await visitor.upload(f"/ho-so/{draft}/giay-to/{component}", files.jpeg())
    assert visitor.draft(draft).attached, visitor.text
    return draft


async def test_a_copy_holds_everything_and_opens(running: site.Site) -> None:
    visitor = running.visitor()
    draft = await with_file(visitor)
    data = await visitor.raw(f"/ho-so/{draft}/du-lieu.zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        about = json.loads(archive.read("du-lieu.json"))
        papers = [name for name in names if name.startswith("giay-to/")]
        assert {"du-lieu.json", "to-khai.pdf", "doc-truoc.txt"} <= names and len(papers) == 1
        assert "Nguyễn Thị Mai" in PdfReader(io.BytesIO(archive.read("to-khai.pdf"))).pages[0].extract_text()
        assert len(PdfReader(io.BytesIO(archive.read(papers[0]))).pages) == 1
    values = [row["value"] for group in about["answers"] for row in group["rows"]]
    assert "Nguyễn Thị Mai" in values and about["consents"][0][0] == CONSENT_VERSION and about["files"][0]["pages"] == 1
    assert "exported" in [line["act"] for line in about["trail"]]


async def test_nobody_else_gets_the_copy(running: site.Site) -> None:
    draft = await filled(running.visitor())
    stranger = running.visitor()
    await stranger.raw(f"/ho-so/{draft}/du-lieu.zip")
    assert stranger.status == 404


async def test_reuse_needs_a_tick_of_ones_own(running: site.Site) -> None:
    visitor = running.visitor()
    draft = await filled(visitor)
    page = await visitor.get(f"/ho-so/{draft}/du-lieu")
    assert 'type="checkbox"' in page and "checked" not in page
    await visitor.post(f"/ho-so/{draft}/cho-dung-lai", {"act": "cho"})
    assert "chưa đánh dấu" in visitor.text and not Permissions(running.drafts).reuse_allowed(draft)


async def allowed(running: site.Site, visitor: site.Visitor) -> str:
    draft = await filled(visitor)
    await visitor.post(f"/ho-so/{draft}/cho-dung-lai", {"act": "cho", "agree": "1"})
    assert Permissions(running.drafts).reuse_allowed(draft)
    return draft


async def test_the_next_form_is_filled_from_the_earlier_one(running: site.Site) -> None:
    visitor = running.visitor()
    await allowed(running, visitor)
    draft = await visitor.start("khai_sinh", "web:later")
    assert "Điền từ hồ sơ trước" in await visitor.get(f"/ho-so/{draft}/dien-san")
    assert "Nguyễn Thị Mai" not in visitor.text, "only a mask of the name is shown"
    await visitor.post(f"/ho-so/{draft}/dien-san/nguon/earlier", {"person": "mother"})
    content = visitor.draft(draft).content
    assert (
        content.values["ten_me"] == "Nguyễn Thị Mai" and content.sources["ten_me"] == "earlier" and not content.verified
    )


async def test_the_hash_alone_opens_nothing_in_another_browser(running: site.Site) -> None:
    await allowed(running, running.visitor())
    stranger = running.visitor()
    draft = await stranger.start(FORM, "web:stranger")
    await stranger.field(draft, "giay_to_yeu_cau", MAI["giay_to_yeu_cau"])
    assert "Điền từ hồ sơ trước" not in await stranger.get(f"/ho-so/{draft}/dien-san")
    await stranger.post(f"/ho-so/{draft}/dien-san/nguon/earlier")
    assert "không thấy hồ sơ trước" in stranger.text and "nguoi_yeu_cau" not in stranger.draft(draft).content.values


async def test_another_persons_number_gets_no_offer_in_the_same_browser(running: site.Site) -> None:
    visitor = running.visitor()
    await allowed(running, visitor)
    draft = await visitor.start(FORM, "web:mai")
    await visitor.field(draft, "giay_to_yeu_cau", "001092000456")
    assert "Điền từ hồ sơ trước" not in await visitor.get(f"/ho-so/{draft}/dien-san")


async def test_withdrawing_and_erasing_end_the_reuse(running: site.Site) -> None:
    visitor = running.visitor()
    draft = await allowed(running, visitor)
    await visitor.post(f"/ho-so/{draft}/cho-dung-lai", {"act": "rut"})
    assert not Permissions(running.drafts).reuse_allowed(draft)
    await visitor.post(f"/ho-so/{draft}/cho-dung-lai", {"act": "cho", "agree": "1"})
    await visitor.post(f"/ho-so/{draft}/xoa")
    assert not Permissions(running.drafts).reuse_allowed(draft)


def expires_in(drafts: Drafts, draft: str, **time: float) -> None:
    moment = (dt.datetime.now(HANOI) + dt.timedelta(**time)).isoformat(timespec="seconds")
    drafts.connection.execute("UPDATE drafts SET expires_at = ? WHERE id = ?", (moment, draft))


async def test_one_reminder_on_the_page_and_once_in_chat(running: site.Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = running.visitor()
    draft, drafts = await filled(visitor), running.app[DRAFTS]
    for module in (form_messages, reminding, capability):
        monkeypatch.setattr(module, "drafts", lambda: drafts)
    assert reminders.make_due(drafts) == 0
    expires_in(drafts, draft, days=2)
    assert [reminders.make_due(drafts) for _ in range(3)] == [1, 0, 0]
    assert "Hồ sơ này tự xoá ngày" in await visitor.get(f"/ho-so/{draft}")

    def turn(sender: str) -> list[str]:
        made = make_turn("phí bao nhiêu")
        made.sender, made.channel = sender, "web"
        made.say("Phí 8.000 đồng.", {"kind": "answer"})
        reminding.remind(made)
        return [message["text"] for message in made.messages]

    assert len(turn("web:somebody-else")) == 1
    assert "sẽ tự xoá ngày" in turn("web:mai")[1]
    assert len(turn("web:mai")) == 1, "said once"


async def test_working_on_it_ends_the_reminder_and_allows_the_next(running: site.Site) -> None:
    visitor = running.visitor()
    draft, drafts = await filled(visitor), running.drafts
    expires_in(drafts, draft, days=2)
    reminders.make_due(drafts)
    await visitor.field(draft, "dan_toc", "Kinh")
    assert "Hồ sơ này tự xoá ngày" not in await visitor.get(f"/ho-so/{draft}")
    assert reminders.next_in_chat(drafts, "web:mai", "web") is None
    assert reminders.make_due(drafts) == 0
    expires_in(drafts, draft, days=1)
    assert reminders.make_due(drafts) == 1


async def test_zalo_people_are_reminded_in_zalo_not_on_the_web(running: site.Site) -> None:
    drafts = running.drafts
    draft = drafts.offer("1.004873", FORM, 1, "zalo-x", "zalo")
    drafts.consent(draft, "zalo")
    expires_in(drafts, draft.id, days=1)
    reminders.make_due(drafts)
    assert reminders.next_in_chat(drafts, "zalo-x", "web") is None
    assert reminders.next_in_chat(drafts, "zalo-x", "zalo")


async def test_erasing_says_what_went_and_a_second_look_finds_nothing(running: site.Site) -> None:
    visitor = running.visitor()
    draft, drafts = await with_file(visitor), running.drafts
    drafts.make_link(draft)
    expires_in(drafts, draft, days=1)
    reminders.make_due(drafts)
    await visitor.post(f"/ho-so/{draft}/xoa")
    assert "1 tệp ảnh" in visitor.text and "Em đã kiểm tra lại: không còn gì" in visitor.text
    assert drafts.remains(draft) == 0
    for table in tables.PERSONAL:
        count = drafts.connection.execute(f"SELECT count(*) FROM {table} WHERE draft = ?", (draft,)).fetchone()[0]
        assert count == 0, table
    row = drafts.connection.execute("SELECT sealed, owner, state FROM drafts WHERE id = ?", (draft,)).fetchone()
    assert row == (None, "", "erased")


async def test_forget_me_in_chat_answers_with_counts(running: site.Site, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = running.visitor()
    first, second = await with_file(visitor), await filled(visitor)
    monkeypatch.setattr(starting, "drafts", lambda: running.drafts)
    turn = make_turn("xoá dữ liệu của tôi", intent="erase_data")
    turn.sender = "web:mai"
    capability.submission(turn)
    assert "2 hồ sơ và 1 tệp ảnh" in turn.messages[0]["text"]
    assert running.drafts.remains(first) == running.drafts.remains(second) == 0


async def test_the_person_sees_that_staff_looked_and_what_for(running: site.Site) -> None:
    visitor = running.visitor()
    draft = await filled(visitor)
    assert "Chưa có cán bộ nào mở" in await visitor.get(f"/ho-so/{draft}/du-lieu")
    running.drafts.looked_at(draft, "mai", "tiếp nhận tại quầy")
    text = await visitor.get(f"/ho-so/{draft}/du-lieu")
    assert "Cán bộ tiếp nhận" in text and "tiếp nhận tại quầy" in text


def at_day(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    later = dt.datetime.now(HANOI) + dt.timedelta(days=days)
    monkeypatch.setattr(times, "moment", lambda: later)


@pytest.mark.parametrize(
    ("state", "national", "gone"),
    [
        ("ready", None, True),
        ("submitted", 10, True),
        ("cancelled", 3, True),
        ("submitted", 4, False),
        ("delivering", None, False),
    ],
)
async def test_a_submission_goes_after_thirty_days_unless_an_office_works_on_it(
    running: site.Site, monkeypatch: pytest.MonkeyPatch, state: str, national: int | None, gone: bool
) -> None:
    drafts = running.drafts
    draft_id = await filled(running.visitor())
    drafts.submit(drafts.get(draft_id))
    drafts.connection.execute(
        "UPDATE dossiers SET state = ?, national = ? WHERE draft = ?", (state, national, draft_id)
    )
    at_day(monkeypatch, 29)
    assert drafts.expire() == 0
    at_day(monkeypatch, 31)
    assert drafts.expire() == int(gone)
    assert (drafts.remains(draft_id) == 0) == gone


async def test_the_session_cookie_stays_small_whatever_is_said(running: site.Site) -> None:
    """Browsers drop cookies over 4 kB, and with them the conversation."""
    visitor = running.visitor()
    draft = await visitor.start("khai_sinh")
    for _ in range(17):
        await visitor.start("khai_sinh")
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", b"PK", person="applicant")
    await visitor.post(f"/ho-so/{draft}/cho-dung-lai", {"act": "cho"})
    assert all(len(cookie.value) < 3_500 for cookie in visitor.client.session.cookie_jar)


async def test_sending_too_fast_is_said_politely(running: site.Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start("khai_sinh")
    for _ in range(32):
        await visitor.upload(f"/ho-so/{draft}/dien-san/anh", b"PK", person="applicant")
    assert visitor.status == 200 and "Chờ một phút" in visitor.text
