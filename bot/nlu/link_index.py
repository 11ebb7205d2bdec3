"""The index by which a message is matched with procedures, and the features of each candidate.

A procedure is known by its phrases (official name, short name, everyday names, example questions), each in three views, by
all its words together (bags.py), and by what the topic model (topics.py) has learned from confirmed messages. Look-ups are
sums over posting lists.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec
import numpy as np
import numpy.typing as npt

from bot.nlu import matters, talk_network
from bot.nlu.bags import SATURATION
from bot.nlu.confirmed import Confirmed, linking_messages
from bot.nlu.link_document import LinkDocument
from bot.nlu.network import Network
from bot.nlu.normalise import Normal, with_implied
from bot.nlu.segment import Look, Segment, fillers
from bot.nlu.topics import OTHER_SHARE, Topics
from bot.nlu.views import word_terms

Floats = npt.NDArray[np.float64]
BY_PHRASE = 20  # procedures whose features are worked out for one message since a phrase is near…
BY_RECORD = 20  # … since their whole record holds its words…
BY_TOPIC = 5  # … or since it sounds like what people say who mean them
BY_NETWORK = 3  # … to the network as well
LEAST_TOPIC = 1e-6

FEATURES = (
    "words",  # cosine of the best phrase, words without marks
    "marked_words",  # the same with marks; equal to "words" when the message has none
    "characters",  # cosine of the best phrase, character 3-grams
    "phrase_covered",  # share of the best phrase that stands in the message, weighted by how much the phrase says
    "message_covered",  # share of the message's content words that stand anywhere in the procedure's phrases
    "question_like",  # cosine with the best example question
    "reviewed",  # 1 = a reviewed record, 0 = imported by name only
    "frequency",  # how often citizens need it, 0..1
    "for_hanoi",  # 1 = a citizen of Hanoi can use it; 0 = ministry only, another province's, or internal
    "short_name_covered",  # share of the short name that stands in the message: tells "kết hôn" from "đăng ký lại kết hôn"
    "topic",  # probability of the topic model on a logarithmic scale: 1 = certain, 0 = one in a million or less
    "topic_share",  # the same probability as it is
    "network",  # probability of the network on the same scale; of a procedure it has not learned, that of the topic model
    "network_share",  # the same probability as it is
    "matter",  # 1 = the message is about the same kind of matter (issue again, renewal, end…), 0 = about another kind
    "words_lead",  # "words" against the best candidate
    "characters_lead",  # "characters" against the best candidate
    "record",  # BM25 over all that is known of the procedure, as a share of what the message could reach
    "record_lead",  # the same against the best procedure: 1 = no other has more of the message's words
    "named",  # 1 = one of its names, two words or more, stands whole in the message
)


class Candidate(msgspec.Struct, frozen=True):
    """One procedure that may be meant, with its features in the order of :data:`FEATURES`."""

    document: LinkDocument
    features: Floats

    @property
    def named(self) -> bool:
        """Whether the message calls the procedure by one of its names."""
        return bool(self.features[FEATURES.index("named")])


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: nearly all that is made is kept, and looking through it again and again takes a tenth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class LinkIndex:
    """All procedures of one state of the knowledge base, ready to be asked.

    Args:
        documents: the procedures.
        confirmed: messages whose procedure is known, for the topic model; by default those that ship.
        before: the index of an earlier state; what has not changed since is taken over from it.
        network: the network of procedures; by default the one that ships.
    """

    def __init__(
        self,
        documents: Iterable[LinkDocument],
        confirmed: Iterable[Confirmed] | None = None,
        before: LinkIndex | None = None,
        network: Network | None = None,
    ) -> None:
        self.network = network or talk_network.network()
        with _uncollected():
            self._build(list(documents), before)
            self.topics: Topics | None = Topics.train(
                self.documents,
                linking_messages() if confirmed is None else confirmed,
                before.topics if before else None,
            )

    def _build(self, given: list[LinkDocument], before: LinkIndex | None) -> None:
        parts = [[item for item in given if item.reviewed], [item for item in given if not item.reviewed]]
        old = {id(part.documents): part for part in before.segments} if before else {}
        self.segments: list[Segment] = []
        for part in filter(None, parts):
            same = next((segment for segment in old.values() if segment.documents == part), None)
            self.segments.append(same or Segment(part))
        self.documents = [item for segment in self.segments for item in segment.documents]
        self._matters = [kinds for segment in self.segments for kinds in segment.matters]
        self._number = {item.code: number for number, item in enumerate(self.documents)}

    def name(self, code: str) -> str | None:
        """The short name of a procedure of the index, its official one when it has none; None for an unknown code."""
        number = self._number.get(code)
        return None if number is None else self.documents[number].short_name or self.documents[number].name

    def ask(self, normal: Normal, limit: int = BY_PHRASE) -> list[Candidate]:
        """The procedures that may be meant, unordered by probability (that is the ranking's work)."""
        if not normal.words or not self.documents:
            return []
        asked, normal = normal, with_implied(normal)
        rarity, reachable = self._rarity(normal)
        looks = [segment.look(normal, rarity) for segment in self.segments]
        seen = Look(*(np.concatenate([getattr(look, name) for look in looks]) for name in Look.__struct_fields__))
        best, found = seen.best, seen.record
        rough = best[:, 0] + best[:, 1] + 0.7 * best[:, 2] + best[:, 3]
        chosen = dict.fromkeys([*_highest(rough, limit), *_highest(found, BY_RECORD)])
        topics = self.topics.probabilities(normal) if self.topics else None
        if self.topics and topics is not None:
            likely = (self._number.get(code) for code in self.topics.likely(topics, BY_TOPIC))
            chosen.update(dict.fromkeys(number for number in likely if number is not None))
        learned = talk_network.probabilities(self.network, asked)
        near = sorted(learned, key=lambda code: -learned[code])[:BY_NETWORK]
        chosen.update(dict.fromkeys(self._number[code] for code in near if code in self._number))
        top = list(chosen)
        if not top:
            return []
        said = matters.of_message(normal)
        most = np.maximum(best[top].max(axis=0), 1e-9)
        most_found = max(float(found.max()), 1e-9)
        candidates = []
        for i in top:
            item = self.documents[i]
            share = self.topics.of(item, topics) if self.topics and topics is not None else 0.0
            own = learned.get(item.code)
            if own is None:  # nobody has reviewed it, or not when the network was trained
                own = share if item.reviewed else learned[talk_network.OTHER] * OTHER_SHARE
            candidates.append(Candidate(item, np.array([
                best[i, 0], best[i, 1], best[i, 2], best[i, 3], seen.message_covered[i], best[i, 4],
                float(item.reviewed), item.frequency / 5, float(item.for_hanoi), seen.short_name_covered[i],
                _on_a_scale(share), share, _on_a_scale(own), own,
                matters.agreement(said, self._matters[i]), best[i, 0] / most[0], best[i, 2] / most[2],
                found[i] / reachable, found[i] / most_found, best[i, 5],
            ])))  # fmt: skip
        return candidates

    def _rarity(self, normal: Normal) -> tuple[dict[str, float], float]:
        """How much each term of a message says, and the highest BM25 a record could reach (the rarest word if unknown)."""
        light, light_weight = fillers()
        count = len(self.documents)
        rarity: dict[str, float] = {}
        reachable = 0.0
        for term in dict.fromkeys(word_terms(normal.plain_words)):
            factor = light_weight if all(part in light for part in term.split(" ")) else 1.0
            holding = sum(segment.bags.holding(term) for segment in self.segments)
            if holding:
                rarity[term] = factor * math.log(1 + (count - holding + 0.5) / (holding + 0.5))
                reachable += (SATURATION + 1) * rarity[term]
            elif " " not in term:
                reachable += factor * math.log(1 + count)
        return rarity, reachable or 1.0


def _on_a_scale(probability: float) -> float:
    """1 = certain, 0 = :data:`LEAST_TOPIC` or less."""
    return 1 + math.log10(max(probability, LEAST_TOPIC)) / -math.log10(LEAST_TOPIC)


def _highest(values: Floats, count: int) -> list[int]:
    """Numbers of the highest values above 0, unordered."""
    count = min(count, len(values))
    return [i for i in np.argpartition(-values, count - 1)[:count].tolist() if values[i] > 0]
