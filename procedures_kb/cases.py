"""Which case of a procedure the citizen's words tell."""

from __future__ import annotations

from procedures_kb.model import Case, Procedure
from procedures_kb.text import fold, strip_marks


def case_from_words(procedure: Procedure, text: str, marked: bool) -> Case | None:
    """The case whose longest phrase stands in the message, or None when none or two equally long ones do.

    Args:
        text: normalised text of the message (folded, abbreviations written out).
        marked: whether the citizen typed with marks; if not, phrases are compared without.
    """
    padded = f" {text if marked else strip_marks(text)} "
    best: list[tuple[int, Case]] = []
    for case in procedure.cases:
        lengths = [
            len(phrase)
            for phrase in (fold(p) if marked else strip_marks(fold(p)) for p in case.phrases)
            if f" {phrase} " in padded
        ]
        if lengths:
            best.append((max(lengths), case))
    best.sort(key=lambda item: -item[0])
    if not best or (len(best) > 1 and best[0][0] == best[1][0]):
        return None
    return best[0][1]
