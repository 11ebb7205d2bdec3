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
_LEADS = frozenset(["thì", "thi", "mà", "ma", "nên", "nen", "nhưng", "rồi", "roi", "giờ", "gio", "bây", "bay"])
MOST_CLAUSES = 40
STORY = 35  # a message of more words is a story: what is asked stands in its later part
_TOLD_FIRST = 0.6  # share of a story that only tells
_COMPLETE = frozenset(["gi", "dau", "nao", "sao", "lau", "gio", "nhieu"])  # a question word that ends its question
_COUNTS = frozenset(["nhieu"])  # … or does so with the word after it: "bao nhiêu tiền"
_TAILS = frozenset(["a", "vay", "the", "day", "do", "nua", "ha", "nhi", "theo", "em", "anh", "chi", "ad"])


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
    """The asking parts in order, one for each question as far as can be told; none when the message asks nothing."""
    anywhere, ends, after = _markers()
    parts: list[str] = []
    clauses = _clauses(normal)
    told = _TOLD_FIRST * len(normal.words) if len(normal.words) > STORY else 0.0
    passed = 0
    for words in clauses:
        passed += len(words)
        if passed <= told:
            continue
        own = words if normal.marked else tuple(strip_marks(word) for word in words)
        asked = [False] * len(own)
        spans: list[tuple[int, int]] = []
        for start, word in enumerate(strip_marks(word) for word in words):
            for marked, plain in anywhere.get(word, ()):
                end = start + len(plain)
                exactly = normal.marked and len(plain) == 1  # "bao lấu" is still "bao lâu", but "đau" is not "đâu"
                if end <= len(own) and all(map(_same, own[start:end], marked, plain, repeat(exactly))):
                    spans.append((start, end))
        for place, word in enumerate(own):
            if word in ends and place and all(other in after for other in own[place + 1 : place + 2]):
                spans.append((place, place + 1))
        for start, end in spans:
            _mark(asked, own, start, end)
        cuts = _cuts(words, spans)
        part: list[str] = []
        for place, (word, kept) in enumerate(zip(words, asked, strict=True)):
            if part and (not kept or place in cuts):
                parts.append(" ".join(part))
                part = []
            if kept:
                part.append(word)
        if part:
            parts.append(" ".join(part))
    return parts


def _cuts(words: tuple[str, ...], spans: list[tuple[int, int]]) -> set[int]:
    """Places where one question ends and the next begins, though nothing but a word stands between them.

    "Nộp ở đâu và cần giấy gì", "hết bao nhiêu tiền nộp ở đâu": one part with two questions would hide one of them.
    """
    plain = [strip_marks(word) for word in words]
    last = max((start for start, _ in spans), default=0)
    cuts: set[int] = set()
    for _, end in spans:
        word = plain[end - 1]
        if word not in _COMPLETE and word not in _COUNTS:
            continue
        cut = end + (word in _COUNTS)
        while cut < len(plain) and plain[cut] in _TAILS:
            cut += 1
        if cut <= last and plain[cut : cut + 1] not in (["khong"], ["chua"]):
            cuts.add(cut)
    return cuts


def _same(word: str, marked: str, plain: str, exactly: bool) -> bool:
    """Whether a word is the marker's; where marks count, a word without any may still be it ("may ngày")."""
    return word == marked or (word.isascii() and word == plain) if exactly else strip_marks(word) == plain


def _mark(asked: list[bool], words: tuple[str, ...], start: int, end: int) -> None:
    first = start
    while first > max(0, start - BEFORE) and words[first - 1] not in _LEADS:
        first -= 1
    for place in range(first, min(len(words), end + AFTER)):
        asked[place] = True
