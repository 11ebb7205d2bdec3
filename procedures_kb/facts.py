"""What holds for one procedure, on one day, in one case: the facts of each aspect, as plain JSON values.

These are the ``facts`` of the answer contract (design section 6). No sentence is made here; wording is the actions'.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal, get_args

import msgspec

from procedures_kb.model import Channel, Component, Confidence, Exemption, Fact, Fee, Procedure
from procedures_kb.rules.fees import groups
from procedures_kb.text import fold, strip_marks

Aspect = Literal[
    "overview",
    "documents",
    "fee",
    "duration",
    "place",
    "steps",
    "eligibility",
    "form",
    "result",
    "legal_basis",
    "online",
]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)


def facts(procedure: Procedure, aspect: Aspect, on: dt.date, case: str | None = None) -> Any:
    """The facts of one aspect in force on the day ``on``.

    Args:
        case: id of the citizen's case; None = not known, then only facts that belong to every case are returned,
            and for ``documents``, ``fee`` and ``duration`` those of single cases are added under ``by_case``.
    """
    match aspect:
        case "overview":
            return {"text": procedure.overview, "audience": procedure.audience, "field": procedure.field}
        case "documents":
            return _by_case(procedure.components, on, case, _component)
        case "fee":
            exemptions = [_exemption(exemption) for exemption in _holding(procedure.exemptions, on, case)]
            return {
                **_by_case(procedure.fees, on, case, _fee),
                "exemptions": exemptions,
                "city_online_support": procedure.city_online_support,
            }
        case "duration":
            return _by_case(procedure.durations, on, case, _plain)
        case "place":
            return [_plain(place) for place in _holding(procedure.places, on, case)]
        case "steps":
            return [_plain(step) for step in _holding(procedure.steps, on, case)]
        case "eligibility":
            return [_plain(rule) for rule in _holding(procedure.eligibility, on, case)]
        case "form":
            return [_plain(form) for form in procedure.forms]
        case "result":
            return [_plain(result) for result in procedure.results]
        case "legal_basis":
            return [_plain(text) for text in procedure.legal_basis]
        case "online":
            return [_plain(online) for online in _holding(procedure.online, on, case)]


def case_changes_answer(procedure: Procedure, aspects: list[Aspect], on: dt.date) -> bool:
    """Whether knowing the case would change what is answered; only then is the citizen asked for it."""
    if not procedure.cases:
        return False
    lists: dict[str, list[Any]] = {
        "documents": procedure.components,
        "fee": procedure.fees,
        "duration": procedure.durations,
        "place": procedure.places,
    }
    return any(fact.cases and _in_force(fact, on) for aspect in aspects for fact in lists.get(aspect, []))


def unsure(procedure: Procedure, aspects: list[Aspect], on: dt.date, case: str | None) -> bool:
    """Whether any fact of these aspects is not checked, so that the answer must say it."""
    lists: dict[str, list[Any]] = {
        "documents": procedure.components,
        "fee": procedure.fees,
        "duration": procedure.durations,
        "place": procedure.places,
        "steps": procedure.steps,
        "eligibility": procedure.eligibility,
        "online": procedure.online,
    }
    return any(
        fact.confidence is not Confidence.checked
        for aspect in aspects
        for fact in _holding(lists.get(aspect, []), on, case)
    )


def _in_force(fact: Fact, on: dt.date) -> bool:
    return not (fact.effective_from and on < fact.effective_from) and not (fact.effective_to and on > fact.effective_to)


def _holding(all_facts: list[Any], on: dt.date, case: str | None) -> list[Any]:
    return [fact for fact in all_facts if fact.holds(on, case)]


def _by_case(all_facts: list[Any], on: dt.date, case: str | None, plain: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"items": [plain(fact) for fact in _holding(all_facts, on, case)]}
    if case is None:
        special: dict[str, list[Any]] = {}
        for fact in all_facts:
            if fact.cases and _in_force(fact, on):
                for name in fact.cases:
                    special.setdefault(name, []).append(plain(fact))
        if special:
            result["by_case"] = special
    return result


def _plain(fact: msgspec.Struct) -> dict[str, Any]:
    builtins: dict[str, Any] = msgspec.to_builtins(fact)
    return builtins


def _component(component: Component) -> dict[str, Any]:
    plain = _plain(component)
    plain.setdefault("originals", 0)
    plain.setdefault("copies", 0)
    return plain


def _fee(fee: Fee) -> dict[str, Any]:
    plain = _plain(fee)
    plain.setdefault("amount", None)
    plain.setdefault("channels", [channel.value for channel in Channel] if not fee.channels else plain.get("channels"))
    return plain


def _exemption(exemption: Exemption) -> dict[str, Any]:
    """With the groups' names beside their ids."""
    return {"percent": 100, **_plain(exemption), "who": [groups()[group] for group in exemption.groups]}


def on_day(procedure: Procedure, on: dt.date, case: str | None = None) -> dict[str, Any]:
    """The record as plain values with only the facts in force on ``on``: all cases' facts, or those of one case."""
    plain = _plain(procedure)
    for name in ("components", "fees", "exemptions", "durations", "places", "steps", "eligibility", "online"):
        facts_of_list: list[Any] = getattr(procedure, name)
        plain[name] = [
            _plain(fact) for fact in facts_of_list if (fact.holds(on, case) if case else _in_force(fact, on))
        ]
    return plain


def aspect_by_content(procedure: Procedure, words: set[str], on: dt.date) -> Aspect | None:
    """The aspect whose texts share most words with a question such as "có cần khám sức khỏe không".

    Args:
        words: content words of the question without marks, fillers left out.

    Returns:
        None when no aspect shares two words.
    """
    texts: dict[Aspect, str] = {
        "documents": " ".join(f"{c.name} {c.condition or ''}" for c in procedure.components if _in_force(c, on)),
        "online": " ".join(o.note or "" for o in procedure.online),
        "place": " ".join(p.where for p in procedure.places),
        "eligibility": " ".join(rule.text for rule in procedure.eligibility),
        "steps": " ".join(step.text for step in procedure.steps),
        "fee": " ".join(f"{fee.label} {fee.condition or ''} {fee.note or ''}" for fee in procedure.fees),
        "result": " ".join(result.name for result in procedure.results),
    }
    best: tuple[int, Aspect | None] = (1, None)
    for aspect, text in texts.items():
        shared = len(words & set(strip_marks(fold(text)).replace(",", " ").replace(".", " ").split()))
        if shared > best[0]:
            best = (shared, aspect)
    return best[1]
