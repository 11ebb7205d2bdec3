"""Faults of a form definition beyond types, all at once; each names file, field and what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from procedures_kb.form_rules import Age, OneRow, ShowIf, Unique
from procedures_kb.form_types import CHOICES, FACT_OF_TYPE, NUMBERS, Fact, Field, FormDefinition, Group

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_REFERENCE = re.compile(r"\{(\w+)\}")
DATE_RULES = ("earlier", "later", "date", "birth", "on")


class FormFault(ValueError):
    """A form definition contradicts itself; the message names file, field and what was expected, one fault a line."""


def check(form: FormDefinition, file: str) -> None:
    """Rules beyond types: unique ids, choices with options, conditions on earlier fields, rules on fields that exist.

    Raises:
        FormFault: every rule that is broken.
    """
    faults = [*_fields(form), *_groups(form), *_persons(form), *_editions(form), *_rules(form), *_rest(form)]
    if faults:
        raise FormFault("\n".join(f"{file}: {fault}" for fault in faults))


def _fields(form: FormDefinition) -> Iterable[str]:
    seen: dict[str, Field] = {}
    preset = {name for edition in form.editions for name in edition.preset}
    for group in form.groups:
        for field in group.fields:
            where = f"field {field.id}"
            if not _IDENTIFIER.fullmatch(field.id):
                yield f"{where}: expected an id of small letters, digits and _"
            if field.id in seen:
                yield f"{where} stands twice: expected another id"
            if (field.type in CHOICES) != bool(field.options):
                yield f"{where}: type choice and options belong together"
            if len({option.value for option in field.options}) != len(field.options):
                yield f"{where}: two options have the same value"
            for condition in (group.show_if, field.show_if):
                yield from (f"{where}: {fault}" for fault in _condition(condition, seen, preset, earlier=True))
            if field.copy_from and (field.copy_from not in seen or not (field.show_if or group.show_if)):
                yield f"{where}: copy_from must name an earlier field, and needs show_if"
            yield from (f"{where}: {fault}" for fault in _shape(field))
            seen[field.id] = field


def _shape(field: Field) -> Iterable[str]:
    if bool(field.pattern) != bool(field.pattern_says):
        yield "pattern and pattern_says belong together"
    try:
        re.compile(field.pattern)
    except re.error as error:
        yield f"pattern is not a regular expression: {error}"
    if (field.min is not None or field.max is not None) and field.type not in NUMBERS:
        yield f"min and max belong to {', '.join(NUMBERS)}"
    if field.min is not None and field.max is not None and field.min > field.max:
        yield "min is larger than max"
    if field.composed and field.type not in ("text", "note"):
        yield "composed needs type text or note"


def _condition(condition: ShowIf | None, known: dict[str, Field], preset: set[str], earlier: bool) -> Iterable[str]:
    if condition is None:
        return
    if earlier and condition.needs_today:
        yield "show_if cannot look at today's date: expected field, values or filled"
    for name in condition.fields:
        if name not in known and name not in preset:
            yield f"show_if must name an earlier choice field and its values: {name} is none"
    if condition.field and condition.field in known:
        options = {option.value for option in known[condition.field].options}
        wrong = (set(condition.values) | set(condition.other_than)) - options
        if wrong or not (condition.values or condition.other_than):
            yield f"show_if must name an earlier choice field and its values: {condition.field} has {sorted(options)}"
    for part in (*condition.any, *condition.all):
        yield from _condition(part, known, preset, earlier=False)


def _groups(form: FormDefinition) -> Iterable[str]:
    repeats: set[str] = set()
    for position, group in enumerate(form.groups):
        if group.beside and (position == 0 or group.repeat or form.groups[position - 1].repeat):
            yield f"group {group.title}: beside needs a group without rows before it"
        if not group.fields:
            yield f"group {group.title}: expected at least one field"
        if group.repeat is None:
            continue
        if group.repeat.id in repeats or any(field.id == group.repeat.id for field in form.fields):
            yield f"group {group.title}: repeat.id {group.repeat.id} stands twice"
        repeats.add(group.repeat.id)
        if group.repeat.min > group.repeat.max:
            yield f"group {group.title}: repeat.min is larger than repeat.max"


def _persons(form: FormDefinition) -> Iterable[str]:
    """Pre-fill hints name a person of the form and a fact that fits the field."""
    fields = {field.id: field for field in form.fields}
    preset = {name for edition in form.editions for name in edition.preset}
    roles = [person.role for person in form.persons]
    for person in form.persons:
        where = f"person {person.role}"
        if roles.count(person.role) > 1:
            yield f"{where} stands twice"
        if bool(person.same_as) != bool(person.when) or (person.same_as and person.same_as not in roles):
            yield f"{where}: same_as must name another person of the form, and needs when"
        yield from (f"{where}: {fault}" for fault in _condition(person.when, fields, preset, earlier=False))
    for field in form.fields:
        if field.prefill is None:
            continue
        role, _, fact = field.prefill.partition(".")
        if role not in roles:
            yield f"field {field.id}: prefill names {role}, expected one of persons: {', '.join(roles) or 'none'}"
        if (fact or FACT_OF_TYPE.get(field.type)) not in get_args(Fact):
            yield f"field {field.id}: prefill needs a fact after the person, one of {', '.join(get_args(Fact))}"


def _editions(form: FormDefinition) -> Iterable[str]:
    fields = {field.id: field for field in form.fields}
    codes = [edition.procedure for edition in form.editions]
    for code in {code for code in codes if codes.count(code) > 1}:
        yield f"edition {code} stands twice"
    for edition in form.editions:
        for name, value in edition.preset.items():
            options = {option.value for option in fields[name].options} if name in fields else set()
            if name in fields and options and value not in options:
                yield f"edition {edition.procedure}: preset {name} must be one of {sorted(options)}"
        for name in edition.composed:
            if name not in fields or not fields[name].composed:
                yield f"edition {edition.procedure}: composed names {name}, expected a composed field"
        for name, text in [*edition.composed.items(), *((f.id, f.composed) for f in form.fields if f.composed)]:
            for reference in _REFERENCE.findall(text):
                if reference not in fields and reference not in edition.preset:
                    yield f"field {name}: composed uses {{{reference}}}, expected a field of the form"


def _rules(form: FormDefinition) -> Iterable[str]:
    fields = {field.id: field for field in form.fields}
    preset = {name for edition in form.editions for name in edition.preset}
    rows: dict[str, Group] = {group.repeat.id: group for group in form.groups if group.repeat}
    for number, rule in enumerate(form.rules, 1):
        where = f"rule {number}"
        if rule.group and rule.group not in rows:
            yield f"{where}: group {rule.group}: expected a repeatable group"
        if isinstance(rule, Unique | OneRow) and not rule.group:
            yield f"{where}: expected group, the rows it compares"
        for name, value in ((key, getattr(rule, key)) for key in rule.__struct_fields__):
            if name in ("message", "law", "when", "blocks", "group", "is_a", "value"):
                continue
            for reference in value if isinstance(value, list) else [value]:
                if isinstance(reference, str) and reference not in fields:
                    yield f"{where}: {name} names {reference}, expected a field of the form"
                elif isinstance(reference, str) and name in DATE_RULES and fields[reference].type != "date":
                    yield f"{where}: {name} names {reference}, expected a date field"
        if isinstance(rule, Age) and (rule.at_least is None) == (rule.under is None):
            yield f"{where}: expected at_least or under"
        yield from (f"{where}: {fault}" for fault in _condition(rule.when, fields, preset, earlier=False))


def _rest(form: FormDefinition) -> Iterable[str]:
    fields = {field.id: field for field in form.fields}
    preset = {name for edition in form.editions for name in edition.preset}
    for reference in _REFERENCE.findall(form.addressed_to):
        if reference not in fields and reference not in preset:
            yield f"addressed_to uses {{{reference}}}, expected a field of the form"
    conditions = [
        *((f"case {rule.case}", rule.when) for rule in form.cases),
        *((f"paper {rule.component}", rule.needed_if) for rule in form.papers),
        *((f"added paper {paper.id}", paper.when) for paper in form.added_papers),
        *((f"acting {number}", rule.when) for number, rule in enumerate(form.acting, 1)),
        *((f"signer {signer.title}", signer.show_if) for signer in form.signers),
    ]  # fmt: skip
    for where, condition in conditions:
        yield from (f"{where}: {fault}" for fault in _condition(condition, fields, preset, earlier=False))
    for signer in form.signers:
        if signer.field and signer.field not in fields:
            yield f"signer {signer.title}: field {signer.field} is none of the form"
