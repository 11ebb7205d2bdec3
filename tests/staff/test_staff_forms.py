"""Reading what officers type, for every part of every record of the catalog."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.staff import fields, forms, wording
from procedures_kb import checks
from procedures_kb.catalog_files import read_all
from procedures_kb.store import Store
from tests.staff.console import CODE


def test_every_form_saved_untouched_changes_nothing() -> None:
    for procedure in read_all():
        for section in (one for one in fields.SECTIONS if one.editable):
            for item in getattr(procedure, section.attribute) if section.attribute else [procedure]:
                values, errors = forms.read(section, forms.typed_of(section, item), procedure)
                assert (errors, forms.made(section, item, values)) == ({}, item)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("8000", 8000), ("8.000", 8000), ("8,000", 8000), ("8 000 đồng", 8000), ("1.250.000đ", 1_250_000), ("0", 0)],
)
def test_amounts_as_officers_write_them(typed: str, amount: int) -> None:
    assert forms._money(typed) == amount


@pytest.mark.parametrize("typed", ["tám nghìn", "8.5", "8.00", "8.000,5", "-8000", "8k", "80.00.000", "٨٠٠٠", "1" * 30])
def test_doubtful_amounts_are_refused(typed: str) -> None:
    with pytest.raises(forms.BadValue):
        forms._money(typed)


@pytest.mark.parametrize("typed", ["1/1/2027", "01/01/2027", "01-01-2027", "1.1.2027"])
def test_dates_as_officers_write_them(typed: str) -> None:
    assert forms.read_date(typed) == dt.date(2027, 1, 1)


@pytest.mark.parametrize("typed", ["31/02/2027", "2027", "01/01/27", "1/1/0001", "1/1/9999", "01/13/2027", "hôm nay"])
def test_doubtful_dates_are_refused(typed: str) -> None:
    with pytest.raises(forms.BadValue):
        forms.read_date(typed)


@given(st.text())
def test_no_text_breaks_the_readers(typed: str) -> None:
    for read in (forms.read_date, forms._money):
        try:
            read(typed)
        except forms.BadValue as fault:
            assert str(fault)


def test_half_a_waiver_is_refused_at_the_empty_boxes(knowledge: Store) -> None:
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    typed = forms.typed_of(fields.COMPONENTS, procedure.components[0]) | {"waiver.database": ["Dữ liệu dân cư"]}
    assert set(forms.read(fields.COMPONENTS, typed, procedure)[1]) == {"waiver.legal_basis", "waiver.fallback"}


def test_emptied_waiver_is_taken_away(knowledge: Store) -> None:
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None and procedure.components[2].waiver
    typed = forms.typed_of(fields.COMPONENTS, procedure.components[2])
    typed |= {name: [""] for name in typed if name.startswith("waiver.")}
    values, _ = forms.read(fields.COMPONENTS, typed, procedure)
    assert forms.made(fields.COMPONENTS, procedure.components[2], values).waiver is None


def test_every_fault_of_the_checks_has_a_vietnamese_sentence() -> None:
    source = Path(checks.__file__).read_text(encoding="utf-8")
    messages = re.findall(r'yield Fault\([^,]+, f?"([^"]+)"', source)
    assert len(messages) > 10
    untold = [m for m in messages if not any(re.search(p, re.sub(r"\{[^}]*\}", "x", m)) for p, _ in wording._SENTENCES)]
    assert untold == []
