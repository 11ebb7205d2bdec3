"""Faults of a form definition beyond types, all at once; each names the place in the definition and what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import get_args

from procedures_kb.checks import Fault
from procedures_kb.form_rules import Age, OneRow, ShowIf, Unique
from procedures_kb.form_types import CHOICES, FACT_OF_TYPE, NUMBERS, Fact, Field, FormDefinition, Group

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_REFERENCE = re.compile(r"\{(\w+)\}")
DATE_RULES = ("earlier", "later", "date", "birth", "on")


def form_faults(form: FormDefinition) -> list[Fault]:
    """Rules beyond types: unique ids, choices with options, conditions on earlier fields, rules on fields that exist."""
    return [
        *_head(form),
        *_fields(form),
        *_groups(form),
        *_persons(form),
        *_editions(form),
        *_rules(form),
        *_rest(form),
    ]


def places(form: FormDefinition) -> Iterator[tuple[str, Group, Field]]:
    """Every field with its place in the definition: ``$.groups[0].fields[2]``."""
    for number, group in enumerate(form.groups):
        for position, field in enumerate(group.fields):
            yield f"$.groups[{number}].fields[{position}]", group, field


def _head(form: FormDefinition) -> Iterable[Fault]:
    if not IDENTIFIER.fullmatch(form.id):
        yield Fault("$.id", "expected an id of small letters, digits and _")
    begin, end = form.official.effective_from, form.official.effective_to
    if end and end < begin:
        yield Fault("$.official.effective_to", f"ends before it begins ({begin})")
    for name in ("procedure", "catalogue_form", "fixed"):
        if getattr(form, name):
            yield Fault(f"$.{name}", f"{name} follows from editions: expected not to be written")


def _fields(form: FormDefinition) -> Iterable[Fault]:
    seen: dict[str, Field] = {}
    preset = {name for edition in form.editions for name in edition.preset}
    for place, group, field in places(form):
        where = f"field {field.id}"
        if not IDENTIFIER.fullmatch(field.id):
            yield Fault(f"{place}.id", f"{where}: expected an id of small letters, digits and _")
        if field.id in seen:
            yield Fault(f"{place}.id", f"{where} stands twice: expected another id")
        if (field.type in CHOICES) != bool(field.options):
            yield Fault(f"{place}.options", f"{where}: type choice and options belong together")
        if len({option.value for option in field.options}) != len(field.options):
            yield Fault(f"{place}.options", f"{where}: two options have the same value")
        for condition in (group.show_if, field.show_if):
            for fault in _condition(condition, seen, preset, earlier=True):
                yield Fault(f"{place}.show_if", f"{where}: {fault}")
        if field.copy_from and (field.copy_from not in seen or not (field.show_if or group.show_if)):
            yield Fault(f"{place}.copy_from", f"{where}: copy_from must name an earlier field, and needs show_if")
        for part, fault in _shape(field):
            yield Fault(f"{place}.{part}", f"{where}: {fault}")
        seen[field.id] = field


def _shape(field: Field) -> Iterable[tuple[str, str]]:
    if bool(field.pattern) != bool(field.pattern_says):
        yield "pattern", "pattern and pattern_says belong together"
    try:
        re.compile(field.pattern)
    except re.error as error:
        yield "pattern", f"pattern is not a regular expression: {error}"
    if (field.min is not None or field.max is not None) and field.type not in NUMBERS:
        yield "min", f"min and max belong to {', '.join(NUMBERS)}"
    if field.min is not None and field.max is not None and field.min > field.max:
        yield "min", "min is larger than max"
    if field.composed and field.type not in ("text", "note"):
        yield "composed", "composed needs type text or note"


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


def _groups(form: FormDefinition) -> Iterable[Fault]:
    repeats: set[str] = set()
    if not form.groups:
        yield Fault("$.groups", "expected at least one group")
    for position, group in enumerate(form.groups):
        place, where = f"$.groups[{position}]", f"group {group.title}"
        if group.beside and (position == 0 or group.repeat or form.groups[position - 1].repeat):
            yield Fault(f"{place}.beside", f"{where}: beside needs a group without rows before it")
        if not group.fields:
            yield Fault(f"{place}.fields", f"{where}: expected at least one field")
        if group.repeat is None:
            continue
        if group.repeat.id in repeats or any(field.id == group.repeat.id for field in form.fields):
            yield Fault(f"{place}.repeat.id", f"{where}: repeat.id {group.repeat.id} stands twice")
        repeats.add(group.repeat.id)
        if group.repeat.min > group.repeat.max:
            yield Fault(f"{place}.repeat.min", f"{where}: repeat.min is larger than repeat.max")


def _persons(form: FormDefinition) -> Iterable[Fault]:
    """Pre-fill hints name a person of the form and a fact that fits the field."""
    fields = {field.id: field for field in form.fields}
    preset = {name for edition in form.editions for name in edition.preset}
    roles = [person.role for person in form.persons]
    for number, person in enumerate(form.persons):
        place, where = f"$.persons[{number}]", f"person {person.role}"
        if roles.count(person.role) > 1:
            yield Fault(f"{place}.role", f"{where} stands twice")
        if bool(person.same_as) != bool(person.when) or (person.same_as and person.same_as not in roles):
            yield Fault(f"{place}.same_as", f"{where}: same_as must name another person of the form, and needs when")
        for fault in _condition(person.when, fields, preset, earlier=False):
            yield Fault(f"{place}.when", f"{where}: {fault}")
    for place, _, field in places(form):
        if field.prefill is None:
            continue
        where = f"field {field.id}"
        role, _, fact = field.prefill.partition(".")
        if role not in roles:
            known = ", ".join(roles) or "none"
            yield Fault(f"{place}.prefill", f"{where}: prefill names {role}, expected one of persons: {known}")
        if (fact or FACT_OF_TYPE.get(field.type)) not in get_args(Fact):
            known = ", ".join(get_args(Fact))
            yield Fault(f"{place}.prefill", f"{where}: prefill needs a fact after the person, one of {known}")


def _editions(form: FormDefinition) -> Iterable[Fault]:
    fields = {field.id: field for field in form.fields}
    places_of = {field.id: place for place, _, field in places(form)}
    codes = [edition.procedure for edition in form.editions]
    for number, edition in enumerate(form.editions):
        place, where = f"$.editions[{number}]", f"edition {edition.procedure}"
        if edition.procedure in codes[:number]:
            yield Fault(f"{place}.procedure", f"{where} stands twice")
        for name, value in edition.preset.items():
            options = {option.value for option in fields[name].options} if name in fields else set()
            if name in fields and options and value not in options:
                yield Fault(f"{place}.preset", f"{where}: preset {name} must be one of {sorted(options)}")
        for name in edition.composed:
            if name not in fields or not fields[name].composed:
                yield Fault(f"{place}.composed", f"{where}: composed names {name}, expected a composed field")
        texts = [(f"{place}.composed", name, text) for name, text in edition.composed.items()]
        texts += [(f"{places_of[f.id]}.composed", f.id, f.composed) for f in form.fields if f.composed]
        for at, name, text in texts:
            for reference in _REFERENCE.findall(text):
                if reference not in fields and reference not in edition.preset:
                    yield Fault(at, f"field {name}: composed uses {{{reference}}}, expected a field of the form")


def _rules(form: FormDefinition) -> Iterable[Fault]:
    fields = {field.id: field for field in form.fields}
    preset = {name for edition in form.editions for name in edition.preset}
    rows: dict[str, Group] = {group.repeat.id: group for group in form.groups if group.repeat}
    for number, rule in enumerate(form.rules):
        place, where = f"$.rules[{number}]", f"rule {number + 1}"
        if rule.group and rule.group not in rows:
            yield Fault(f"{place}.group", f"{where}: group {rule.group}: expected a repeatable group")
        if isinstance(rule, Unique | OneRow) and not rule.group:
            yield Fault(f"{place}.group", f"{where}: expected group, the rows it compares")
        for name, value in ((key, getattr(rule, key)) for key in rule.__struct_fields__):
            if name in ("message", "law", "when", "blocks", "group", "is_a", "value"):
                continue
            for reference in value if isinstance(value, list) else [value]:
                if isinstance(reference, str) and reference not in fields:
                    yield Fault(f"{place}.{name}", f"{where}: {name} names {reference}, expected a field of the form")
                elif isinstance(reference, str) and name in DATE_RULES and fields[reference].type != "date":
                    yield Fault(f"{place}.{name}", f"{where}: {name} names {reference}, expected a date field")
        if isinstance(rule, Age) and (rule.at_least is None) == (rule.under is None):
            yield Fault(place, f"{where}: expected at_least or under")
        for fault in _condition(rule.when, fields, preset, earlier=False):
            yield Fault(f"{place}.when", f"{where}: {fault}")


def _rest(form: FormDefinition) -> Iterable[Fault]:
    fields = {field.id: field for field in form.fields}
    preset = {name for edition in form.editions for name in edition.preset}
    for reference in _REFERENCE.findall(form.addressed_to):
        if reference not in fields and reference not in preset:
            yield Fault("$.addressed_to", f"addressed_to uses {{{reference}}}, expected a field of the form")
    conditions = [
        *((f"$.cases[{n}].when", f"case {rule.case}", rule.when) for n, rule in enumerate(form.cases)),
        *((f"$.papers[{n}].needed_if", f"paper {rule.component}", rule.needed_if) for n, rule in enumerate(form.papers)),
        *((f"$.added_papers[{n}].when", f"added paper {paper.id}", paper.when)
          for n, paper in enumerate(form.added_papers)),
        *((f"$.acting[{n}].when", f"acting {n + 1}", rule.when) for n, rule in enumerate(form.acting)),
        *((f"$.signers[{n}].show_if", f"signer {signer.title}", signer.show_if)
          for n, signer in enumerate(form.signers)),
    ]  # fmt: skip
    for place, where, condition in conditions:
        for fault in _condition(condition, fields, preset, earlier=False):
            yield Fault(place, f"{where}: {fault}")
    for number, signer in enumerate(form.signers):
        if signer.field and signer.field not in fields:
            yield Fault(
                f"$.signers[{number}].field", f"signer {signer.title}: field {signer.field} is none of the form"
            )
