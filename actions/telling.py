"""Which case of a procedure a message tells, or the messages before it told."""

from __future__ import annotations

from actions.naming import named_in
from actions.turn import Turn, reviewed
from bot.nlu.case_model import model_of
from bot.nlu.denial import affirmed
from procedures_kb.cases import case_from_words, tells_age
from procedures_kb.model import Case, Procedure
from procedures_kb.text import fold, strip_marks, syllables

LEARNED_FROM = 0.55  # certainty from which a case counts as told by what was learned,
AGAINST_A_PHRASE = 0.55  # … against a phrase that tells another,
LEARNED_ANEW = 0.8  # … and in place of one told before


def case_told(turn: Turn, procedure: Procedure) -> Case | None:
    """The case whose phrase the message holds, with abbreviations written out, else in the citizen's own words ("mất cavet")."""
    if procedure.code not in turn.told:  # several capabilities ask for it in one turn
        marked, written_out = turn.understanding.marked, turn.affirmed
        told = case_from_words(procedure, written_out, marked)
        if told is None and (typed := " ".join(syllables(affirmed(turn.text)))) != written_out:
            told = case_from_words(procedure, typed, marked)
        turn.told[procedure.code] = told
    return turn.told[procedure.code]


def case_understood(turn: Turn, procedure: Procedure) -> Case | None:
    """The case the message tells, by a phrase or as learned from other people's messages.

    An age is certain; else the two are weighed: what was learned has read the whole message, but a phrase outweighs it when it
    is not certain, and a case told before gives way only to a phrase or to something learned for certain.
    """
    heard, memory = turn.understanding, turn.memory
    told = case_told(turn, procedure)
    if told and tells_age(told, heard.text):
        return told
    known = memory.case if memory.procedure == procedure.code else None
    likeliest, certainty = case_learned(procedure, turn.affirmed, heard.marked, told)
    if likeliest is None or (told and told.id != likeliest.id and certainty < AGAINST_A_PHRASE):
        return told
    least = LEARNED_ANEW if known and likeliest.id != known else LEARNED_FROM
    return likeliest if certainty >= least else told


def case_learned(
    procedure: Procedure, text: str, marked: bool, phrase: Case | None = None, moving: bool = True
) -> tuple[Case | None, float]:
    """The case that a message most likely tells by what its procedure's model has learned, and how certainly (0 to 1).

    Args:
        text: normalised text of the message.
        phrase: the case told by a phrase, which makes it more certain or less.
        moving: whether cases that are really another procedure count as well.
    """
    if not procedure.cases:
        return None, 0.0
    judged = model_of(procedure).judge(text, marked)
    counted = {case.id: case for case in procedure.cases if moving or not case.moves_to}
    likeliest = next(iter(case for case in judged.order if case in counted), None)
    if likeliest is None:
        return None, 0.0
    return counted[likeliest], judged.certainty(likeliest, phrase.id if phrase else None)


def named_by_case(turn: Turn, told: Case) -> bool:
    """Whether the message names procedures only within the words that tell a case ("xin để đi đăng ký kết hôn")."""
    plain = turn.plain
    words = [phrase for phrase in (strip_marks(fold(phrase)) for phrase in told.phrases) if phrase in plain]
    names = [plain[name.start : name.end] for name in named_in(turn)]
    return bool(names) and all(any(name in phrase for phrase in words) for name in names)


def case_known(turn: Turn, procedure: Procedure) -> Case | None:
    """The case of a procedure just taken up which the citizen need not tell again.

    "Xe máy mới mua" stays true when the next message only adds that it is imported; and who asked about a house asks
    about a house still when the talk moves to another permit.
    """
    for text, marked in turn.heard_before:
        told = case_from_words(procedure, text, marked)
        if told and not told.moves_to:
            return told
        likeliest, certainty = case_learned(procedure, text, marked, moving=False)
        if likeliest and certainty >= LEARNED_FROM:
            return likeliest
    left = turn.memory.earlier[0] if turn.memory.earlier else None
    before = reviewed(left.procedure) if left else None
    if (
        left is None or before is None or before.field != procedure.field
    ):  # "lần đầu" of a marriage is not that of a card
        return None
    return next((case for case in procedure.cases if case.id == left.case and not case.moves_to), None)
