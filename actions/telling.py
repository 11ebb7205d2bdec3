"""Which case of a procedure a message tells, or the messages before it told."""

from __future__ import annotations

from actions.naming import named_in
from actions.turn import Turn, reviewed
from procedures_kb.cases import case_from_words
from procedures_kb.model import Case, Procedure
from procedures_kb.text import fold, strip_marks, syllables


def case_told(turn: Turn, procedure: Procedure) -> Case | None:
    """The case the message tells, with abbreviations written out, else in the citizen's own words ("mất cavet")."""
    heard = turn.understanding
    told = case_from_words(procedure, heard.text, heard.marked)
    return told or case_from_words(procedure, " ".join(syllables(turn.text)), heard.marked)


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
    left = turn.memory.earlier[0] if turn.memory.earlier else None
    before = reviewed(left.procedure) if left else None
    if (
        left is None or before is None or before.field != procedure.field
    ):  # "lần đầu" of a marriage is not that of a card
        return None
    return next((case for case in procedure.cases if case.id == left.case and not case.moves_to), None)
