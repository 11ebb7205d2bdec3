"""The kind of matter: first issue, issue again, renewal, change, end… (lexicon/matters.yml). It tells siblings apart."""

from __future__ import annotations

import functools

from bot.nlu.normalise import Normal, read_lexicon
from procedures_kb.text import strip_marks

UNKNOWN = 0.5  # agreement when the message or the procedure shows no kind


@functools.cache
def _phrases() -> dict[str, list[tuple[str, str, frozenset[str]]]]:
    """By ``official`` and ``said``: each phrase padded with blanks, with marks and without, and the kinds it shows."""
    kinds: dict[str, dict[str, list[str]]] = read_lexicon("matters")  # type: ignore[assignment]
    found: dict[str, list[tuple[str, str, frozenset[str]]]] = {}
    for side in ("official", "said"):
        shown: dict[str, set[str]] = {}
        for kind, phrases in kinds.items():
            for phrase in phrases[side]:
                shown.setdefault(f" {phrase} ", set()).add(kind)
        found[side] = [(phrase, strip_marks(phrase), frozenset(k)) for phrase, k in shown.items()]
    return found


def of_name(marked: str) -> frozenset[str]:
    """Kinds that an official name shows; ``marked`` = its words with marks, joined by blanks."""
    return frozenset(kind for phrase, _, kinds in _phrases()["official"] if phrase in f" {marked} " for kind in kinds)


def of_message(normal: Normal) -> frozenset[str]:
    """Kinds that a message shows."""
    marked, plain = f" {normal.text} ", f" {normal.plain} "
    return frozenset(
        kind
        for phrase, bare, kinds in _phrases()["said"]
        if phrase in marked or (not normal.marked and bare in plain)
        for kind in kinds
    )


def agreement(said: frozenset[str], official: frozenset[str]) -> float:
    """1 = the same kind, 0 = different kinds, in between when either shows none."""
    if not said or not official:
        return UNKNOWN
    return 1.0 if said & official else 0.0
