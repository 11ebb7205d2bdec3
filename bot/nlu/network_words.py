"""What the networks read of each word of a message: the word with its marks and without, its kind, its letters, and whether
it stands where something is asked."""

from __future__ import annotations

import functools

from bot.nlu.normalise import Normal
from bot.nlu.questions import asking_parts
from bot.nlu.word_classes import kinds_of_words

LONGEST = 70  # words of a message that are read
Words = list[list[str]]  # the features of each word


@functools.lru_cache(maxsize=256)
def words_read(normal: Normal) -> Words:
    """The features of each word, in order; a message without words reads as one that nothing is known of."""
    words, plain = normal.words[:LONGEST], normal.plain_words[:LONGEST]
    asking = _asking(normal)
    kinds = kinds_of_words(words, plain)
    read: Words = []
    for place, (word, bare) in enumerate(zip(words, plain, strict=True)):
        features = [f"w:{word}", f"p:{bare}"]
        if kind := kinds[place]:
            features.append(f"k:{kind}")
        padded = f"<{bare}>"
        features += [f"c:{padded[start : start + 3]}" for start in range(len(padded) - 2)]
        features.append(f"q:{int(place in asking)}")
        read.append(features)
    return read or [["w:"]]


def _asking(normal: Normal) -> set[int]:
    """Places of the words that stand in an asking part."""
    found: set[int] = set()
    for part in asking_parts(normal):
        words = tuple(part.split())
        start = next((n for n in range(len(normal.words)) if normal.words[n : n + len(words)] == words), None)
        if start is not None:
            found.update(range(start, start + len(words)))
    return found
