"""The papers of a submission, fetched by the stand-in of the case system from the real gateway at signed addresses."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pikepdf
import pytest

from bot.case_stand_in import fetched
from bot.keys import Keys
from bot.submissions import handed_files
from bot.submissions.completeness import State, verdict_of
from bot.submissions.delivery.base import File, Refused
from bot.submissions.delivery.case_system import CaseSystem
from bot.submissions.withdrawing import withdraw
from procedures_kb.form_model import forms
from procedures_kb.store import today
from tests.submissions.delivery.conftest import Office
from tests.submissions.delivery.test_case_system import parcel
from tests.submissions.delivery.test_pages import FORM, ready_to_send, until
from tests.submissions.photos import files
from tests.submissions.site import Site, Visitor, running

KEYS = Keys(b"k" * 32)


@pytest.fixture
async def site(office: Office, tmp_path: Path) -> AsyncIterator[Site]:
    names = ("delivery", "case_url", "case_user", "case_password", "case_unit", "case_timeout")
    given = {name: getattr(office.settings, name) for name in names}
    async with running(tmp_path / "var", case_every=0, **given) as started:
        yield started


async def asked(office: Office, **query: str) -> aiohttp.ClientResponse:
    async with aiohttp.ClientSession() as http:
        response = await http.get(f"{office.address}/control/files", params=query)
        await response.read()
        return response


async def sent_with_photos(site: Site, office: Office) -> tuple[Visitor, str, str, str]:
    """(visitor, draft, component with two pictures, dossier code)."""
    visitor = site.visitor()
    draft_id = await ready_to_send(visitor)
    await visitor.field(draft_id, "chung_sinh", "khong")
    lines = verdict_of(visitor.draft(draft_id), forms()[FORM], today()).lines
    component = next(line.id for line in lines if line.state is State.bring and not line.only_shown)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg(), files.pdf(2))
    await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
    await until(visitor, draft_id, lambda text: "Mã hồ sơ" in text)
    (code,) = office.state.dossiers
    return visitor, draft_id, component, code


async def until_fetched(office: Office, code: str, count: int) -> dict[str, int]:
    for _ in range(200):
        sizes: dict[str, int] = await (await asked(office, code=code)).json()
        if len(sizes) == count:
            return sizes
        await asyncio.sleep(0.05)
    raise AssertionError("the files were not fetched")


async def test_the_case_system_gets_the_filled_form_and_the_combined_photos(site: Site, office: Office) -> None:
    visitor, draft_id, component, code = await sent_with_photos(site, office)
    sizes = await until_fetched(office, code, 2)
    assert component in sizes
    (form_id,) = set(sizes) - {component}
    photos = pikepdf.open(io.BytesIO(await (await asked(office, code=code, component=component)).read()))
    assert len(photos.pages) == 3
    form = pikepdf.open(io.BytesIO(await (await asked(office, code=code, component=form_id)).read()))
    assert len(form.pages) >= 1
    listed = office.dossiers[0]["TaiLieuNop"]
    assert {one["MaThanhPhanHoSo"] for one in listed} == {component, form_id}
    assert all(one["TenTepDinhKem"].endswith(".pdf") and one["IsDeleted"] == "False" for one in listed)
    trail = visitor.drafts.trail(draft_id)
    assert ("case system", "fetched", component) in {(who, act, detail) for _, who, act, detail in trail}


async def test_an_address_opens_nothing_more_once_the_person_has_erased_the_draft(site: Site, office: Office) -> None:
    visitor, draft_id, _, code = await sent_with_photos(site, office)
    await until_fetched(office, code, 2)
    address = office.dossiers[0]["TaiLieuNop"][0]["DuongDanTaiTepTin"]
    path = address[address.index("/tep-ho-so") :]
    assert (await visitor.raw(path)).startswith(b"%PDF-")
    await visitor.post(f"/ho-so/{draft_id}/xoa")
    await visitor.raw(path)
    assert visitor.status == 404


async def test_what_was_taken_back_before_it_was_sent_is_not_handed_out(tmp_path: Path) -> None:
    async with running(tmp_path / "var", delivery="failing") as made:
        visitor = made.visitor()
        draft_id = await ready_to_send(visitor)
        await visitor.post(f"/ho-so/{draft_id}", {"finish": "1"})
        path = handed_files.path_of(made.drafts.keys, draft_id, handed_files.FORM)
        assert (await visitor.raw(path)).startswith(b"%PDF-")
        made.drafts.connection.execute("UPDATE outbox SET doubt = 0")
        withdraw(made.drafts, draft_id)
        await visitor.raw(path)
        assert visitor.status == 404


def test_a_token_opens_only_what_it_was_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    token = handed_files.path_of(KEYS, "d" * 22, "giay_chung_sinh").removeprefix(f"{handed_files.ROUTE}/")
    handed = handed_files.opened(KEYS, token)
    assert handed and (handed.draft, handed.component) == ("d" * 22, "giay_chung_sinh")
    assert handed_files.opened(KEYS, token.replace("giay_chung_sinh", "to_khai")) is None
    assert handed_files.opened(KEYS, token[:-1] + ("0" if token[-1] != "0" else "1")) is None
    assert handed_files.opened(Keys(b"x" * 32), token) is None
    later = time.time() + handed_files.LIFETIME + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert handed_files.opened(KEYS, token) is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c.d", "é" * 90, "d" * 22 + ".to_khai.99999999999." + "z" * 64])
def test_no_other_text_opens_anything(token: str) -> None:
    assert handed_files.opened(KEYS, token) is None


GOOD = {
    "TepDinhKemId": "1", "TenTepDinhKem": "a.pdf", "IsDeleted": "False", "MaThanhPhanHoSo": "to_khai",
    "DuongDanTaiTepTin": "https://motcua.example/tep-ho-so/x",
}  # fmt: skip


@pytest.mark.parametrize(
    "listed",
    ["x", [1], [{}], [GOOD | {"IsDeleted": "no"}], [GOOD | {"DuongDanTaiTepTin": "file:///etc/passwd"}],
     [GOOD | {"TenTepDinhKem": "x" * 300}], [GOOD | {"TepDinhKemId": 1}], [GOOD] * 61],
    ids=range(8),
)  # fmt: skip
def test_the_stand_in_refuses_another_shape(listed: Any) -> None:
    assert fetched.fault_of(listed) and not fetched.fault_of([GOOD])


async def test_a_list_of_another_shape_is_refused_over_the_wire(office: Office, case_system: CaseSystem) -> None:
    with pytest.raises(Refused):
        await case_system.send(parcel(files=[File("1", "x" * 300, "to_khai", "/tep-ho-so/x")]))
    assert office.dossiers == []
