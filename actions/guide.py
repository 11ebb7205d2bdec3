"""Answering a question about a procedure: which one, which case, which facts."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, cast

import msgspec
from ruamel.yaml import YAML

from actions.turn import Capability, Choice, Ranked, Turn, knowledge, sentences
from actions.wording import answer_text
from procedures_kb.cases import case_from_words
from procedures_kb.facts import ASPECTS, Aspect, aspect_by_content, case_changes_answer, facts, unsure
from procedures_kb.model import Procedure
from procedures_kb.store import Entry, UnknownProcedure, today
from procedures_kb.text import fold, strip_marks

ASPECT_BUTTONS = {
    "documents": "Giấy tờ cần có",
    "fee": "Lệ phí",
    "duration": "Bao lâu có kết quả",
    "place": "Nộp ở đâu",
    "online": "Làm trực tuyến",
}
FOLLOW_UP_WORDS = 12  # a message up to this long may be a follow-up without naming anything
NAMED_FROM = 0.08  # probability from which a procedure called by name replaces the one at hand
# Words that stand everywhere in the records and so tell no aspect.
_LIGHT = frozenset(
    [
        "can",
        "phai",
        "co",
        "khong",
        "duoc",
        "anh",
        "chi",
        "em",
        "toi",
        "minh",
        "cho",
        "thi",
        "la",
        "va",
        "hay",
        "neu",
        "khi",
        "giay",
        "to",
        "ho",
        "so",
        "lam",
        "di",
        "den",
        "tai",
        "cac",
        "cua",
        "nguoi",
        "nay",
        "do",
        "voi",
    ]
)
CASE_WINS_BELOW = 0.90  # a case told in words outweighs another procedure recognised with less than this


class Guide(Capability):
    """Rasa action of the questions."""

    def name(self) -> str:
        return "action_guide"

    def respond(self, turn: Turn) -> None:
        guide(turn)


def guide(turn: Turn) -> None:
    """Answer a question, ask which procedure, or say that we are not sure."""
    memory, heard = turn.memory, turn.understanding
    if turn.is_button:
        code = turn.entity("procedure") or memory.procedure
        if code is None:
            return ask_again(turn)
        aspect, case = turn.entity("aspect"), turn.entity("case")
        if case:
            return choose_case(turn, code, case)
        return answer(turn, code, [aspect] if aspect else None)

    if turn.entity("procedure_code"):
        return answer(turn, str(turn.entity("procedure_code")))
    candidates = [item for item in heard.ranking if item.code in heard.candidates and item.code not in memory.declined]
    sure = candidates[0] if heard.verdict == "sure" and candidates else None
    if memory.procedure and not (sure and sure.probability >= CASE_WINS_BELOW):
        current = _reviewed(memory.procedure)
        told = case_from_words(current, heard.text, heard.marked) if current else None
        if told and told.id != memory.case:
            return choose_case(turn, memory.procedure, told.id)
    if sure and not _stays_with(turn, sure):
        return answer(turn, sure.code)
    if sentence := elsewhere(heard.text, heard.marked):
        turn.notice("elsewhere", kind="fallback", text=sentence)
        return
    if memory.procedure:
        other = _called_by_name(turn, memory.procedure)
        if other:
            return answer(turn, other.code)
        if heard.aspects and heard.aspects != ["overview"]:
            return answer(turn, memory.procedure)
    if heard.verdict == "clarify" and candidates:
        return ask_which(turn, candidates)
    if memory.procedure and len(heard.text.split()) <= FOLLOW_UP_WORDS:
        return _follow_up(turn, memory.procedure)
    if heard.aspects and memory.offered and memory.offered[0].kind == "procedure":
        return _offer_again(turn)
    ask_again(turn)


def _offer_again(turn: Turn) -> None:
    """A question about one of the offered procedures before it was chosen: offer them again, remember the question."""
    offered = turn.memory.offered
    turn.memory.wanted = [a for a in turn.understanding.aspects if a != "overview"] or turn.memory.wanted
    _offer(turn, sentences()["choose_first"], [(choice.value, choice.label) for choice in offered])


@functools.cache
def _redirects() -> list[tuple[str, str, str]]:
    rows = YAML(typ="safe").load((Path(__file__).parent / "redirects.yml").read_text(encoding="utf-8"))
    return [(fold(phrase), strip_marks(fold(phrase)), row["sentence"]) for row in rows for phrase in row["phrases"]]


def elsewhere(text: str, marked: bool) -> str | None:
    """The sentence for a matter that another body handles (redirects.yml), or None."""
    padded = f" {text} " if marked else f" {strip_marks(text)} "
    return next((s for phrase, plain, s in _redirects() if f" {phrase if marked else plain} " in padded), None)


def _stays_with(turn: Turn, other: Ranked) -> bool:
    """Whether a short question that names no procedure stays with the one at hand ("ông bà đi nộp thay được không")."""
    memory, heard = turn.memory, turn.understanding
    asks = bool(heard.aspects) and heard.aspects != ["overview"]
    short = len(heard.text.split()) <= FOLLOW_UP_WORDS
    return (
        memory.procedure is not None and memory.procedure != other.code and asks and short
        and not other.named and other.probability < CASE_WINS_BELOW
    )  # fmt: skip


def _called_by_name(turn: Turn, current: str) -> Ranked | None:
    """Another procedure that the message calls by name while one is being talked about ("quay lại tạm trú")."""
    named = [item for item in turn.understanding.ranking if item.named and item.code not in turn.memory.declined]
    if any(item.code == current for item in named) or not named:
        return None
    best = named[0]
    clear = len(named) == 1 or best.probability >= 2 * named[1].probability
    return best if clear and best.reviewed and best.probability >= NAMED_FROM else None


def _follow_up(turn: Turn, code: str) -> None:
    """A short question about the procedure at hand that names no aspect: look where its words stand, else ask."""
    procedure = _reviewed(code)
    words = {word for word in strip_marks(turn.understanding.text).split() if len(word) > 1} - _LIGHT
    aspect = aspect_by_content(procedure, words, today()) if procedure else None
    if procedure is None or aspect is None:
        return ask_again(turn)
    answer(turn, code, [aspect])


def _reviewed(code: str) -> Procedure | None:
    try:
        return knowledge().get(code).procedure
    except UnknownProcedure:
        return None


def _payload(intent: str, **values: str) -> str:
    return f"/{intent}{json.dumps(values, ensure_ascii=False)}"


def answer(turn: Turn, code: str, aspects: list[str] | None = None) -> None:
    """State the facts of the asked aspects, for the citizen's case as far as it is known."""
    memory, heard = turn.memory, turn.understanding
    try:
        entry = knowledge().get(code)
    except UnknownProcedure:
        return ask_again(turn)
    if memory.procedure != entry.code:
        memory.procedure, memory.case, memory.declined = entry.code, None, []
    memory.unsure = 0
    if entry.procedure is None:
        return _answer_imported(turn, entry)
    procedure = entry.procedure
    if not turn.is_button and not memory.case:
        told = case_from_words(procedure, heard.text, heard.marked)
        if told and told.moves_to:
            return choose_case(turn, code, told.id)
        memory.case = told.id if told else None
    heard_aspects = [a for a in heard.aspects if a != "overview"] or memory.wanted or ["overview"]
    memory.wanted = []
    asked = cast(list[Aspect], [a for a in (aspects or heard_aspects) if a in ASPECTS])
    memory.aspects = list(asked)
    on = today()
    case = next((c for c in procedure.cases if c.id == memory.case), None)
    held = {aspect: facts(procedure, aspect, on, case.id if case else None) for aspect in asked}
    doubtful = unsure(procedure, asked, on, case.id if case else None)
    text = answer_text(procedure, held, case.label if case else None)
    if doubtful:
        text += "\n" + sentences()["unsure_fact"]
    custom: dict[str, Any] = {
        "kind": "answer",
        "procedure": {"code": procedure.code, "name": procedure.name},
        "aspects": asked,
        "facts": held,
        "sources": [msgspec.to_builtins(source) for source in procedure.sources],
        "release": entry.release,
        "confidence": _probability(turn, code),
        "unsure": doubtful,
    }
    if case:
        custom["case"] = {"id": case.id, "label": case.label}
    if any(isinstance(values, dict) and "by_case" in values for values in held.values()):
        custom["cases"] = [{"id": c.id, "label": c.label} for c in procedure.cases]
    buttons, offer = _next_steps(procedure, asked)
    turn.say(text, custom, buttons, offer)
    if case is None and case_changes_answer(procedure, asked, on):
        _ask_case(turn, procedure)


def _next_steps(procedure: Procedure, asked: list[Aspect]) -> tuple[list[tuple[str, str]], list[Choice]]:
    buttons: list[tuple[str, str]] = []
    offer: list[Choice] = []
    if any(form.submission for form in procedure.forms):
        buttons.append(("Làm luôn giúp tôi", _payload("start_submission", procedure=procedure.code)))
        offer.append(Choice("start", procedure.code, "Làm luôn giúp tôi"))
    for aspect, title in ASPECT_BUTTONS.items():
        if aspect not in asked and len(buttons) < 4:
            buttons.append((title, _payload("ask_procedure", procedure=procedure.code, aspect=aspect)))
    return buttons, offer


def _probability(turn: Turn, code: str) -> float:
    return next((round(item.probability, 3) for item in turn.understanding.ranking if item.code == code), 1.0)


def _answer_imported(turn: Turn, entry: Entry) -> None:
    """An imported record is recognised and pointed to, never stated as certain."""
    record = entry.imported
    assert record is not None
    url = record.url or "https://dichvucong.gov.vn"
    words = sentences()
    text = words["imported"].format(name=entry.name, code=entry.code) + " " + words["imported_where"].format(url=url)
    custom = {
        "kind": "answer",
        "procedure": {"code": entry.code, "name": entry.name},
        "aspects": turn.understanding.aspects or ["overview"],
        "facts": {},
        "sources": [{"title": entry.name, "url": url, "decision": record.decision, "verified_on": None}],
        "release": entry.release,
        "confidence": _probability(turn, entry.code),
        "imported": True,
    }
    turn.memory.aspects = []
    turn.say(text, custom, [("Gặp cán bộ", "/handoff")], [])


def _ask_case(turn: Turn, procedure: Procedure) -> None:
    question = procedure.case_question or sentences()["case_question_default"]
    listed = "\n".join(f"{number}. {case.label}" for number, case in enumerate(procedure.cases, 1))
    turn.say(
        f"{question}\n{listed}",
        {
            "kind": "case_question",
            "procedure": {"code": procedure.code, "name": procedure.name},
            "cases": [{"id": case.id, "label": case.label} for case in procedure.cases],
        },
        [(case.label, _payload("choose", procedure=procedure.code, case=case.id)) for case in procedure.cases],
        [Choice("case", case.id, case.label) for case in procedure.cases],
    )


def choose_case(turn: Turn, code: str, case_id: str) -> None:
    """Answer again for one case; a case that is really another procedure moves there."""
    procedure = _reviewed(code)
    case = next((c for c in procedure.cases if c.id == case_id), None) if procedure else None
    if procedure is None or case is None:
        return answer(turn, code)
    turn.memory.procedure, turn.memory.case = code, case.id
    aspects = [a for a in turn.understanding.aspects if a != "overview"] or turn.memory.aspects or ["documents"]
    if not case.moves_to:
        return answer(turn, code, aspects)
    try:
        name = knowledge().get(case.moves_to).name
    except UnknownProcedure:
        turn.memory.case = None
        return answer(turn, code, aspects)
    before = len(turn.messages)
    turn.memory.declined = []
    answer(turn, case.moves_to, aspects)
    moved = sentences()["case_moves"].format(name=name)
    turn.messages[before]["text"] = f"{moved}\n\n{turn.messages[before]['text']}"


def ask_which(turn: Turn, candidates: list[Ranked]) -> None:
    """Two or three are close: ask which, and remember what is declined."""
    turn.memory.unsure = 0
    turn.memory.wanted = [a for a in turn.understanding.aspects if a != "overview"] or turn.memory.wanted
    _offer(turn, sentences()["which_one"], [(item.code, _label(item)) for item in candidates])


def _offer(turn: Turn, question: str, choices: list[tuple[str, str]]) -> None:
    """Offer procedures as (code, label), numbered in the text and as buttons."""
    listed = "\n".join(f"{number}. {label}" for number, (_, label) in enumerate(choices, 1))
    turn.say(
        f"{question}\n{listed}",
        {"kind": "clarify", "candidates": [{"code": code, "name": label} for code, label in choices]},
        [(label, _payload("choose", procedure=code)) for code, label in choices]
        + [(sentences()["none_of_these"], "/deny")],
        [Choice("procedure", code, label) for code, label in choices],
    )


def _label(item: Ranked) -> str:
    name = item.short_name or item.name
    name = name[:1].upper() + name[1:]
    return name if len(name) <= 90 else name[:87].rstrip() + "…"


def ask_again(turn: Turn) -> None:
    """Unsure: one short question; the second time a menu and an officer. Never the same sentence for ever."""
    turn.memory.unsure += 1
    turn.memory.wanted = [a for a in turn.understanding.aspects if a != "overview"] or turn.memory.wanted
    if turn.memory.unsure == 1:
        turn.notice("not_understood", kind="fallback", offer=[])
        return
    menu(turn)


def menu(turn: Turn) -> None:
    """The procedures citizens need most, and a person."""
    entries = [entry for entry in knowledge().entries() if entry.procedure]
    entries.sort(key=lambda entry: -(entry.procedure.frequency if entry.procedure else 0))
    common = [entry.procedure for entry in entries[:5] if entry.procedure]
    buttons = [(p.short_name[:1].upper() + p.short_name[1:], _payload("choose", procedure=p.code)) for p in common]
    turn.notice(
        "menu", kind="fallback", buttons=[*buttons, ("Gặp cán bộ", "/handoff")],
        offer=[Choice("procedure", p.code, p.short_name) for p in common],
    )  # fmt: skip
