"""Which case of a procedure the citizen's words tell."""

from __future__ import annotations

from procedures_kb.model import Case, Procedure
from procedures_kb.text import fold, strip_marks

GAP = 2  # words that may stand between two words of a phrase: "bị rơi mất" tells "bị mất"
_TURNS_ROUND = frozenset(["không", "chưa", "chẳng", "đừng", "khong", "chua", "chang", "dung"])


def case_from_words(procedure: Procedure, text: str, marked: bool) -> Case | None:
    """The case whose longest phrase stands in the message, or None when none or two equally long ones do.

    A phrase that stands there as it is counts more than one with other words between its own.

    Args:
        text: normalised text of the message (folded, abbreviations written out).
        marked: whether the citizen typed with marks; if not, phrases are compared without.
    """
    padded = f" {text if marked else strip_marks(text)} "
    words = padded.split()
    for gaps in (False, True):
        best: list[tuple[int, Case]] = []
        for case in procedure.cases:
            phrases = [fold(phrase) if marked else strip_marks(fold(phrase)) for phrase in case.phrases]
            lengths = [
                len(phrase)
                for phrase in phrases
                if (_spread(phrase.split(), words) if gaps else f" {phrase} " in padded)
            ]
            if lengths:
                best.append((max(lengths), case))
        best.sort(key=lambda item: -item[0])
        if best:
            return None if len(best) > 1 and best[0][0] == best[1][0] else best[0][1]
    return None


def _spread(phrase: list[str], words: list[str]) -> bool:
    """Whether the words of a phrase stand in the message in order, few others between them and none that turns it round."""
    if len(phrase) < 2:
        return False
    for start in (place for place, word in enumerate(words) if word == phrase[0]):
        if start and words[start - 1] in _TURNS_ROUND:
            continue
        place = start
        for wanted in phrase[1:]:
            near = words[place + 1 : place + 2 + GAP]
            if wanted not in near or _TURNS_ROUND & set(near[: near.index(wanted)]):
                break
            place += 1 + near.index(wanted)
        else:
            return True
    return False
