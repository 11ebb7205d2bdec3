"""The shipped records: complete, true to the rules, and readable errors when a file is not."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from procedures_kb import catalog_files
from procedures_kb.checks import catalogue_faults, faults
from procedures_kb.coverage import gaps
from procedures_kb.facts import ASPECTS, facts
from procedures_kb.form_model import forms
from procedures_kb.model import Confidence, FeeRule, PlaceKind, Procedure

TODAY = dt.date(2026, 11, 22)
CODES = [path.name[:8] for path in sorted(catalog_files.CATALOG.glob("*.yml"))]


def test_the_city_s_most_used_procedures_are_reviewed(catalog: dict[str, Procedure]) -> None:
    assert len(catalog) >= 120


@pytest.mark.parametrize("code", CODES)
def test_every_aspect_has_facts(catalog: dict[str, Procedure], code: str) -> None:
    procedure = catalog[code]
    cases: list[str | None] = [None, *(case.id for case in procedure.cases)]
    empty = {a for a in ASPECTS if not any(facts(procedure, a, TODAY, case) for case in cases)}
    assert empty <= {"form"}  # some need no form


@pytest.mark.parametrize("code", CODES)
def test_a_record_is_complete(catalog: dict[str, Procedure], code: str) -> None:
    assert gaps(catalog[code]) == []


@pytest.mark.parametrize("code", CODES)
def test_every_case_can_be_told_and_asked_for(catalog: dict[str, Procedure], code: str) -> None:
    procedure = catalog[code]
    assert all(len(case.phrases) >= 3 for case in procedure.cases) and procedure.case_question


@pytest.mark.parametrize("code", CODES)
def test_every_fact_has_its_source(catalog: dict[str, Procedure], code: str) -> None:
    procedure = catalog[code]
    assert procedure.sources[0].decision and procedure.sources[0].verified_on
    assert all(fee.legal_basis for fee in procedure.fees)


@pytest.mark.parametrize("code", CODES)
def test_nothing_sends_people_to_a_district(catalog: dict[str, Procedure], code: str) -> None:
    text = " ".join(place.where + place.agency for place in catalog[code].places).lower()
    assert "quận" not in text and "huyện" not in text


@pytest.mark.parametrize("code", CODES)
def test_no_bare_zero_poses_as_free(catalog: dict[str, Procedure], code: str) -> None:
    for fee in catalog[code].fees:
        if fee.amount == 0:
            assert fee.rule is FeeRule.free or fee.effective_from or fee.note or fee.condition, fee.label


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_called_checked_without_a_published_decision(catalog: dict[str, Procedure], code: str) -> None:
    procedure = catalog[code]
    if not procedure.sources[0].decision.startswith("Chưa rõ"):
        return
    stated = [*procedure.components, *procedure.fees, *procedure.durations, *procedure.places, *procedure.steps]
    assert all(fact.confidence is not Confidence.checked for fact in stated)


@pytest.mark.parametrize("code", CODES)
def test_online_support_of_the_city_is_a_dated_fee(catalog: dict[str, Procedure], code: str) -> None:
    """Resolution 77/2025/NQ-HĐND is never claimed for police, insurance or tax procedures."""
    procedure = catalog[code]
    free_online = [fee for fee in procedure.fees if "77/2025/NQ-HĐND" in fee.legal_basis]
    assert all(fee.effective_from == dt.date(2026, 1, 1) and fee.channels == ["online"] for fee in free_online)
    assert not free_online or all(
        place.kind not in (PlaceKind.police_point, PlaceKind.police_office) for place in procedure.places
    )


def test_identity_card_costs_half_until_the_end_of_2026(catalog: dict[str, Procedure]) -> None:
    def amounts(on: dt.date) -> set[int]:
        return {fee["amount"] for fee in facts(catalog["1.014063"], "fee", on)["items"] if fee["amount"]}

    assert 25_000 in amounts(dt.date(2026, 12, 31)) and 50_000 not in amounts(dt.date(2026, 12, 31))
    assert 50_000 in amounts(dt.date(2027, 1, 1)) and 25_000 not in amounts(dt.date(2027, 1, 1))


def test_forms_that_can_be_filled_in_exist(catalog: dict[str, Procedure]) -> None:
    for procedure in catalog.values():
        for form in procedure.forms:
            if form.submission:
                assert any(f.procedure == procedure.code and f.catalogue_form == form.id for f in forms().values())


GOOD = catalog_files.CATALOG / "1.000894-ket-hon.yml"


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("frequency:", "frequenci:", "$", "unknown field"),
        ("rule: free", "rule: gratis", "fees", "Invalid enum value"),
        ("code: ", "code: x", "code", "regex"),
    ],
)
def test_a_broken_file_names_line_and_field(tmp_path: Path, old: str, new: str, field: str, message: str) -> None:
    path = tmp_path / "x.yml"
    text = GOOD.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(catalog_files.CatalogError) as caught:
        catalog_files.read(path)
    fault = caught.value.faults[0]
    assert fault.file == "x.yml" and fault.line >= 1 and field in fault.field and message in fault.message


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"a: [1", "not valid YAML"), (b"\xff\xfe", "not UTF-8"), (b"- 1", "Expected `object`")],
)
def test_a_file_that_is_no_record_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.yml"
    path.write_bytes(content)
    with pytest.raises(catalog_files.CatalogError, match=message):
        catalog_files.read(path)


def test_all_faults_are_told_at_once(catalog: dict[str, Procedure]) -> None:
    procedure = catalog["1.000894"]
    component = msgspec.structs.replace(procedure.components[0], cases=["khong_co"], form="khong_co")
    fee = msgspec.structs.replace(procedure.fees[0], rule=FeeRule.fixed, amount=None)
    broken = msgspec.structs.replace(procedure, components=[component], fees=[fee], related=[procedure.code])
    fields = {fault.field for fault in faults(broken)}
    assert {"$.components[0].cases", "$.components[0].form", "$.fees[0].amount", "$.related"} <= fields


def test_the_same_fee_twice_on_one_day_is_a_fault(catalog: dict[str, Procedure]) -> None:
    procedure = catalog["1.004222"]
    broken = msgspec.structs.replace(procedure, fees=[procedure.fees[0], procedure.fees[0]])
    assert any("overlapping" in fault.message for fault in faults(broken))


def test_an_exemption_names_known_groups_and_fees(catalog: dict[str, Procedure]) -> None:
    procedure = catalog["1.004222"]
    wrong = msgspec.structs.replace(procedure.exemptions[0], groups=["vua_hung"], fees=["khong_co"])
    fields = {fault.field for fault in faults(msgspec.structs.replace(procedure, exemptions=[wrong]))}
    assert {"$.exemptions[0].groups", "$.exemptions[0].fees"} <= fields


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+cmd", "-cmd|x"])
def test_text_that_a_spreadsheet_would_run_is_a_fault(catalog: dict[str, Procedure], text: str) -> None:
    broken = msgspec.structs.replace(catalog["1.004222"], overview=text)
    assert any("formula" in fault.message and fault.field == "$.overview" for fault in faults(broken))


def test_a_circle_of_replacements_is_a_fault(catalog: dict[str, Procedure]) -> None:
    one = msgspec.structs.replace(catalog["1.004222"], replaced_by="1.004194")
    two = msgspec.structs.replace(catalog["1.004194"], replaced_by="1.004222")
    assert any("circle" in fault.message for _, fault in catalogue_faults([one, two]))


def test_an_everyday_name_of_two_records_is_a_fault(catalog: dict[str, Procedure]) -> None:
    one = msgspec.structs.replace(catalog["1.004222"], aliases=["Nhập khẩu"])
    two = msgspec.structs.replace(catalog["1.004194"], aliases=["nhap khau"])
    assert [code for code, fault in catalogue_faults([one, two]) if "everyday name" in fault.message] == ["1.004194"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("shared: ho_tich_giay_to_tuy_than", "shared: khong_co", "shared part 'khong_co' does not exist"),
        ("- 60/2014/QH13", "- 99/9999/QH99", "legal text '99/9999/QH99' is not in legal_texts.yml"),
    ],
)
def test_an_unknown_shared_part_names_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "x.yml"
    text = GOOD.read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(catalog_files.CatalogError) as caught:
        catalog_files.read(path)
    assert caught.value.faults[0].line == line and message in caught.value.faults[0].message
