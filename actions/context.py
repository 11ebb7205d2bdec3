"""Which procedure a message means in the middle of a talk: the one at hand, one of those offered, one left before, or another.

The linker judges a message by itself; here what was said before counts too. Each procedure that may be meant is described
by a few numbers, and a conditional logit model, learned from dialogues written for it (``./motcua fit-context``), makes
probabilities of them; only a clearly likeliest one is taken, else the talk is asked about.
"""

from __future__ import annotations

import functools
import math
import re
from pathlib import Path

import msgspec
from ruamel.yaml import YAML

from actions.asked import asked_by
from actions.following import asks_on, goes_on, says_more
from actions.telling import case_learned, case_told
from actions.turn import Ranked, Turn, reviewed
from bot.nlu.light_words import BARE

WEIGHTS = Path(__file__).parent / "context_weights.yml"
LEAST = 1e-4  # probability below which procedures are told apart no more
LONG = 20  # words from which a message counts as long
CLEAR = 0.65  # probability from which no question is needed
OTHER_FROM = 0.3  # probability of a procedure known by name only, which is none of those compared here
NEAR = 5  # procedures taken from each ranking
NEAR_IN_TALK = 3  # … and from what the network says
_SWITCHES = re.compile(
    r"^(?:a |o |ua |the |vay |ma |ok |da |uh |roi )*con\b|\b(?:tien the|tien hoi|nhan tien|luon tien|ngoai ra|mot viec nua|viec khac|hoi them)\b"
)
_CORRECTS = re.compile(
    r"^(?:a |o |ua |uh |da |ok )*(?:nham|lon|khoan|thoi|khong|chet|quen)\b|\b(?:thuc ra|that ra|y (?:em|toi|minh|tui|chau) la|nghi lai|doi y|noi lai|xem lai|ma thoi)\b"
)
_RETURNS = re.compile(r"\b(?:quay|tro) (?:lai|ve)\b|\b(?:luc nay|hoi nay|ban nay|luc dau|ban dau|cai kia)\b")

# "Có phải xin giấy độc thân trước không": asks whether another paper or step is needed for what is at hand.
_NEEDS = re.compile(
    r"\b(?:co|phai) can\b|\bcan (?:\w+ )+(?:khong|ko|k|hong)\b|\b(?:co )?phai (?:\w+ ){1,7}(?:truoc|khong|hong|a|ha)\b|\bkhoi\b|\bbat buoc\b|\bdoi (?:\w+ )+khong\b"
)

FEATURES = (
    "alone", "alone_log", "alone_lead", "beside", "beside_log", "beside_lead", "together", "together_log", "in_talk", "in_talk_log", "in_talk_lead", "named", "only_named",
    "told", "only_told", "learned", "learned_lead", "led_to", "same_field", "declined",
    "subject", "subject_bare", "subject_says_more", "subject_switches", "subject_corrects", "subject_then", "subject_returns",
    "subject_asks", "subject_needs", "subject_long", "subject_alone", "subject_with_offers",
    "offered", "offered_bare", "offered_asks", "offered_long", "offered_likely", "offered_first", "offered_corrects", "offered_alone",
    "earlier", "earlier_alone", "earlier_returns", "earlier_switches",
    "new_then", "new_corrects", "new_switches", "new_names", "new_bare", "new_with_offers", "passed_over", "passed_over_switches",
)  # fmt: skip


class Possible(msgspec.Struct, frozen=True):
    """A procedure that may be meant, with its features in the order of :data:`FEATURES`."""

    code: str
    features: tuple[float, ...]


def _log(probability: float) -> float:
    """0 = at most :data:`LEAST`, 1 = certain."""
    return 1 - math.log(max(probability, LEAST)) / math.log(LEAST)


def _by_code(ranking: list[Ranked]) -> dict[str, float]:
    return {item.code: item.probability for item in ranking}


def _lead(probabilities: dict[str, float], code: str) -> float:
    others = [value for other, value in probabilities.items() if other != code]
    return probabilities.get(code, 0.0) - max(others, default=0.0)


def possible(turn: Turn) -> list[Possible]:
    """The reviewed procedures that may be meant, with their features; none when nothing has been spoken of."""
    memory, heard = turn.memory, turn.understanding
    offered = [choice.value for choice in memory.offered if choice.kind == "procedure"]
    earlier = [subject.procedure for subject in memory.earlier]
    if not memory.procedure and not offered:
        return []
    rankings = (heard.ranking, heard.beside, heard.together)
    near = [item.code for ranking in rankings for item in ranking[:NEAR]]
    near += sorted(heard.in_talk, key=lambda code: -heard.in_talk[code])[:NEAR_IN_TALK]
    codes = dict.fromkeys(code for code in (memory.procedure, *offered, *earlier, memory.passed_over, *near) if code)
    records = {code: record for code in codes if (record := reviewed(code))}
    alone, beside, together = map(_by_code, rankings)
    in_talk = heard.in_talk
    named = {item.code for item in heard.ranking if item.named}
    told = {code for code, record in records.items() if case_told(turn, record)}
    likely = {code: case_learned(record, turn.affirmed, heard.marked) for code, record in records.items()}
    learned = {code: certainty for code, (_, certainty) in likely.items()}
    led_to: dict[str, float] = {}
    for case, certainty in likely.values():
        if case and case.moves_to:
            led_to[case.moves_to] = max(certainty, led_to.get(case.moves_to, 0.0))
    field = getattr(records.get(memory.procedure or ""), "field", None)
    plain = turn.plain
    bare, more, then = set(plain.split()) <= BARE, says_more(turn), goes_on(turn)
    switches, corrects, returns = (bool(pattern.search(plain)) for pattern in (_SWITCHES, _CORRECTS, _RETURNS))
    asks, needs = bool(asked_by(turn)) or asks_on(turn), bool(_NEEDS.search(plain))
    names = 0.5 if heard.alone is None else heard.alone
    long = min(len(heard.text.split()) / LONG, 1.0)
    found = []
    for code, record in records.items():
        subject, on_offer, before = code == memory.procedure, code in offered, code in earlier
        new = not (subject or on_offer or before)
        found.append(Possible(code, tuple(map(float, (
            alone.get(code, 0), _log(alone.get(code, 0)), _lead(alone, code),
            beside.get(code, 0), _log(beside.get(code, 0)), _lead(beside, code) if beside else 0,
            together.get(code, 0), _log(together.get(code, 0)),
            in_talk.get(code, 0), _log(in_talk.get(code, 0)), _lead(in_talk, code),
            code in named, named == {code}, code in told, told == {code}, learned[code], _lead(learned, code),
            led_to.get(code, 0.0),
            not subject and record.field == field, code in memory.declined,
            subject, subject and bare, subject and more, subject and switches, subject and corrects, subject and then,
            subject and returns, subject and asks, subject and needs, subject * long, subject * names, subject and bool(offered),
            on_offer, on_offer and bare, on_offer and asks, on_offer * long, on_offer and memory.likely == code,
            offered[:1] == [code], on_offer and corrects, on_offer * names,
            before, before * names, before and returns, before and switches, new and then, new and corrects, new and switches, new * names, new and bare, new and bool(offered),
            memory.passed_over == code, memory.passed_over == code and switches,
        )))))  # fmt: skip
    return found


@functools.cache
def _weights() -> list[float]:
    known: dict[str, float] = YAML(typ="safe").load(WEIGHTS.read_text(encoding="utf-8"))
    return [known.get(name, 0.0) for name in FEATURES]  # a sign added since they were learned counts nothing yet


def in_context(turn: Turn) -> list[tuple[str, float]]:
    """Procedures (codes) that may be meant with their probabilities, likeliest first."""
    candidates = possible(turn)
    scores = [sum(map(float.__mul__, _weights(), item.features)) for item in candidates]
    exponents = [math.exp(score - max(scores)) for score in scores]
    shares = [(item.code, value / sum(exponents)) for item, value in zip(candidates, exponents, strict=True)]
    return sorted(shares, key=lambda share: -share[1])


def clear_in_context(turn: Turn) -> str | None:
    """The procedure that is clearly meant in the talk so far, or None: then it has to be asked, or nothing has been spoken of."""
    others = [item for item in turn.understanding.ranking if not item.reviewed and item.probability >= OTHER_FROM]
    shares = [] if others else in_context(turn)
    return shares[0][0] if shares and shares[0][1] >= CLEAR else None
