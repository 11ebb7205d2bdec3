"""Marks put on the wrong letter or left half out: "ngưòi" → "người", "đựoc" → "được".

Only a syllable that is no Vietnamese one is touched, and only its marks: the known syllable of the same letters that keeps
most of the marks typed is meant. The syllables are those of the word list that underthesea ships, and of family names.
"""

from __future__ import annotations

import functools
import importlib.util
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

from bot.nlu.names import FAMILY_NAMES
from procedures_kb.text import fold, strip_word

_LONGEST_SYLLABLE = 7  # "nghiêng"


@functools.cache
def _syllables() -> dict[str, list[tuple[str, int]]]:
    """Letters without marks → the syllables of these letters with how many words have them, commonest first."""
    package = importlib.util.find_spec("underthesea")  # found, not imported: the action server does without its models
    if package is None or package.origin is None:
        raise ModuleNotFoundError("underthesea is not installed; its word list is needed to read misplaced marks")
    words = (Path(package.origin).parent / "corpus" / "data" / "Viet74K.txt").read_text(encoding="utf-8")
    written = Counter(f"{words} {FAMILY_NAMES}".lower().split())
    counts: Counter[str] = Counter()
    for syllable, count in written.items():  # folded one by one: few syllables make all the words
        if syllable.isalpha():
            counts[fold(syllable)] += count
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for syllable, count in counts.most_common():
        found[strip_word(syllable)].append((syllable, count))
    return dict(found)


@functools.lru_cache(maxsize=20_000)
def mend_marks(word: str) -> str:
    """The syllable meant by ``word`` (folded); the word itself when it is one, has no marks, or means none that is known."""
    if word.isascii() or len(word) > _LONGEST_SYLLABLE:
        return word
    known = _syllables().get(strip_word(word), [])
    if not known or any(syllable == word for syllable, _ in known):
        return word
    typed = Counter(unicodedata.normalize("NFD", word))
    return max(known, key=lambda item: ((typed & Counter(unicodedata.normalize("NFD", item[0]))).total(), item[1]))[0]
