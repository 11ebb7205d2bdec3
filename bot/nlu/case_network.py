"""Which case of a procedure a message tells, as a network has learned it beside the regressions (case_model.py).

One network knows the cases of all procedures: what "chưa từng lấy ai" means is learned from all of them together. Trained by
``./motcua fit-networks``; a case that officers have added since is unknown to it, and only the regression speaks for it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.nlu.network import Floats, Network
from bot.nlu.network_words import words_read
from bot.nlu.normalise import normalise

WEIGHTS = Path(__file__).parent / "case_network.npz"


def output(code: str, case: str) -> str:
    """Name of the output for a case of a procedure; the case "" stands for none."""
    return f"{code}:{case}"


@functools.cache
def network() -> Network:
    """The network that ships."""
    return Network.load(WEIGHTS)


@functools.lru_cache(maxsize=32)
def _signs(own: Network, text: str) -> Floats:
    """The signs of a message; remembered, since one message is put before the cases of several procedures."""
    return own.signs(words_read(normalise(text)))


def shares(own: Network, code: str, cases: Sequence[str], text: str) -> dict[str, float]:
    """How likely a message (normalised) tells each case of a procedure that the network knows; "" = none of them."""
    known = {case: place for case in cases if (place := own.number.get(output(code, case))) is not None}
    if not known:
        return {}
    columns = list(known.values())
    scores = _signs(own, text) @ own.parameters["outputs"][:, columns] + own.parameters["outputs_bias"][columns]
    likely = np.exp(scores - scores.max())
    return dict(zip(known, (likely / likely.sum()).tolist(), strict=True))
