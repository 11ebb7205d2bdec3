"""A small convolutional network over the words of a message, trained on our own messages only (network_training.py).

Linear models know which words speak for what; a network also learns words that are used alike and what three words in a row
mean together. It reads a message as one vector for each word, looks at every three neighbouring words with the same
detectors, keeps of each detector its strongest sign, and weighs these signs. Beside the linear models it finds what they
miss: docs/decisions/0016. The finished weights ship as numbers (half precision, no pickles); reading a message takes a
fifth of a millisecond, without a framework.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.nlu.network_words import Words

Floats = npt.NDArray[np.float32]
SIZE = 64  # numbers that stand for a word
WINDOW = 3  # neighbouring words looked at together
DETECTORS = 256
LEAST_SEEN = 3  # times a feature must stand in the training messages to be learned


class Network:
    """Vocabulary, outputs and parameters.

    Parameters:
        words: features x SIZE.
        detectors, detectors_bias: (WINDOW x SIZE) x DETECTORS.
        outputs, outputs_bias: DETECTORS x outputs.
        stay, stay_bias, stays: only where a subject counts (talk_network.py): what speaks for going on with the subject,
            whatever it is (DETECTORS), and with each one (outputs x DETECTORS).
    """

    def __init__(self, outputs: Sequence[str], vocabulary: Sequence[str], parameters: dict[str, Floats]) -> None:
        self.outputs = list(outputs)
        self.number = {name: number for number, name in enumerate(outputs)}
        self.column = {feature: number for number, feature in enumerate(vocabulary)}
        self.parameters = parameters

    def read(self, words: Words) -> list[list[int]]:
        """The known features of each word as numbers."""
        column = self.column
        return [[column[feature] for feature in word if feature in column] for word in words]

    def signs(self, words: Words) -> Floats:
        """The strongest sign of each detector in one message (DETECTORS numbers, 0 or more)."""
        own = self.parameters
        vectors = np.zeros((len(words) + WINDOW - 1, SIZE), dtype=np.float32)
        for place, features in enumerate(self.read(words), WINDOW // 2):
            if features:
                vectors[place] = own["words"][features].sum(axis=0) / np.sqrt(len(features))
        windows = np.hstack([vectors[start : start + len(words)] for start in range(WINDOW)])
        found: Floats = np.maximum((windows @ own["detectors"] + own["detectors_bias"]).max(axis=0), 0)
        return found

    def scores(self, words: Words, subject: str | None = None) -> Floats:
        """Score of each output for one message; ``subject`` = the output that is being talked about."""
        return self.scores_of(self.signs(words), subject)

    def scores_of(self, signs: Floats, subject: str | None = None) -> Floats:
        """Score of each output for the signs of a message."""
        own = self.parameters
        scores: Floats = signs @ own["outputs"] + own["outputs_bias"]
        if subject is not None and (place := self.number.get(subject)) is not None:
            scores[place] += signs @ (own["stay"] + own["stays"][place]) + own["stay_bias"][0]
        return scores

    def save(self, path: Path) -> None:
        """Write it, in half precision."""
        about = json.dumps({"outputs": self.outputs, "vocabulary": list(self.column)}, ensure_ascii=False)
        numbers = {name: value.astype(np.float16) for name, value in self.parameters.items()}
        np.savez_compressed(path, about=np.frombuffer(about.encode(), dtype=np.uint8), **numbers)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Network:
        """Read it. Raises OSError when the file is missing, ValueError when it is no network."""
        with np.load(path) as arrays:
            about = json.loads(arrays["about"].tobytes())
            numbers = {name: arrays[name].astype(np.float32) for name in arrays.files if name != "about"}
        return cls(about["outputs"], about["vocabulary"], numbers)
