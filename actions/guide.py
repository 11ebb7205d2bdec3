"""A question about a procedure: which procedure is meant, in which case, and whether we are sure enough to answer."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from ruamel.yaml import YAML

from actions.answering import answer, choose_case
from actions.asked import asked_by
from actions.asking import ask_again, ask_between, ask_which, label, offer_again
from actions.context import clear_in_context
from actions.conversation import is_pick, opens_with_pick, yes_or_no
from actions.following import (
    CASE_WINS_BELOW,
    FOLLOW_UP_WORDS,
    MOST_RIVALS,
    answer_likely,
    answer_open_question,
    asks_about_subject,
    called_by_name,
    chosen_by_case,
    follow_up,
    rivals,
    stays_with,
)
from actions.naming import named_in
from actions.subjects import pointed_at
from actions.telling import case_told, case_understood, named_by_case
from actions.turn import Ranked, Turn, reviewed
from actions.two_matters import wanted_not_done
from bot.nlu.light_words import BARE
from procedures_kb.model import Case
from procedures_kb.text import fold, strip_marks

LEADS_FROM = 0.1  # probability from which a candidate's case may lead to another candidate


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
    if choice := opens_with_pick(turn):
        memory.offered = []
        return answer(turn, choice.value, asked_by(turn) or memory.wanted or None)
    called = {code for name in named_in(turn) for code in name.codes} if memory.declined else set()
    candidates = [
        item
        for item in heard.ranking
        if item.code in heard.candidates and (item.code in called or item.code not in memory.declined)
    ]
    sure = candidates[0] if heard.verdict == "sure" and candidates else None
    if sure is None and (spoken_of := pointed_at(turn)):
        return answer(turn, spoken_of)
    clear = clear_in_context(turn)
    told = _case_told(turn, memory.procedure, sure) if memory.procedure else None
    if memory.procedure and told and clear in (None, memory.procedure, told.moves_to):
        return choose_case(turn, memory.procedure, told.id)
    if (code := wanted_not_done(turn)) and not (sure and not sure.named):
        return answer(turn, code)
    sentence = elsewhere(heard.text, heard.marked)
    if not sentence and clear:
        memory.offered = []
        return answer(turn, clear, asked_by(turn) or memory.wanted or None)
    if sure and not (sentence and not sure.named) and not stays_with(turn, sure):
        return answer(turn, sure.code)
    if sentence:
        turn.notice("elsewhere", kind="fallback", text=sentence)
        return
    if answer_open_question(turn, candidates):
        return
    if memory.procedure:
        other = called_by_name(turn, memory.procedure)
        if other:
            return answer(turn, other.code)
        if others := rivals(turn, memory.procedure):
            return ask_between(turn, memory.procedure, others)
        if asked_by(turn):
            return answer(turn, memory.procedure)
        if asks_about_subject(turn, candidates):
            return follow_up(turn, memory.procedure)
    if not memory.procedure and asked_by(turn) and set(turn.plain.split()) <= BARE:
        memory.wanted = asked_by(turn)
        turn.notice("not_understood", kind="fallback", sentence="no_procedure_yet", offer=[])
        return
    if memory.procedure and heard.verdict == "clarify" and candidates and not any(c.named for c in candidates):
        others = [item for item in candidates if item.code != memory.procedure]
        return ask_between(turn, memory.procedure, others[:MOST_RIVALS])
    if heard.verdict == "clarify" and candidates:
        if settled := _settled_by_case(turn, candidates):
            return answer(turn, settled)
        if chosen := chosen_by_case(turn, candidates):
            return answer_likely(turn, chosen, [(c.code, label(c)) for c in candidates if c.code != chosen])
        return ask_which(turn, candidates)
    if memory.procedure and len(heard.text.split()) <= FOLLOW_UP_WORDS:
        return follow_up(turn, memory.procedure)
    if not memory.unsure and sum(choice.kind == "procedure" for choice in memory.offered) > 1:
        memory.unsure += 1  # said once; after that the ladder
        return offer_again(turn)
    ask_again(turn)


def follow_on(turn: Turn) -> bool:
    """A question of nothing but question words ("nộp cho ai", "hồ sơ gồm gì") asks on, whatever it looks like by itself.

    Whether it was answered.
    """
    at_hand = turn.memory.procedure or any(choice.kind == "procedure" for choice in turn.memory.offered)
    if not at_hand or is_pick(turn) or yes_or_no(turn) is not None:
        return False
    if not asked_by(turn) or not set(turn.plain.split()) <= BARE:
        return False
    guide(turn)
    return True


def _case_told(turn: Turn, code: str, sure: Ranked | None) -> Case | None:
    """The case of the procedure at hand that the message tells anew, unless another procedure is meant for sure.

    "Nhưng bọn em chưa đăng ký kết hôn" names a procedure only within the words of the case, and so does not leave this one.
    """
    current, heard = reviewed(code), turn.understanding
    told = case_understood(turn, current) if current and case_told(turn, current) else None
    if told is None or elsewhere(heard.text, heard.marked) or told.id == turn.memory.case:
        return None
    if sure is None or sure.code == code or sure.probability < CASE_WINS_BELOW:
        return told
    return told if named_by_case(turn, told) else None


def _settled_by_case(turn: Turn, candidates: list[Ranked]) -> str | None:
    """The candidate to which the words themselves lead: they tell a case of one candidate that is really another.

    "Chưa đăng ký kết hôn mà muốn khai sinh có tên bố" names a case of the birth registration which is the joint
    registration; when both are candidates nothing is left to ask.
    """
    codes = {item.code for item in candidates}
    for item in candidates:
        procedure = reviewed(item.code)
        told = case_told(turn, procedure) if procedure and item.probability >= LEADS_FROM else None
        if told and told.moves_to in codes - {item.code}:
            return told.moves_to
    return None


@functools.cache
def _redirects() -> list[tuple[str, str, bool]]:
    """Phrase, sentence, and whether the phrase in the past tells only a state (redirects.yml)."""
    rows = YAML(typ="safe").load((Path(__file__).parent / "redirects.yml").read_text(encoding="utf-8"))
    return [
        (fold(phrase), row["sentence"], row.get("past_is_state", False)) for row in rows for phrase in row["phrases"]
    ]


def elsewhere(text: str, marked: bool) -> str | None:
    """The sentence for a matter that another body handles (redirects.yml), or None."""
    padded = f" {text} " if marked else f" {strip_marks(text)} "
    for phrase, sentence, past_is_state in _redirects():
        plain = strip_marks(phrase)
        if f" {phrase if marked else plain} " not in padded:
            continue
        past = rf"\b(?:da|tung) {plain}\b|\b{plain}\b.{{0,15}}\b(?:roi|xong|nam ngoai|nam truoc)\b"
        if not (past_is_state and re.search(past, strip_marks(text))):
            return sentence
    return None
