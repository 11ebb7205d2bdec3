"""From features to probabilities: one softmax over the candidates and "none of them".

The weights say how much each feature counts, not which procedure is which, so a procedure published a second ago is
ranked as well as an old one. They are learned by ``./motcua fit-ranking`` from nlu_data/linking.jsonl and kept in
``ranking_weights.json`` with the figures of the fit.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar

from bot.nlu.link_index import FEATURES, Candidate, LinkIndex
from bot.nlu.normalise import Normal

Floats = npt.NDArray[np.float64]
WEIGHTS = Path(__file__).parent / "ranking_weights.json"
REVIEWED, TOPIC = FEATURES.index("reviewed"), FEATURES.index("topic_share")


class Weights(msgspec.Struct, frozen=True):
    """What each feature counts, in the order of :data:`FEATURES`; ``none`` = score of "none of them".

    Reviewed procedures, of which much is known, and imported ones, known by little more than a name, have weights of their
    own: the same closeness to a phrase says less where there are a dozen phrases.
    """

    reviewed: list[float]
    imported: list[float]
    none: float

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Weights:
        content = json.loads(path.read_text(encoding="utf-8"))
        reviewed, imported = ([float(content[group][name]) for name in FEATURES] for group in ("reviewed", "imported"))
        return cls(reviewed, imported, float(content["none"]))

    def of(self, reviewed: bool) -> list[float]:
        """The weights that hold for one procedure."""
        return self.reviewed if reviewed else self.imported

    def scores(self, features: Floats) -> Floats:
        """Score of each candidate (candidates x features)."""
        reviewed = features[:, REVIEWED] > 0.5
        scores: Floats = np.where(reviewed, features @ np.array(self.reviewed), features @ np.array(self.imported))
        return scores


@functools.cache
def default_weights() -> Weights:
    return Weights.load()


class Ranked(msgspec.Struct, frozen=True):
    """One procedure with the probability that it is the one meant."""

    code: str
    name: str
    short_name: str
    reviewed: bool
    named: bool  # the message calls it by one of its names
    probability: float
    topic: float = 0.0  # what the topic model alone says


def rank(candidates: list[Candidate], weights: Weights) -> list[Ranked]:
    """Probabilities, best first; what is missing to 1 is the probability of "none of them"."""
    if not candidates:
        return []
    scores = weights.scores(np.array([candidate.features for candidate in candidates]))
    top = max(float(scores.max()), weights.none)
    exponents = np.exp(scores - top)
    probabilities = exponents / (exponents.sum() + np.exp(weights.none - top))
    order = np.argsort(-probabilities)
    return [
        Ranked(
            d.code,
            d.name,
            d.short_name,
            d.reviewed,
            candidates[i].named,
            float(probabilities[i]),
            float(candidates[i].features[TOPIC]),
        )
        for i in order
        for d in (candidates[i].document,)
    ]


def link(index: LinkIndex, normal: Normal, weights: Weights | None = None) -> list[Ranked]:
    """The procedures a message may mean, best first, with calibrated probabilities."""
    return rank(index.ask(normal), weights or default_weights())


class TrainingRow(msgspec.Struct, frozen=True):
    """One message and the codes any of which is right; no code = nothing of the catalogue is meant.

    ``weight`` says how often such messages come: most people ask for the few procedures everyone needs.
    """

    normal: Normal
    codes: tuple[str, ...]
    weight: float = 1.0


class Problem(msgspec.Struct, frozen=True):
    """One training row as the fit sees it: the candidates' features, which of them are right, and the row's weight."""

    features: Floats  # candidates x features
    right: Floats  # 1.0 for a right candidate
    weight: float


def problem(index: LinkIndex, row: TrainingRow) -> Problem:
    """Ask the index what it would offer for a training row."""
    candidates = index.ask(row.normal)
    features = np.array([c.features for c in candidates]) if candidates else np.zeros((0, len(FEATURES)))
    return Problem(features, np.array([c.document.code in row.codes for c in candidates], dtype=float), row.weight)


def fit(problems: list[Problem], penalty: float = 0.01) -> tuple[Weights, float]:
    """Learn the weights by maximum likelihood with an L2 penalty.

    A weight is a part shared by both groups plus a part of the group's own, each held back by the penalty: what few rows
    tell of one group is borrowed from the other.

    Returns:
        The weights and the mean log-loss per row. A right procedure missing from the candidates counts as "none".
    """
    mass = sum(one.weight for one in problems)
    size = len(FEATURES)
    split = [np.hstack([one.features, one.features * group, one.features * (1 - group)])
             for one in problems for group in (one.features[:, REVIEWED : REVIEWED + 1],)]  # fmt: skip

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, gradient = 0.0, np.zeros_like(theta)
        for one, features in zip(problems, split, strict=True):
            scores = np.append(features @ theta[:-1], theta[-1])
            target = np.append(one.right, 0.0 if one.right.any() else 1.0)
            top = scores.max()
            exponents = np.exp(scores - top)
            total, wanted = exponents.sum(), (exponents * target).sum()
            value -= one.weight * float(np.log(wanted / total))
            difference = one.weight * (exponents / total - exponents * target / wanted)
            gradient[:-1] += features.T @ difference[:-1]
            gradient[-1] += difference[-1]
        value = value / mass + penalty * float(theta[:-1] @ theta[:-1]) / 2
        gradient /= mass
        gradient[:-1] += penalty * theta[:-1]
        return value, gradient

    start = np.append(np.full(3 * size, 0.3), 6.0)
    bounds = [(0.0, None)] * (3 * size) + [(None, None)]  # no feature may count against a match
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    shared, reviewed, imported = (result.x[i * size : (i + 1) * size] for i in range(3))
    return Weights((shared + reviewed).tolist(), (shared + imported).tolist(), float(result.x[-1])), float(result.fun)


def sharpen(weights: Weights, problems: list[Problem]) -> Weights:
    """Scale the weights so that probabilities are as sharp as the problems bear out.

    The penalty of the fit pulls all weights towards 0 and with them the probabilities towards each other: 60 % said where
    90 % are right. One factor for all, the likeliest on real messages, makes the probabilities mean what they say.
    """

    def loss(factor: float) -> float:
        value = 0.0
        for one in problems:
            scores = np.append(weights.scores(one.features) if len(one.features) else [], weights.none) * factor
            target = np.append(one.right, 0.0 if one.right.any() else 1.0)
            exponents = np.exp(scores - scores.max())
            value -= one.weight * float(np.log((exponents * target).sum() / exponents.sum()))
        return value

    factor = float(minimize_scalar(loss, bounds=(0.5, 4.0), method="bounded").x)
    return Weights(
        [x * factor for x in weights.reviewed], [x * factor for x in weights.imported], weights.none * factor
    )
