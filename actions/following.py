"""What a message that names nothing asks on about: the procedure at hand, one of those offered, or a rival of theirs."""

from __future__ import annotations

import re

from actions.answering import answer
from actions.asked import asked_by
from actions.asking import ask_again, ask_between, offer_again, payload
from actions.conversation import yes_or_no
from actions.telling import case_learned, case_told
from actions.turn import Ranked, Turn, reviewed, sentences
from bot.nlu.light_words import LIGHT, content_words
from procedures_kb.facts import aspect_by_content
from procedures_kb.store import today

FOLLOW_UP_WORDS = 12  # a message up to this long may be a follow-up without naming anything
FEW_WORDS = 6  # content words of a follow-up; more tell a matter of their own
OTHER_FROM = 0.03  # probability from which another procedure speaks against a follow-up
NAMED_FROM = 0.04  # probability from which a procedure called by name replaces the one at hand
TELLS_FROM, TELLS_LEAD = (
    0.15,
    3.0,
)  # what an offered procedure must reach, and lead the other offered ones by, to be chosen
WEAK_FIRST = 0.3  # probability from which a procedure that was not offered speaks against the offered ones
TOGETHER_FROM = 0.5  # what an offered procedure must reach in the ranking of both messages together
TELLS_WORDS = 2  # words that say something, from which a message may mean another procedure than the one at hand
RELATED_FROM = 0.25  # probability by itself from which another procedure of the same field is a rival…
UNRELATED_FROM = 0.45  # … and one of another field
THEN_FROM = 0.1  # … and of any when the message speaks of what comes afterwards
BESIDE_FROM = 0.05  # probability together with the name of the procedure at hand that makes a rival
CASE_WINS_BELOW = 0.97  # another procedure recognised with less than this does not outweigh a case told in words
CASE_CHOOSES_FROM, CASE_CHOOSES_LEAD = (
    0.3,
    1.2,
)  # what the likeliest must reach, and lead the second by, to be chosen by a case
TOLD_FROM, OTHERS_BELOW = 0.8, 0.75  # certainty of its case, and of those of the others
OTHERS_TOGETHER, MOST_OTHERS = 0.6, 3  # what the likeliest others together must reach to be asked about
MOST_RIVALS = 2
WEAK_BELOW = 0.5  # probability below which a procedure that is not named is a weak guess
# What asks on without naming anything: a question word, or a sentence that ends as a yes-or-no question.
_ASKS_ON = re.compile(
    r"\b(?:thi sao|tinh sao|duoc khong|co phai|co can|phai khong|co duoc|co sao|co bi|bat buoc|the nao|cai nay|the con)\b"
    r"|\b(?:co|phai|duoc|can|con)\b.*\b(?:khong|chua)$|\b(?:ai|bao nhieu|may (?:gio|ngay|hom|thang|nam|ban|nguoi))\b|\b(?:duoc|phai|nhu the) (?:chu|ha|nhi|a)$"
)
# "Chia xong thì …", "có giấy rồi thì …", "xong cái đó …": what comes after the procedure at hand.
_THEN = re.compile(
    r"\bxong (?:roi )?(?:thi|muon|cai|gio|co|la)\b|\b(?:co|lam|nop|cap|duoc)\b(?: \w+){0,3} roi (?:thi|gio|muon)\b|^(?:roi )?sau (?:do|nay)\b"
)


def asks_on(turn: Turn) -> bool:
    """Whether the words ask something about what is being talked about, without naming it."""
    return bool(_ASKS_ON.search(turn.plain))


def says_more(turn: Turn) -> bool:
    """Whether a message has words of its own beside question words and those that stand everywhere."""
    return len(content_words(turn.plain)) >= TELLS_WORDS


def goes_on(turn: Turn) -> bool:
    """Whether a message speaks of what comes when this is done: "báo xong rồi thì xin cuốn mới"."""
    return bool(_THEN.search(turn.plain))


def rivals(turn: Turn, code: str) -> list[Ranked]:
    """What else a message may mean that comes while a procedure is being talked about, likeliest first.

    By itself the message must point to the other one, or together with the name of the one at hand: "trả hết rồi thì xóa
    kiểu gì" after a mortgage means its deletion. Question words alone point to nothing.
    """
    heard = turn.understanding
    if not says_more(turn):
        return []
    field, then = getattr(reviewed(code), "field", None), goes_on(turn)
    alone = {item.code: item.probability for item in heard.ranking}
    beside = {item.code: item.probability for item in heard.beside}
    found: list[tuple[float, Ranked]] = []
    for item in dict.fromkeys([*heard.ranking, *heard.beside]):
        if item.code == code or item.code in turn.memory.declined or not item.reviewed:
            continue
        related = field is not None and getattr(reviewed(item.code), "field", None) == field
        by_itself, together = alone.get(item.code, 0.0), beside.get(item.code, 0.0)
        least = THEN_FROM if then else RELATED_FROM if related else UNRELATED_FROM
        likely = by_itself >= least and by_itself > alone.get(code, 0.0)
        if likely or together >= BESIDE_FROM:
            found.append((by_itself + together, item))
    reviewed_others = [item for item in heard.ranking if item.reviewed and item.code != code][:MOST_OTHERS]
    if (
        not found
        and alone.get(code, 0.0) < OTHER_FROM
        and sum(i.probability for i in reviewed_others) >= OTHERS_TOGETHER
    ):
        return [
            item for item in reviewed_others if item.probability >= THEN_FROM
        ]  # "làm căn cước": one of three, not this one
    kept: dict[str, Ranked] = {}
    for _, item in sorted(found, key=lambda pair: -pair[0]):
        kept.setdefault(item.code, item)
    return list(kept.values())[:MOST_RIVALS]


def told_offered(turn: Turn) -> str | None:
    """The offered procedure that the message tells, by itself, with the question before, or by a case of it."""
    heard = turn.understanding
    offered = [choice.value for choice in turn.memory.offered if choice.kind == "procedure"]
    return (
        _told(heard.ranking, offered, TELLS_FROM)
        or (_told(heard.together, offered, TOGETHER_FROM) if says_more(turn) else None)
        or _by_case(turn, offered)
    )


def answer_open_question(turn: Turn, candidates: list[Ranked]) -> bool:
    """A message while "A or B?" is open: it tells which, or asks on without choosing. Whether it was answered."""
    memory, heard = turn.memory, turn.understanding
    offered = [choice.value for choice in memory.offered if choice.kind == "procedure"]
    if not offered or len(heard.text.split()) > FOLLOW_UP_WORDS or any(item.named for item in candidates):
        return False
    told = told_offered(turn) or _told_anew(turn)
    if told:
        memory.offered = []
        answer(turn, told, asked_by(turn) or memory.wanted or None)
        return True
    if not asked_by(turn) and not asks_on(turn):
        return False
    if len(offered) == 1:  # asking on about the only one offered says yes to it
        answer(turn, offered[0])
    elif (likely := memory.procedure if memory.procedure in offered else memory.likely) in offered and asked_by(turn):
        others = [(choice.value, choice.label) for choice in memory.offered if choice.kind == "procedure"]
        answer_likely(turn, likely, [other for other in others if other[0] != likely])
    else:
        offer_again(turn)
    return True


def _by_case(turn: Turn, offered: list[str]) -> str | None:
    """The only one of the offered procedures of which the message tells a case ("bố mẹ em ở quê ra chơi")."""
    telling = [code for code in offered if (procedure := reviewed(code)) and case_told(turn, procedure)]
    return telling[0] if len(telling) == 1 and len(offered) > 1 else None


def _told(ranking: list[Ranked], offered: list[str], least: float) -> str | None:
    """The offered procedure that a ranking puts first, clearly before the other offered ones."""
    found = [item for item in ranking if item.code in offered]
    if not found or found[0].probability < least:
        return None
    if found[0].code != ranking[0].code and ranking[0].probability >= WEAK_FIRST:
        return None
    second = found[1].probability if len(found) > 1 else 0.0
    return found[0].code if found[0].probability >= TELLS_LEAD * second else None


def _told_anew(turn: Turn) -> str | None:
    """A reviewed procedure that was not offered, but which both messages together mean ("có một bạn người Lào nữa")."""
    ranking = turn.understanding.together
    if not ranking or not says_more(turn) or ranking[0].code in turn.memory.declined:
        return None
    second = ranking[1].probability if len(ranking) > 1 else 0.0
    clear = ranking[0].probability >= TOGETHER_FROM and ranking[0].probability >= TELLS_LEAD * second
    return ranking[0].code if clear and ranking[0].reviewed else None


def answer_likely(turn: Turn, code: str, others: list[tuple[str, str]]) -> None:
    """Answer for the likeliest procedure, saying so, with the others (code, label) beside it."""
    turn.quiet_change = True
    first = len(turn.messages)
    answer(turn, code)
    said = turn.messages[first]
    name = getattr(reviewed(code), "short_name", None) or ""
    said["text"] = f"{sentences()['taken_for'].format(name=name)}\n\n{said['text']}"
    said["buttons"] = [
        *({"title": label, "payload": payload("choose", procedure=other)} for other, label in others),
        *said["buttons"],
    ]


def chosen_by_case(turn: Turn, candidates: list[Ranked]) -> str | None:
    """The likeliest of several when the message tells a case of it for certain and none of the others as much.

    Measured on our development rows that are asked about: right in 137 of 143 such messages.
    """
    first, second = candidates[0], candidates[1].probability if len(candidates) > 1 else 0.0
    if first.probability < max(CASE_CHOOSES_FROM, CASE_CHOOSES_LEAD * second):
        return None
    own, *others = [_certainty(turn, item.code) for item in candidates]
    return first.code if own >= TOLD_FROM and max(others, default=0.0) < OTHERS_BELOW else None


def _certainty(turn: Turn, code: str) -> float:
    """How certainly a message tells a case of a procedure that is not really another one."""
    procedure = reviewed(code)
    if procedure is None:
        return 0.0
    heard = turn.understanding
    case, certainty = case_learned(procedure, turn.affirmed, heard.marked, case_told(turn, procedure))
    return certainty if case and not case.moves_to else 0.0


def asks_about_subject(turn: Turn, candidates: list[Ranked]) -> bool:
    """Whether a short question that names nothing asks on ("họ không chịu đến thì sao"); a weak guess does not outweigh it."""
    short = len(turn.understanding.text.split()) <= FOLLOW_UP_WORDS
    weak = all(not item.named and item.probability < WEAK_BELOW for item in candidates)
    return short and weak and asks_on(turn)


def stays_with(turn: Turn, other: Ranked) -> bool:
    """Whether a short question that names no procedure stays with the one at hand ("ông bà đi nộp thay được không")."""
    memory, heard = turn.memory, turn.understanding
    asks = bool(heard.aspects) and heard.aspects != ["overview"]
    short = len(heard.text.split()) <= FOLLOW_UP_WORDS
    return (
        memory.procedure is not None and memory.procedure != other.code and asks and short
        and not other.named and other.probability < CASE_WINS_BELOW
    )  # fmt: skip


def called_by_name(turn: Turn, current: str) -> Ranked | None:
    """Another procedure that the message calls by name while one is being talked about ("quay lại tạm trú")."""
    named = [item for item in turn.understanding.ranking if item.named and item.code not in turn.memory.declined]
    if any(item.code == current for item in named) or not named:
        return None
    best = named[0]
    clear = len(named) == 1 or best.probability >= 2 * named[1].probability
    return best if clear and best.reviewed and best.probability >= NAMED_FROM else None


def follow_up(turn: Turn, code: str) -> None:
    """A short question about the procedure at hand that names no aspect: look where its words stand, else ask."""
    procedure = reviewed(code)
    others = [item.probability for item in turn.understanding.ranking if item.code != code]
    own = next((item.probability for item in turn.understanding.ranking if item.code == code), 0.0)
    asks_on = bool(_ASKS_ON.search(turn.plain))
    if others and max(others) > max(own, OTHER_FROM) and not asks_on:
        return _ask_still(
            turn, code
        )  # it may well be about something else: ask rather than answer about the wrong thing
    words = {word for word in turn.plain.split() if len(word) > 1} - LIGHT
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
