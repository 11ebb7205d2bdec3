"""The forms citizens fill in: which fields apply, and what their rows are. Where the forms come from: form_library."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping

from procedures_kb.form_library import form_of, forms
from procedures_kb.form_rules import ShowIf, holds
from procedures_kb.form_types import MORE, ROW, Field, FormDefinition, Group, Option, more_field, repeat_of, row_field

__all__ = [
    "Field", "FormDefinition", "Group", "Option", "ShowIf", "asked_fields", "form_of", "forms", "row_numbers", "row_values",
    "steps",
]  # fmt: skip

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
