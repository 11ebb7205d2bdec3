"""A question about a procedure: which procedure is meant, in which case, and whether we are sure enough to answer."""

from __future__ import annotations

import functools
from pathlib import Path

from ruamel.yaml import YAML

from actions.answering import answer, choose_case, reviewed
from actions.asking import ask_again, ask_which, offer_again
from actions.turn import Capability, Ranked, Turn
from procedures_kb.cases import case_from_words
from procedures_kb.facts import aspect_by_content
from procedures_kb.store import today
from procedures_kb.text import fold, strip_marks

FOLLOW_UP_WORDS = 12  # a message up to this long may be a follow-up without naming anything
FEW_WORDS = 6  # content words of a follow-up; more tell a matter of their own
OTHER_FROM = 0.03  # probability from which another procedure speaks against a follow-up
NAMED_FROM = 0.04  # probability from which a procedure called by name replaces the one at hand
CASE_WINS_BELOW = 0.97  # a case told in words outweighs another procedure recognised with less than this
# Words that stand everywhere in the records and so tell no aspect.
_EVERYWHERE = "can phai co khong duoc anh chi em toi minh cho thi la va hay neu khi giay to ho so lam di den tai cac cua nguoi nay do voi"
_LIGHT = frozenset(_EVERYWHERE.split())


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
        current = reviewed(memory.procedure)
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
        settled = _settled_by_case(turn, candidates)
        return answer(turn, settled) if settled else ask_which(turn, candidates)
    if memory.procedure and len(heard.text.split()) <= FOLLOW_UP_WORDS:
        return _follow_up(turn, memory.procedure)
    if heard.aspects and memory.offered and memory.offered[0].kind == "procedure":
        return offer_again(turn)
    ask_again(turn)


def _settled_by_case(turn: Turn, candidates: list[Ranked]) -> str | None:
    """The candidate to which the words themselves lead: they tell a case of one candidate that is really another.

    "Chưa đăng ký kết hôn mà muốn khai sinh có tên bố" names a case of the birth registration which is the joint
    registration; when both are candidates nothing is left to ask.
    """
    codes = {item.code for item in candidates}
    for item in candidates:
        procedure = reviewed(item.code)
        told = case_from_words(procedure, turn.understanding.text, turn.understanding.marked) if procedure else None
        if told and told.moves_to in codes - {item.code}:
            return told.moves_to
    return None


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
    procedure = reviewed(code)
    others = [item.probability for item in turn.understanding.ranking if item.code != code]
    own = next((item.probability for item in turn.understanding.ranking if item.code == code), 0.0)
    if others and max(others) > max(own, OTHER_FROM):
        return ask_again(turn)  # it may well be about something else: better ask than answer about the wrong thing
    words = {word for word in strip_marks(turn.understanding.text).split() if len(word) > 1} - _LIGHT
    aspect = aspect_by_content(procedure, words, today()) if procedure and len(words) <= FEW_WORDS else None
    if procedure is None or aspect is None:
        return ask_again(turn)
    answer(turn, code, [aspect])
