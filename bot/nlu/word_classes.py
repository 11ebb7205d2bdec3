"""A message with its offices, papers, times, sums … replaced by their kind (lexicon/word_classes.yml), without marks.

"nộp phường hay sở" and "nộp trường hay công an" ask the same thing; so the linear models need not see every office in
every question.
"""

from __future__ import annotations

import functools

from bot.nlu.normalise import read_lexicon
from procedures_kb.text import strip_marks

LONGEST_PHRASE = 4  # words


@functools.cache
def _classes() -> dict[tuple[str, ...], str]:
    """Phrase without marks, as words → its kind in capitals, so that it is no word anybody can type."""
    return {
        tuple(strip_marks(str(phrase)).split()): kind.upper()
        for kind, phrases in read_lexicon("word_classes").items()
        for phrase in phrases  # type: ignore[attr-defined]
    }


def by_class(text: str) -> str:
    """``text`` (normalised) by kinds of words; the same kind twice in a row stands once."""
    known = _classes()
    words = strip_marks(text).split()
    found: list[str] = []
    place = 0
    while place < len(words):
        for length in range(LONGEST_PHRASE, 0, -1):
            kind = known.get(tuple(words[place : place + length]))
            if kind:
                if not found or found[-1] != kind:
                    found.append(kind)
                place += length
                break
        else:
            found.append(words[place])
            place += 1
    return " ".join(found)
