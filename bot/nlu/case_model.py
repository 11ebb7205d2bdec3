"""Which case of a procedure a message tells, learned from the cases' phrases and from messages whose case staff have confirmed.

Phrases (procedures_kb/cases.py) are exact and can be mended by officers, but people tell their case in words nobody foresaw:
of the cases that 4,490 messages by other hands tell, phrases find 56 %, both together 77 % (docs/decisions/0015). One ridge
regression a procedure over words and pairs of words, solved in some 40 milliseconds, follows the knowledge base at
once; a network of all cases (case_network.py) generalises better.
"""

from __future__ import annotations

import ctypes
import functools
import json
import math
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from bot.nlu import case_network
from bot.nlu.confirmed import Confirmed, forget_messages, questions_that_name_nothing, told_by_code
from bot.nlu.light_words import content_words
from bot.nlu.network import Network
from bot.nlu.normalise import normalise
from procedures_kb.foreign import implied
from procedures_kb.model import Case, Procedure
from procedures_kb.text import strip_marks

Floats = npt.NDArray[np.float64]
LONGEST_TERM = 2  # words
SMOOTHING = 0.3  # of the regression; between 0.1 and 1 the figures hardly change
MESSAGE_WEIGHT = 3.0  # of a whole message, a phrase being 1
NO_CASE_WEIGHT = 0.3  # of a question that names nothing
PAUSE = 0.02  # seconds between two procedures learned in the background
_NONE = ""  # the class of messages that tell no case
_RANGE = re.compile(r"(\d+)-(\d+)")
# What tells how certain the likeliest case is.
CERTAINTY = (
    "score", "second", "none", "phrase_agrees", "phrase_differs", "known_words", "share", "second_share", "none_share",
)  # fmt: skip
NETWORK = 0.5  # what the network's share of a case counts beside the regression's score, to find the likeliest
MOST_KNOWN = 8  # words of a message that the model knows; more say no more
WEIGHTS = Path(__file__).parent / "case_weights.json"


@functools.lru_cache(maxsize=32)
def _terms(text: str, marked: bool) -> Counter[str]:
    """The terms of a message; remembered, since one message is put before the models of several procedures."""
    words = strip_marks(f"{text} {implied(text, marked)}").split()
    return Counter(
        " ".join(words[start : start + length])
        for length in range(1, LONGEST_TERM + 1)
        for start in range(len(words) - length + 1)
    )


def _phrase_terms(phrase: str) -> Counter[str]:
    """Terms of a case's phrase; of a range of ages the middle one ("1-5 tuổi")."""
    middle = _RANGE.sub(lambda ages: str((int(ages[1]) + int(ages[2])) // 2), phrase.replace("…", " "))
    normal = normalise(middle)
    return _terms.__wrapped__(normal.text, normal.marked)


@functools.lru_cache(maxsize=500)
def _question_terms(question: str) -> Counter[str]:
    return _phrase_terms(question)


class CaseModel:
    """The cases of one procedure as learned; ``weights`` = terms x cases."""

    def __init__(
        self, code: str, column: dict[str, int], rarity: Floats, cases: list[str], weights: Floats, bias: Floats
    ) -> None:
        self._code, self._column, self._rarity, self._cases = code, column, rarity, cases
        self._weights, self._bias = weights, bias

    @classmethod
    def train(cls, procedure: Procedure, told: Sequence[Confirmed], naming_nothing: Sequence[str]) -> CaseModel:
        """Learn the cases of a procedure that has some; takes some 40 milliseconds.

        Args:
            told: messages whose case is known.
            naming_nothing: questions that tell no case of any procedure.
        """
        texts: list[tuple[Counter[str], str, float]] = [
            (_phrase_terms(phrase), case.id, 1.0) for case in procedure.cases for phrase in (*case.phrases, case.label)
        ]
        texts += [(_phrase_terms(text), _NONE, 1.0) for text in (*procedure.example_questions, *procedure.aliases)]
        texts += [(terms, _NONE, NO_CASE_WEIGHT) for terms in map(_question_terms, naming_nothing)]
        known = {case.id for case in procedure.cases}
        texts += [
            (_phrase_terms(message.text), message.case or _NONE, MESSAGE_WEIGHT)
            for message in told
            if message.case is None or message.case in known
        ]
        held = Counter(term for terms, _, _ in texts for term in terms)
        kept = [term for term, count in held.items() if count > 1 or " " not in term]
        column = {term: number for number, term in enumerate(kept)}
        rarity = np.log((1 + len(texts)) / (1 + np.array([held[term] for term in kept]))) + 1
        rows = np.zeros((len(texts), len(column)), dtype=np.float32)
        for row, (terms, _, _) in zip(rows, texts, strict=True):
            columns, values = _values(terms, column, rarity)
            row[columns] = values
        cases = [*(case.id for case in procedure.cases), _NONE]
        weight = np.array([weight for _, _, weight in texts])
        shown = np.where(np.array([own for _, own, _ in texts])[:, None] == np.array(cases), 1.0, -1.0)
        bias = weight @ shown / weight.sum()
        alike = rows @ rows.T + np.diag(SMOOTHING / weight).astype(np.float32)
        weights = rows.T @ np.linalg.solve(alike, (shown - bias).astype(np.float32))
        return cls(procedure.code, column, rarity, cases, weights, bias)

    def judge(self, text: str, marked: bool, network: Network | None = None) -> Judged:
        """What a message (normalised) tells of the cases; ``network`` = another one than the one that ships."""
        columns, values = _values(_terms(text, marked), self._column, self._rarity)
        found = values @ self._weights[columns] + self._bias
        shares = case_network.shares(network or case_network.network(), self._code, self._cases, text)
        scores = dict(zip(self._cases, found.tolist(), strict=True))
        order = sorted(self._cases, key=lambda case: -scores[case] - NETWORK * shares.get(case, 0.0))
        known = sum(word in self._column for word in content_words(strip_marks(text)))
        return Judged(order, scores, shares, min(known, MOST_KNOWN) / MOST_KNOWN)


class Judged(msgspec.Struct, frozen=True):
    """What a message tells of the cases of a procedure; the case "" stands for none.

    Fields:
        order: the cases, likeliest first.
        scores: of the regression: 1 = as a message it was learned from, -1 = not at all.
        shares: probabilities of the network; none where it does not know the case.
        known: share of words that the regression knows.
    """

    order: list[str]
    scores: dict[str, float]
    shares: dict[str, float]
    known: float

    def signs(self, case: str, phrase: str | None) -> tuple[float, ...]:
        """What tells how certain a case is, in the order of :data:`CERTAINTY`; ``phrase`` = the case a phrase tells, if any."""
        others = [other for other in self.order if other not in (case, _NONE)]
        return (
            self.scores[case], max((self.scores[other] for other in others), default=-1.0), self.scores[_NONE],
            float(phrase == case), float(phrase is not None and phrase != case), self.known, self.shares.get(case, 0.0),
            max((self.shares.get(other, 0.0) for other in others), default=0.0), self.shares.get(_NONE, 0.0),
        )  # fmt: skip

    def certainty(self, case: str, phrase: str | None) -> float:
        """How probable it is that a message tells the case, as counted on messages the models had not learned (``fit-cases``)."""
        weighed = zip(_certainty_weights(), (*self.signs(case, phrase), 1.0), strict=True)
        return 1 / (1 + math.exp(-sum(weight * sign for weight, sign in weighed)))


@functools.cache
def _certainty_weights() -> list[float]:
    known: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return [known[name] for name in (*CERTAINTY, "bias")]


def _values(terms: Counter[str], column: dict[str, int], rarity: Floats) -> tuple[list[int], Floats]:
    known = {column[term]: count for term, count in terms.items() if term in column}
    columns = list(known)
    values = np.array([1 + math.log(count) for count in known.values()]) * rarity[columns]
    return columns, values / (float(np.sqrt(values @ values)) or 1.0)


_Learned = tuple[list[Case], list[str], list[str]]  # what a model was learned from: cases, questions, other names
_models: dict[str, tuple[_Learned, CaseModel]] = {}


def model_of(procedure: Procedure) -> CaseModel:
    """The model of a procedure as it is published now; learned anew when what it was learned from has changed."""
    now = (procedure.cases, procedure.example_questions, procedure.aliases)
    kept = _models.get(procedure.code)
    if kept is None or kept[0] != now:
        kept = _models[procedure.code] = (
            now,
            CaseModel.train(procedure, told_by_code().get(procedure.code, []), questions_that_name_nothing()),
        )
    return kept[1]


def warm_up(procedures: Iterable[Procedure]) -> None:
    """Learn the cases of procedures in the background, so that nobody waits for it; pauses between them for who asks."""

    def learn() -> None:
        for procedure in procedures:
            if procedure.cases:
                model_of(procedure)
                time.sleep(PAUSE)
        forget_messages()
        ctypes.CDLL(None).malloc_trim(0)  # what reading and learning took goes back to the system

    threading.Thread(target=learn, name="case-models", daemon=True).start()
