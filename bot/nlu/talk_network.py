"""Which reviewed procedure a message means, by itself or in the talk it is said in, as a network has learned it.

Trained on names, confirmed messages and dialogues (talk_training.py). Where a procedure is being talked about, the network
also weighs what goes on with any subject ("hết nhiêu tiền") and with this one ("ông ấy không có lương hưu" after a death).
A procedure published since the network was trained is unknown to it; the linker has other features for that.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from bot.nlu.network import Floats, Network
from bot.nlu.network_words import words_read
from bot.nlu.normalise import Normal

WEIGHTS = Path(__file__).parent / "talk_network.npz"
OTHER = "other"  # a procedure nobody has reviewed, or nothing of ours


@functools.cache
def network() -> Network:
    """The network that ships."""
    return Network.load(WEIGHTS)


@functools.lru_cache(maxsize=32)
def _signs(own: Network, normal: Normal) -> Floats:
    """The signs of a message; remembered, since it is judged by itself and in the talk."""
    return own.signs(words_read(normal))


def probabilities(own: Network, normal: Normal, subject: str | None = None) -> dict[str, float]:
    """How likely each procedure (code), or "other", is meant by a message while ``subject`` is being talked about."""
    scores = own.scores_of(_signs(own, normal), subject)
    shares = np.exp(scores - scores.max())
    return dict(zip(own.outputs, (shares / shares.sum()).tolist(), strict=True))
