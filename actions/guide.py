"""A question about a procedure: which procedure is meant, in which case, and whether we are sure enough to answer."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from ruamel.yaml import YAML

from actions.answering import answer, choose_case, reviewed
from actions.asked import asked_by
from actions.asking import ask_again, ask_between, ask_which, offer_again
from actions.conversation import is_pick, yes_or_no
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
TELLS_WORDS = 2  # words that say something, from which a message may mean another procedure than the one at hand
RELATED_FROM = 0.25  # probability by itself from which another procedure of the same field is a rival…
UNRELATED_FROM = 0.45  # … and one of another field
BESIDE_FROM = 0.05  # probability together with the name of the procedure at hand that makes a rival
MOST_RIVALS = 2
WEAK_BELOW = 0.5  # probability below which a procedure that is not named is a weak guess
# What asks on without naming anything: a question word, or a sentence that ends as a yes-or-no question.
_ASKS_ON = re.compile(
    r"\b(?:thi sao|tinh sao|duoc khong|co phai|co can|phai khong|co duoc|co sao|co bi|bat buoc|the nao|cai nay|the con)\b"
    r"|\b(?:co|phai|duoc|can|con)\b.*\b(?:khong|chua)$|\b(?:ai|bao nhieu|may (?:gio|ngay|hom|thang|nam|ban|nguoi))\b|\b(?:duoc|phai|nhu the) (?:chu|ha|nhi|a)$"
)
# Words of a question that names nothing ("hết bao nhiêu tiền"): whatever the linker finds in them is chance.
_BARE_WORDS = (
    "het bao nhieu tien mat may ngay lau nop o dau can giay to gi le phi cho nao the con va thi la a vay ha phai co khong ton xong"
    " ho so gom nhung ai cai nay khi lam sao"
)
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
        if others := _rivals(turn, memory.procedure):
            return ask_between(turn, memory.procedure, others)
        if asked_by(turn):
            return answer(turn, memory.procedure)
        if _asks_about_subject(turn, candidates):
            return _follow_up(turn, memory.procedure)
    if not memory.procedure and asked_by(turn) and set(turn.plain.split()) <= _BARE:
        memory.wanted = asked_by(turn)
        turn.notice("not_understood", kind="fallback", sentence="no_procedure_yet", offer=[])
        return
    if memory.procedure and heard.verdict == "clarify" and candidates and not any(c.named for c in candidates):
        others = [item for item in candidates if item.code != memory.procedure]
        return ask_between(turn, memory.procedure, others[:MOST_RIVALS])
    if heard.verdict == "clarify" and candidates:
        settled = _settled_by_case(turn, candidates)
        return answer(turn, settled) if settled else ask_which(turn, candidates)
    if memory.procedure and len(heard.text.split()) <= FOLLOW_UP_WORDS:
        return _follow_up(turn, memory.procedure)
    ask_again(turn)


def asks_on(turn: Turn) -> bool:
    """Whether the words ask something about what is being talked about, without naming it."""
    return bool(_ASKS_ON.search(turn.plain))


def follow_on(turn: Turn) -> bool:
    """A question of nothing but question words ("nộp cho ai", "hồ sơ gồm gì") asks on, whatever it looks like by itself.

    Whether it was answered.
    """
    at_hand = turn.memory.procedure or any(choice.kind == "procedure" for choice in turn.memory.offered)
    if not at_hand or is_pick(turn) or yes_or_no(turn) is not None:
        return False
    if not asked_by(turn) or not set(turn.plain.split()) <= _BARE:
        return False
    guide(turn)
    return True


def says_more(turn: Turn) -> bool:
    """Whether a message has words of its own beside question words and those that stand everywhere."""
    return len(set(turn.plain.split()) - _BARE - _LIGHT) >= TELLS_WORDS


def _rivals(turn: Turn, code: str) -> list[Ranked]:
    """What else a message may mean that comes while a procedure is being talked about, likeliest first.

    By itself the message must point to the other one, or together with the name of the one at hand: "trả hết rồi thì xóa
    kiểu gì" after a mortgage means its deletion. Question words alone point to nothing.
    """
    heard = turn.understanding
    if not says_more(turn):
        return []
    field = getattr(reviewed(code), "field", None)
    alone = {item.code: item.probability for item in heard.ranking}
    beside = {item.code: item.probability for item in heard.beside}
    found: list[tuple[float, Ranked]] = []
    for item in dict.fromkeys([*heard.ranking, *heard.beside]):
        if item.code == code or item.code in turn.memory.declined or not item.reviewed:
            continue
        related = field is not None and getattr(reviewed(item.code), "field", None) == field
        by_itself, together = alone.get(item.code, 0.0), beside.get(item.code, 0.0)
        likely = by_itself >= (RELATED_FROM if related else UNRELATED_FROM) and by_itself > alone.get(code, 0.0)
        if likely or together >= BESIDE_FROM:
            found.append((by_itself + together, item))
    kept: dict[str, Ranked] = {}
    for _, item in sorted(found, key=lambda pair: -pair[0]):
        kept.setdefault(item.code, item)
    return list(kept.values())[:MOST_RIVALS]


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
    if not asked_by(turn) and not asks_on(turn):
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
    return short and weak and asks_on(turn)


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
        return _ask_still(
            turn, code
        )  # it may well be about something else: ask rather than answer about the wrong thing
    words = {word for word in turn.plain.split() if len(word) > 1} - _LIGHT
    aspect = aspect_by_content(procedure, words, today()) if procedure and len(words) <= FEW_WORDS else None
    if procedure is None or (aspect is None and not asks_on):
        return _ask_still(turn, code)
    answer(turn, code, [aspect or "eligibility"])
    if aspect is None:
        turn.messages[-1]["text"] += "\n\n" + sentences()["if_not_this"]


def _ask_still(turn: Turn, code: str) -> None:
    """In doubt whether the procedure at hand is still meant: ask that once, then go up the ladder."""
    if turn.memory.unsure or reviewed(code) is None or yes_or_no(turn) is not None:
        return ask_again(turn)
    turn.memory.unsure += 1
    ask_between(turn, code, [])
