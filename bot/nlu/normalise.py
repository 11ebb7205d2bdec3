"""One message as every later stage sees it: cleaned, folded, abbreviations written out, with and without marks.

The citizen's own spelling (``original``) is kept beside it, for echoing names.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import msgspec
from ruamel.yaml import YAML

from bot.nlu.spelling import mend_marks
from bot.nlu.telex import decode
from procedures_kb.foreign import implied
from procedures_kb.text import clean, fold, strip_word

LEXICON = Path(__file__).parent / "lexicon"
LONGEST = 2_000  # characters that are understood; a longer story is cut here, the rest is kept for echoing only
# English words that are no Vietnamese syllable, marked or not.
_ENGLISH = frozenset(
    ["the", "is", "are", "what", "how", "does", "and", "for", "where", "which", "with", "from", "our", "have", "was", "you", "your",
     "this", "that", "of", "much", "need", "want", "papers", "work", "permit", "birth", "husband", "wife"]
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


class Normal(msgspec.Struct, frozen=True):
    """A normalised message.

    Fields:
        original: cleaned text in the citizen's own spelling and case.
        text: folded text with abbreviations written out; what classifiers read.
        plain: ``text`` without marks.
        words: syllables of ``text``; ``plain_words``: the same without marks, same length.
        marked: whether the citizen typed with marks.
    """

    original: str
    text: str
    plain: str
    words: tuple[str, ...]
    plain_words: tuple[str, ...]
    marked: bool


def read_lexicon(name: str) -> dict[str, object]:
    """One YAML file of ``bot/nlu/lexicon``."""
    content: dict[str, object] = YAML(typ="safe").load((LEXICON / f"{name}.yml").read_text(encoding="utf-8"))
    return content


@functools.cache
def _abbreviations() -> dict[str, str]:
    return {str(key): str(value) for key, value in read_lexicon("abbreviations").items()}


@functools.cache
def _beginnings() -> tuple[frozenset[str], frozenset[str]]:
    """The first words of all abbreviations, and of those of two words: a text with none of the first stays as it is."""
    keys = [key.split(" ") for key in _abbreviations()]
    return frozenset(key[0] for key in keys), frozenset(key[0] for key in keys if len(key) > 1)


def expand(words: list[str]) -> list[str]:
    """Write abbreviations and chat spelling out; two-word entries first."""
    beginnings, of_pairs = _beginnings()
    if beginnings.isdisjoint(words):
        return words
    known = _abbreviations()
    result: list[str] = []
    skip = False
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if skip:  # the second word of a pair written out
            skip = False
        elif word in of_pairs and (pair := f"{word} {following}") in known:
            result += known[pair].split()
            skip = True
        elif word in beginnings and word in known:
            result += known[word].split()
        else:
            result.append(word)
    return result


@functools.lru_cache(maxsize=256)
def normalise(text: str) -> Normal:
    """Normalise one message; never fails, an empty or unreadable message gives no words."""
    original = clean(text)
    typed = _WORD.findall(fold(original[:LONGEST]))
    known = _abbreviations()
    english = len(_ENGLISH.intersection(typed)) >= 2  # whose letters are no telex: "how" is not "hơ"
    decoded = [word if english or word in known else mend_marks(decode(word)) for word in typed]
    words = expand(decoded)
    plain_words = tuple(map(strip_word, words))
    return Normal(
        original=original,
        text=" ".join(words),
        plain=" ".join(plain_words),
        words=tuple(words),
        plain_words=plain_words,
        marked=any(strip_word(word) != word for word in typed)
        or sum(a != b for a, b in zip(typed, decoded, strict=True)) >= 2,
    )


def with_implied(normal: Normal) -> Normal:
    """The message as the linker compares it: with "người nước ngoài" where it names a country ("chồng Hàn")."""
    more = implied(normal.text, normal.marked)
    if not more:
        return normal
    words = tuple(more.split())
    plain = tuple(map(strip_word, words))
    return msgspec.structs.replace(
        normal, text=f"{normal.text} {more}", plain=" ".join((normal.plain, *plain)), words=normal.words + words,
        plain_words=normal.plain_words + plain,
    )  # fmt: skip
