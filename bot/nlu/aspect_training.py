"""Training the network of aspects (aspect_network.py) on all messages of nlu_data of which it is known what they ask.

Now and then two messages are put together, so that the network learns that each question of a message counts, whatever
stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from bot.nlu import network_training
from bot.nlu.aspects import OVERVIEW
from bot.nlu.composed import compose, everyday_matters, read_parts
from bot.nlu.confirmed import NLU_DATA, asking_messages, confirmed_messages
from bot.nlu.network import Network
from bot.nlu.network_training import Example
from bot.nlu.network_words import words_read
from bot.nlu.normalise import normalise
from bot.nlu.talks import read_talks
from procedures_kb.text import strip_marks

Asking = tuple[str, tuple[str, ...]]  # a message and the aspects it asks
TOGETHER = 0.3  # share of the messages that are met with another one behind them
LONGEST_TOGETHER = 45  # words


def asking() -> list[Asking]:
    """The sentences of the intents, the confirmed messages, the questions of the dialogues, and composed messages."""
    return [
        *sentences(),
        *((message.text, message.aspects) for message in confirmed_messages() if message.aspects),
        *asking_messages(),
        *asked_in_talks(),
        *(message for message in compose(read_parts(), everyday_matters()) if message[1]),
    ]


def sentences() -> list[Asking]:
    """The sentences of the Rasa training files that say which aspects they ask, for themselves or for their intent."""
    found: list[Asking] = []
    for path in sorted(NLU_DATA.glob("*.yml")):
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        for block in content.get("nlu", []) if isinstance(content, dict) else []:
            common = (block.get("metadata") or {}).get("aspects")
            examples: Any = block["examples"]
            if isinstance(examples, str):
                lines = [line.strip()[2:] for line in examples.splitlines() if line.strip().startswith("- ")]
                examples = [{"text": line} for line in lines]
            for row in examples:
                aspects = (row.get("metadata") or {}).get("aspects", common)
                if aspects:
                    found.append((row["text"].strip(), tuple(aspects)))
    return found


def asked_in_talks() -> list[Asking]:
    """The turns of the dialogues that plainly ask something."""
    turns = (turn for talk in read_talks() for turn in talk.turns)
    return [(turn.user, tuple(turn.expect.aspects)) for turn in turns if turn.expect.aspects and not turn.expect.act]


def train(messages: Sequence[Asking]) -> Network:
    """Learn the network from messages with the aspects they ask."""
    outputs = sorted({aspect for _, aspects in messages for aspect in aspects})
    read = [(words_read(normalise(text)), words_read(normalise(strip_marks(text)))) for text, _ in messages]
    asked = [tuple(outputs.index(aspect) for aspect in aspects) for _, aspects in messages]
    overview = outputs.index(OVERVIEW)
    features = network_training.vocabulary([words for both in read for words in both])
    known: list[tuple[list[list[int]], ...]] = []

    def examples(chance: np.random.Generator, network: Network) -> list[Example]:
        if not known:
            known.extend(tuple(network.read(words) for words in both) for both in read)
        made: list[Example] = []
        for place, both in enumerate(known):
            plain = int(chance.random() < 0.5)
            words, right = both[plain], set(asked[place])
            more = int(chance.integers(len(known)))
            if chance.random() < TOGETHER and len(words) + len(known[more][plain]) <= LONGEST_TOGETHER:
                words, right = words + known[more][plain], right | set(asked[more])
            made.append(Example(words, tuple(right - {overview} or right)))
        return made

    return network_training.train(outputs, features, examples, one_of=False)
