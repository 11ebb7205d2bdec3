"""One view of all phrases of the link index: words without marks, words with marks, or character 3-grams."""

from __future__ import annotations

import functools
import json
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bot.nlu.normalise import expand
from procedures_kb.text import strip_word, syllables

Floats = npt.NDArray[np.float64]
BACKGROUND = Path(__file__).parent / "background_counts.json"


def word_terms(words: Sequence[str]) -> list[str]:
    """Words and pairs of neighbouring words."""
    return [*words, *map(" ".join, zip(words, words[1:], strict=False))]


class Spelt(NamedTuple):
    """The words of a text, abbreviations written out: with marks, without, and the terms of the latter."""

    marked: list[str]
    plain: list[str]
    terms: list[str]


def spell(text: str) -> Spelt:
    marked = expand(syllables(text))
    plain = [strip_word(word) for word in marked]
    return Spelt(marked, plain, word_terms(plain))


def character_terms(words: Sequence[str]) -> list[str]:
    """Character 3-grams over word boundaries."""
    text = "_" + "_".join(words) + "_"
    return [text[i : i + 3] for i in range(len(text) - 2)]


@functools.cache
def background() -> dict[str, Any]:
    """In how many official procedure names of the nation a term stands, by view (``./motcua fit-ranking`` counts them).

    With it a term weighs about the same whether the catalogue is imported or only our reviewed records are there.
    """
    content: dict[str, Any] = json.loads(BACKGROUND.read_text(encoding="utf-8"))
    return content


def count_background(names: Iterable[str], least: int) -> dict[str, Any]:
    """Count the terms of all official names; terms in fewer than ``least`` names are left out."""
    counts: dict[str, Counter[str]] = {"words": Counter(), "marked": Counter(), "characters": Counter()}
    total = 0
    for name in names:
        marked, plain, _ = spell(name)
        total += 1
        for view, terms in (
            ("words", word_terms(plain)),
            ("marked", word_terms(marked)),
            ("characters", character_terms(plain)),
        ):
            counts[view].update(set(terms))
    kept = {view: {t: n for t, n in sorted(counter.items()) if n >= least} for view, counter in counts.items()}
    return {"total": total, **kept}


def _factor(term: str, light: frozenset[str], light_weight: float) -> float:
    """What a term counts beside its rarity: light words little, pairs less than single words."""
    first, pair, second = term.partition(" ")
    is_light = first in light and (not pair or second in light)
    return (light_weight if is_light else 1.0) * (0.6 if pair else 1.0)


class View:
    """Which terms stand in which phrase, and how much each term says.

    Kept as posting lists of 32-bit integers, since every Rasa worker holds an index of its own.

    Args:
        name: "words", "marked" or "characters", the key of the background counts.
        rows: the terms of each phrase; phrases of one procedure follow one another.
        owners: number of the procedure each phrase belongs to.
        light: words that weigh little, ``light_weight`` of the full weight.
    """

    def __init__(
        self, name: str, rows: Iterable[list[str]], owners: list[int], light: frozenset[str], light_weight: float
    ) -> None:
        flat: list[str] = []
        lengths = array("i")
        for row_terms in rows:
            terms = dict.fromkeys(row_terms)
            flat.extend(terms)
            lengths.append(len(terms))
        self.column = {term: number for number, term in enumerate(dict.fromkeys(flat))}
        columns = np.fromiter(map(self.column.__getitem__, flat), dtype=np.int32, count=len(flat))
        row_of = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        # Each term once for each procedure: in how many procedures it stands, and in which.
        size = max(len(self.column), 1)
        owned = np.unique(
            np.repeat(np.array(owners, dtype=np.int64), lengths) + columns.astype(np.int64) * (len(owners) + 1)
        )
        owned_columns, owned_by = owned // (len(owners) + 1), (owned % (len(owners) + 1)).astype(np.int32)
        procedures = np.bincount(owned_columns, minlength=size)
        known, total = background()[name], len(set(owners)) + background()["total"]
        standing = procedures + np.fromiter(
            (known.get(term, 0) for term in self.column), dtype=np.int64, count=len(self.column)
        )
        factor = np.fromiter(
            (_factor(term, light, light_weight) for term in self.column), dtype=float, count=len(self.column)
        )
        self.weight = (np.log(total / (standing + 0.5)) * factor).astype(np.float32)
        weights = self.weight[columns] if len(columns) else np.zeros(0)
        self.mass = np.bincount(row_of, weights, len(lengths))
        length = np.sqrt(np.bincount(row_of, weights**2, len(lengths)))
        self._scale = 1 / np.where(length > 0, length, 1.0)
        order = np.argsort(columns, kind="stable")
        self._postings = row_of[order]
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=len(self.column)))])
        self._owners = owned_by  # np.unique has sorted them by term
        self._owner_starts = np.concatenate([[0], np.cumsum(procedures)])

    def procedures_with(self, term: str) -> npt.NDArray[np.int32]:
        """Numbers of the procedures in whose phrases a term stands."""
        column = self.column.get(term)
        if column is None:
            return np.zeros(0, dtype=np.int32)
        return self._owners[self._owner_starts[column] : self._owner_starts[column + 1]]

    def ask(self, terms: list[str]) -> Floats:
        """Cosine of the message with every phrase."""
        columns = self._known(terms)
        squares = self.weight[columns].astype(np.float64) ** 2
        return self._sum(columns, squares) * self._scale / (math.sqrt(float(squares.sum())) or 1.0)

    def present(self, terms: list[str]) -> Floats:
        """The weight of each phrase's terms that the message has."""
        columns = self._known(terms)
        return self._sum(columns, self.weight[columns].astype(np.float64))

    def _known(self, terms: list[str]) -> list[int]:
        return [self.column[term] for term in dict.fromkeys(terms) if term in self.column]

    def _sum(self, columns: list[int], values: Floats) -> Floats:
        """Add each term's value to all phrases it stands in: one counting pass, five times faster than adding term by term."""
        if not columns:
            return np.zeros(len(self._scale))
        rows = [self._postings[self._starts[column] : self._starts[column + 1]] for column in columns]
        weights = np.repeat(values, [len(row) for row in rows])
        sums: Floats = np.bincount(np.concatenate(rows), weights, len(self._scale)).astype(np.float64)
        return sums
