"""The forms in force: those published in the knowledge base this process follows, else those that ship with the product.

A definition is parsed once per version. Each look asks the store for its release number, so a release is seen at once.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable
from pathlib import Path

import msgspec

from procedures_kb.checks import Fault
from procedures_kb.form_checks import form_faults
from procedures_kb.form_files import FORMS, FormFault, LineFault, read
from procedures_kb.form_rules import ShowIf
from procedures_kb.form_types import Edition, FormDefinition
from procedures_kb.model import Procedure
from procedures_kb.store import Entry, Store, UnknownProcedure, today

_Bound = dict[str, FormDefinition]  # by procedure


class _Followed:
    """The forms of one knowledge base file, opened when first asked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store: Store | None = None
        self._versions: dict[int, _Bound] = {}
        self._past: dict[tuple[str, int], _Bound] = {}
        self._current: tuple[int, dict[str, _Bound]] = (-1, {})

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = Store(self._path)
        return self._store

    def in_force(self) -> dict[str, _Bound]:
        """The forms in force by id; those shipped while the file holds none."""
        number = self.store.release()
        if number != self._current[0]:
            found = {entry.code: self._bound(entry) for entry in self.store.forms()}
            self._current = number, found
        return self._current[1] or _shipped_bound()

    def at(self, form: str, release: int) -> _Bound:
        """One form as it stood at a release. Raises KeyError."""
        found = self._past.get((form, release))
        if found is None:
            try:
                found = self._bound(self.store.at_release(form, release))
            except UnknownProcedure:
                return _shipped_bound()[form]
            if release <= self.store.release():  # what stood then can no longer change
                self._past[form, release] = found
        return found

    def _bound(self, entry: Entry) -> _Bound:
        if entry.version not in self._versions:
            assert entry.form is not None
            self._versions[entry.version] = _bind_all(entry.form)
        return self._versions[entry.version]


_followed: _Followed | None = None


def follow(path: Path | None) -> None:
    """From now on the forms are those of this knowledge base file; None = those shipped."""
    global _followed
    _followed = _Followed(path) if path else None


def _in_force() -> dict[str, _Bound]:
    return _followed.in_force() if _followed else _shipped_bound()


def release() -> int:
    """Number of the release the forms are of; 0 for those shipped."""
    return _followed.store.release() if _followed else 0


def forms() -> dict[str, FormDefinition]:
    """Every form by id; a form of several procedures stands once for each, as ``ct01-1.004222``."""
    return {form.id: form for bound in _in_force().values() for form in bound.values()}


def form_of(procedure_code: str) -> FormDefinition | None:
    """The form we can fill in for a procedure today: the one whose official edition is valid."""
    day = today()
    found = (bound.get(procedure_code) for bound in _in_force().values())
    return next((form for form in found if form and valid(form, day)), None)


def valid(form: FormDefinition, day: dt.date) -> bool:
    """Whether the official edition holds on a day."""
    begin, end = form.official.effective_from, form.official.effective_to
    return begin <= day and (end is None or day <= end)


def form_at(form_id: str, procedure_code: str, at_release: int) -> FormDefinition:
    """The form of a procedure as it stood at a release: what a draft was begun with.

    Raises:
        KeyError: there never was such a form for this procedure.
    """
    definition = definition_of(form_id)
    bound = _followed.at(definition, at_release) if _followed else _shipped_bound()[definition]
    return bound[procedure_code]


def newest(form_id: str, procedure_code: str) -> FormDefinition | None:
    """What a draft of a form should be filled in on today: the form as it stands, or the one that took its place."""
    form = _in_force().get(definition_of(form_id), {}).get(procedure_code)
    return form if form and valid(form, today()) else form_of(procedure_code) or form


def definition_of(form_id: str) -> str:
    """The id of the definition behind a form's id: ``ct01-1.004222`` → ``ct01``."""
    return form_id.partition("-")[0]


# Those shipped


@functools.cache
def shipped() -> tuple[FormDefinition, ...]:
    """Every definition that ships with the product.

    Raises:
        FormFault: the faults of all files together.
    """
    return read_all(FORMS)


def read_all(folder: Path) -> tuple[FormDefinition, ...]:
    """Every definition of a folder. Raises FormFault with the faults of all files together."""
    found: list[FormDefinition] = []
    faults: list[LineFault] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            form = read(path)
        except FormFault as fault:
            faults += fault.faults
            continue
        faults += [LineFault(path.name, 1, fault.field, fault.message) for fault in between(form, found)]
        found.append(form)
    if faults:
        raise FormFault(faults)
    return tuple(found)


@functools.cache
def _shipped_bound() -> dict[str, _Bound]:
    return {form.id: _bind_all(form) for form in shipped()}


def check_shipped(records: dict[str, Procedure]) -> None:
    """What ships must fit together. Raises FormFault when a form names what its procedures do not have."""
    faults = [
        LineFault(f"{form.id}.yml", 1, fault.field, fault.message)
        for form in shipped()
        for fault in record_faults(form, records)
    ]
    if faults:
        raise FormFault(faults)


# What holds between a form and the rest of the knowledge base


def between(form: FormDefinition, others: Iterable[FormDefinition]) -> list[Fault]:
    """Procedures for which two forms would be valid on the same day."""
    found = []
    owners = {edition.procedure: other for other in others if other.id != form.id and _overlap(form, other)
              for edition in other.editions}  # fmt: skip
    for number, edition in enumerate(form.editions):
        if other := owners.get(edition.procedure):
            message = f"procedure {edition.procedure} has the form {other.id} for the same days already"
            found.append(Fault(f"$.editions[{number}].procedure", message))
    return found


def _overlap(one: FormDefinition, other: FormDefinition) -> bool:
    ends_before = one.official.effective_to and one.official.effective_to < other.official.effective_from
    starts_after = other.official.effective_to and other.official.effective_to < one.official.effective_from
    return not (ends_before or starts_after)


def faults_in(store: Store, form: FormDefinition) -> list[Fault]:
    """Everything that keeps a form from being published in this knowledge base."""
    others = [entry.form for entry in store.forms() if entry.form]
    records = {entry.code: entry.procedure for entry in store.entries("published") if entry.procedure}
    return [*form_faults(form), *between(form, others), *record_faults(form, records)]


def record_faults(form: FormDefinition, records: dict[str, Procedure]) -> list[Fault]:
    """What a form names that its procedures' records do not hold: the form itself, cases, papers."""
    found = []
    for number, edition in enumerate(form.editions):
        place, code = f"$.editions[{number}]", edition.procedure
        if code not in records:
            found.append(Fault(f"{place}.procedure", f"procedure {code} does not exist among the reviewed ones"))
        elif edition.form not in {paper.id for paper in records[code].forms}:
            known = ", ".join(paper.id for paper in records[code].forms) or "none"
            found.append(Fault(f"{place}.form", f"procedure {code} has no form {edition.form}; known: {known}"))
    codes = {edition.procedure for edition in form.editions} & records.keys()
    for number, rule in enumerate(form.cases):
        for code in codes.intersection(rule.procedures or codes):
            if rule.case not in {case.id for case in records[code].cases}:
                found.append(Fault(f"$.cases[{number}].case", f"procedure {code} has no case {rule.case}"))
    for number, paper in enumerate(form.papers):
        for code in codes.intersection(paper.procedures or codes):
            if paper.component not in {component.id for component in records[code].components}:
                found.append(Fault(f"$.papers[{number}].component", f"procedure {code} has no paper {paper.component}"))
    return found


# Binding a definition to each of its procedures


def _bind_all(form: FormDefinition) -> _Bound:
    return {edition.procedure: bind(form, edition) for edition in form.editions}


def bind(form: FormDefinition, edition: Edition) -> FormDefinition:
    """The form as one procedure uses it: its title, its groups, preset answers and texts."""
    here = edition.procedure
    groups = []
    for group in form.groups:
        if group.procedures and here not in group.procedures:
            continue
        fields = [
            msgspec.structs.replace(
                field, show_if=_both(group.show_if, field.show_if), composed=edition.composed.get(field.id, field.composed)
            )
            for field in group.fields
        ]  # fmt: skip
        groups.append(msgspec.structs.replace(group, fields=fields))
    return msgspec.structs.replace(
        form, groups=groups, procedure=here, catalogue_form=edition.form, fixed=dict(edition.preset),
        id=form.id if len(form.editions) == 1 else f"{form.id}-{here}", title=edition.title or form.title,
        cases=[rule for rule in form.cases if not rule.procedures or here in rule.procedures],
        papers=[rule for rule in form.papers if not rule.procedures or here in rule.procedures],
        added_papers=[paper for paper in form.added_papers if not paper.procedures or here in paper.procedures],
        acting=[rule for rule in form.acting if not rule.procedures or here in rule.procedures],
        signers=[signer for signer in form.signers if not signer.procedures or here in signer.procedures],
    )  # fmt: skip


def _both(one: ShowIf | None, other: ShowIf | None) -> ShowIf | None:
    return ShowIf(all=[one, other]) if one and other else one or other
