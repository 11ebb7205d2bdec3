"""Rules a procedure record must keep beyond its types. Everything found is reported at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from procedures_kb.model import Component, ComponentKind, Fact, Fee, FeeRule, Procedure
from procedures_kb.replaced import cycle
from procedures_kb.rules.fees import groups
from procedures_kb.text import fold, strip_marks

# What a spreadsheet would run when somebody opens an export of ours in it.
_FORMULA = re.compile(r"^\s*[=@+\t](?=[\w(@])|^\s*-(?=[\w(]+[(!|])")


class Fault(msgspec.Struct, frozen=True):
    """A broken rule: ``field`` as a path such as ``$.fees[0].amount``, ``message`` says what was expected."""

    field: str
    message: str


def faults(procedure: Procedure) -> list[Fault]:
    """Everything wrong with the record; an empty list = it may be published."""
    return [
        *_facts(procedure), *_components(procedure), *_fees(procedure), *_exemptions(procedure),
        *_references(procedure), *_texts(procedure),
    ]  # fmt: skip


def catalogue_faults(procedures: Iterable[Procedure]) -> Iterator[tuple[str, Fault]]:
    """What is wrong between records: ``(code, fault)`` for circles in ``replaced_by``, references that lead nowhere among
    reviewed records, and everyday names of two procedures."""
    records = {procedure.code: procedure for procedure in procedures}
    if circle := cycle({code: p.replaced_by for code, p in records.items() if p.replaced_by}):
        yield circle[0], Fault("$.replaced_by", f"a circle: {' → '.join(circle)}")
    owner: dict[str, str] = {}
    for code, procedure in records.items():
        for index, alias in enumerate(procedure.aliases):
            other = owner.setdefault(strip_marks(fold(alias)), code)
            if other != code:
                yield code, Fault(f"$.aliases[{index}]", f"{alias!r} is an everyday name of {other} too")


def _exemptions(procedure: Procedure) -> Iterator[Fault]:
    fees = {fee.id for fee in procedure.fees}
    for index, exemption in enumerate(procedure.exemptions):
        for group in exemption.groups:
            if group not in groups():
                yield Fault(
                    f"$.exemptions[{index}].groups", f"group {group!r} does not exist; known: {', '.join(groups())}"
                )
        for fee in exemption.fees:
            if fee not in fees:
                known = ", ".join(sorted(fees))
                yield Fault(f"$.exemptions[{index}].fees", f"fee {fee!r} does not exist; known: {known}")


def _dated_lists(procedure: Procedure) -> Iterator[tuple[str, list[Fact]]]:
    for name in ("components", "fees", "exemptions", "durations", "places", "steps", "eligibility", "online"):
        yield name, getattr(procedure, name)


def _facts(procedure: Procedure) -> Iterator[Fault]:
    cases = {case.id for case in procedure.cases}
    for name, facts in _dated_lists(procedure):
        for index, fact in enumerate(facts):
            path = f"$.{name}[{index}]"
            if fact.effective_from and fact.effective_to and fact.effective_to < fact.effective_from:
                yield Fault(f"{path}.effective_to", f"ends before it begins ({fact.effective_from})")
            for case in fact.cases:
                if case not in cases:
                    yield Fault(f"{path}.cases", f"case {case!r} does not exist; known: {', '.join(sorted(cases))}")
    for name in ("components", "fees", "durations", "places", "steps", "online", "results", "legal_basis"):
        if not getattr(procedure, name):
            yield Fault(f"$.{name}", "at least one is expected")
    if procedure.cases and not procedure.case_question:
        yield Fault("$.case_question", "cases are given, so the question that tells them apart is expected")
    identifiers = [case.id for case in procedure.cases]
    for identifier in {i for i in identifiers if identifiers.count(i) > 1}:
        yield Fault("$.cases", f"case {identifier!r} stands twice")


def _components(procedure: Procedure) -> Iterator[Fault]:
    forms = {form.id for form in procedure.forms}
    seen: set[str] = set()
    for index, component in enumerate(procedure.components):
        path = f"$.components[{index}]"
        if component.id in seen:
            yield Fault(f"{path}.id", f"{component.id!r} stands twice")
        seen.add(component.id)
        if component.form and component.form not in forms:
            yield Fault(
                f"{path}.form", f"form {component.form!r} does not exist; known: {', '.join(sorted(forms)) or 'none'}"
            )
        if _counts_nothing(component):
            yield Fault(f"{path}.originals", "a paper to hand in needs at least one original or copy")


def _counts_nothing(component: Component) -> bool:
    return (
        component.kind is ComponentKind.submit
        and not component.originals
        and not component.copies
        and not component.waiver
    )


def _fees(procedure: Procedure) -> Iterator[Fault]:
    for index, fee in enumerate(procedure.fees):
        path = f"$.fees[{index}]"
        if fee.rule is FeeRule.fixed and fee.amount is None:
            yield Fault(f"{path}.amount", "rule fixed needs an amount in đồng")
        if fee.rule is FeeRule.free and fee.amount not in (None, 0):
            yield Fault(f"{path}.amount", "rule free cannot have an amount")
        for other in procedure.fees[index + 1 :]:
            if _overlap(fee, other):
                yield Fault(f"{path}.effective_to", f"fee {fee.id!r} stands twice for overlapping dates")


def _overlap(one: Fee, other: Fee) -> bool:
    """Same fee id, a shared channel and a shared case on a shared day."""
    if one.id != other.id:
        return False
    if one.channels and other.channels and not set(one.channels) & set(other.channels):
        return False
    if one.cases and other.cases and not set(one.cases) & set(other.cases):
        return False
    starts_after = one.effective_from and other.effective_to and one.effective_from > other.effective_to
    ends_before = one.effective_to and other.effective_from and one.effective_to < other.effective_from
    return not (starts_after or ends_before)


def _references(procedure: Procedure) -> Iterator[Fault]:
    if procedure.replaced_by == procedure.code:
        yield Fault("$.replaced_by", "a procedure cannot replace itself")
    if procedure.code in procedure.related:
        yield Fault("$.related", "a procedure cannot be related to itself")


def _texts(procedure: Procedure) -> Iterator[Fault]:
    for name in ("name", "short_name", "overview"):
        if not unicodedata.is_normalized("NFC", getattr(procedure, name)):
            yield Fault(f"$.{name}", "text must be in Unicode form NFC")
    for path, text in _all_texts("$", msgspec.to_builtins(procedure)):
        if _FORMULA.match(text):
            yield Fault(path, f"begins like a spreadsheet formula ({text[:20]!r}); write it as a sentence")
    lowered = [alias.lower() for alias in procedure.aliases]
    for alias in {a for a in lowered if lowered.count(a) > 1}:
        yield Fault("$.aliases", f"{alias!r} stands twice")


def _all_texts(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _all_texts(f"{path}.{key}", item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _all_texts(f"{path}[{index}]", item)
    elif isinstance(value, str):
        yield path, value
