"""Turns of phrase in a message that show which aspect is asked (lexicon/asking_cues.yml).

Features for the linear models, no decisions: "xin … ở đâu" asks the place whatever is asked for, which words and
characters alone teach only for matters seen in training.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict

from bot.nlu.normalise import read_lexicon
from bot.nlu.word_classes import by_class

GAP = r"(?: \S+){0,5}?"  # what "…" stands for


def _compiled(phrase: str) -> str:
    words = (
        GAP if word == "…" else " (?:" + "|".join(map(re.escape, word.split("|"))) + ")" for word in phrase.split()
    )
    return "".join(words) + r"(?= )"


@functools.cache
def _cues() -> dict[str, list[tuple[str, str, re.Pattern[str]]]]:
    """By the first word: aspect, cue, and its pattern over text padded with blanks."""
    cues: dict[str, list[tuple[str, str, re.Pattern[str]]]] = defaultdict(list)
    for aspect, phrases in read_lexicon("asking_cues").items():
        for phrase in phrases:  # type: ignore[attr-defined]
            pattern = re.compile(_compiled(phrase))
            for first in phrase.split()[0].split("|"):
                cues[first].append((aspect, f"{aspect}: {phrase}", pattern))
    return cues


def asking_cues(text: str) -> list[str]:
    """The cues in ``text`` (normalised): the aspects they show, each as often as shown, and the cues themselves."""
    classed = by_class(text)
    padded = f" {classed} "
    cues = _cues()
    found: dict[str, str] = {}
    for word in dict.fromkeys(classed.split()):
        for aspect, cue, pattern in cues.get(word, ()):
            if cue not in found and pattern.search(padded):
                found[cue] = aspect
    return [*found, *found.values()]
