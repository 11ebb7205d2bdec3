"""Training the network of procedures (talk_network.py) on names, confirmed messages and dialogues (``./motcua fit-networks``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from bot.nlu import network_training
from bot.nlu.confirmed import Confirmed, questions_that_name_nothing
from bot.nlu.network import Network
from bot.nlu.network_training import Example
from bot.nlu.network_words import Words, words_read
from bot.nlu.normalise import normalise
from bot.nlu.talk_network import OTHER
from bot.nlu.talks import Talk, read_talks
from procedures_kb import catalog_files
from procedures_kb.everyday_names import everyday_names
from procedures_kb.text import strip_marks

OF_OTHERS = 8  # one in so many everyday names of unreviewed procedures is learned as "other"
WITHOUT_SUBJECT = 0.5  # share of the epochs in which a message is met without a subject,
WITH_ANOTHER = 0.4  # … and with another procedure as the subject; else with its own
QUESTIONS_REPEATED = 5  # times an epoch that a question which names nothing is met, each time with another subject
TALKS_REPEATED = 2


class Row(msgspec.Struct, frozen=True):
    """A message with the procedures any of which is right, and what was being talked about.

    ``subject`` None = nothing, or anything: the message can be told by itself.
    """

    text: str
    codes: tuple[str, ...]
    subject: str | None = None


def rows_of_messages(messages: Iterable[Confirmed]) -> list[Row]:
    """What there is to learn from confirmed messages."""
    return [Row(m.text, m.codes or (OTHER,), None if m.alone or not m.codes else m.codes[0]) for m in messages]


def rows_of_names() -> list[Row]:
    """The names and example questions of the reviewed procedures, and some everyday names of others."""
    procedures = catalog_files.read_all()
    reviewed = {procedure.code for procedure in procedures}
    named = [
        Row(text, (procedure.code,))
        for procedure in procedures
        for text in (procedure.name, procedure.short_name, *procedure.aliases, *procedure.example_questions)
    ]
    others = [name for code, names in sorted(everyday_names().items()) if code not in reviewed for name in names]
    return [*named, *(Row(name, (OTHER,)) for name in others[::OF_OTHERS])]


def rows_of_talks(talks: Iterable[Talk]) -> list[Row]:
    """The turns of dialogues that are about a procedure, each with the one before it."""
    found: list[Row] = []
    for talk in talks:
        subject: str | None = None
        for turn in talk.turns:
            expect = turn.expect
            if expect.code and not expect.act:
                found.append(Row(turn.user, (expect.code, *expect.code_alt), subject))
            subject = expect.code or subject
    return found


def train(messages: Sequence[Confirmed]) -> Network:
    """Learn the network from names, the messages and the dialogues of ``nlu_data/talks``."""
    rows = [*rows_of_names(), *rows_of_messages(messages)]
    talks = rows_of_talks(read_talks())
    questions = questions_that_name_nothing()
    outputs = [OTHER, *sorted({procedure.code for procedure in catalog_files.read_all()})]
    number = {name: place for place, name in enumerate(outputs)}
    texts = dict.fromkeys([*(row.text for row in (*rows, *talks)), *questions])
    read: dict[str, tuple[Words, Words]] = {
        text: (words_read(normalise(text)), words_read(normalise(strip_marks(text)))) for text in texts
    }
    features = network_training.vocabulary([words for both in read.values() for words in both])
    known: dict[str, tuple[list[list[int]], ...]] = {}

    def right(codes: Sequence[str]) -> tuple[int, ...]:
        return tuple(number[code] for code in codes if code in number) or (number[OTHER],)

    def examples(chance: np.random.Generator, network: Network) -> list[Example]:
        if not known:
            known.update({text: tuple(network.read(words) for words in both) for text, both in read.items()})

        def example(row: Row, subject: int) -> Example:
            return Example(known[row.text][int(chance.random() < 0.5)], right(row.codes), subject)

        made: list[Example] = []
        for row in rows:
            if row.subject is not None:
                made.append(example(row, number.get(row.subject, -1)))
                continue
            drawn = chance.random()
            another = int(chance.integers(1, len(outputs)))
            itself = right(row.codes)[0] or -1
            subject = -1 if drawn < WITHOUT_SUBJECT else another if drawn < WITHOUT_SUBJECT + WITH_ANOTHER else itself
            made.append(example(row, subject))
        for row in talks * TALKS_REPEATED:
            made.append(example(row, number.get(row.subject or "", -1)))
        for question in questions * QUESTIONS_REPEATED:
            subject = int(chance.integers(1, len(outputs)))
            made.append(Example(known[question][int(chance.random() < 0.5)], (subject,), subject))
        return made

    return network_training.train(outputs, features, examples, one_of=True, with_subject=True)
