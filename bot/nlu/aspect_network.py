"""Which aspects a message asks, as a network has learned it beside the linear models (aspects.py)."""

from __future__ import annotations

import functools
from pathlib import Path

from bot.nlu.network import Network
from bot.nlu.network_words import words_read
from bot.nlu.normalise import Normal

WEIGHTS = Path(__file__).parent / "aspect_network.npz"


@functools.cache
def network() -> Network:
    """The network that ships."""
    return Network.load(WEIGHTS)


def log_odds(own: Network, normal: Normal) -> dict[str, float]:
    """Log-odds of each aspect."""
    return dict(zip(own.outputs, own.scores(words_read(normal)).tolist(), strict=True))
