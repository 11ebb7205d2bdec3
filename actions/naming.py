"""Which procedures a message calls by name, and where in the words: for comparing, correcting, returning, two at once.

The linker ranks procedures for the message as a whole; these patterns need to know which name stands in which part.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict

import msgspec

from actions.turn import Turn, knowledge
from procedures_kb.core_terms import core_term
from procedures_kb.model import Procedure
from procedures_kb.store import UnknownProcedure
from procedures_kb.text import fold, strip_marks

_LIGHT_WORDS = "cho của con em tôi và ở tại về với có không do là lại trên người làm xin đăng ký giấy tờ thủ tục"
_LIGHT = frozenset(_LIGHT_WORDS.split())
LEADS_FROM = 3  # names of a procedure that begin with the same two words
LONGEST = 12  # words of a name that is looked for


class Named(msgspec.Struct, frozen=True):
    """A name found: the procedures of that name, most needed first, and its place in the normalised text (characters)."""

    codes: tuple[str, ...]
    start: int
    end: int


def named_in(turn: Turn, start_at: int = 0) -> list[Named]:
    """The names in the message, or in its part from a place on, from left to right, longest first, not overlapping."""
    text, marked = turn.understanding.text, turn.understanding.marked
    names = _names(knowledge().change_mark())[0 if marked else 1]
    text = text if marked else strip_marks(text)
    words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text) if match.start() >= start_at]
    found: list[Named] = []
    place = 0
    while place < len(words):
        for last in range(min(place + LONGEST, len(words)) - 1, place - 1, -1):
            start, end = words[place][0], words[last][1]
            if codes := names.get(text[start:end]):
                found.append(Named(codes, start, end))
                place = last
                break
        place += 1
    return found


def codes_in(turn: Turn, names: list[Named]) -> list[str]:
    """One code for each name, without repetition: where several bear it, the one at hand or the likeliest."""
    ranked = [item.code for item in turn.understanding.ranking]
    known = [turn.memory.procedure, *(subject.procedure for subject in turn.memory.earlier), *ranked]
    picked = [next((code for code in known if code in name.codes), name.codes[0]) for name in names]
    return list(dict.fromkeys(picked))


def plain_names(code: str) -> list[str]:
    """The names of a reviewed procedure without marks; none for another."""
    try:
        procedure = knowledge().get(code).procedure
    except UnknownProcedure:
        return []
    return [strip_marks(name) for name in _all_names(procedure)] if procedure else []


@functools.lru_cache(maxsize=2)
def _names(_mark: tuple[int, int]) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Name → codes, with marks and without; made anew when the knowledge base changes."""
    marked: dict[str, set[tuple[int, str]]] = defaultdict(set)
    plain: dict[str, set[tuple[int, str]]] = defaultdict(set)
    leading: dict[tuple[str, str], int] = Counter()
    for entry in knowledge().entries("published"):
        if entry.procedure is None:
            continue
        for name in _all_names(entry.procedure):
            marked[name].add((-entry.procedure.frequency, entry.code))
            plain[strip_marks(name)].add((-entry.procedure.frequency, entry.code))
            if pair := _leading_pair(name):
                leading[pair, entry.code] += 1
    # What several names of a procedure begin with is a name by itself: "nhập khẩu", "sang tên".
    exact = frozenset(marked)
    for (pair, code), count in leading.items():
        if count >= LEADS_FROM and pair not in exact:
            marked[pair].add((-count, code))
            plain[strip_marks(pair)].add((-count, code))
    return _ordered(marked), _ordered(plain)


def _leading_pair(name: str) -> str | None:
    """The two words a name begins with, without its verbs ("làm", "đăng ký"), when both say something."""
    words = core_term(name).split()[:2]
    return " ".join(words) if len(words) == 2 and not _LIGHT & set(words) else None


def _ordered(names: dict[str, set[tuple[int, str]]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(code for _, code in sorted(codes)) for name, codes in names.items()}


def _all_names(procedure: Procedure) -> set[str]:
    names = {procedure.name, procedure.short_name, *procedure.aliases}
    names.add(core_term(procedure.short_name))
    folded = {" ".join(re.findall(r"[^\W_]+", fold(name))) for name in names}
    # One bare word ("nhà") says too little; one with a digit ("kt3") is a name.
    return {name for name in folded if " " in name or re.search(r"\d", name)}
