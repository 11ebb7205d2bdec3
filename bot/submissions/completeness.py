"""The completeness verdict: every component of this case as ready, taken from a database, to bring, or missing.

Made of the procedure's record (what the law asks for) and the form's ``cases`` and ``papers`` (what the answers tell).
It is data: the page, the slip and the officer's packet show the same list, each line with its legal basis.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from bot import settings
from bot.submissions import acting, filling
from bot.submissions.store import Draft
from procedures_kb.form_model import FormDefinition
from procedures_kb.form_rules import holds
from procedures_kb.form_types import PaperRule
from procedures_kb.model import Channel, Component, ComponentKind, Procedure
from procedures_kb.store import Store, UnknownProcedure


class State(StrEnum):
    """What is to be done about a component, in an officer's words."""

    ready = "ready"
    database = "database"
    bring = "bring"
    missing = "missing"


LABELS = {
    State.ready: "Đã sẵn sàng",
    State.database: "Không phải nộp, đã có trong cơ sở dữ liệu",
    State.bring: "Mang bản chính",
    State.missing: "Còn thiếu",
}


SHOW = "Nộp tại quầy thì mang bản chính để đối chiếu."


class Line(msgspec.Struct, frozen=True):
    """One component of the case. ``condition`` is set where the answers cannot tell whether it is needed."""

    id: str
    name: str
    state: State
    law: str = ""
    condition: str = ""
    note: str = ""
    originals: int = 0
    copies: int = 0
    only_shown: bool = False
    attached: int = 0  # pages of pictures or PDF the citizen has sent

    @property
    def label(self) -> str:
        """The state in words: originals, copies, or only to show."""
        if self.attached:
            return f"Đã có ảnh ({self.attached} trang)"
        if self.state is not State.bring:
            return LABELS[self.state]
        if self.only_shown:
            return "Mang bản chính để xuất trình"
        if self.copies and not self.originals:
            return f"Nộp {self.copies} bản sao"
        return f"Nộp {self.originals or 1} bản chính"


class Verdict(msgspec.Struct, frozen=True):
    """The case found, its lines, and whether nothing of what we can see is missing."""

    case: str | None
    case_label: str
    lines: list[Line]
    complete: bool
    missing_fields: list[str]


@functools.cache
def _knowledge() -> Store:
    return Store(settings.load().kb_path)


def record_of(code: str) -> Procedure | None:
    """The procedure's published record; None when there is none."""
    try:
        return _knowledge().get(code).procedure
    except UnknownProcedure:
        return None


def component_names(form: FormDefinition) -> dict[str, str]:
    """Every paper a dossier of this form may have, in whichever case, by its id."""
    record = record_of(form.procedure)
    return {
        **{rule.component: acting.NAMES.get(rule.needs, "Văn bản ủy quyền") for rule in form.acting},
        **{paper.id: paper.name for paper in form.added_papers},
        **{component.id: component.name for component in (record.components if record else [])},
    }


def verdict_of(draft: Draft, form: FormDefinition, today: dt.date) -> Verdict:
    """The verdict on a draft by the knowledge base as it is now, for filing at the counter."""
    missing = [f.field for f in filling.findings(form, draft.content, today) if f.blocks]
    found = verdict(record_of(draft.procedure), form, draft.content.values, missing, today)
    return with_files(found, draft)


def with_files(found: Verdict, draft: Draft) -> Verdict:
    """The verdict with the components that pictures were sent for marked ready; originals are still looked at."""
    pages: dict[str, int] = {}
    for one in draft.attached:
        pages[one.component] = pages.get(one.component, 0) + one.pages
    lines = [
        msgspec.structs.replace(
            line, state=State.ready, attached=pages[line.id], note=" ".join(part for part in (line.note, SHOW) if part)
        )
        if line.id in pages and line.state is State.bring
        else line
        for line in found.lines
    ]
    return msgspec.structs.replace(found, lines=lines)


def case_of(form: FormDefinition, values: Mapping[str, str], today: dt.date) -> str | None:
    """The case of the record that the answers mean: the first of the form's ``cases`` that holds."""
    known = {**form.fixed, **values}
    return next((rule.case for rule in form.cases if holds(rule.when, known, today)), None)


def verdict(
    procedure: Procedure | None, form: FormDefinition, values: Mapping[str, str], missing: list[str], today: dt.date
) -> Verdict:  # fmt: skip
    """Every component of the case; ``missing`` are the fields that keep the form itself from being ready."""
    known = {**form.fixed, **values}
    rules = {rule.component: rule for rule in form.papers}
    acts, authorisations = acting.rule_of(form, values, today), acting.papers_of_acting(form)
    held = [rule.case for rule in form.cases if holds(rule.when, known, today)]
    case = held[0] if held else None
    lines: list[Line] = []
    for component in procedure.components if procedure else []:
        if not component.holds(today, None) and not any(component.holds(today, name) for name in held):
            continue
        if component.channels and Channel.in_person not in component.channels:
            continue
        if component.id in authorisations and not (
            acts and acts.component == component.id and acts.needs in acting.NAMES
        ):
            continue
        line = _line(component, rules.get(component.id), form, known, bool(missing), today)
        if line and acts and acts.component == component.id:
            line = msgspec.structs.replace(line, condition="", note=acting.note_of(acts), law=acts.law)
        if line and not line.law and procedure and procedure.sources:
            # The decision that published the procedure is what every one of its components rests on.
            line = msgspec.structs.replace(line, law=procedure.sources[0].decision or "")
        if line:
            lines.append(line)
    if not any(line.state in (State.ready, State.missing) for line in lines):
        lines.insert(0, _own_form(form, bool(missing), form.number))
    if acts and acts.needs in acting.NAMES and not any(line.id == acts.component for line in lines):
        name = acting.NAMES[acts.needs]
        lines.append(Line(acts.component, name, State.bring, acts.law, note=acting.note_of(acts), originals=1))
    for paper in form.added_papers:
        if holds(paper.when, known, today):
            lines.append(Line(paper.id, paper.name, State.bring, paper.law, note=paper.note, originals=1))
    label = next((c.label for c in procedure.cases if c.id == case), "") if procedure else ""
    return Verdict(case, label, lines, not any(line.state is State.missing for line in lines), missing)


def _own_form(form: FormDefinition, missing: bool, law: str) -> Line:
    return Line("to_khai", form.title, State.missing if missing else State.ready, law, originals=1,
                note="Còn mục chưa điền hoặc cần sửa." if missing else "Em đã điền, anh/chị in và ký.")  # fmt: skip


def _line(
    component: Component, rule: PaperRule | None, form: FormDefinition, known: Mapping[str, str], missing: bool, today: dt.date
) -> Line | None:  # fmt: skip
    law, note = component.legal_basis or "", rule.note if rule else ""
    condition = component.condition or ""
    if rule and rule.needed_if:
        if not holds(rule.needed_if, known, today):
            return None
        condition = ""  # the answers have told
    ours = component.kind is ComponentKind.form and component.form in (None, form.catalogue_form)
    if ours or (rule and rule.ready):
        own = _own_form(form, missing, law)
        return msgspec.structs.replace(own, id=component.id, name=component.name)
    if component.waiver:
        waiver = component.waiver
        return Line(
            component.id, component.name, State.database, waiver.legal_basis or law, condition, waiver.fallback or note
        )
    if component.kind is ComponentKind.form:
        note = note or "Lấy mẫu tại nơi nộp."
    return Line(
        component.id, component.name, State.bring, law, condition, note, component.originals, component.copies,
        component.kind is ComponentKind.present,
    )  # fmt: skip
