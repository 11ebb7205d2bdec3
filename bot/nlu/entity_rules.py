"""Entities found by rule, with spaCy: ids, phones, dossier codes, procedure codes, copies, dates, wards, relations."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any

import spacy
from ruamel.yaml import YAML
from spacy.language import Language

import procedures_kb
from bot.nlu.dates import find_dates
from bot.nlu.normalise import read_lexicon
from procedures_kb.text import strip_marks

UNITS = Path(procedures_kb.__file__).parent / "places" / "hanoi_units.yml"

# Shapes from the field (docs/formats.md): 12-digit personal id, 9-digit old CMND, mobile and Hanoi landline phones,
# dossier code "000.00.01.H26-260930-0012", procedure code "1.001193".
_TOKEN_PATTERNS: list[tuple[str, list[dict[str, Any]]]] = [
    ("personal_id", [{"TEXT": {"REGEX": r"^0\d{11}$"}}]),
    ("phone", [{"TEXT": {"REGEX": r"^(?:\+?84|0)(?:[35789]\d{8}|24\d{8})$"}}]),
    ("old_id", [{"TEXT": {"REGEX": r"^\d{9}$"}}]),
    (
        "dossier_code",
        [{"TEXT": {"REGEX": r"(?i)^(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3}-\d{6}-\d{3,6}$"}}],
    ),
    ("procedure_code", [{"TEXT": {"REGEX": r"^[1-3]\.\d{6}$"}}]),
    ("copies", [{"TEXT": {"REGEX": r"^\d{1,2}$"}}, {"LOWER": {"IN": ["ban", "to"]}}]),
]


class _WhitespaceTokenizer:
    """Splits on blanks and drops punctuation at the ends only, so that codes and phone numbers stay whole."""

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
    patterns: list[dict[str, Any]] = [{"label": label, "pattern": pattern} for label, pattern in _TOKEN_PATTERNS]
    for unit in YAML(typ="safe").load(UNITS.read_text(encoding="utf-8")):
        name = strip_marks(unit["name"]).lower()
        for prefix in ("phuong", "p.", "p", "xa", "x."):
            patterns.append({"label": "ward", "pattern": f"{prefix} {name}", "id": unit["code"]})
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
    for date in find_dates(plain, today):
        found.append({"entity": "date", "start": date.start, "end": date.end, "value": date.date.isoformat(),
                      "year_given": date.year_given})  # fmt: skip
    for span in _pipeline()(plain).ents:
        if any(span.start_char < other["end"] and other["start"] < span.end_char for other in found):
            continue
        raw = text[span.start_char : span.end_char]
        value = span.ent_id_ or (raw.upper() if span.label_ == "dossier_code" else raw)
        if span.label_ == "copies":
            value = raw.split()[0]
        found.append({"entity": span.label_, "start": span.start_char, "end": span.end_char, "value": value})
    return sorted(found, key=lambda entity: int(entity["start"]))


def warm_up() -> None:
    """Build the spaCy pipeline now instead of at the first message."""
    _pipeline()
