"""Which aspects of a procedure a message asks: two linear models, one over the whole message, one over its asking parts.

The whole message alone mistakes words of a story for questions; the asking parts alone miss questions without a question
word. Together: aspect F1 on our development rows 79 → 86 % (docs/evaluation.md).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from bot.nlu.features import Features, margins
from bot.nlu.normalise import Normal, normalise
from bot.nlu.questions import asking_parts
from procedures_kb.facts import ASPECTS
from procedures_kb.text import strip_marks

Floats = npt.NDArray[np.float64]
ASKED = 0.5  # mean of both models from which an aspect counts as asked
LIKELY = 0.12  # a message that asks something asks its most likely aspect, if that is at least this likely
SINGLE_PART = 0.9  # what the likeliest single part counts against all parts together
SHORT = 8  # a message up to this many words is an asking part as a whole when it has no question word
OVERVIEW = "overview"


def _view(normal: Normal, parts: list[str]) -> str:
    """What the second model reads."""
    if parts:
        return " | ".join(parts)
    return normal.text if len(normal.words) <= SHORT else ""


class AspectModel:
    """Trained weights of both models; ``weights`` = models x features x aspects, ``bias`` = models x aspects."""

    def __init__(self, aspects: list[str], weights: Floats, bias: Floats) -> None:
        self.aspects, self.weights, self.bias = aspects, weights, bias

    @classmethod
    def train(cls, features: Features, messages: Sequence[tuple[str, tuple[str, ...]]]) -> AspectModel:
        """Fit on messages with the aspects they ask; each is seen with its marks and without."""
        whole: list[str] = []
        asking: list[str] = []
        asked: list[tuple[str, ...]] = []
        for text, aspects in messages:
            for typed in dict.fromkeys((text, strip_marks(text))):
                normal = normalise(typed)
                whole.append(normal.text)
                asking.append(_view(normal, asking_parts(normal)))
                asked.append(aspects)
        names = sorted({aspect for aspects in asked for aspect in aspects})
        matrices = [features(whole), features(asking)]
        weights = np.zeros((2, matrices[0].shape[1], len(names)))
        bias = np.zeros((2, len(names)))
        for number, matrix in enumerate(matrices):
            for row, name in enumerate(names):
                labels = [name in aspects for aspects in asked]
                model = LogisticRegression(C=3.0, max_iter=300).fit(matrix, labels)
                weights[number, :, row], bias[number, row] = model.coef_[0], model.intercept_[0]
        return cls(names, weights, bias)

    def asked(self, normal: Normal, features: Features) -> list[str]:
        """The aspects asked, in the order of design section 2; empty when the message asks none."""
        if not self.aspects:
            return []
        parts = asking_parts(normal)
        chances = self.chances(normal, parts, features)
        found = {name for name, chance in chances.items() if chance >= ASKED} - {OVERVIEW}
        if not found and parts:
            best = max(chances, key=chances.__getitem__)
            found = {best} if chances[best] >= LIKELY else set()
        if not found and chances.get(OVERVIEW, 0.0) >= ASKED:
            found = {OVERVIEW}
        return [aspect for aspect in ASPECTS if aspect in found]

    def chances(self, normal: Normal, parts: list[str], features: Features) -> dict[str, float]:
        """Probability of each aspect."""
        whole = _chances(margins(features.row(normal.text), self.weights[0], self.bias[0]))
        best, *singles = (
            _chances(margins(features.row(text), self.weights[1], self.bias[1]))
            for text in (_view(normal, parts), *(parts if len(parts) > 1 else []))
        )
        if singles:
            best = np.maximum(best, SINGLE_PART * np.max(singles, axis=0))
        return dict(zip(self.aspects, ((whole + best) / 2).tolist(), strict=True))


def _chances(scores: Floats) -> Floats:
    chances: Floats = 1 / (1 + np.exp(-scores))
    return chances
