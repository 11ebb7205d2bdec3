"""The forms citizens fill in: reading the definitions, which fields apply, and what their rows are. Data, not code."""

from __future__ import annotations

import functools
import re
from collections import ChainMap
from collections.abc import Mapping
from pathlib import Path

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from procedures_kb.form_checks import FormFault, check
from procedures_kb.form_rules import ShowIf, holds
from procedures_kb.form_types import (
    MORE,
    ROW,
    Edition,
    Field,
    FormDefinition,
    Group,
    Option,
    more_field,
    repeat_of,
    row_field,
)

__all__ = [
    "Field", "FormDefinition", "FormFault", "Group", "Option", "ShowIf", "asked_fields", "bind", "check", "form_of", "forms",
    "read", "row_numbers", "row_values", "steps",
]  # fmt: skip

FORMS = Path(__file__).parent / "forms"


def read(path: Path) -> list[FormDefinition]:
    """The form of one file, bound to each procedure that uses it.

    Raises:
        FormFault: every fault of the file, each with its field and what was expected.
    """
    try:
        form = msgspec.convert(YAML(typ="safe").load(path.read_text(encoding="utf-8")), FormDefinition)
    except YAMLError as error:
        raise FormFault(f"{path.name}: not YAML: {error}") from error
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `")
        raise FormFault(f"{path.name}: {where.rstrip('`') or '$'}: {message}") from error
    check(form, path.name)
    return [bind(form, edition) for edition in form.editions]


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


@functools.cache
def forms() -> dict[str, FormDefinition]:
    """Every form shipped, by id; a form of several procedures stands once for each, as ``ct01-1.004222``.

    Raises:
        FormFault: the faults of all files together.
    """
    result: dict[str, FormDefinition] = {}
    faults: list[str] = []
    by_procedure: dict[str, str] = {}
    for path in sorted(FORMS.glob("*.yml")):
        try:
            bound = read(path)
        except FormFault as fault:
            faults.append(str(fault))
            continue
        for form in bound:
            if form.id in result or form.procedure in by_procedure:
                faults.append(
                    f"{path.name}: procedure {form.procedure} has the form {by_procedure[form.procedure]} already"
                )
            result[form.id], by_procedure[form.procedure] = form, form.id
    if faults:
        raise FormFault("\n".join(faults))
    return result


def form_of(procedure_code: str) -> FormDefinition | None:
    """The form we can fill in for a procedure, if any."""
    return next((form for form in forms().values() if form.procedure == procedure_code), None)


_ROW_KEY = re.compile(rf"([a-z][a-z0-9_]*){ROW}(\d{{1,3}})(?:{ROW}.*)?")


def row_numbers(group: Group, values: Mapping[str, str]) -> list[int]:
    """Numbers of a group's rows in order: those with any answer or mark, filled up to the fewest the form needs."""
    repeat = repeat_of(group)
    numbers: set[int] = set()
    for key in values:
        found = _ROW_KEY.fullmatch(key)
        if found and found[1] == repeat.id:
            numbers.add(int(found[2]))
    free = (n for n in range(1, 1000) if n not in numbers)
    while len(numbers) < repeat.min:
        numbers.add(next(free))
    return sorted(numbers)[: repeat.max]


def row_values(group: Group, number: int, values: Mapping[str, str]) -> Mapping[str, str]:
    """The answers as one row sees them: its own columns by their bare ids, before the form's other answers."""
    prefix = f"{repeat_of(group).id}{ROW}{number}{ROW}"
    own = {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}
    return ChainMap(own, dict(values))


def asked_fields(form: FormDefinition, values: Mapping[str, str]) -> list[Field]:
    """The fields that apply, given the answers so far, in the form's order; rows with their own ids."""
    return [field for field in steps(form, values) if not field.id.endswith(ROW + MORE)]


def steps(form: FormDefinition, values: Mapping[str, str]) -> list[Field]:
    """What a conversation goes through: the fields that apply, and after the rows whether there is one more."""
    known = {**form.fixed, **values}
    found: list[Field] = []
    for group in form.groups:
        if group.repeat is None:
            found.extend(f for f in group.fields if f.id not in form.fixed and holds(f.show_if, known))
            continue
        if not holds(group.show_if, known):
            continue
        numbers = row_numbers(group, values)
        for position, number in enumerate(numbers, 1):
            row = row_values(group, number, known)
            found.extend(row_field(group, f, number, position) for f in group.fields if holds(f.show_if, row))
        if len(numbers) < group.repeat.max:
            found.append(more_field(group, len(numbers)))
    return found
