"""Comparing Vietnamese text: NFC, one tone-mark convention, and the view without marks."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

# The tone mark on the first vowel of an open "oa, oe, uy" (hoà → hòa, uỷ → ủy): one convention before comparing.
_TONE_PLACEMENT = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
_OPEN_SYLLABLE = re.compile(r"(?<![qQ])(?:" + "|".join(_TONE_PLACEMENT) + r")(?![^\W\d_])", re.IGNORECASE)
# Zero-width, bidi controls, soft hyphen, variation selectors, tag characters: invisible in a browser, not to us.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Letters of other scripts that look like ours, and full-width forms: "саn cuoc" with a Cyrillic "а" is meant as "can cuoc".
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("асԁеһіјӏорѕхуѵгкмтвнАВСЕНІЈКМОРЅТХУ", "acdehijlopsxyvrkmtbnabcehijkmopstxy", strict=True)),
        **dict(zip("αεικνορτυχΑΒΕΗΙΚΜΝΟΡΤΥΧ", "aeiknoptuxabehikmnoptyx", strict=True)),
        **{chr(0xFF01 + number): chr(0x21 + number) for number in range(94)},
    }
)
_LOOKALIKE_LETTERS = frozenset(map(chr, _LOOKALIKES))
_MARKS_STRIPPED = str.maketrans({"đ": "d", "Đ": "D"})


def _move_tone(match: re.Match[str]) -> str:
    found = match.group()
    moved = _TONE_PLACEMENT[found.lower()]
    if found.isupper():
        return moved.upper()
    return moved.capitalize() if found[0].isupper() else moved


def clean(text: str) -> str:
    """NFC, no invisible or control characters, single spaces; spelling and case stay the writer's own."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable() and max(text, default="") < "\u2000":  # nearly all text: nothing to take out
        return " ".join(text.split())
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return re.sub(r"\s+", " ", text).strip()


def clean_all(value: Any) -> Any:
    """Every text in nested plain values cleaned; other values stay."""
    if isinstance(value, dict):
        return {str(key): clean_all(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_all(item) for item in value]
    return clean(value) if isinstance(value, str) else value


def fold(text: str) -> str:
    """The form for comparing: cleaned, lower case, our own letters, one tone-mark convention ("Uỷ ban" → "ủy ban")."""
    cleaned = clean(text)
    if not _LOOKALIKE_LETTERS.isdisjoint(cleaned):
        cleaned = cleaned.translate(_LOOKALIKES)
    return _OPEN_SYLLABLE.sub(_move_tone, cleaned.lower())


def strip_marks(text: str) -> str:
    """The text as typed without marks: "giấy tờ" → "giay to", "Đổi" → "Doi"."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn").translate(_MARKS_STRIPPED)


@functools.lru_cache(maxsize=20_000)
def strip_word(word: str) -> str:
    """:func:`strip_marks` of one word, remembered: the words of a language are few."""
    return strip_marks(word)


def has_marks(text: str) -> bool:
    """Whether any letter carries a Vietnamese mark (đ included)."""
    return strip_marks(text) != unicodedata.normalize("NFC", text)


_WORD = re.compile(r"[^\W_]+")


def syllables(text: str) -> list[str]:
    """The words of folded text, in order, punctuation dropped."""
    return _WORD.findall(fold(text))
