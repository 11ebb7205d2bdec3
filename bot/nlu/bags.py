"""All that is known of each procedure as one bag of words: names, everyday names, questions, field, result and papers.

The phrases of the link index find a procedure by one name; the bag finds it when the words of a story are spread over
everything that is said of it. Scored as BM25, the common yardstick of full-text search.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SATURATION = 1.2  # BM25 k1: how fast repeating a word stops counting
LENGTH = 0.35  # BM25 b: how much a long record is held back
USUAL_SIZE = 40.0  # weight of all terms of a bag that is neither long nor short


class Bags:
    """Posting lists of the bags.

    Args:
        bags: for each procedure its terms with weights (a word of the name weighs more than one of a paper).
    """

    def __init__(self, bags: Iterable[dict[str, float]]) -> None:
        flat: list[str] = []
        lengths, values, sizes = array("i"), array("f"), array("f")
        for bag in bags:
            flat.extend(bag)
            values.extend(bag.values())
            lengths.append(len(bag))
            sizes.append(sum(bag.values()))
        self.count = len(sizes)
        self._column = {term: number for number, term in enumerate(dict.fromkeys(flat))}
        column = np.fromiter(map(self._column.__getitem__, flat), dtype=np.int64, count=len(flat))
        row = np.repeat(np.arange(self.count, dtype=np.int32), lengths)
        weights = np.array(values, dtype=np.float64)
        held_back = SATURATION * (1 - LENGTH + LENGTH * np.array(sizes, dtype=np.float64) / USUAL_SIZE)
        scores = weights * (SATURATION + 1) / (weights + held_back[row]) if len(row) else weights
        order = np.argsort(column, kind="stable")
        self._rows, self._scores = row[order], scores[order].astype(np.float32)
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(column, minlength=len(self._column)))]).astype(
            np.int32
        )

    def _span(self, term: str) -> tuple[int, int]:
        column = self._column.get(term)
        return (0, 0) if column is None else (int(self._starts[column]), int(self._starts[column + 1]))

    def holding(self, term: str) -> int:
        """In how many bags a term stands."""
        start, end = self._span(term)
        return end - start

    def score(self, rarity: dict[str, float]) -> Floats:
        """BM25 of every bag for the terms of a message, given how much each term says."""
        spans = [(*self._span(term), says) for term, says in rarity.items()]
        rows = [self._rows[start:end] for start, end, _ in spans]
        if not rows:
            return np.zeros(self.count)
        values = np.concatenate([says * self._scores[start:end] for start, end, says in spans])
        scores: Floats = np.bincount(np.concatenate(rows), values, self.count).astype(np.float64)
        return scores
