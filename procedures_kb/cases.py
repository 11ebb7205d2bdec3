"""Which case of a procedure the citizen's words tell."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from procedures_kb.foreign import implied
from procedures_kb.model import Case, Procedure
from procedures_kb.text import fold, strip_marks

GAP = 2  # words that may stand between two words of a phrase: "bị rơi mất" tells "bị mất"
_TURNS_ROUND = frozenset(["không", "chưa", "chẳng", "đừng", "khong", "chua", "chang", "dung"])
# "Xin hộ" does not stand in "xin trích lục hộ tịch", nor without marks "làm hộ" in "lam ho so".
_NOT_FOR_SOMEBODY = frozenset(f"ho {word}" for word in ("so", "tich", "khau", "kinh", "chieu", "ngheo", "gia", "can"))
_ANYTHING = "…"  # in a phrase: any words may stand here ("kết hôn … sổ cháy")
_RANGE = re.compile(r"(\d+)-(\d+)")  # "75-120 tuổi" in a phrase: any of these ages


def case_from_words(procedure: Procedure, text: str, marked: bool) -> Case | None:
    """The case whose longest phrase stands in the message, or None when none or two equally long ones do.

    A phrase that stands there as it is counts more than one with other words between its own, and an age more than words:
    "con tôi 5 tuổi chưa có căn cước" tells the age.

    Args:
        text: normalised text of the message (folded, abbreviations written out).
        marked: whether the citizen typed with marks; if not, phrases are compared without.
    """
    words = (
        f"{text} {implied(text, marked)}".split() if marked else strip_marks(f"{text} {implied(text, marked)}").split()
    )
    for gap in (
        (0, GAP) if marked else (0,)
    ):  # without marks too much looks alike: "bang lai het han" has "bằng lái Hàn"
        best: list[tuple[tuple[bool, int], Case]] = []
        for case in procedure.cases:
            standing = [phrase for phrase in case.phrases if _stands(_words(phrase, marked), words, gap)]
            if standing:
                best.append((max((bool(_RANGE.search(phrase)), len(phrase)) for phrase in standing), case))
        best.sort(key=lambda item: item[0], reverse=True)
        if best:
            return None if len(best) > 1 and best[0][0] == best[1][0] else best[0][1]
    return None


def tells_age(case: Case, text: str) -> bool:
    """Whether the message tells the case by a number within a range of its phrases ("con tôi 5 tuổi")."""
    words = text.split()
    return any(
        _RANGE.search(phrase) and _stands(_words(phrase, False), [strip_marks(w) for w in words], GAP)
        for phrase in case.phrases
    )


@functools.lru_cache(maxsize=30_000)
def _words(phrase: str, marked: bool) -> tuple[str, ...]:
    """The words of a phrase, folded; remembered, since every turn looks through some hundred."""
    return tuple((fold(phrase) if marked else strip_marks(fold(phrase))).split())


def _stands(phrase: Sequence[str], words: list[str], gap: int) -> bool:
    """Whether the words of a phrase stand in the message in order, few others between them and none that turns it round."""
    if gap and (len(phrase) < 2 or (len(phrase) == 2 and phrase[0] in _TURNS_ROUND)):
        return False  # "được không ạ, vợ chồng em …" does not say "không chồng"
    for start in (place for place, word in enumerate(words) if _is(phrase[0], word)):
        if start and words[start - 1] in _TURNS_ROUND:
            continue
        place, reach = start, gap
        for wanted in phrase[1:]:
            if wanted == _ANYTHING:
                reach = len(words)
                continue
            near, reach = words[place + 1 : place + 2 + reach], gap
            found = next((number for number, word in enumerate(near) if _is(wanted, word)), None)
            if found is None or _TURNS_ROUND & set(near[:found]):
                break
            place += 1 + found
        else:
            if strip_marks(" ".join(words[place : place + 2])) not in _NOT_FOR_SOMEBODY:
                return True
    return False


def _is(wanted: str, word: str) -> bool:
    """Whether a word of the message is the phrase's, or a number within its range."""
    if wanted == word:
        return True
    ages = _RANGE.fullmatch(wanted) if word.isdigit() and len(word) <= 4 else None
    return ages is not None and int(ages[1]) <= int(word) <= int(ages[2])
