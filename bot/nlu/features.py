"""Features of the linear models of intent and aspect, tf-idf weighted: word 1-2-grams, character 2-4-grams, and 1-3-grams
over kinds of words (word_classes.py).

What stands in few training texts is left out: 77,000 features instead of 291,000 tell the same, in half the training time.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.asking_cues import asking_cues
from bot.nlu.word_classes import by_class

Floats = npt.NDArray[np.float64]
Row = tuple[npt.NDArray[np.int64], Floats]  # the columns set and their values


def _vectorizers() -> dict[str, TfidfVectorizer]:
    return {
        "words": TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True, min_df=2),
        "characters": TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=5),
        "classes": TfidfVectorizer(
            preprocessor=by_class, ngram_range=(1, 3), token_pattern=r"\S+", sublinear_tf=True, min_df=4
        ),
        "cues": TfidfVectorizer(analyzer=asking_cues, sublinear_tf=True),
    }


class Features:
    """Turns normalised texts into rows of a sparse matrix."""

    def __init__(self, vectorizers: dict[str, TfidfVectorizer]) -> None:
        self._vectorizers = vectorizers
        # scikit-learn works both out anew at every call.
        self._analyzers = [vectorizer.build_analyzer() for vectorizer in vectorizers.values()]
        self._rarity = [vectorizer.idf_ for vectorizer in vectorizers.values()]

    @classmethod
    def fit(cls, texts: list[str]) -> Features:
        return cls({name: vectorizer.fit(texts) for name, vectorizer in _vectorizers().items()})

    def __call__(self, texts: list[str]) -> csr_matrix:
        return csr_matrix(hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers.values()]))

    def row(self, text: str) -> Row:
        """One row of ``self([text])`` as columns and values: without scipy, a quarter of the time for a single message."""
        columns: list[npt.NDArray[np.int64]] = []
        values: list[Floats] = []
        start = 0
        for vectorizer, terms, rarity in zip(self._vectorizers.values(), self._analyzers, self._rarity, strict=True):
            known: dict[str, int] = vectorizer.vocabulary_
            counts = Counter(column for term in terms(text) if (column := known.get(term)) is not None)
            if counts:
                found = np.fromiter(counts, dtype=np.int64, count=len(counts))
                weights = (1 + np.log(np.fromiter(counts.values(), dtype=float, count=len(counts)))) * rarity[found]
                columns.append(found + start)
                values.append(weights / np.sqrt(weights @ weights))
            start += len(known)
        if not columns:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        return np.concatenate(columns), np.concatenate(values)

    def arrays(self) -> dict[str, Floats]:
        """What ``load`` needs beside the vocabulary."""
        return {f"{name}_idf": vectorizer.idf_ for name, vectorizer in self._vectorizers.items()}

    def vocabulary(self) -> dict[str, list[str]]:
        """Terms in the order of their columns."""
        return {
            name: sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
            for name, vectorizer in self._vectorizers.items()
        }

    @classmethod
    def load(cls, vocabulary: dict[str, Any], arrays: Any) -> Features:
        vectorizers = _vectorizers()
        for name, vectorizer in vectorizers.items():
            vectorizer.vocabulary_ = {term: index for index, term in enumerate(vocabulary[name])}
            vectorizer.idf_ = arrays[f"{name}_idf"]
        return cls(vectorizers)


def margins(row: Row, weights: Floats, bias: Floats) -> Floats:
    """What a linear model makes of one row. ``weights`` = features x outputs, in C order."""
    columns, values = row
    result: Floats = values @ weights[columns] + bias
    return result
