"""A question about a procedure: which procedure is meant, in which case, and whether we are sure enough to answer."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from ruamel.yaml import YAML

from actions.answering import answer, choose_case, reviewed
from actions.asked import asked_by
from actions.asking import ask_again, ask_which, offer_again
from actions.naming import named_in
from actions.turn import Ranked, Turn, sentences
from actions.two_matters import wanted_not_done
from procedures_kb.cases import case_from_words
from procedures_kb.facts import aspect_by_content
from procedures_kb.model import Case
from procedures_kb.store import today
from procedures_kb.text import fold, strip_marks

FOLLOW_UP_WORDS = 12  # a message up to this long may be a follow-up without naming anything
FEW_WORDS = 6  # content words of a follow-up; more tell a matter of their own
OTHER_FROM = 0.03  # probability from which another procedure speaks against a follow-up
NAMED_FROM = 0.04  # probability from which a procedure called by name replaces the one at hand
TELLS_FROM, TELLS_LEAD = (
    0.15,
    3.0,
)  # what an offered procedure must reach, and lead the other offered ones by, to be chosen
WEAK_BELOW = 0.5  # probability below which a procedure that is not named is a weak guess
_ASKS_ON = re.compile(
    r"\b(?:thi sao|tinh sao|duoc khong|co phai|co can|phai khong|co duoc|co sao|co bi|bat buoc|the nao|cai nay|the con)\b"
)
# Words of a question that names nothing ("hết bao nhiêu tiền"): whatever the linker finds in them is chance.
_BARE_WORDS = "het bao nhieu tien mat may ngay lau nop o dau can giay to gi le phi cho nao the con va thi la a vay ha phai co khong ton xong"
_BARE = frozenset(_BARE_WORDS.split())
CASE_WINS_BELOW = 0.97  # a case told in words outweighs another procedure recognised with less than this
# Words that stand everywhere in the records and so tell no aspect.
_EVERYWHERE = "can phai co khong duoc anh chi em toi minh cho thi la va hay neu khi giay to ho so lam di den tai cac cua nguoi nay do voi"
_LIGHT = frozenset(_EVERYWHERE.split())


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
    called = {code for name in named_in(turn) for code in name.codes} if memory.declined else set()
    candidates = [
        item
        for item in heard.ranking
        if item.code in heard.candidates and (item.code in called or item.code not in memory.declined)
    ]
    sure = candidates[0] if heard.verdict == "sure" and candidates else None
    if memory.procedure and (told := _case_told(turn, memory.procedure, sure)):
        return choose_case(turn, memory.procedure, told.id)
    if (code := wanted_not_done(turn)) and not (sure and not sure.named):
        return answer(turn, code)
    sentence = elsewhere(heard.text, heard.marked)
    if (
        sure
        and not (sentence and not sure.named and sure.probability < CASE_WINS_BELOW)
        and not _stays_with(turn, sure)
    ):
        return answer(turn, sure.code)
    if sentence:
        turn.notice("elsewhere", kind="fallback", text=sentence)
        return
    if answer_open_question(turn, candidates):
        return
    if memory.procedure:
        other = _called_by_name(turn, memory.procedure)
        if other:
            return answer(turn, other.code)
        if asked_by(turn):
            return answer(turn, memory.procedure)
        if _asks_about_subject(turn, candidates):
            return _follow_up(turn, memory.procedure)
    if not memory.procedure and asked_by(turn) and set(turn.plain.split()) <= _BARE:
        memory.wanted = asked_by(turn)
        turn.notice("not_understood", kind="fallback", sentence="no_procedure_yet", offer=[])
        return
    if heard.verdict == "clarify" and candidates:
        settled = _settled_by_case(turn, candidates)
        return answer(turn, settled) if settled else ask_which(turn, candidates)
    if memory.procedure and len(heard.text.split()) <= FOLLOW_UP_WORDS:
        return _follow_up(turn, memory.procedure)
    ask_again(turn)


def answer_open_question(turn: Turn, candidates: list[Ranked]) -> bool:
    """A message while "A or B?" is open: it tells which, or asks on without choosing. Whether it was answered."""
    memory, heard = turn.memory, turn.understanding
    offered = [choice.value for choice in memory.offered if choice.kind == "procedure"]
    if not offered or len(heard.text.split()) > FOLLOW_UP_WORDS or any(item.named for item in candidates):
        return False
    told = [item for item in heard.ranking if item.code in offered]
    if told and told[0].probability >= TELLS_FROM:
        second = told[1].probability if len(told) > 1 else 0.0
        if told[0].code == heard.ranking[0].code and told[0].probability >= TELLS_LEAD * second:
            memory.offered = []
            answer(turn, told[0].code, asked_by(turn) or memory.wanted or None)
            return True
    if not asked_by(turn):
        return False
    if len(offered) == 1:  # asking on about the only one offered says yes to it
        answer(turn, offered[0])
    else:
        offer_again(turn)
    return True


def _asks_about_subject(turn: Turn, candidates: list[Ranked]) -> bool:
    """Whether a short question that names nothing asks on ("họ không chịu đến thì sao"); a weak guess does not outweigh it."""
    short = len(turn.understanding.text.split()) <= FOLLOW_UP_WORDS
    weak = all(not item.named and item.probability < WEAK_BELOW for item in candidates)
    return short and weak and bool(_ASKS_ON.search(turn.plain))


def _case_told(turn: Turn, code: str, sure: Ranked | None) -> Case | None:
    """The case of the procedure at hand that the message tells anew, unless another procedure is meant for sure.

    "Nhưng bọn em chưa đăng ký kết hôn" names a procedure only within the words of the case, and so does not leave this one.
    """
    current, heard = reviewed(code), turn.understanding
    told = case_from_words(current, heard.text, heard.marked) if current else None
    if told is None or told.id == turn.memory.case:
        return None
    if sure is None or sure.code == code or sure.probability < CASE_WINS_BELOW:
        return told
    words = [strip_marks(fold(phrase)) for phrase in told.phrases]
    plain = turn.plain
    names = [plain[name.start : name.end] for name in named_in(turn)]
    return (
        told if all(any(name in phrase and phrase in plain for phrase in words) for name in names) and names else None
    )


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
    asks_on = bool(_ASKS_ON.search(turn.plain))
    if others and max(others) > max(own, OTHER_FROM) and not asks_on:
        return ask_again(turn)  # it may well be about something else: better ask than answer about the wrong thing
    words = {word for word in turn.plain.split() if len(word) > 1} - _LIGHT
    aspect = aspect_by_content(procedure, words, today()) if procedure and len(words) <= FEW_WORDS else None
    if procedure is None or (aspect is None and not asks_on):
        return ask_again(turn)
    answer(turn, code, [aspect or "eligibility"])
    if aspect is None:
        turn.messages[-1]["text"] += "\n\n" + sentences()["if_not_this"]
