"""A part of the link index: the phrases and bags of some procedures. The reviewed ones are a segment of their own, so that
publishing a record rebuilds 130 procedures and not 5,700.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from bot.nlu import matters
from bot.nlu.bags import Bags
from bot.nlu.link_document import LinkDocument, bag
from bot.nlu.normalise import Normal, read_lexicon
from bot.nlu.views import Spelt, View, background, character_terms, spell, word_terms
from procedures_kb.text import strip_marks

Floats = npt.NDArray[np.float64]
FULL_MASS = 12.0  # weight of a phrase's words from which it says enough to be trusted by its coverage


@functools.cache
def fillers() -> tuple[frozenset[str], float]:
    """Words that say how people talk (lexicon/fillers.yml), and what they weigh."""
    lexicon = read_lexicon("fillers")
    words = {word for line in lexicon["words"] for word in line.split()}  # type: ignore[attr-defined]
    return frozenset(words | {strip_marks(word) for word in words}), float(lexicon["weight"])  # type: ignore[arg-type]


class Look(msgspec.Struct):
    """What a segment sees of one message: a value for each of its procedures.

    ``best`` has a column for each of words, marked words, characters, phrase covered, question, named.
    """

    best: Floats
    message_covered: Floats
    short_name_covered: Floats
    record: Floats


class Segment:
    """The procedures of one segment, ready to be asked."""

    def __init__(self, documents: Sequence[LinkDocument]) -> None:
        self.documents = list(documents)
        spelt: dict[str, Spelt] = {}

        def read(text: str) -> Spelt:
            if text not in spelt:
                spelt[text] = spell(text)
            return spelt[text]

        phrases: list[tuple[int, str, bool]] = []
        short_names: list[int] = []
        for number, item in enumerate(self.documents):
            seen: set[tuple[str, ...]] = set()
            short_key = tuple(read(item.short_name).plain)
            short_names.append(len(phrases))
            for text, question in (*((p, False) for p in item.phrases), *((q, True) for q in item.questions)):
                key = tuple(read(text).plain)
                if key not in seen:
                    seen.add(key)
                    if key == short_key:
                        short_names[-1] = len(phrases)
                    phrases.append((number, text, question))
        owner = np.array([number for number, _, _ in phrases], dtype=np.int64)
        self._short_name = np.array(short_names, dtype=np.int32)
        self._is_question = np.array([question for _, _, question in phrases], dtype=bool)
        # First phrase of each procedure: they follow one another, so "best phrase of each" is one reduceat.
        self._first = np.searchsorted(owner, np.arange(len(self.documents)))
        words_of = [spelt[text] for _, text, _ in phrases]
        light, light_weight = fillers()
        owners = owner.tolist()
        self._words = View("words", (words.terms for words in words_of), owners, light, light_weight)
        self._marked = View("marked", (word_terms(words.marked) for words in words_of), owners, light, light_weight)
        self._characters = View(
            "characters", (character_terms(words.plain) for words in words_of), owners, frozenset(), 1.0
        )
        self.bags = Bags(bag(item, spelt) for item in self.documents)
        self.matters = [matters.of_name(" ".join(read(item.name).marked)) for item in self.documents]
        # A name that can be recognised as such: not a question, and two words that say something.
        self._is_name = np.array([
            not question and sum(word not in light for word in words.plain) >= 2
            for (_, _, question), words in zip(phrases, words_of, strict=True)
        ], dtype=bool)  # fmt: skip

    def look(self, normal: Normal, rarity: dict[str, float]) -> Look:
        """Compare a message with every phrase and bag; ``rarity`` = how much each of its terms says."""
        terms = word_terms(normal.plain_words)
        words, present = self._words.ask(terms), self._words.present(terms)
        marked = self._marked.ask(word_terms(normal.words)) if normal.marked else words
        characters = self._characters.ask(character_terms(normal.plain_words))
        # How much of a phrase stands in the message; a phrase of one light word says little, so mass counts too.
        mass = self._words.mass
        share = np.where(mass > 0, present / np.maximum(mass, 1e-9), 0.0)
        covered = share * np.minimum(1.0, mass / FULL_MASS) * ~self._is_question
        questions = (words + marked) / 2 * self._is_question
        whole = (self._is_name & (share > 0.999)).astype(float)
        by_phrase = (words, marked, characters, covered, questions, whole)
        best = np.stack([np.maximum.reduceat(values, self._first) for values in by_phrase], axis=1)
        return Look(best, self._message_covered(normal), share[self._short_name], self.bags.score(rarity))

    def _message_covered(self, normal: Normal) -> Floats:
        """For each procedure, the weighted share of the message's words that stand in any of its phrases."""
        light, light_weight = fillers()
        total = 0.0
        holding: list[npt.NDArray[np.int32]] = []
        weights: list[float] = []
        for word in dict.fromkeys(normal.plain_words):
            column = self._words.column.get(word)
            if column is None:
                total += math.log(2 * background()["total"]) * (light_weight if word in light else 1.0)
                continue
            weights.append(float(self._words.weight[column]))
            holding.append(self._words.procedures_with(word))
            total += weights[-1]
        if not holding or not total:
            return np.zeros(len(self.documents))
        values = np.repeat(np.array(weights), [len(rows) for rows in holding])
        return np.bincount(np.concatenate(holding), values, len(self.documents)) / total
