"""The rules a form declares, applied to its answers: once, or to each row of a repeatable group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from bot.submissions.checks.finding import Finding
from bot.submissions.checks.ids import mismatches
from procedures_kb import form_rules as kinds
from procedures_kb.form_model import FormDefinition, row_numbers, row_values
from procedures_kb.form_rules import Rule, age, date_of, holds
from procedures_kb.form_types import ROW, Group
from procedures_kb.text import fold

Values = Mapping[str, str]
Key = Callable[[str], str]  # a field's id → its key among the draft's values (a row's has a prefix)


def broken_rules(form: FormDefinition, values: Values, today: dt.date) -> list[Finding]:
    """Every rule that does not hold. A rule whose fields are not answered yet, or do not apply, says nothing."""
    known = {**form.fixed, **values}
    groups = {group.repeat.id: group for group in form.groups if group.repeat}
    found: list[Finding] = []
    for rule in form.rules:
        if rule.group is None:
            if holds(rule.when, known, today):
                found.extend(_apply(rule, known, today, lambda name: name))
        elif rule.group in groups:
            found.extend(_in_rows(rule, groups[rule.group], known, today))
    return found


def _in_rows(rule: Rule, group: Group, known: Values, today: dt.date) -> Iterator[Finding]:
    columns = {field.id for field in group.fields}
    rows = [(number, row_values(group, number, known)) for number in row_numbers(group, known)]
    if isinstance(rule, kinds.Unique):
        seen: set[str] = set()
        for number, row in rows:
            value = fold(row.get(rule.field, ""))
            if value and value in seen:
                yield _finding(rule, f"{rule.group}{ROW}{number}{ROW}{rule.field}")
            seen.add(value)
        return
    if isinstance(rule, kinds.OneRow):
        if rows and sum(row.get(rule.field) == rule.value for _, row in rows) != 1:
            yield _finding(rule, f"{rule.group}{ROW}{rows[0][0]}{ROW}{rule.field}")
        return
    for number, row in rows:
        prefix = f"{rule.group}{ROW}{number}{ROW}"
        if holds(rule.when, row, today):
            yield from _apply(rule, row, today, lambda name, prefix=prefix: prefix + name if name in columns else name)  # type: ignore[misc]


def _finding(rule: Rule, field: str, message: str = "") -> Finding:
    text = message or rule.message
    return Finding(field, f"{text.rstrip('.')} ({rule.law})." if rule.law else text, rule.blocks, rule.law)


def _apply(rule: Rule, values: Values, today: dt.date, key: Key) -> Iterable[Finding]:
    match rule:
        case kinds.IdFits():
            number = values.get(rule.id)
            if number and len(number) == 12:
                sex = rule.is_a or values.get(rule.sex or "")
                said = mismatches(number, values.get(rule.birth or ""), sex, values.get(rule.place or ""))
                return [Finding(key(rule.id), sentence, False) for sentence in said]
            return []
        case kinds.Different():
            given = [fold(values[name]) for name in rule.fields if values.get(name)]
            return [_finding(rule, key(rule.fields[-1]))] if len(set(given)) < len(given) else []
        case kinds.DateOrder():
            earlier, later = date_of(values.get(rule.earlier)), date_of(values.get(rule.later))
            return [_finding(rule, key(rule.later))] if earlier and later and later < earlier else []
        case kinds.OlderBy():
            child, parent = _birth(values.get(rule.child)), _birth(values.get(rule.parent))
            return (
                [_finding(rule, key(rule.parent))] if child and parent and _younger(child, parent, rule.years) else []
            )
        case kinds.Age():
            return _age(rule, values, today, key)
        case kinds.Within():
            date = date_of(values.get(rule.date))
            return [_finding(rule, key(rule.date))] if date and (today - date).days > rule.days else []
        case kinds.OneOf():
            return [] if any(values.get(name) for name in rule.fields) else [_finding(rule, key(rule.fields[0]))]
        case kinds.NotMore():
            smaller, larger = values.get(rule.smaller), values.get(rule.larger)
            return (
                [_finding(rule, key(rule.smaller))] if smaller and larger and Decimal(smaller) > Decimal(larger) else []
            )
        case kinds.Note():
            return [_finding(rule, key(rule.at))]
        case _:
            return []


def _age(rule: kinds.Age, values: Values, today: dt.date, key: Key) -> list[Finding]:
    birth = date_of(values.get(rule.birth))
    on = date_of(values.get(rule.on)) if rule.on else today
    if birth is None or on is None:
        return []
    years = age(birth, on)
    too_young = rule.at_least is not None and years < rule.at_least
    too_old = rule.under is not None and years >= rule.under
    return [_finding(rule, key(rule.birth))] if too_young or too_old else []


def _birth(value: str | None) -> dt.date | None:
    """A birth date, or 1 January where only the year is asked."""
    if value and len(value) == 4 and value.isdecimal():
        return dt.date(int(value), 1, 1) if 1 <= int(value) <= 9999 else None
    return date_of(value)


def _younger(child: dt.date, parent: dt.date, years: int) -> bool:
    if parent.month == 1 and parent.day == 1:  # perhaps only the year is known
        return child.year - parent.year < years
    return age(parent, child) < years if child >= parent else True
