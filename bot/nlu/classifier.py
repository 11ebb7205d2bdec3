"""Intent and aspects of a message: linear models over words and characters, plus the phrases of lexicon/aspects.yml.

Trained in seconds, no pretrained weights. Every training sentence is doubled with its copy without marks, which takes
nearly all the loss on unmarked typing away (measured: intent 72 → 95 % on unmarked test text, docs/decisions/0003).
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.nlu.normalise import Normal, normalise, read_lexicon
from procedures_kb.text import strip_marks

Floats = npt.NDArray[np.float64]
ASPECT_THRESHOLD = 0.5  # probability from which an aspect counts as asked
# In a story the question is one clause among many, so each clause is judged too; alone it must be clearer.
CLAUSE_THRESHOLD = 0.92
STORY_WORDS = 9  # from this many words on
MOST_CLAUSES = 24
_CLAUSE_ENDS = re.compile(
    r"[,.;:?!\n]+|\b(?:mà|vậy|thì|với lại|với|và|nhưng|rồi|nên|hay là|hay|ma|vay|thi|voi lai|va|nhung|roi|nen)\b",
    re.IGNORECASE,
)


def clauses(normal: Normal) -> list[str]:
    """The clauses of a long message, normalised; none for a short one, which is a clause itself."""
    if len(normal.words) < STORY_WORDS:
        return []
    parts = [part for part in _CLAUSE_ENDS.split(normal.original) if len(part.split()) >= 2]
    return [text for part in parts[:MOST_CLAUSES] if (text := normalise(part.strip()).text)]


class Example(msgspec.Struct, frozen=True):
    """One training sentence; ``aspects`` is None where the sentence says nothing about aspects."""

    text: str
    intent: str
    aspects: tuple[str, ...] | None = None


class Classified(msgspec.Struct, frozen=True):
    """Intents with probability, best first, and the aspects asked (in lexicon order)."""

    intents: list[tuple[str, float]]
    aspects: list[str]


class _Features:
    """Word 1-2-grams and character 2-5-grams, tf-idf weighted."""

    def __init__(self, words: TfidfVectorizer, characters: TfidfVectorizer) -> None:
        self.words, self.characters = words, characters

    @staticmethod
    def vectorizers() -> tuple[TfidfVectorizer, TfidfVectorizer]:
        return (
            TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\S+", sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2),
        )

    @classmethod
    def fit(cls, texts: list[str]) -> _Features:
        words, characters = cls.vectorizers()
        words.fit(texts)
        characters.fit(texts)
        return cls(words, characters)

    def __call__(self, texts: list[str]) -> csr_matrix:
        return csr_matrix(hstack([self.words.transform(texts), self.characters.transform(texts)]))


class Classifier:
    """Trained weights and how to apply them."""

    def __init__(
        self, features: _Features, intents: list[str], intent_weights: Floats, intent_bias: Floats,
        aspects: list[str], aspect_weights: Floats, aspect_bias: Floats,
    ) -> None:  # fmt: skip
        self._features = features
        self.intents, self._intent_weights, self._intent_bias = intents, intent_weights, intent_bias
        self.aspects, self._aspect_weights, self._aspect_bias = aspects, aspect_weights, aspect_bias

    @classmethod
    def train(cls, examples: list[Example]) -> Classifier:
        """Fit both models. Raises ValueError with fewer than two intents."""
        doubled: list[tuple[str, Example]] = []
        for example in examples:
            text = normalise(example.text).text
            doubled.append((text, example))
            if strip_marks(text) != text:
                doubled.append((strip_marks(text), example))
        features = _Features.fit([text for text, _ in doubled])
        matrix = features([text for text, _ in doubled])
        intent_model = LogisticRegression(C=8.0, max_iter=300, class_weight="balanced")
        intent_model.fit(matrix, [example.intent for _, example in doubled])

        told = [index for index, (_, example) in enumerate(doubled) if example.aspects is not None]
        names = sorted({aspect for index in told for aspect in doubled[index][1].aspects or ()})
        weights, bias = np.zeros((len(names), matrix.shape[1])), np.zeros(len(names))
        for row, name in enumerate(names):
            labels = [name in (doubled[index][1].aspects or ()) for index in told]
            model = LogisticRegression(C=8.0, max_iter=300, class_weight="balanced").fit(matrix[told], labels)
            weights[row], bias[row] = model.coef_[0], model.intercept_[0]
        intent_weights, intent_bias = intent_model.coef_, intent_model.intercept_
        if len(intent_model.classes_) == 2:  # scikit-learn keeps one row for two classes
            intent_weights, intent_bias = (
                np.vstack([-intent_weights, intent_weights]),
                np.hstack([-intent_bias, intent_bias]),
            )
        return cls(features, list(intent_model.classes_), intent_weights, intent_bias, names, weights, bias)

    def classify(self, normal: Normal) -> Classified:
        """Intent probabilities and aspects of one message."""
        row = self._features([normal.text])
        scores = np.asarray(row @ self._intent_weights.T)[0] + self._intent_bias
        exponents = np.exp(scores - scores.max())
        probabilities = exponents / exponents.sum()
        order = np.argsort(-probabilities)[:5]
        intents = [(self.intents[i], float(probabilities[i])) for i in order]
        act = act_by_phrase(normal)
        if act:
            intents = [(act, 1.0), *((name, p) for name, p in intents if name != act)]
        asked = set(asked_by_phrase(normal))
        if self.aspects:
            asked |= {name for name, chance in self._aspect_chances(row)[0].items() if chance >= ASPECT_THRESHOLD}
            if parts := clauses(normal):
                for chances in self._aspect_chances(self._features(parts)):
                    asked |= {name for name, chance in chances.items() if chance >= CLAUSE_THRESHOLD} - {"overview"}
        known = [aspect for aspect in (*_phrases("aspects"), "overview") if aspect in asked]
        if len(known) > 1 and "overview" in known:
            known.remove("overview")
        return Classified(intents, known)

    def _aspect_chances(self, rows: csr_matrix) -> list[dict[str, float]]:
        """Probability of each aspect, a dict a row."""
        scores = np.asarray(rows @ self._aspect_weights.T) + self._aspect_bias
        return [dict(zip(self.aspects, row, strict=True)) for row in (1 / (1 + np.exp(-scores))).tolist()]

    def save(self, folder: Path) -> None:
        """Write the weights as JSON and arrays: no pickles, so a model file cannot run code."""
        np.savez_compressed(
            folder / "weights.npz",
            intent_weights=self._intent_weights.astype(np.float32), intent_bias=self._intent_bias,
            aspect_weights=self._aspect_weights.astype(np.float32), aspect_bias=self._aspect_bias,
            word_idf=self._features.words.idf_, character_idf=self._features.characters.idf_,
        )  # fmt: skip
        vocabulary = {
            "intents": self.intents,
            "aspects": self.aspects,
            "words": _in_order(self._features.words.vocabulary_),
            "characters": _in_order(self._features.characters.vocabulary_),
        }
        (folder / "vocabulary.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Classifier:
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz") as arrays:
            words, characters = _Features.vectorizers()
            for vectorizer, terms, idf in (
                (words, vocabulary["words"], arrays["word_idf"]),
                (characters, vocabulary["characters"], arrays["character_idf"]),
            ):
                vectorizer.vocabulary_ = {term: index for index, term in enumerate(terms)}
                vectorizer.idf_ = idf
            return cls(
                _Features(words, characters),
                vocabulary["intents"], arrays["intent_weights"].astype(np.float64), arrays["intent_bias"],
                vocabulary["aspects"], arrays["aspect_weights"].astype(np.float64), arrays["aspect_bias"],
            )  # fmt: skip


def _in_order(vocabulary: dict[str, int]) -> list[str]:
    return sorted(vocabulary, key=vocabulary.__getitem__)


@functools.cache
def _phrases(lexicon: str) -> dict[str, list[tuple[str, str]]]:
    """Phrases of a lexicon by label, each with and without marks, padded with blanks."""
    return {
        label: [(f" {phrase} ", f" {strip_marks(phrase)} ") for phrase in phrases]  # type: ignore[attr-defined]
        for label, phrases in read_lexicon(lexicon).items()
    }


def _shown(lexicon: str, normal: Normal) -> list[str]:
    """Labels of which a phrase stands in the message; marks decide when the message has them."""
    text = f" {normal.text} " if normal.marked else f" {normal.plain} "
    which = 0 if normal.marked else 1
    return [label for label, phrases in _phrases(lexicon).items() if any(pair[which] in text for pair in phrases)]


def asked_by_phrase(normal: Normal) -> list[str]:
    """Aspects that a phrase of lexicon/aspects.yml shows."""
    return _shown("aspects", normal)


def act_by_phrase(normal: Normal) -> str | None:
    """The act that a phrase of lexicon/acts.yml shows; a question in the same message outweighs it."""
    acts = _shown("acts", normal)
    return acts[0] if acts and not asked_by_phrase(normal) else None
