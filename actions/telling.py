"""Which case of a procedure a message tells."""

from __future__ import annotations

from actions.turn import Turn
from procedures_kb.cases import case_from_words
from procedures_kb.model import Case, Procedure
from procedures_kb.text import syllables


def case_told(turn: Turn, procedure: Procedure) -> Case | None:
    """The case the message tells, with abbreviations written out, else in the citizen's own words ("mất cavet")."""
    heard = turn.understanding
    told = case_from_words(procedure, heard.text, heard.marked)
    return told or case_from_words(procedure, " ".join(syllables(turn.text)), heard.marked)
