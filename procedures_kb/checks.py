"""Rules a procedure record must keep beyond its types. Everything found is reported at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import msgspec

from procedures_kb.model import Component, ComponentKind, Fact, Fee, FeeRule, Procedure


class Fault(msgspec.Struct, frozen=True):
    """A broken rule: ``field`` as a path such as ``$.fees[0].amount``, ``message`` says what was expected."""

    field: str
    message: str


def faults(procedure: Procedure) -> list[Fault]:
    """Everything wrong with the record; an empty list = it may be published."""
    return [*_facts(procedure), *_components(procedure), *_fees(procedure), *_references(procedure), *_texts(procedure)]


def _dated_lists(procedure: Procedure) -> Iterator[tuple[str, list[Fact]]]:
    for name in ("components", "fees", "durations", "places", "steps", "eligibility", "online"):
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
    lowered = [alias.lower() for alias in procedure.aliases]
    for alias in {a for a in lowered if lowered.count(a) > 1}:
        yield Fault("$.aliases", f"{alias!r} stands twice")
