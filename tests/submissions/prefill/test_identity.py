"""Login with the identity provider over real sockets: verified values, and every way it can go wrong."""

from __future__ import annotations

import logging
import re
import time
import urllib.parse

import pytest

from bot.settings import Settings
from bot.submissions.prefill import registry
from bot.submissions.prefill.claims import person_of_claims
from bot.submissions.prefill.identity import Identity
from tests.submissions.prefill.conftest import CARD, StandIn, picture
from tests.submissions.site import Site, Visitor

FORM = "xac_nhan_tinh_trang_hon_nhan"
MAI = "001195000123"
BY_HAND = "tự điền"


async def to_provider(visitor: Visitor, draft: str, role: str = "applicant") -> dict[str, str]:
    """Press the login button; the fields of the provider's page."""
    text = await visitor.get(f"/ho-so/{draft}/vneid?nguoi={role}")
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', text))


async def log_in(visitor: Visitor, stand_in: StandIn, draft: str, pid: str = MAI, role: str = "applicant") -> str:
    """The whole way there and back; the page at its end."""
    fields = await to_provider(visitor, draft, role)
    response = await visitor.client.session.post(f"{stand_in.address}/authorize", data={**fields, "pid": pid})
    visitor.status, visitor.text, visitor.url = response.status, await response.text(), str(response.url)
    return visitor.text


async def test_values_come_back_verified_with_their_source(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.field(draft, "quan_he", "ban_than")
    await log_in(visitor, stand_in, draft)
    content = visitor.draft(draft).content
    assert content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai" and content.values["ngay_sinh"] == "1995-01-03"
    assert content.values["dan_toc"] == "Kinh" and content.values["gioi_tinh"] == "nu"
    assert content.verified["giay_to_yeu_cau"] == "identity_stand_in"
    assert "Em đã điền" in visitor.text and visitor.url.endswith(f"/ho-so/{draft}/dien-san")


async def test_the_page_says_that_it_is_a_stand_in(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    assert "máy chủ giả lập" in await visitor.get(f"/ho-so/{draft}/dien-san")
    await log_in(visitor, stand_in, draft)
    assert "máy chủ định danh giả lập, đã xác thực" in await visitor.get(f"/ho-so/{draft}")


async def test_no_personal_value_stands_in_an_address_or_a_log(
    running: Site, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    fields = await to_provider(visitor, draft)
    assert not {"citizenPid", "fullName"} & set(fields) and draft not in urllib.parse.urlencode(fields)
    await log_in(visitor, stand_in, draft)
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert MAI not in ours and "Nguyễn Thị Mai" not in ours


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ({"down": True}, "đang không trả lời"),
        ({"garbled": True}, "đang không trả lời"),
        ({"wrong_signature": True}, "chưa xác thực được"),
        ({"no_signature": True}, "chưa xác thực được"),
        ({"shared_secret": True}, "chưa xác thực được"),
        ({"expired": True}, "chưa xác thực được"),
        ({"wrong_audience": True}, "chưa xác thực được"),
        ({"wrong_issuer": True}, "chưa xác thực được"),
        ({"wrong_nonce": True}, "chưa xác thực được"),
        ({"wrong_state": True}, "không còn dùng được"),
        ({"missing_claims": True}, "thiếu ngày sinh"),
    ],
)
async def test_what_is_wrong_is_said_fills_nothing_and_blocks_nothing(
    running: Site, stand_in: StandIn, mode: dict[str, bool], says: str
) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    fields = await to_provider(visitor, draft)
    await stand_in.break_(**mode)
    if mode.get("down"):
        await visitor.get(f"/ho-so/{draft}/vneid")
    else:
        response = await visitor.client.session.post(f"{stand_in.address}/authorize", data={**fields, "pid": MAI})
        visitor.status, visitor.text = response.status, await response.text()
    assert visitor.status == 200 and says in visitor.text
    assert not visitor.draft(draft).content.values
    assert (await visitor.field(draft, "nguoi_yeu_cau", "Nguyễn Thị Mai"))["error"] is None


async def test_a_slow_provider_is_given_up_in_time(
    running: Site, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    import aiohttp

    monkeypatch.setattr("bot.submissions.prefill.identity.TIMEOUT", aiohttp.ClientTimeout(total=0.5))
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await stand_in.break_(slow=5)
    began = time.perf_counter()
    text = await visitor.get(f"/ho-so/{draft}/vneid")
    assert time.perf_counter() - began < 3 and "đang không trả lời" in text


async def test_population_data_down_leaves_what_the_login_said(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await stand_in.break_(down_population=True)
    await log_in(visitor, stand_in, draft)
    content = visitor.draft(draft).content
    assert content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai" and "noi_cu_tru_yeu_cau" not in content.values
    assert "Dữ liệu dân cư đang không trả lời" in visitor.text


async def test_population_data_of_another_person_are_not_used(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await stand_in.break_(other_person=True)
    await log_in(visitor, stand_in, draft)
    assert (
        "noi_cu_tru_yeu_cau" not in visitor.draft(draft).content.values and "thông tin của người khác" in visitor.text
    )


async def test_another_name_in_the_population_data_is_pointed_out(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await stand_in.break_(other_name=True)
    await log_in(visitor, stand_in, draft)
    assert visitor.draft(draft).content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai"
    assert "Họ tên trong dữ liệu dân cư khác trên VNeID" in visitor.text


async def test_an_answer_is_taken_once(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    fields = await to_provider(visitor, draft)
    saved = {cookie.key: cookie.value for cookie in visitor.client.session.cookie_jar}
    response = await visitor.client.session.post(
        f"{stand_in.address}/authorize", data={**fields, "pid": MAI}, allow_redirects=False
    )
    back = response.headers["Location"]
    await visitor.client.session.get(back)
    assert visitor.draft(draft).content.verified
    await visitor.field(draft, "dien_thoai", "0912345678")
    before = visitor.draft(draft).revision
    again = await visitor.client.session.get(back, headers={"Accept": "text/html"})
    assert again.status == 404 and visitor.draft(draft).revision == before
    visitor.client.session.cookie_jar.update_cookies(saved, visitor.client.make_url("/"))  # an old copy of the session
    again = await visitor.client.session.get(back, headers={"Accept": "text/html"})
    assert "không còn dùng được" in await again.text() and visitor.draft(draft).revision == before


async def test_an_answer_works_only_in_the_browser_that_asked(running: Site, stand_in: StandIn) -> None:
    victim, attacker = running.visitor(), running.visitor()
    draft, other = await victim.start(FORM), await attacker.start(FORM, "web:attacker")
    fields = await to_provider(attacker, other)
    response = await attacker.client.session.post(
        f"{stand_in.address}/authorize", data={**fields, "pid": MAI}, allow_redirects=False
    )
    stolen = await victim.client.session.get(response.headers["Location"], headers={"Accept": "text/html"})
    assert stolen.status == 404 and not victim.draft(draft).content.values


async def test_stopping_at_the_provider_is_no_fault(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    assert "đã dừng đăng nhập VNeID" in await log_in(visitor, stand_in, draft, pid="")


async def test_a_login_that_differs_from_what_was_typed_is_asked_about(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.field(draft, "nguoi_yeu_cau", "Nguyễn Thị Mây")
    await log_in(visitor, stand_in, draft)
    assert "Bên nào đúng ạ?" in visitor.text
    assert visitor.draft(draft).content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mây"
    await visitor.post(f"/ho-so/{draft}/dien-san/chon", {"act": "nhan"})
    content = visitor.draft(draft).content
    assert content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai" and "nguoi_yeu_cau" in content.verified


async def test_a_card_does_not_change_what_the_database_said(running: Site, stand_in: StandIn) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await log_in(visitor, stand_in, draft)
    card = CARD.replace("Nguyễn Thị Mai", "Nguyễn Thị Mây")
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(card), person="applicant")
    content = visitor.draft(draft).content
    assert content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai" and content.verified["nguoi_yeu_cau"]


async def test_the_failing_source_shows_the_error_path(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    assert "đang không trả lời" in await visitor.post(f"/ho-so/{draft}/dien-san/nguon/failing")


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({}, "số định danh"),
        ({"citizenPid": 1}, "số định danh"),
        ({"citizenPid": MAI}, "họ tên"),
        ({"citizenPid": MAI, "fullName": "X" * 600}, "họ tên"),
        ({"citizenPid": MAI, "fullName": "Nguyễn Mai", "birthDate": "1995-02-31"}, "ngày sinh"),
        ({"citizenPid": MAI, "fullName": "Nguyễn Mai", "birthDate": "2199-01-01"}, "ngày sinh"),
    ],
)
def test_claims_are_read_with_care(claims: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        person_of_claims(claims)


@pytest.mark.parametrize("birth", ["1995-01-03", "19950103", "03/01/1995"])
def test_the_ways_a_birth_date_is_written(birth: str) -> None:
    claims = {"citizenPid": MAI, "fullName": "NGUYỄN THỊ MAI", "birthDate": birth}
    assert person_of_claims(claims).birth == "1995-01-03" and person_of_claims(claims).name == "Nguyễn Thị Mai"


def test_faults_of_the_settings_are_named_with_their_remedy() -> None:
    assert registry.check_config(Settings()) == []
    faults = registry.check_config(Settings(identity_issuer="http://id.example.vn", prefill_demo=1))
    text = "\n".join(faults)
    for part in ("MOTCUA_IDENTITY_CLIENT_ID", "https://", "MOTCUA_PUBLIC_URL", "MOTCUA_PREFILL_DEMO"):
        assert part in text
    assert not Identity().is_on(Settings(identity_issuer="https://id.example.vn"))
