"""Two procedures wanted in one message ("vừa nhập khẩu vừa đổi căn cước"): both answered in short, one after the other."""

from __future__ import annotations

import re
from typing import Any, cast

import msgspec

from actions.asked import asked_by
from actions.asking import payload
from actions.brief import brief
from actions.naming import Named, codes_in, named_in
from actions.subjects import take_up
from actions.telling import case_told
from actions.turn import Turn, knowledge, reviewed, sentences
from actions.wording import HEADINGS, day, lower_first, title
from procedures_kb.facts import ASPECTS, Aspect, facts, unsure
from procedures_kb.model import Procedure
from procedures_kb.store import today
from procedures_kb.text import strip_marks

MOST = 2  # answers in one turn; further matters are only named
OTHER_SURE = 0.5  # the linker says one procedure covers it all ("liên thông khai sinh, thường trú, thẻ bảo hiểm")
_JOINS = re.compile(r"\b(?:2 la|hai la|va|voi|lan|cung|dong thoi|vua|them|kem|ca|con)\b")
_COUNTED = re.compile(r"\b(?:1|mot|thu nhat|viec dau) la\b.*?\b(?:2|hai|thu hai) la\b")
_LIGHT_WORDS = (
    "va voi lan cung dong thoi vua them kem ca con nua luon luc mot muon can lam xin dang ky hoi thu tuc giay to em toi minh chi anh"
    " la 1 2 3 cho be chau cai viec ve chuyen hai no thi de tien the lai di doi cap mo tach"
)
_LIGHT = frozenset(_LIGHT_WORDS.split())
_ACTS = frozenset(
    {"ask_procedure", "inform", "start_submission", "out_of_scope", "smalltalk", "correct", "repeat", "choose"}
)
# A name after these words tells of a state or a condition, not of a wish.
_STATES = re.compile(
    r"\b(?:da|chua|khong|truoc khi|sau khi|neu|ban|bi mat|het han|ghi nham)(?: (?:co|lam|duoc|phai|dang ky|giay))*$"
)
_DEFAULT: list[Aspect] = ["documents", "fee", "duration"]


def answer_two(turn: Turn) -> bool:
    """Answer two matters named side by side. Whether the message has them."""
    if turn.intent not in _ACTS:
        return False
    codes = codes_in(turn, wanted(turn))
    first = turn.understanding.ranking[0] if turn.understanding.ranking else None
    procedures = [procedure for code in codes if (procedure := reviewed(code))]
    if len(procedures) < MOST or (first and first.code not in codes and first.probability >= OTHER_SURE):
        return False
    turn.quiet_change = True
    for procedure in procedures[:MOST]:
        _say(turn, procedure)
    turn.memory.matters = [procedure.code for procedure in procedures]
    turn.memory.passed_over = procedures[0].code  # the other one is the subject now
    lead = sentences()["two_matters"]
    turn.messages[-MOST]["text"] = f"{lead}\n\n{turn.messages[-MOST]['text']}"
    if rest := procedures[MOST:]:
        names = ", ".join(procedure.short_name for procedure in rest)
        turn.messages[-1]["text"] += "\n\n" + sentences()["more_matters"].format(names=names)
    return True


def wanted(turn: Turn) -> list[Named]:
    """The names in the message that stand side by side, joined by "và", "với", "vừa … vừa"."""
    plain = strip_marks(turn.understanding.text)
    names = named_in(turn)
    if counted := _COUNTED.search(plain):  # "1 là …, 2 là …": the first name of each
        one = [name for name in names if counted.start() <= name.start < counted.end()]
        two = [name for name in names if name.start >= counted.end()]
        if one and two and not set(one[0].codes) & set(two[0].codes):
            return [one[0], two[0]]
    joined: list[Named] = []
    for left, right in zip(names, names[1:], strict=False):
        between = plain[left.end : right.start].strip()
        both = plain[: left.start].count("vua ") and "vua" in between
        side_by_side = _JOINS.search(between) and set(between.split()) <= _LIGHT
        if (
            (both or side_by_side)
            and not _STATES.search(plain[: left.start].strip())
            and not set(left.codes) & set(right.codes)
        ):
            joined += [name for name in (left, right) if name not in joined]
    return joined


_DONE = re.compile(r"\bda(?: (?:co|lam|dang ky|duoc|xong))*$")


def wanted_not_done(turn: Turn) -> str | None:
    """Of two names the one that is wanted when the other is done: "đã đăng ký kết hôn rồi, giờ đăng ký tạm trú"."""
    names = named_in(turn) if " da " in f" {turn.plain} " else []
    done = [name for name in names if _DONE.search(turn.plain[: name.start].strip())]
    left = codes_in(turn, [name for name in names if name not in done])
    return left[0] if done and len(left) == 1 else None


def _say(turn: Turn, procedure: Procedure) -> None:
    memory = turn.memory
    take_up(turn, procedure.code)
    told = case_told(turn, procedure)
    if told and not told.moves_to:
        memory.case = told.id
    case = next((c for c in procedure.cases if c.id == memory.case), None)
    aspects = cast(list[Aspect], [a for a in asked_by(turn) if a in ASPECTS]) or _DEFAULT
    memory.aspects, memory.repeated, memory.wanted = list(aspects), 0, []
    text, custom = short_answer(procedure, aspects, case.id if case else None)
    turn.say(text, custom, [("Xem kỹ hơn", payload("choose", procedure=procedure.code))], [])


def short_answer(procedure: Procedure, aspects: list[Aspect], case_id: str | None) -> tuple[str, dict[str, Any]]:
    """The text of a short answer with its source, and its contract fields."""
    on = today()
    case = next((c for c in procedure.cases if c.id == case_id), None)
    head = title(procedure) + (f" – trường hợp: {lower_first(case.label)}" if case else "")
    lines = [head]
    for aspect in aspects:
        said = brief(procedure, aspect, on, case_id)
        if said:
            heading = HEADINGS[aspect]
            lines.append(f"- {heading}: {said}." if heading else f"{said}.")
    doubtful = unsure(procedure, aspects, on, case_id)
    if doubtful:
        lines.append(sentences()["unsure_fact"])
    source = procedure.sources[0]
    lines.append(f"Nguồn: {source.decision}, kiểm tra ngày {day(source.verified_on)}.")
    custom: dict[str, Any] = {
        "kind": "answer",
        "procedure": {"code": procedure.code, "name": procedure.name, "title": title(procedure)},
        "aspects": aspects,
        "facts": {aspect: facts(procedure, aspect, on, case_id) for aspect in aspects},
        "sources": [msgspec.to_builtins(source) for source in procedure.sources],
        "release": knowledge().release(),
        "confidence": 1.0,
        "unsure": doubtful,
        "brief": True,
    }
    if case:
        custom["case"] = {"id": case.id, "label": case.label}
    return "\n".join(lines), custom
