"""The plug-in against the stand-in over real sockets: login, sending, looking, and every way an answer can go wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.settings import Settings
from bot.submissions.delivery import dossier_object, registry
from bot.submissions.delivery.base import DeliveryFault, NotTaken, Parcel, Refused, Unclear
from bot.submissions.delivery.case_system import CaseSystem
from bot.submissions.dossier_code import is_dossier_code
from bot.submissions.dossier_tables import SENDS_NOTHING
from procedures_kb.store import HANOI
from tests.submissions.delivery.conftest import Office


def parcel(key: str = "MC-1", **more: Any) -> Parcel:
    given: dict[str, Any] = {
        "key": key, "round": 1, "reference": "ABCD2345", "procedure": "1.001193", "procedure_name": "Đăng ký khai sinh",
        "form_title": "Tờ khai đăng ký khai sinh", "sent_at": dt.datetime.now(HANOI), **more,
    }  # fmt: skip
    return Parcel(**given)


async def test_sending_gives_a_code_and_the_key_finds_it(office: Office, case_system: CaseSystem) -> None:
    assert await case_system.find(parcel()) is None
    sent = await case_system.send(parcel())
    assert is_dossier_code(sent.code, dt.datetime.now(HANOI).date()) and sent.national == 1 and sent.due_on
    assert await case_system.find(parcel()) == sent
    assert await case_system.progress(sent.code) == sent
    assert await case_system.find(parcel("MC-2")) is None
    assert await case_system.progress("H26.1-261101-9999") is None
    assert office.state.logins == 1


async def test_the_session_is_renewed_when_it_runs_out(office: Office, case_system: CaseSystem) -> None:
    office.breaks(session_calls=2)
    for number in range(7):
        await case_system.send(parcel(f"MC-{number}"))
    assert len(office.dossiers) == 7 and office.state.logins == 4


async def test_no_login_takes_nothing(office: Office, case_system: CaseSystem) -> None:
    office.breaks(no_login=True)
    with pytest.raises(NotTaken):
        await case_system.send(parcel())
    assert office.state.calls == []


@pytest.mark.parametrize(
    ("switches", "fault", "taken"),
    [
        ({"refuse": "01"}, Refused, 0), ({"refuse": "77"}, Refused, 0), ({"refuse": "09"}, NotTaken, 0),
        ({"http": 429}, NotTaken, 0), ({"http": 404}, NotTaken, 0), ({"http": 413}, Refused, 0), ({"http": 302}, NotTaken, 0),
        ({"http": 500}, Unclear, 0), ({"http_after": 502}, Unclear, 1), ({"hang_up": True}, Unclear, 0),
        ({"hang_up_after": True}, Unclear, 1), ({"slow": 1.5}, Unclear, 0), ({"slow_after": 1.5}, Unclear, 1),
        *[({"garble": kind}, Unclear, 1) for kind in ("html", "cut", "array", "twice", "deep", "huge", "no_code", "other")],
    ],
    ids=str,
)  # fmt: skip
async def test_every_fault_says_whether_it_may_have_been_taken(
    office: Office, case_system: CaseSystem, switches: dict[str, Any], fault: type[DeliveryFault], taken: int
) -> None:
    office.breaks(**switches)
    with pytest.raises(fault) as caught:
        await case_system.send(parcel())
    assert type(caught.value) is fault
    assert len(office.dossiers) == taken
    assert caught.value.code.isascii() and len(caught.value.code) < 40


async def test_nobody_there_is_surely_not_taken() -> None:
    away = CaseSystem(Settings(delivery="case_system", case_url="http://127.0.0.1:9", case_user="a", case_password="b"))
    with pytest.raises(NotTaken):
        await away.send(parcel())
    await away.close()


async def test_what_cannot_be_looked_up_is_never_taken_for_missing(office: Office, case_system: CaseSystem) -> None:
    office.breaks(garble_look=True)
    with pytest.raises(NotTaken):
        await case_system.find(parcel())


async def test_a_parcel_that_is_too_large_is_not_sent(office: Office, case_system: CaseSystem) -> None:
    with pytest.raises(Refused):
        await case_system.send(parcel(form_title="x" * 2_100_000))
    assert office.dossiers == []


async def test_a_correction_is_added_once_and_found_by_its_key(office: Office, case_system: CaseSystem) -> None:
    code = (await case_system.send(parcel())).code
    office.moves(code, 5, reason="Sai ngày sinh")
    again = parcel("MC-2", round=2, code=code, corrected=["Ngày sinh"])
    assert await case_system.find(again) is None
    await case_system.send(again)
    found = await case_system.find(again)
    assert found and found.code == code and found.national == 4
    assert len(office.dossiers) == 1 and office.dossiers[0]["SoBienNhan"] == "MC-1"


async def test_all_ten_states_can_be_read(office: Office, case_system: CaseSystem) -> None:
    code = (await case_system.send(parcel())).code
    for number in range(1, 11):
        office.moves(code, number, reason="lý do")
        found = await case_system.progress(code)
        assert found and found.national == number
        assert bool(found.reasons) == (number in (3, 5, 7, 8))


async def test_time_moves_a_dossier_to_its_end(office: Office, case_system: CaseSystem) -> None:
    code = (await case_system.send(parcel())).code
    office.breaks(pace=0.0001)
    found = await case_system.progress(code)
    assert found and found.national == 10


@pytest.mark.parametrize(
    "entry",
    [
        {}, {"MaHoSo": 5}, {"MaHoSo": "x" * 10_000}, {"MaHoSo": None, "TrangThaiHoSo": [1]}, {"TrangThaiHoSo": "²"},
        {"TrangThaiHoSo": "-1"}, {"NgayHenTra": "20261332000000"}, {"NgayHenTra": {"a": 1}}, {"DanhSachHoSoBoSung": "x"},
        {"TrangThaiHoSo": "5", "DanhSachHoSoBoSung": [None, 3, {"DanhSachLyDo": [{}, "x", {"MaLyDo": 3}]}]},
    ],
)  # fmt: skip
def test_nothing_they_send_breaks_the_reading(entry: dict[str, Any]) -> None:
    read = dossier_object.all_of([entry, None, 7, "x"])
    assert len(read) == 1 and read[0].code == "" and 1 <= read[0].progress.national <= 10


def test_an_officers_text_comes_without_control_characters_and_not_endless() -> None:
    entry = {"TrangThaiHoSo": "5", "DanhSachHoSoBoSung": [{"NoiDungBoSung": "a\u202e\x00b" * 5_000}]}
    (reason,) = dossier_object.all_of([entry])[0].progress.reasons
    assert len(reason.text) <= 1_000 and reason.text.isprintable()


def test_each_way_checks_its_settings() -> None:
    assert registry.check_config(Settings()) == []
    assert "none of" in registry.check_config(Settings(delivery="fax"))[0]
    assert len(registry.check_config(Settings(delivery="case_system"))) == 3
    given = {"delivery": "case_system", "case_user": "a", "case_password": "b"}
    assert "https" in registry.check_config(Settings(case_url="http://case.example", **given))[0]  # type: ignore[arg-type]
    assert registry.check_config(Settings(case_url="https://case.example", **given)) == []  # type: ignore[arg-type]
    assert {p.name for p in registry.PLUGINS if not registry.make(Settings(delivery=p.name)).sends} == SENDS_NOTHING
