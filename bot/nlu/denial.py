"""What a message says to be so, without what it denies: "không phải nhà thuê đâu, là giấy xác nhận thường trú" means the latter."""

from __future__ import annotations

import re

from bot.nlu.light_words import content_words
from bot.nlu.normalise import Normal, normalise
from procedures_kb.text import fold, strip_marks

LEAST = 3  # words that say something which must be left for the rest to be what is meant
_NOT = r"(?:không|ko|k|hông|hổng|khong|hong|kg|chẳng|chang)"
# "Không phải A đâu, (mà) là B", "không phải A, B"
_FIRST = re.compile(
    rf"^\W*(?:(?:à|a|ơ|ủa|ua|dạ|da|ấy|ý|không|ko|k|khong)\W+)*{_NOT}\s+(?:phải|phai)\s+(?!(?:mang|nộp|nop|đi|di|làm|lam|đóng|dong|ra|lên|len|xin|về|ve|đến|den|khai(?!\s+(?:sinh|tử|tu)\b))\b)(?:(?!(?:thì|thi|mà có|nên|nen)\b).){{2,60}}?"
    r"(?:\s+(?:đâu|dau)\b\W*|\s*[,.;:]\s*|\s+(?:mà|ma)\s+)(?:(?:mà|ma)\s+)?(?:(?:là|la)\s+)?(?P<meant>.+)$"
)
# "…, không phải A gì đâu, …"
_BETWEEN = re.compile(rf"[,.;]\s*{_NOT}\s+(?:phải|phai)\s+[^,.;?]{{2,40}}?\s+(?:đâu|dau)\b(?=\W|$)")
# "… chứ không (phải) A đâu", to the end of its clause. "Chứ chưa …" tells a state, and so may tell the case.
_LAST = re.compile(r"\s+(?:chứ|chớ|chu)\s+(?:không|ko|hông|đâu|khong|hong|dau)\b[^,.;:?!\n]*")


def affirmed(text: str) -> str:
    """The message (as typed) without the part it denies; the whole message when hardly anything would be left."""
    folded = fold(text)
    match = _FIRST.match(folded)
    if match and len(content_words(strip_marks(match["meant"]))) >= LEAST:
        return match["meant"]
    left = _LAST.sub("", _BETWEEN.sub("", folded))
    return left if left and left != folded else text


def meant(normal: Normal) -> Normal:
    """The message as the linker and the cases see it: without what it denies."""
    return normalise(affirmed(normal.original))
