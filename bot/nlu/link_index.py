"""The index by which a message is matched with procedures: phrases of every procedure in three views.

A procedure is known by its phrases: official name, short name, everyday names, example questions. Each phrase is
indexed (a) as words without marks, (b) as words with marks, (c) as character 3-grams (typing slips). Index and look-up
are sparse matrix products. Beside the phrases stands the topic model (topics.py), which has learned from confirmed messages
what people say when they mean a procedure without naming it.
"""

from __future__ import annotations

import functools
import json
import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from bot.nlu.normalise import Normal, expand, read_lexicon
from bot.nlu.topics import Confirmed, Topics, confirmed_messages
from procedures_kb.known_names import known_names
from procedures_kb.store import Entry
from procedures_kb.text import fold, strip_marks, syllables

Floats = npt.NDArray[np.float64]
CANDIDATES = 20  # procedures whose features are worked out for one message
TOPICS = 5  # most probable topics that are candidates whatever their phrases
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
    "named",  # 1 = one of its names, two words or more, stands whole in the message
)


class LinkDocument(msgspec.Struct, frozen=True):
    """What the index needs to know of one procedure."""

    code: str
    name: str
    short_name: str
    phrases: tuple[str, ...]
    questions: tuple[str, ...] = ()
    reviewed: bool = False
    frequency: int = 0
    for_hanoi: bool = True  # False: ministry only, another province's own procedure, or internal


NOT_FOR_HANOI = frozenset({"another province's own procedure", "internal procedure, not for citizens"})


def document(entry: Entry) -> LinkDocument:
    """The link document of one record of the knowledge base."""
    if entry.procedure is not None:
        procedure = entry.procedure
        case_names = tuple(case.label for case in procedure.cases if not case.moves_to)
        return LinkDocument(
            procedure.code, procedure.name, procedure.short_name,
            (procedure.name, procedure.short_name, core_term(procedure.short_name), *procedure.aliases, *case_names),
            tuple(procedure.example_questions), True, procedure.frequency,
        )  # fmt: skip
    name = entry.name.removeprefix("Thủ tục ")
    record = entry.imported
    for_hanoi = record is None or not (NOT_FOR_HANOI & set(record.doubts) or record.level == ["ministry"])
    known = known_names().get(entry.code)
    phrases = (name, *known.aliases) if known else (name,)
    return LinkDocument(entry.code, entry.name, name, phrases, frequency=3 if known else 0, for_hanoi=for_hanoi)


_VERBS = re.compile(r"^(?:(?:thủ tục|làm|xin|đăng ký|cấp đổi|cấp lại|cấp|đổi|thành lập|giấy|bản sao|thẻ) )+")


def core_term(short_name: str) -> str:
    """The name without its leading verbs: "đăng ký tạm trú" → "tạm trú", as people refer back to it."""
    return _VERBS.sub("", short_name.lower()) or short_name


@functools.cache
def _fillers() -> tuple[frozenset[str], float]:
    lexicon = read_lexicon("fillers")
    words = {word for line in lexicon["words"] for word in line.split()}  # type: ignore[attr-defined]
    return frozenset(words | {strip_marks(word) for word in words}), float(lexicon["weight"])  # type: ignore[arg-type]


def _terms(words: list[str] | tuple[str, ...]) -> list[str]:
    return [*words, *(f"{a} {b}" for a, b in zip(words, words[1:], strict=False))]


def _characters(words: list[str] | tuple[str, ...]) -> list[str]:
    text = "_" + "_".join(words) + "_"
    return [text[i : i + 3] for i in range(len(text) - 2)]


BACKGROUND = Path(__file__).parent / "background_counts.json"


@functools.cache
def background() -> dict[str, Any]:
    """In how many official procedure names of the nation a term stands, by view (``./motcua fit-ranking`` counts them).

    With it a term weighs about the same whether the catalogue is imported or only our reviewed records are there.
    """
    content: dict[str, Any] = json.loads(BACKGROUND.read_text(encoding="utf-8"))
    return content


def count_background(documents: Iterable[LinkDocument], least: int) -> dict[str, Any]:
    """Count the terms of all official names; terms in fewer than ``least`` names are left out."""
    counts: dict[str, Counter[str]] = {"words": Counter(), "marked": Counter(), "characters": Counter()}
    total = 0
    for item in documents:
        marked = expand(syllables(item.name))
        plain = [strip_marks(word) for word in marked]
        total += 1
        for view, terms in (("words", _terms(plain)), ("marked", _terms(marked)), ("characters", _characters(plain))):
            counts[view].update(set(terms))
    kept = {view: {t: n for t, n in sorted(counter.items()) if n >= least} for view, counter in counts.items()}
    return {"total": total, **kept}


class _View:
    """One view of all phrases: which terms stand in which phrase, and how much each term says.

    Kept as posting lists of 32-bit integers, since every Rasa worker holds an index of its own.

    Args:
        name: "words", "marked" or "characters", the key of the background counts.
        rows: the terms of each phrase; phrases of one procedure follow one another.
        owners: number of the procedure each phrase belongs to.
        light: words that weigh little, ``light_weight`` of the full weight.
    """

    def __init__(
        self, name: str, rows: Iterable[list[str]], owners: list[int], light: frozenset[str], light_weight: float
    ) -> None:
        self.column: dict[str, int] = {}
        procedures, last = array("i"), array("i")  # by term: in how many procedures; the last one counted
        terms_of_rows, ends = array("i"), array("i")
        for row_terms, owner in zip(rows, owners, strict=True):
            for term in dict.fromkeys(row_terms):
                column = self.column.setdefault(term, len(self.column))
                if column == len(procedures):
                    procedures.append(0)
                    last.append(-1)
                if last[column] != owner:
                    procedures[column] += 1
                    last[column] = owner
                terms_of_rows.append(column)
            ends.append(len(terms_of_rows))
        known, total = background()[name], len(set(owners)) + background()["total"]
        self.weight = np.array([
            math.log(total / (procedures[column] + known.get(term, 0) + 0.5))
            * (light_weight if all(part in light for part in term.split(" ")) else 1.0)
            * (0.6 if " " in term else 1.0)
            for term, column in self.column.items()
        ])  # fmt: skip
        columns = np.frombuffer(terms_of_rows, dtype=np.int32) if terms_of_rows else np.zeros(0, dtype=np.int32)
        row_of = np.repeat(np.arange(len(ends), dtype=np.int32), np.diff(np.array([0, *ends])))
        weights = self.weight[columns] if len(columns) else np.zeros(0)
        self.mass = np.bincount(row_of, weights, len(ends))
        length = np.sqrt(np.bincount(row_of, weights**2, len(ends)))
        self._scale = 1 / np.where(length > 0, length, 1.0)
        order = np.argsort(columns, kind="stable")
        self._postings = row_of[order]
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=len(self.column)))])

    def phrases_with(self, term: str) -> npt.NDArray[np.int32]:
        """Numbers of the phrases in which a term stands."""
        column = self.column.get(term)
        if column is None:
            return np.zeros(0, dtype=np.int32)
        return self._postings[self._starts[column] : self._starts[column + 1]]

    def ask(self, terms: list[str]) -> tuple[Floats, Floats]:
        """Cosine of the message with every phrase, and the weight of each phrase's terms that the message has."""
        cosine, present = np.zeros(len(self._scale)), np.zeros(len(self._scale))
        squares = 0.0
        for term in dict.fromkeys(terms):
            if term in self.column:
                weight = float(self.weight[self.column[term]])
                rows = self.phrases_with(term)
                cosine[rows] += weight * weight
                present[rows] += weight
                squares += weight * weight
        return cosine * self._scale / (math.sqrt(squares) or 1.0), present


class Candidate(msgspec.Struct, frozen=True):
    """One procedure that may be meant, with its features in the order of :data:`FEATURES`."""

    document: LinkDocument
    features: Floats

    @property
    def named(self) -> bool:
        """Whether the message calls the procedure by one of its names."""
        return bool(self.features[FEATURES.index("named")])


class LinkIndex:
    """All procedures of one state of the knowledge base, ready to be asked."""

    def __init__(self, documents: Iterable[LinkDocument], confirmed: Iterable[Confirmed] | None = None) -> None:
        """Index the documents; ``confirmed`` messages train the topic model, by default those that ship."""
        self.documents = list(documents)
        self.topics = Topics.train(self.documents, confirmed_messages() if confirmed is None else confirmed)
        self._number = {item.code: number for number, item in enumerate(self.documents)}
        phrases: list[tuple[int, str, bool]] = []
        short_names: list[int] = []
        for number, item in enumerate(self.documents):
            seen: set[str] = set()
            short_key = strip_marks(fold(item.short_name))
            short_names.append(len(phrases))
            for text, question in (*((p, False) for p in item.phrases), *((q, True) for q in item.questions)):
                key = strip_marks(fold(text))
                if key not in seen:
                    seen.add(key)
                    if key == short_key:
                        short_names[-1] = len(phrases)
                    phrases.append((number, text, question))
        self._owner = np.array([number for number, _, _ in phrases], dtype=np.int64)
        self._short_name = np.array(short_names, dtype=np.int64)
        self._is_question = np.array([question for _, _, question in phrases], dtype=bool)
        # First phrase of each procedure: they follow one another, so "best phrase of each" is one reduceat.
        self._first = np.searchsorted(self._owner, np.arange(len(self.documents)))
        marked = [expand(syllables(text)) for _, text, _ in phrases]
        plain = [[strip_marks(word) for word in words] for words in marked]
        light, light_weight = _fillers()
        owners = self._owner.tolist()
        self._words = _View("words", map(_terms, plain), owners, light, light_weight)
        self._marked = _View("marked", map(_terms, marked), owners, light, light_weight)
        self._characters = _View("characters", map(_characters, plain), owners, frozenset(), 1.0)
        # A name that can be recognised as such: not a question, and two words that say something.
        self._is_name = np.array([
            not question and sum(word not in light for word in words) >= 2
            for (_, _, question), words in zip(phrases, plain, strict=True)
        ], dtype=bool)  # fmt: skip
        self._light, self._light_weight = light, light_weight
        self._unknown_weight = math.log(len(self.documents) + background()["total"])

    def ask(self, normal: Normal, limit: int = CANDIDATES) -> list[Candidate]:
        """The procedures that may be meant, unordered by probability (that is the ranking's work)."""
        if not normal.words or not self.documents:
            return []
        words, present = self._words.ask(_terms(normal.plain_words))
        marked = self._marked.ask(_terms(normal.words))[0] if normal.marked else words
        characters = self._characters.ask(_characters(normal.plain_words))[0]
        # How much of a phrase stands in the message; a phrase of one light word says little, so mass counts too.
        mass = self._words.mass
        share = np.where(mass > 0, present / np.maximum(mass, 1e-9), 0.0)
        covered = share * np.minimum(1.0, mass / 12.0) * ~self._is_question
        questions = (words + marked) / 2 * self._is_question
        whole = (self._is_name & (share > 0.999)).astype(float)
        by_phrase = (words, marked, characters, covered, questions, whole)
        best = np.stack([np.maximum.reduceat(values, self._first) for values in by_phrase], axis=1)
        rough = best[:, 0] + best[:, 1] + 0.7 * best[:, 2] + best[:, 3]
        count = min(limit, len(self.documents))
        top = [i for i in np.argpartition(-rough, count - 1)[:count].tolist() if rough[i] > 0]
        topics = self.topics.probabilities(normal) if self.topics else None
        if self.topics and topics is not None:
            likely = (self._number.get(code) for code in self.topics.likely(topics, TOPICS))
            top = list(dict.fromkeys([*top, *(number for number in likely if number is not None)]))
        message_covered = self._message_covered(normal)
        short_name_covered = share[self._short_name]
        return [
            Candidate(self.documents[i], self._features(i, best[i], message_covered[i], short_name_covered[i], topics))
            for i in top
        ]

    def _message_covered(self, normal: Normal) -> Floats:
        """For each procedure, the weighted share of the message's words that stand in any of its phrases."""
        covered = np.zeros(len(self.documents))
        total = 0.0
        for word in dict.fromkeys(normal.plain_words):
            column = self._words.column.get(word)
            if column is None:
                total += self._unknown_weight * (self._light_weight if word in self._light else 1.0)
                continue
            weight = float(self._words.weight[column])
            covered[np.unique(self._owner[self._words.phrases_with(word)])] += weight
            total += weight
        return covered / total if total else covered

    def _features(
        self, number: int, best: Floats, message_covered: float, short_name_covered: float, topics: Floats | None
    ) -> Floats:
        item = self.documents[number]
        share = self.topics.of(item, topics) if self.topics and topics is not None else 0.0
        topic = 1 + math.log10(max(share, LEAST_TOPIC)) / -math.log10(LEAST_TOPIC)
        return np.array([
            best[0], best[1], best[2], best[3], message_covered, best[4],
            float(item.reviewed), item.frequency / 5, float(item.for_hanoi), short_name_covered,
            topic, share, best[5],
        ])  # fmt: skip
