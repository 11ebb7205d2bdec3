"""Entities found by rule: dates and ranges, numbers, names, and with spaCy wards of today and of before, and relations."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import spacy
from spacy.language import Language

from bot.nlu.dates import find_dates, find_ranges
from bot.nlu.names import find_names
from bot.nlu.normalise import read_lexicon
from bot.nlu.numbers import find_numbers
from procedures_kb.text import strip_marks
from procedures_kb.units import old_units, units

_PREFIXES = {"phuong": ("phuong", "p.", "p"), "xa": ("xa", "x.", "x"), "thi tran": ("thi tran", "tt.", "tt")}


class _WhitespaceTokenizer:
    """Splits on blanks and drops punctuation at the ends only, so that names stay whole."""

    def __init__(self, vocab: spacy.vocab.Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> spacy.tokens.Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for chunk in text.split(" "):
            if not chunk:  # two blanks in a row
                words.append(" ")
                spaces.append(False)
                continue
            core = chunk.strip(",;:!?()\"'")
            core = core if core.endswith(".") is False else core.rstrip(".")
            start = chunk.find(core) if core else 0
            parts = [part for part in (chunk[:start], core, chunk[start + len(core) :]) if part]
            words.extend(parts)
            spaces.extend([False] * (len(parts) - 1) + [True])
        if spaces:
            spaces[-1] = False
        return spacy.tokens.Doc(self.vocab, words=words, spaces=spaces)


@functools.cache
def _pipeline() -> Language:
    """A blank Vietnamese spaCy pipeline with one entity ruler over text without marks."""
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"use_pyvi": False}}})
    nlp.tokenizer = _WhitespaceTokenizer(nlp.vocab)
    patterns: list[dict[str, Any]] = []
    today: set[str] = set()
    for unit in units().values():
        name = strip_marks(unit.name).lower()
        today.add(name)
        for prefix in ("phuong", "p.", "p", "xa", "x."):
            patterns.append({"label": "ward", "pattern": f"{prefix} {name}", "id": unit.code})
    for old in old_units():
        kind, _, name = next(
            (kind, "", plain.removeprefix(kind).strip())
            for plain in [strip_marks(old.name).lower()]
            for kind in (*_PREFIXES, "")
            if plain.startswith(kind)
        )
        if name in today:  # a ward of today has the name: which is meant is settled by procedures_kb.units
            continue
        for prefix in _PREFIXES.get(kind, ()):
            patterns.append({"label": "old_ward", "pattern": f"{prefix} {name}", "id": old.full_name})
    for relation, phrases in read_lexicon("relations").items():
        for phrase in phrases:  # type: ignore[attr-defined]
            patterns.append({"label": "relation", "pattern": strip_marks(phrase), "id": relation})
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(patterns)  # type: ignore[attr-defined]
    return nlp


def find_entities(text: str, today: dt.date) -> list[dict[str, Any]]:
    """Entities of one cleaned message in Rasa's form; offsets are into ``text``."""
    if not text.strip():
        return []
    plain = strip_marks(text).lower()
    if len(plain) != len(text):  # a letter that folds to several: offsets would lie
        text = plain
    found: list[dict[str, Any]] = []

    def take(entity: str, start: int, end: int, value: str, **more: Any) -> None:
        if not any(start < other["end"] and other["start"] < end for other in found):
            found.append({"entity": entity, "start": start, "end": end, "value": value, **more})

    numbers = find_numbers(plain)
    for number in numbers:
        if number.entity != "amount":
            take(number.entity, number.start, number.end, number.value)
    for date in find_dates(plain, today):
        take("date", date.start, date.end, date.date.isoformat(), year_given=date.year_given, lunar=date.lunar)
    for number in numbers:  # amounts after dates: "mùng 5 tháng 2" is no sum of money
        take(number.entity, number.start, number.end, number.value)
    for span in _pipeline()(plain).ents:
        raw = text[span.start_char : span.end_char]
        take(span.label_, span.start_char, span.end_char, span.ent_id_ or raw)
    for name in find_names(text, plain):
        take(name.entity, name.start, name.end, text[name.start : name.end])
    for span_of_days in find_ranges(plain, today):
        # A range stands beside its dates, since it is made of them.
        found.append({"entity": "date_range", "start": span_of_days.first.start, "end": span_of_days.last.end,
                      "value": f"{span_of_days.first.date.isoformat()}/{span_of_days.last.date.isoformat()}"})  # fmt: skip
    return sorted(found, key=lambda entity: int(entity["start"]))


def warm_up() -> None:
    """Build the spaCy pipeline now instead of at the first message."""
    _pipeline()
