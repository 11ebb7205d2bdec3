"""Replies of the answer contract as Zalo texts: choices become numbers, pages addresses, long texts are split."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from bot.channels.base import Message, is_address
from procedures_kb.text import clean

LONGEST_MESSAGE = 1_900  # code points; Zalo allows 2,000 of an unstated unit
CHOOSE = "Anh/chị nhắn số để chọn:"
# A reply of these kinds without buttons asks for something else: a number then is the answer, not an old choice.
ASKING_KINDS = frozenset({"form", "case_question", "clarify", "consent", "review"})

_PAGE = re.compile(r"(?<![\w/.:\-])/ho-so/")
_NUMBER = re.compile(r"(?:(?:số|so|chọn|chon)\s*)?([1-9]\d?)\s*[.)]?", re.IGNORECASE)
_BORDERS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…;])\s+"), re.compile(r"\s+"))
_JOINERS = frozenset("\u200d\ufe0f\ufe0e")


class Choice(NamedTuple):
    """A button that says something back: its text and what it says."""

    title: str
    payload: str


class Rendered(NamedTuple):
    """Texts in order; ``choices`` replaces the remembered ones, None leaves them."""

    texts: list[str]
    choices: list[Choice] | None


def render(messages: list[Message], base_url: str) -> Rendered:
    """Turn the replies of one turn into texts that Zalo takes.

    The numbers go on through all messages of the turn, so that "2" means one thing only.

    Args:
        messages: replies in the answer contract; messages without text and buttons are left out.
        base_url: put before addresses of our own pages ("/ho-so/…"), without trailing slash.
    """
    texts: list[str] = []
    choices: list[Choice] = []
    asks = False
    for message in messages:
        body = _PAGE.sub(f"{base_url}/ho-so/", unicodedata.normalize("NFC", message.get("text") or "")).strip()
        numbered: list[str] = []
        for button in message.get("buttons") or []:
            title, payload = clean(button.get("title") or ""), button.get("payload") or ""
            if not payload:
                continue
            if is_address(payload):
                address = _PAGE.sub(f"{base_url}/ho-so/", payload)
                if address not in body:
                    body += f"\n{title}: {address}" if title else f"\n{address}"
                continue
            if title:
                choices.append(Choice(title, payload))
                numbered.append(f"{len(choices)}. {title}")
        if numbered:
            body = "\n".join([f"{body}\n\n{CHOOSE}" if body else CHOOSE, *numbered])
        texts.extend(split(body))
        asks = (message.get("custom") or {}).get("kind") in ASKING_KINDS
    return Rendered(texts, choices if choices or asks else None)


def chosen(text: str, choices: list[Choice]) -> Choice | None:
    """The choice a citizen's "2", "số 2" or "2." means; None when it is none of the numbers offered."""
    match = _NUMBER.fullmatch(clean(text))
    if not match or int(match.group(1)) > len(choices):
        return None
    return choices[int(match.group(1)) - 1]


def split(text: str, longest: int = LONGEST_MESSAGE) -> list[str]:
    """Cut a text into parts of at most ``longest`` code points.

    Cuts at the last paragraph border that fits, else line, sentence, word; a letter is never parted from its marks.
    """
    rest = unicodedata.normalize("NFC", text).strip()
    parts: list[str] = []
    while len(rest) > longest:
        end, start = _cut(rest, longest)
        parts.append(rest[:end].rstrip())
        rest = rest[start:].lstrip()
    return [*parts, rest] if rest else parts


def _cut(text: str, longest: int) -> tuple[int, int]:
    """Where the first part ends and the next one starts."""
    for border in _BORDERS:
        # A part should be at least a third full, else a coarse border near the start makes many tiny messages.
        fitting = [m for m in border.finditer(text, 0, longest + 1) if longest // 3 <= m.start() <= longest]
        if fitting:
            return fitting[-1].start(), fitting[-1].end()
    end = longest
    while end > 1 and (unicodedata.combining(text[end]) or text[end] in _JOINERS or text[end - 1] == "\u200d"):
        end -= 1
    return (end, end) if end > 1 else (longest, longest)
