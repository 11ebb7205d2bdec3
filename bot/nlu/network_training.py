"""Training a network (network.py): batches, gradients by hand, Adam. Always the same result from the same examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.nlu.network import DETECTORS, LEAST_SEEN, SIZE, WINDOW, Network
from bot.nlu.network_words import Words

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
EPOCHS = 8
BATCH = 64  # messages learned from at once
ALIKE = 50  # batches among which messages are put together by length
RATE = 5e-3  # of learning at first; it falls to 0
WORDS_LEFT_OUT = 0.08  # share of the words not read, so that no single word decides
SIGNS_LEFT_OUT = 0.4  # share of the signs not used
_KEEP, _KEEP_SQUARES = 0.9, 0.999  # of Adam
_PAD = WINDOW // 2
_NO_WORD = np.float32(-1e9)  # score of what is not there


class Example(msgspec.Struct, frozen=True):
    """A message as read, and the outputs that are right.

    Fields:
        subject: number of the output that is being talked about (-1 = none).
        among: the outputs of which one is right; none given = all.
    """

    words: list[list[int]]
    right: tuple[int, ...]
    subject: int = -1
    among: tuple[int, ...] = ()


def vocabulary(messages: Sequence[Words]) -> list[str]:
    """The features that stand in enough messages."""
    seen = Counter(feature for message in messages for word in message for feature in set(word))
    return [feature for feature, count in seen.items() if count >= LEAST_SEEN]


def train(
    outputs: Sequence[str], features: Sequence[str], examples: Callable[[np.random.Generator, Network], list[Example]],
    one_of: bool, with_subject: bool = False, epochs: int = EPOCHS,
) -> Network:  # fmt: skip
    """Learn a network.

    Args:
        outputs: names of the outputs.
        features: the vocabulary.
        examples: gives the examples of an epoch; they may differ from epoch to epoch.
        one_of: whether one output is right (any of the right ones), or each output by itself.
        with_subject: whether what is being talked about counts (only with ``one_of``).
    """
    chance = np.random.default_rng(0)
    network = Network(outputs, features, _beginning(chance, len(features), len(outputs), one_of, with_subject))
    learner = _Learner(network, chance, one_of)
    for epoch in range(epochs):
        batches = list(_batches(examples(chance, network), chance))
        for number, batch in enumerate(batches):
            learner.learn(batch, RATE * (1 - (epoch * len(batches) + number) / (epochs * len(batches))) + 1e-5)
    return network


def _beginning(
    chance: np.random.Generator, features: int, outputs: int, one_of: bool, with_subject: bool
) -> dict[str, Floats]:
    def numbers(*shape: int, scale: float) -> Floats:
        return (chance.standard_normal(shape) * scale).astype(np.float32)

    own = {
        "words": numbers(max(features, 1), SIZE, scale=0.1),
        "detectors": numbers(WINDOW * SIZE, DETECTORS, scale=float(np.sqrt(2 / (WINDOW * SIZE)))),
        "detectors_bias": np.zeros(DETECTORS, np.float32),
        "outputs": numbers(DETECTORS, outputs, scale=0.05),
        "outputs_bias": np.full(outputs, 0.0 if one_of else -2.0, np.float32),
    }
    if with_subject:
        own["stays"] = numbers(outputs, DETECTORS, scale=0.02)
        own["stay"], own["stay_bias"] = np.zeros(DETECTORS, np.float32), np.zeros(1, np.float32)
    return own


def _batches(examples: list[Example], chance: np.random.Generator) -> Iterator[list[Example]]:
    """The examples in any order, those of like length together, so that little is padded."""
    order = chance.permutation(len(examples))
    made: list[list[Example]] = []
    for start in range(0, len(order), BATCH * ALIKE):
        some = sorted((examples[i] for i in order[start : start + BATCH * ALIKE]), key=lambda one: len(one.words))
        made += [some[first : first + BATCH] for first in range(0, len(some), BATCH)]
    for place in chance.permutation(len(made)):
        yield made[place]


class _Learner:
    """Parameters, their running means, and one step."""

    def __init__(self, network: Network, chance: np.random.Generator, one_of: bool) -> None:
        self._own, self._chance, self._one_of = network.parameters, chance, one_of
        self._mean = {name: np.zeros_like(value) for name, value in self._own.items()}
        self._square = {name: np.zeros_like(value) for name, value in self._own.items()}
        self._steps = 0

    def learn(self, batch: list[Example], rate: float) -> None:
        """One step towards what is right for a batch."""
        own, count, longest = self._own, len(batch), max(len(example.words) for example in batch)
        matrix, real = self._matrix(batch, longest)
        padded = longest + WINDOW - 1
        vectors = (matrix @ own["words"]).reshape(count, padded, SIZE)
        windows = np.concatenate([vectors[:, start : start + longest] for start in range(WINDOW)], axis=2)
        windows = windows.reshape(count * longest, WINDOW * SIZE)
        found = (windows @ own["detectors"] + own["detectors_bias"]).reshape(count, longest, DETECTORS)
        found[~real] = _NO_WORD
        best = found.argmax(axis=1)[:, None]
        strongest = np.take_along_axis(found, best, 1)[:, 0]
        used = (self._chance.random(strongest.shape) >= SIGNS_LEFT_OUT).astype(np.float32) / (1 - SIGNS_LEFT_OUT)
        used *= strongest > 0
        signs = strongest * used
        slope, of_signs = self._outputs(batch, signs)
        of_best = (of_signs * used)[:, None]
        of_found = np.zeros_like(found)
        np.put_along_axis(of_found, best, of_best, 1)
        of_found = of_found.reshape(count * longest, DETECTORS)
        slope["detectors"], slope["detectors_bias"] = windows.T @ of_found, of_found.sum(axis=0)
        of_windows = (of_found @ own["detectors"].T).reshape(count, longest, WINDOW, SIZE)
        of_vectors = np.zeros_like(vectors)
        for start in range(WINDOW):
            of_vectors[:, start : start + longest] += of_windows[:, :, start]
        slope["words"] = np.asarray(matrix.T @ of_vectors.reshape(count * padded, SIZE))
        self._step(slope, rate)

    def _matrix(self, batch: list[Example], longest: int) -> tuple[csr_matrix, npt.NDArray[np.bool_]]:
        """Which features stand at which place (places x features), and which places are words."""
        padded = longest + WINDOW - 1
        columns: list[int] = []
        counts = np.zeros((len(batch), padded), dtype=np.int64)
        for row, example in enumerate(batch):
            kept = self._chance.random(len(example.words)) >= WORDS_LEFT_OUT
            for place, features in enumerate(example.words):
                if kept[place]:
                    columns += features
                    counts[row, place + _PAD] = len(features)
        flat = counts.ravel()
        starts = np.concatenate([[0], np.cumsum(flat)])
        values = np.repeat(1 / np.sqrt(np.maximum(flat, 1)), flat).astype(np.float32)
        shape = (len(flat), len(self._own["words"]))
        lengths = np.array([len(example.words) for example in batch])
        return csr_matrix((values, columns, starts), shape=shape), np.arange(longest)[None] < lengths[:, None]

    def _outputs(self, batch: list[Example], signs: Floats) -> tuple[dict[str, Floats], Floats]:
        """The slopes of the outputs' parameters, and of the signs."""
        own, count = self._own, len(batch)
        scores = signs @ own["outputs"] + own["outputs_bias"]
        right = np.zeros_like(scores)
        for row, example in enumerate(batch):
            right[row, list(example.right)] = 1
        if not self._one_of:
            wrong: Floats = (1 / (1 + np.exp(-scores)) - right) / count
            return {"outputs": signs.T @ wrong, "outputs_bias": wrong.sum(axis=0)}, wrong @ own["outputs"].T
        for row, example in enumerate(batch):
            if example.among:
                left = scores[row, list(example.among)]
                scores[row] = _NO_WORD
                scores[row, list(example.among)] = left
        rows, of = self._subjects(batch)
        if len(rows):
            stays = own["stay"] + own["stays"][of]
            scores[rows, of] += (signs[rows] * stays).sum(axis=1) + own["stay_bias"]
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        wanted = shares * right
        wrong = (shares - wanted / (wanted.sum(axis=1, keepdims=True) + 1e-9)) / count
        slopes = {"outputs": signs.T @ wrong, "outputs_bias": wrong.sum(axis=0)}
        of_signs = wrong @ own["outputs"].T
        if len(rows):
            staying = wrong[rows, of]
            of_signs[rows] += staying[:, None] * stays
            slopes["stays"] = np.zeros_like(own["stays"])
            np.add.at(slopes["stays"], of, staying[:, None] * signs[rows])
            slopes["stay"] = signs[rows].T @ staying
            slopes["stay_bias"] = np.array([staying.sum()], np.float32)
        return slopes, of_signs

    def _subjects(self, batch: list[Example]) -> tuple[Numbers, Numbers]:
        """Which rows have a subject, and which one; none where it does not count."""
        subjects = np.array([example.subject for example in batch])
        rows = np.flatnonzero(subjects >= 0) if "stays" in self._own else np.zeros(0, dtype=np.int64)
        return rows, subjects[rows]

    def _step(self, slopes: dict[str, Floats], rate: float) -> None:
        self._steps += 1
        for name, slope in slopes.items():
            mean, square = self._mean[name], self._square[name]
            mean += (1 - _KEEP) * (slope - mean)
            square += (1 - _KEEP_SQUARES) * (slope * slope - square)
            likely = square / (1 - _KEEP_SQUARES**self._steps)
            self._own[name] -= rate * (mean / (1 - _KEEP**self._steps)) / (np.sqrt(likely) + 1e-8)
