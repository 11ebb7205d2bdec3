"""Dossiers as citizens bring them: the faults, remarks and papers must be those an officer found by hand."""

from __future__ import annotations

import pytest

from bot.submissions import filling
from bot.submissions.completeness import verdict
from bot.submissions.documents.layout import sheet
from procedures_kb.form_model import forms
from procedures_kb.model import Procedure
from tests.submissions.dossier import TODAY, Dossier, Table, content_of, tables

ALL = [(table, dossier) for table in tables() for dossier in table.dossiers]


def test_there_are_enough_of_them_and_every_form_has_some() -> None:
    assert len(ALL) >= 60
    filled = {table.form.partition("-")[0] for table in tables()}
    assert filled == {form.id.partition("-")[0] for form in forms().values()}


@pytest.mark.parametrize(("table", "dossier"), ALL, ids=[f"{t.form}: {d.name}" for t, d in ALL])
def test_the_verdict_is_the_officers(catalog: dict[str, Procedure], table: Table, dossier: Dossier) -> None:
    form = forms()[table.form]
    content = content_of(table, dossier)
    found = filling.findings(form, content, TODAY)
    said = "\n".join(f"{f.field}: {f.message}" for f in found)
    assert {f.field for f in found if f.blocks} == set(dossier.blocks), said
    assert {f.field for f in found if not f.blocks} == set(dossier.warns), said
    result = verdict(catalog[form.procedure], form, content.values, [f.field for f in found if f.blocks], TODAY)
    if dossier.case:
        assert result.case == dossier.case
    states = {line.id: line.state.value for line in result.lines}
    assert {paper: states.get(paper, "absent") for paper in dossier.papers} == dossier.papers
    beside = {line.id: f"{line.name}; {line.note}; {line.law}" for line in result.lines}
    assert all(part in beside[paper] for paper, part in dossier.says.items()), beside
    assert result.complete == (not dossier.blocks)
    assert all(line.law for line in result.lines if line.state.value in ("database", "bring"))
    printed = str(sheet(form, content.values, "ABCD2345", TODAY))
    assert all(text in printed for text in dossier.prints), printed


def test_a_complete_dossier_leaves_nothing_to_ask() -> None:
    for table in tables():
        if not table.dossiers[0].drop:
            content = content_of(table, table.dossiers[0])
            asked = filling.next_field(forms()[table.form], content)
            assert asked is None or not asked.required, f"{table.form} still asks {asked and asked.id}"
