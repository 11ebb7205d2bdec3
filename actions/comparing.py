"""Two procedures side by side: when each is used, result, papers to hand in, fee, time."""

from __future__ import annotations

import re

import msgspec

from actions.asking import payload
from actions.brief import brief
from actions.naming import codes_in, named_in
from actions.subjects import take_up
from actions.turn import Choice, Turn, knowledge, reviewed, sentences
from actions.wording import day, title
from procedures_kb.facts import Aspect, facts, unsure
from procedures_kb.model import Procedure
from procedures_kb.store import today

_COMPARES = re.compile(
    r"\b(?:khac (?:gi|nhau|the nao|cho nao|nhu the nao|ra sao|biet|voi)|phan biet|so sanh|giong nhau|giong gi|co giong|cung mot thu)\b"
)
_ASPECTS: tuple[tuple[Aspect, str], ...] = (
    ("result", "Kết quả nhận được"), ("documents", "Giấy tờ"), ("fee", "Lệ phí"), ("duration", "Thời gian"),
)  # fmt: skip


def compare(turn: Turn) -> bool:
    """Compare the two procedures the message asks to compare. Whether it does."""
    if not _COMPARES.search(turn.plain):
        return False
    pair = [procedure for code in compared(turn) if (procedure := reviewed(code))]
    if len(pair) < 2:
        return False
    _say(turn, pair[0], pair[1])
    return True


def compared(turn: Turn) -> list[str]:
    """The two codes meant: both named; one named, and the one at hand; else the two last offered or talked about."""
    memory = turn.memory
    named = codes_in(turn, named_in(turn))
    if len(named) >= 2:
        return named[:2]
    offered = [choice.value for choice in memory.offered if choice.kind == "procedure"]
    at_hand = [memory.procedure] if memory.procedure else []
    if named:
        return [*(code for code in [*at_hand, *offered] if code != named[0])][:1] + named
    return offered[:2] if len(offered) >= 2 else [*at_hand, *(s.procedure for s in memory.earlier)][:2]


def _say(turn: Turn, one: Procedure, other: Procedure) -> None:
    on = today()
    names = [_name(one), _name(other)]
    blocks = [sentences()["compared"].format(one=names[0], other=names[1])]
    blocks.append("\n".join(["Dành cho", *(f"- {n}: {p.audience}" for n, p in zip(names, (one, other), strict=True))]))
    for aspect, heading in _ASPECTS:
        lines = [f"- {n}: {brief(p, aspect, on, None)}." for n, p in zip(names, (one, other), strict=True)]
        blocks.append("\n".join([heading, *lines]))
    aspects = [aspect for aspect, _ in _ASPECTS]
    doubtful = any(unsure(procedure, aspects, on, None) for procedure in (one, other))
    if doubtful:
        blocks.append(sentences()["unsure_fact"])
    quoted = "; ".join(f"{p.sources[0].decision}, kiểm tra ngày {day(p.sources[0].verified_on)}" for p in (one, other))
    blocks.append(f"Nguồn: {quoted}.")
    if turn.memory.procedure not in (one.code, other.code):
        take_up(turn, one.code)
    turn.memory.aspects, turn.memory.repeated = [], 0
    turn.memory.passed_over = other.code
    custom = {
        "kind": "answer",
        "procedure": {"code": one.code, "name": one.name, "title": title(one)},
        "compared_with": other.code,
        "aspects": aspects,
        "facts": {aspect: facts(one, aspect, on, None) for aspect in aspects},
        "sources": [msgspec.to_builtins(source) for source in (one.sources[0], other.sources[0])],
        "release": knowledge().release(),
        "confidence": 1.0,
        "unsure": doubtful,
    }
    buttons = [(f"Chọn {p.short_name}", payload("choose", procedure=p.code)) for p in (one, other)]
    turn.say("\n\n".join(blocks), custom, buttons, [Choice("procedure", p.code, p.short_name) for p in (one, other)])


def _name(procedure: Procedure) -> str:
    return procedure.short_name[:1].upper() + procedure.short_name[1:]
