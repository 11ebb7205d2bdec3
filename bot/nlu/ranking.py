"""From features to probabilities: one softmax over the candidates and "none of them".

The weights say how much each feature counts, not which procedure is which, so a procedure published a second ago is
ranked as well as an old one. They are learned by ``./motcua fit-ranking`` from nlu_data/linking.yml and kept in
``ranking_weights.json`` with the figures of the fit.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bot.nlu.link_index import FEATURES, Candidate, LinkIndex
from bot.nlu.normalise import Normal

Floats = npt.NDArray[np.float64]
WEIGHTS = Path(__file__).parent / "ranking_weights.json"


class Weights(msgspec.Struct, frozen=True):
    """``features`` in the order of :data:`FEATURES`; ``none`` = score of "none of them"."""

    features: list[float]
    none: float

    @classmethod
    def load(cls, path: Path = WEIGHTS) -> Weights:
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls([float(content["features"][name]) for name in FEATURES], float(content["none"]))


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


def rank(candidates: list[Candidate], weights: Weights) -> list[Ranked]:
    """Probabilities, best first; what is missing to 1 is the probability of "none of them"."""
    if not candidates:
        return []
    scores = np.array([candidate.features for candidate in candidates]) @ np.array(weights.features)
    top = max(float(scores.max()), weights.none)
    exponents = np.exp(scores - top)
    probabilities = exponents / (exponents.sum() + np.exp(weights.none - top))
    order = np.argsort(-probabilities)
    return [
        Ranked(d.code, d.name, d.short_name, d.reviewed, candidates[i].named, float(probabilities[i]))
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

    Returns:
        The weights and the mean log-loss per row. A right procedure missing from the candidates counts as "none".
    """
    mass = sum(one.weight for one in problems)

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, gradient = 0.0, np.zeros_like(theta)
        for one in problems:
            scores = np.append(one.features @ theta[:-1], theta[-1])
            target = np.append(one.right, 0.0 if one.right.any() else 1.0)
            top = scores.max()
            exponents = np.exp(scores - top)
            total, wanted = exponents.sum(), (exponents * target).sum()
            value -= one.weight * float(np.log(wanted / total))
            difference = one.weight * (exponents / total - exponents * target / wanted)
            gradient[:-1] += one.features.T @ difference[:-1]
            gradient[-1] += difference[-1]
        value = value / mass + penalty * float(theta[:-1] @ theta[:-1]) / 2
        gradient /= mass
        gradient[:-1] += penalty * theta[:-1]
        return value, gradient

    start = np.append(np.ones(len(FEATURES)), 6.0)
    bounds = [(0.0, None)] * len(FEATURES) + [(None, None)]  # no feature may count against a match
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return Weights([float(x) for x in result.x[:-1]], float(result.x[-1])), float(result.fun)
