"""Which reviewed procedure a message is about, learned from what is said of each: its names, questions, cases, and
messages whose procedure staff have confirmed (nlu_data/linking.jsonl).

The link index compares a message with single phrases; this linear model learns which words tell procedures apart
("đẻ" speaks for the birth registration although no name of it has the word). It is trained when the index is built, in
about a second, so a procedure published a moment ago is known to it. No pretrained weights.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier

from bot.nlu.confirmed import Confirmed
from bot.nlu.normalise import Normal, normalise, with_implied
from bot.nlu.views import word_terms

if TYPE_CHECKING:
    from bot.nlu.link_document import LinkDocument

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
OTHER = "other"  # any procedure nobody has reviewed, and messages about none
NAMES_OF_OTHERS = 12  # one in so many names and everyday names of unreviewed procedures is learned as "other"
OTHER_SHARE = 0.2  # of the probability of "other" that one unreviewed candidate gets
EPOCHS = 2  # as good as ten, in a quarter of the time
LOWEST_MARGIN, HIGHEST_MARGIN = -12.0, 6.0


@functools.lru_cache(maxsize=20_000)
def _training_words(text: str) -> str:
    """The words of a training text. Kept, since a release changes few of them and reading all takes half a second."""
    return with_implied(normalise(text)).plain


def _training_terms(text: str) -> list[str]:
    return word_terms(_training_words(text).split())


class Topics:
    """The trained model: how much each word or pair of words speaks for each procedure."""

    def __init__(
        self,
        words: TfidfVectorizer,
        codes: list[str],
        weights: Floats32,
        bias: Floats,
        pairs: tuple[tuple[str, str], ...],
    ) -> None:
        self._column: dict[str, int] = words.vocabulary_
        self._rarity = np.asarray(words.idf_)
        self._weights, self._bias = weights, bias  # weights: terms x procedures
        self._pairs = pairs
        self.topic = {code: number for number, code in enumerate(codes)}
        self.codes = codes

    @classmethod
    def train(
        cls, documents: Sequence[LinkDocument], confirmed: Iterable[Confirmed], before: Topics | None = None
    ) -> Topics | None:
        """Learn from the documents' phrases and the confirmed messages; None with fewer than three topics.

        ``before`` is handed back when nothing it has learned from has changed: most releases change facts, not names.
        """
        reviewed = {item.code for item in documents if item.reviewed}
        pairs = [(text, item.code) for item in documents if item.reviewed for text in (*item.phrases, *item.questions)]
        others = [text for item in documents if not item.reviewed for text in item.phrases]
        pairs += [(text, OTHER) for text in others[::NAMES_OF_OTHERS]]
        pairs += [(m.text, next((code for code in m.codes if code in reviewed), OTHER)) for m in confirmed if m.alone]
        if len({code for _, code in pairs}) < 3:
            return None
        seen = tuple(pairs)
        if before is not None and before._pairs == seen:
            return before
        words = TfidfVectorizer(analyzer=_training_terms, sublinear_tf=True, min_df=2)
        matrix = words.fit_transform([text for text, _ in pairs])
        model = SGDClassifier(loss="log_loss", alpha=2e-5, max_iter=EPOCHS, tol=None, random_state=0, n_jobs=2)
        model.fit(matrix, [code for _, code in pairs])
        weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        return cls(words, list(model.classes_), weights, model.intercept_, seen)

    def probabilities(self, normal: Normal) -> Floats:
        """Softmax of the margins of one message, in the order of ``codes``."""
        # The vectorizer's own transform gives the same in a millisecond; this takes a tenth.
        counts = Counter(self._column[term] for term in word_terms(normal.plain_words) if term in self._column)
        columns = np.fromiter(counts, dtype=np.int64, count=len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), dtype=float, count=len(counts)))) * self._rarity[columns]
        margins = (values[:, None] * self._weights[columns]).sum(axis=0) / (float(np.sqrt((values**2).sum())) or 1.0)
        margins += self._bias
        margins = np.clip(margins, LOWEST_MARGIN, HIGHEST_MARGIN)
        exponents = np.exp(margins - margins.max())
        shares: Floats = exponents / exponents.sum()
        return shares

    def likely(self, probabilities: Floats, count: int) -> list[str]:
        """Codes of the most probable topics, without "other"."""
        return [self.codes[i] for i in np.argsort(-probabilities)[:count] if self.codes[i] != OTHER]

    def of(self, item: LinkDocument, probabilities: Floats) -> float:
        """The probability that one candidate gets."""
        column = self.topic.get(item.code)
        if column is not None:
            return float(probabilities[column])
        other = self.topic.get(OTHER)
        return float(probabilities[other]) * OTHER_SHARE if other is not None else 0.0
