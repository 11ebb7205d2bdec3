"""The asking parts of a message: what stands around its question words. A story around a question tells nothing about
which aspect is asked, so the aspect model reads only these parts.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from itertools import repeat

from bot.nlu.normalise import Normal, normalise, read_lexicon
from procedures_kb.text import strip_marks

BEFORE, AFTER = 6, 3  # words kept before and after a question word
_CLAUSE_ENDS = re.compile(r"[,.;:?!\n()]+")
_LEADS = frozenset(["thì", "thi", "mà", "ma", "nên", "nen", "nhưng", "nhung", "rồi", "roi", "giờ", "gio", "bây", "bay"])
MOST_CLAUSES = 40


_Marker = tuple[list[str], list[str]]  # words with marks, words without


@functools.cache
def _markers() -> tuple[dict[str, list[_Marker]], frozenset[str], frozenset[str]]:
    """Marker phrases by their first word without marks, then words that ask only at the end, and what may follow those."""
    lexicon = read_lexicon("question_words")
    anywhere: dict[str, list[_Marker]] = defaultdict(list)
    for phrase in lexicon["anywhere"]:  # type: ignore[attr-defined]
        plain = strip_marks(phrase).split()
        anywhere[plain[0]].append((phrase.split(), plain))
    ends: set[str] = set(lexicon["at_the_end"])  # type: ignore[call-overload]
    after: set[str] = set(lexicon["after_the_end"])  # type: ignore[call-overload]
    return (
        anywhere,
        frozenset(ends | {strip_marks(w) for w in ends}),
        frozenset(after | {strip_marks(w) for w in after}),
    )


def _clauses(normal: Normal) -> list[tuple[str, ...]]:
    """The clauses of a message by its punctuation, normalised; a message typed without any is one clause."""
    parts = [part for part in _CLAUSE_ENDS.split(normal.original) if part.strip()]
    if len(parts) <= 1:
        return [normal.words]
    return [words for part in parts[:MOST_CLAUSES] if (words := normalise(part.strip()).words)]


def asking_parts(normal: Normal) -> list[str]:
    """The asking parts in order; none when the message asks nothing."""
    anywhere, ends, after = _markers()
    parts: list[str] = []
    for words in _clauses(normal):
        own = words if normal.marked else tuple(strip_marks(word) for word in words)
        asked = [False] * len(own)
        for start, word in enumerate(strip_marks(word) for word in words):
            for marked, plain in anywhere.get(word, ()):
                end = start + len(plain)
                if end <= len(own) and all(map(_same, own[start:end], marked, plain, repeat(normal.marked))):
                    _mark(asked, own, start, end)
        for place, word in enumerate(own):
            if word in ends and place and all(other in after for other in own[place + 1 : place + 2]):
                _mark(asked, own, place, place + 1)
        part: list[str] = []
        for word, kept in zip(words, asked, strict=True):
            if kept:
                part.append(word)
            elif part:
                parts.append(" ".join(part))
                part = []
        if part:
            parts.append(" ".join(part))
    return parts


def _same(word: str, marked: str, plain: str, in_marked: bool) -> bool:
    """Whether a word is the marker's; in a message with marks a word without any may still be it ("may ngày")."""
    return word == plain if not in_marked else word == marked or (word.isascii() and word == plain)


def _mark(asked: list[bool], words: tuple[str, ...], start: int, end: int) -> None:
    first = start
    while first > max(0, start - BEFORE) and words[first - 1] not in _LEADS:
        first -= 1
    for place in range(first, min(len(words), end + AFTER)):
        asked[place] = True
