"""Which aspects of a procedure a message asks: two linear models, one over the whole message, one over its asking parts, and
a network (aspect_network.py).

The whole message alone mistakes words of a story for questions; the asking parts alone miss questions without a question
word. Together: aspect F1 on our development rows 79 → 86 % (docs/evaluation.md); with the network a point more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.nlu import aspect_network
from bot.nlu.confirmed import asked_parts
from bot.nlu.features import Features, Row, margins
from bot.nlu.normalise import Normal, normalise
from bot.nlu.questions import STORY, asking_parts
from procedures_kb.facts import ASPECTS
from procedures_kb.text import strip_marks

Floats = npt.NDArray[np.float64]
ASKED = 0.4  # probability from which an aspect counts as asked
LIKELY = 0.15  # a message that asks something asks its most likely aspect, if that is at least this likely; a story may only tell
WHOLE = 0.3  # what the whole message counts beside its best part
NETWORK = 0.45  # what the network counts beside both
ENOUGH = 0.03  # tolerance of the fit: in less than two thirds of the time of the usual one
SHORT = 8  # a message up to this many words is an asking part as a whole when it has no question word
OVERVIEW = "overview"


def _views(normal: Normal, parts: list[str]) -> list[str]:
    """What the second model reads: each asking part; a short message as a whole when it has none."""
    return parts or ([normal.text] if len(normal.words) <= SHORT else [])


class AspectModel:
    """Trained weights of both models; ``weights`` = models x features x aspects, ``bias`` = models x aspects."""

    def __init__(self, aspects: list[str], weights: Floats, bias: Floats) -> None:
        self.aspects, self.weights, self.bias = aspects, weights, bias

    @classmethod
    def train(cls, features: Features, messages: Sequence[tuple[str, tuple[str, ...]]]) -> AspectModel:
        """Fit on messages with the aspects they ask; each is seen with its marks and without."""
        whole: list[str] = []
        parts: list[str] = []
        owner: list[int] = []  # which message a part is of
        asked: list[tuple[str, ...]] = []
        for text, aspects in messages:
            for typed in dict.fromkeys((text, strip_marks(text))):
                normal = normalise(typed)
                own = _views(normal, asking_parts(normal))
                parts += own
                owner += [len(whole)] * len(own)
                whole.append(normal.text)
                asked.append(aspects)
        names = sorted({aspect for aspects in asked for aspect in aspects})
        labels = np.array([[name in aspects for name in names] for aspects in asked], dtype=bool).reshape(
            -1, len(names)
        )
        whole_rows, part_rows, owners = features(whole), features(parts), np.array(owner)
        weights = np.zeros((2, whole_rows.shape[1], len(names)))
        bias = np.zeros((2, len(names)))
        weights[0], bias[0] = _fit(whole_rows, labels)
        # Which of several parts asks which of the aspects stands in asked_parts.yml. Where it does not it is learnt from
        # messages with one part, then every aspect is given to the part that shows it best.
        known = asked_parts()
        told = np.array([strip_marks(part) in known for part in parts], dtype=bool)
        single = np.bincount(owners, minlength=len(whole))[owners] == 1
        first_weights, first_bias = _fit(part_rows[single], labels[owners[single]])
        scores = part_rows @ first_weights + first_bias
        best = np.full(labels.shape, -np.inf)
        np.maximum.at(best, owners, scores)
        of_part = labels[owners] & ((scores >= best[owners]) | (scores >= 0))
        for place in np.flatnonzero(told & ~single):
            of_part[place] = [name in known[strip_marks(parts[place])] for name in names]
        weights[1], bias[1] = _fit(part_rows, of_part)
        return cls(names, weights, bias)

    def asked(self, normal: Normal, row: Row, features: Features) -> list[str]:
        """The aspects asked, in the order of design section 2; empty when the message asks none. ``row`` = its features."""
        if not self.aspects:
            return []
        parts = asking_parts(normal)
        chances = self.chances(normal, row, parts, features)
        found = {name for name, chance in chances.items() if chance >= ASKED} - {OVERVIEW}
        if not found and parts and len(normal.words) <= STORY:
            best = max(chances, key=chances.__getitem__)
            found = {best} if chances[best] >= LIKELY else set()
        if not found and chances.get(OVERVIEW, 0.0) >= ASKED:
            found = {OVERVIEW}
        return [aspect for aspect in ASPECTS if aspect in found]

    def chances(self, normal: Normal, row: Row, parts: list[str], features: Features) -> dict[str, float]:
        """Probability of each aspect: weighted log-odds of the message, of the part that shows the aspect best, and of the network."""
        scores = margins(row, self.weights[0], self.bias[0])
        if views := _views(normal, parts):
            of_parts = [margins(features.row(view), self.weights[1], self.bias[1]) for view in views]
            scores = WHOLE * scores + (1 - WHOLE) * np.max(of_parts, axis=0)
        learned = aspect_network.log_odds(aspect_network.network(), normal)
        network = np.array(
            [learned.get(name, score) for name, score in zip(self.aspects, scores.tolist(), strict=True)]
        )
        scores = (1 - NETWORK) * scores + NETWORK * network
        return dict(zip(self.aspects, (1 / (1 + np.exp(-scores))).tolist(), strict=True))


def _fit(rows: csr_matrix, labels: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Weights (features x aspects) and bias of one logistic model for each column of labels."""
    models = [
        LogisticRegression(C=6.0, max_iter=300, solver="liblinear", tol=ENOUGH).fit(rows, column) for column in labels.T
    ]
    return np.array([model.coef_[0] for model in models]).T, np.array([model.intercept_[0] for model in models])
