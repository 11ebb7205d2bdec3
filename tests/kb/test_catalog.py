"""The shipped records: complete, true to the rules, and readable errors when a file is not."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from procedures_kb import catalog_files
from procedures_kb.checks import faults
from procedures_kb.facts import ASPECTS, facts
from procedures_kb.form_model import forms
from procedures_kb.model import FeeRule, PlaceKind, Procedure

TWELVE = ["1.001193", "1.000689", "2.000635", "1.004873", "1.000894", "1.000656", "1.004222", "1.004194", "1.014063",
          "2.000815", "1.001612", "3.000347"]  # fmt: skip
TODAY = dt.date(2026, 11, 22)
POLICE = {"1.004222", "1.004194", "1.014063", "3.000347"}


def test_the_twelve_are_there(catalog: dict[str, Procedure]) -> None:
    assert set(TWELVE) <= set(catalog)


@pytest.mark.parametrize("code", TWELVE)
def test_every_aspect_has_facts(catalog: dict[str, Procedure], code: str) -> None:
    empty = {a for a in ASPECTS if not facts(catalog[code], a, TODAY)}
    assert empty <= {"form", "eligibility"}  # some need no form, or have no conditions


@pytest.mark.parametrize("code", TWELVE)
def test_citizens_words_are_known(catalog: dict[str, Procedure], code: str) -> None:
    procedure = catalog[code]
    assert len(procedure.aliases) >= 8 and len(procedure.example_questions) >= 5
    assert all(case.phrases for case in procedure.cases)


@pytest.mark.parametrize("code", TWELVE)
def test_every_fact_has_its_source(catalog: dict[str, Procedure], code: str) -> None:
    procedure = catalog[code]
    assert procedure.sources[0].decision and procedure.sources[0].verified_on
    assert all(fee.legal_basis for fee in procedure.fees)


@pytest.mark.parametrize("code", TWELVE)
def test_nothing_sends_people_to_a_district(catalog: dict[str, Procedure], code: str) -> None:
    text = " ".join(place.where + place.agency for place in catalog[code].places).lower()
    assert "quận" not in text and "huyện" not in text


@pytest.mark.parametrize("code", TWELVE)
def test_police_points_and_city_points_are_kept_apart(catalog: dict[str, Procedure], code: str) -> None:
    kinds = {place.kind for place in catalog[code].places}
    assert PlaceKind.police_point in kinds if code in POLICE else PlaceKind.city_point in kinds


@pytest.mark.parametrize("code", TWELVE)
def test_no_bare_zero_poses_as_free(catalog: dict[str, Procedure], code: str) -> None:
    for fee in catalog[code].fees:
        if fee.amount == 0:
            assert fee.rule is FeeRule.free or fee.effective_from or fee.note or fee.condition, fee.label


def test_identity_card_costs_half_until_the_end_of_2026(catalog: dict[str, Procedure]) -> None:
    def amounts(on: dt.date) -> set[int]:
        return {fee["amount"] for fee in facts(catalog["1.014063"], "fee", on)["items"] if fee["amount"]}

    assert 25_000 in amounts(dt.date(2026, 12, 31)) and 50_000 not in amounts(dt.date(2026, 12, 31))
    assert 50_000 in amounts(dt.date(2027, 1, 1)) and 25_000 not in amounts(dt.date(2027, 1, 1))


def test_forms_that_can_be_filled_in_exist(catalog: dict[str, Procedure]) -> None:
    for procedure in catalog.values():
        for form in procedure.forms:
            if form.submission:
                assert forms()[form.id].procedure == procedure.code


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
