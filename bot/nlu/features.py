"""Features of the linear models of intent and aspect, tf-idf weighted: word 1-2-grams, character 2-5-grams, and 1-4-grams
over kinds of words (word_classes.py)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.word_classes import by_class

Floats = npt.NDArray[np.float64]


def _vectorizers() -> dict[str, TfidfVectorizer]:
    return {
        "words": TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True),
        "characters": TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3),
        "classes": TfidfVectorizer(
            preprocessor=by_class, ngram_range=(1, 4), token_pattern=r"\S+", sublinear_tf=True, min_df=2
        ),
    }


class Features:
    """Turns normalised texts into rows of a sparse matrix."""

    def __init__(self, vectorizers: dict[str, TfidfVectorizer]) -> None:
        self._vectorizers = vectorizers

    @classmethod
    def fit(cls, texts: list[str]) -> Features:
        return cls({name: vectorizer.fit(texts) for name, vectorizer in _vectorizers().items()})

    def __call__(self, texts: list[str]) -> csr_matrix:
        return csr_matrix(hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers.values()]))

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


def margins(rows: csr_matrix, weights: Floats, bias: Floats) -> Floats:
    """rows x outputs: what a linear model makes of each row. ``weights`` = features x outputs, in C order.

    A few hundred of 40,000 features are set in a row; taking just their weights is ten times faster than scipy's product,
    which copies the weights.
    """
    result = np.tile(bias, (rows.shape[0], 1))
    for number in range(rows.shape[0]):
        start, end = rows.indptr[number], rows.indptr[number + 1]
        result[number] += rows.data[start:end] @ weights[rows.indices[start:end]]
    return result
