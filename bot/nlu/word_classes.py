"""A message with its offices, papers, times, sums … replaced by their kind (lexicon/word_classes.yml), without marks.

"nộp phường hay sở" and "nộp trường hay công an" ask the same thing; so the linear models need not see every office in
every question.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from bot.nlu.normalise import read_lexicon
from procedures_kb.text import strip_marks

LONGEST_PHRASE = 4  # words


@functools.cache
def _classes() -> tuple[dict[tuple[str, ...], str], dict[tuple[str, ...], str]]:
    """Phrase, as words → its kind in capitals, so that it is no word anybody can type: with marks, and without.

    A word that is mostly another one when its marks are left out ("co" is "có" before it is "cô") is not among those without.
    """
    lexicon = read_lexicon("word_classes")
    doubtful: set[str] = set(lexicon.pop("doubtful_without_marks"))  # type: ignore[call-overload]
    phrases = [(str(phrase), kind.upper()) for kind, of_kind in lexicon.items() for phrase in of_kind]  # type: ignore[attr-defined]
    plain = {
        tuple(strip_marks(phrase).split()): kind for phrase, kind in phrases if strip_marks(phrase) not in doubtful
    }
    return {tuple(phrase.split()): kind for phrase, kind in phrases}, plain


def kinds_of_words(words: Sequence[str], plain: Sequence[str]) -> list[str | None]:
    """The kind of each word, in capitals, or None; the longest phrase that holds a word decides.

    ``plain`` = the words without marks. A single word typed with marks is only that word.
    """
    marked, without = _classes()
    kinds: list[str | None] = [None] * len(words)
    for length in range(1, LONGEST_PHRASE + 1):
        for start in range(len(words) - length + 1):
            own = tuple(words[start : start + length])
            kind = marked.get(own)
            if kind is None and (length > 1 or own[0].isascii()):
                kind = without.get(tuple(plain[start : start + length]))
            if kind:
                kinds[start : start + length] = [kind] * length
    return kinds


def by_class(text: str) -> str:
    """``text`` (normalised) by kinds of words, without marks; the same kind twice in a row stands once.

    A word typed with marks is only that word; one without may be any ("ra phuong nào").
    """
    marked, plain = _classes()
    words = text.split()
    stripped = strip_marks(text).split()
    found: list[str] = []
    place = 0
    while place < len(words):
        for length in range(LONGEST_PHRASE, 0, -1):
            own = tuple(words[place : place + length])
            kind = marked.get(own)
            if kind is None and " ".join(own).isascii():
                kind = plain.get(own)
            if kind:
                if not found or found[-1] != kind:
                    found.append(kind)
                place += length
                break
        else:
            found.append(stripped[place])
            place += 1
    return " ".join(found)
