"""Telex and VNI keystrokes left as typed: "ddawng kys" → "đăng ký", "giay61 to7" → "giấy tơ".

A token is decoded only when it is no Vietnamese syllable as it stands and becomes one by decoding.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_ONSETS = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
_SYLLABLE = re.compile(rf"(?:{_ONSETS})?[aeiouy]{{1,3}}(?:ch|ng|nh|c|m|n|p|t)?")
_DOUBLED = re.compile(r"aa|ee|ii|uu|yy|oo(?!ng|c)")  # only "oo" before ng or c is written
_CLASS = re.compile(r"[a-z]\d")  # "bằng A1", "mẫu D2": a class, not a vowel with its tone
_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323",
          "1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}  # fmt: skip
_SHAPES = [("dd", "đ"), ("aa", "â"), ("ee", "ê"), ("oo", "ô"), ("aw", "ă"), ("uow", "ươ"), ("uw", "ư"), ("ow", "ơ"),
           ("a6", "â"), ("e6", "ê"), ("o6", "ô"), ("a8", "ă"), ("uo7", "ươ"), ("u7", "ư"), ("o7", "ơ"), ("d9", "đ")]  # fmt: skip
_LATE_SHAPES = {"w": {"a": "ă", "o": "ơ", "u": "ư"}, "6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"o": "ơ", "u": "ư"},
                "8": {"a": "ă"}, "9": {"d": "đ"}}  # fmt: skip


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn").replace("đ", "d")


def is_syllable(token: str) -> bool:
    """Whether a token has the shape of a Vietnamese syllable, marks aside."""
    plain = _plain(token)
    return bool(_SYLLABLE.fullmatch(plain)) and not _DOUBLED.search(plain)


@functools.lru_cache(maxsize=20_000)
def decode(token: str) -> str:
    """The syllable meant by a token of telex or VNI keystrokes; the token itself when it is none."""
    if not token.isascii() or is_syllable(token) or _CLASS.fullmatch(token):
        return token
    rest, tone = token, ""
    # The tone key comes after the vowel, mostly at the end: "kys", but also "kyst" is not written.
    match = re.fullmatch(r"(.*[aeiouy\d].*?)([sfrxj1-5])([a-z6-9]{0,3})", rest)
    for candidate in [match] if match else []:
        rest, tone = candidate.group(1) + candidate.group(3), _TONES[candidate.group(2)]
    for typed, letter in _SHAPES:
        rest = rest.replace(typed, letter)
    for key, letters in _LATE_SHAPES.items():  # "truwowng" typed as "truongw", "dang9"
        if key in rest:
            head = rest.replace(key, "", 1)
            for plain, shaped in letters.items():
                if plain in head:
                    rest = head[::-1].replace(plain, shaped, 1)[::-1] if key != "9" else head.replace(plain, shaped, 1)
                    break
    if not is_syllable(rest) or rest == token:
        return token
    return _with_tone(rest, tone) if tone else rest


def _with_tone(syllable: str, tone: str) -> str:
    """Put the tone mark on the right vowel: the shaped one, else before a final consonant the last, else the middle."""
    vowels = [i for i, c in enumerate(syllable) if _plain(c) in "aeiouy"]
    if syllable.startswith(("gi", "qu")) and len(vowels) > 1:
        vowels = vowels[1:]
    shaped = [i for i in vowels if syllable[i] != _plain(syllable[i])]
    if shaped:
        place = shaped[-1]
    elif vowels[-1] < len(syllable) - 1 or len(vowels) == 1:
        place = vowels[-1]
    else:
        place = vowels[-2]
    return unicodedata.normalize("NFC", syllable[: place + 1] + tone + syllable[place + 1 :])
