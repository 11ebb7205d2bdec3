"""Training the network of cases (case_network.py) on confirmed messages, the cases' phrases and questions that tell none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bot.nlu import network_training
from bot.nlu.case_network import output
from bot.nlu.confirmed import Confirmed
from bot.nlu.network import Network
from bot.nlu.network_training import Example
from bot.nlu.network_words import Words, words_read
from bot.nlu.normalise import normalise
from procedures_kb.model import Procedure
from procedures_kb.text import strip_marks

PHRASES_MET = 0.6  # share of the epochs in which a phrase of a case is met
QUESTIONS_REPEATED = 6  # times an epoch that a question which names nothing is met, each time with another procedure


def train(
    procedures: Sequence[Procedure], told: Mapping[str, Sequence[Confirmed]], questions: Sequence[str]
) -> Network:
    """Learn the network.

    Args:
        procedures: those with cases are learned.
        told: messages that tell a case or none, by procedure.
        questions: what tells no case of any procedure.
    """
    with_cases = {procedure.code: procedure for procedure in procedures if procedure.cases}
    outputs = [output(p.code, case) for p in with_cases.values() for case in ("", *(case.id for case in p.cases))]
    number = {name: place for place, name in enumerate(outputs)}
    groups = {
        p.code: tuple(number[output(p.code, case)] for case in ("", *(case.id for case in p.cases)))
        for p in with_cases.values()
    }
    messages = [
        (message.text, code, message.case or "")
        for code, own in told.items()
        if code in groups
        for message in own
        if output(code, message.case or "") in number
    ]
    phrases = [
        (phrase.replace("…", " "), p.code, case.id)
        for p in with_cases.values()
        for case in p.cases
        for phrase in (case.label, *case.phrases)
    ]
    texts = dict.fromkeys([*(text for text, _, _ in (*messages, *phrases)), *questions])
    read: dict[str, tuple[Words, Words]] = {text: (_read(text), _read(strip_marks(text))) for text in texts}
    features = network_training.vocabulary([words for text, _, _ in (*messages, *phrases) for words in read[text]])
    known: dict[str, tuple[list[list[int]], ...]] = {}
    codes = list(groups)

    def examples(chance: np.random.Generator, network: Network) -> list[Example]:
        if not known:
            known.update({text: tuple(network.read(words) for words in both) for text, both in read.items()})

        def example(text: str, code: str, case: str) -> Example:
            words = known[text][int(chance.random() < 0.5)]
            return Example(words, (number[output(code, case)],), among=groups[code])

        met = [phrase for phrase in phrases if chance.random() < PHRASES_MET]
        asked = [
            (question, codes[int(chance.integers(len(codes)))], "") for question in [*questions] * QUESTIONS_REPEATED
        ]
        return [example(*row) for row in (*messages, *met, *asked)]

    return network_training.train(outputs, features, examples, one_of=True)


def _read(text: str) -> Words:
    """As the action server reads a message: of its normalised text."""
    return words_read(normalise(normalise(text).text))
