"""Intent and aspects of a message: linear models over words and characters (aspects: bot.nlu.aspects).

Trained in seconds, no pretrained weights. Every training sentence is doubled with its copy without marks, which takes
nearly all the loss on unmarked typing away (measured: intent 72 → 95 % on unmarked test text, docs/decisions/0003).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from bot.nlu.aspects import ENOUGH, OVERVIEW, AspectModel
from bot.nlu.features import Features, margins
from bot.nlu.normalise import Normal, normalise, read_lexicon
from bot.nlu.questions import asking_parts
from procedures_kb.text import strip_marks

Floats = npt.NDArray[np.float64]
TALK_TO = "noi chuyen voi"  # asks for a person whatever else is asked; "gặp cán bộ nào để nộp" does not


class Example(msgspec.Struct, frozen=True):
    """One training sentence.

    Fields:
        intent: what it does; None where it is learned from for the rest only.
        aspects: what it asks; None where the sentence says nothing about aspects.
        alone: whether its matter can be told from the sentence itself, or only from the talk it was said in; None = unknown.
    """

    text: str
    intent: str | None
    aspects: tuple[str, ...] | None = None
    alone: bool | None = None


class Classified(msgspec.Struct, frozen=True):
    """Intents with probability, best first; the aspects asked (in the order of design section 2); and how likely it is that
    the matter can be told from the message itself."""

    intents: list[tuple[str, float]]
    aspects: list[str]
    alone: float = 0.5


class Classifier:
    """Trained weights and how to apply them."""

    def __init__(
        self, features: Features, intents: list[str], weights: Floats, bias: Floats, aspect_model: AspectModel,
        alone_weights: Floats, alone_bias: Floats,
    ) -> None:  # fmt: skip
        self._features = features
        self._alone_weights, self._alone_bias = alone_weights, alone_bias  # features x 1, and one number
        self.intents, self._weights, self._bias = intents, weights, bias
        self.aspect_model = aspect_model

    @classmethod
    def train(cls, examples: Sequence[Example], composed: Sequence[tuple[str, tuple[str, ...]]] = ()) -> Classifier:
        """Fit both models. Raises ValueError with fewer than two intents.

        Args:
            examples: training sentences with intent, and aspects where they tell any.
            composed: further messages for the aspects alone (bot.nlu.composed).
        """
        doubled: list[tuple[str, str]] = []
        others: list[str] = []
        for example in examples:
            text = normalise(example.text).text
            both = dict.fromkeys((text, strip_marks(text)))
            if example.intent is None:
                others += both
            else:
                doubled += [(typed, example.intent) for typed in both]
        asking = [*((e.text, e.aspects) for e in examples if e.aspects is not None), *composed]
        others += [typed for text, _ in composed for typed in (normalise(text).text, strip_marks(normalise(text).text))]
        features = Features.fit([*(text for text, _ in doubled), *others])
        model = LogisticRegression(C=8.0, max_iter=300, class_weight="balanced")
        model.fit(features([text for text, _ in doubled]), [intent for _, intent in doubled])
        weights, bias = np.ascontiguousarray(model.coef_.T), model.intercept_
        if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
            weights, bias = np.hstack([-weights, weights]), np.hstack([-bias, bias])
        return cls(
            features,
            list(model.classes_),
            weights,
            bias,
            AspectModel.train(features, asking),
            *_fit_alone(features, examples),
        )

    def classify(self, normal: Normal) -> Classified:
        """Intent probabilities and aspects of one message."""
        row = self._features.row(normal.text)
        scores = margins(row, self._weights, self._bias)
        exponents = np.exp(scores - scores.max())
        probabilities = exponents / exponents.sum()
        intents = [(self.intents[i], float(probabilities[i])) for i in np.argsort(-probabilities)[:5]]
        aspects = self.aspect_model.asked(normal, row, self._features)
        alone = 1 / (1 + np.exp(-margins(row, self._alone_weights, self._alone_bias)))
        act = act_by_phrase(normal)
        asks = set(aspects) - {OVERVIEW, "eligibility"} and asking_parts(normal)
        person = act == "handoff" and TALK_TO in normal.plain
        if act and (person or not asks):  # a question outweighs an act
            intents = [(act, 1.0), *((name, p) for name, p in intents if name != act)]
        return Classified(intents, aspects, float(alone[0]))

    def save(self, folder: Path) -> None:
        """Write the weights as JSON and arrays: no pickles, so a model file cannot run code."""
        np.savez_compressed(
            folder / "weights.npz",
            intent_weights=self._weights.astype(np.float32), intent_bias=self._bias,
            aspect_weights=self.aspect_model.weights.astype(np.float32), aspect_bias=self.aspect_model.bias,
            alone_weights=self._alone_weights.astype(np.float32), alone_bias=self._alone_bias,
            **self._features.arrays(),
        )  # fmt: skip
        vocabulary = {
            "intents": self.intents, "aspects": self.aspect_model.aspects, **self._features.vocabulary()
        }  # fmt: skip
        (folder / "vocabulary.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Classifier:
        vocabulary = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz") as arrays:
            aspects = AspectModel(vocabulary["aspects"], arrays["aspect_weights"], arrays["aspect_bias"])
            return cls(
                Features.load(vocabulary, arrays),
                vocabulary["intents"], arrays["intent_weights"], arrays["intent_bias"], aspects,
                arrays["alone_weights"], arrays["alone_bias"],
            )  # fmt: skip


def _fit_alone(features: Features, examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Weights and bias of the model that tells whether a sentence names its matter; all 0 with nothing to learn from."""
    known = [example for example in examples if example.alone is not None]
    labels = [example.alone for example in known for _ in range(2)]
    texts = [typed for e in known for typed in (normalise(e.text).text, strip_marks(normalise(e.text).text))]
    if len(set(labels)) < 2:
        return np.zeros((features([""]).shape[1], 1)), np.zeros(1)
    model = LogisticRegression(C=3.0, max_iter=300, solver="liblinear", tol=ENOUGH).fit(features(texts), labels)
    return np.ascontiguousarray(model.coef_.T), model.intercept_


@functools.cache
def _phrases() -> dict[str, list[tuple[str, str]]]:
    """Phrases of lexicon/acts.yml by act, each with and without marks, padded with blanks."""
    return {
        act: [(f" {phrase} ", f" {strip_marks(phrase)} ") for phrase in phrases]  # type: ignore[attr-defined]
        for act, phrases in read_lexicon("acts").items()
    }


def act_by_phrase(normal: Normal) -> str | None:
    """The act that a phrase of lexicon/acts.yml shows; marks decide when the message has them."""
    text, which = (normal.text, 0) if normal.marked else (normal.plain, 1)
    shown = (act for act, phrases in _phrases().items() if any(pair[which] in f" {text} " for pair in phrases))
    return next(shown, None)
