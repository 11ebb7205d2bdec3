"""Personal numbers typed into the chat outside a form: warned of once, never said back."""

from __future__ import annotations

import json
import re

from actions.turn import Turn

_DIGITS = re.compile(r"(?<![\w.\-/])\+?\d(?:[ .\-]?\d){8,18}(?![\w/])")
_DOSSIER = re.compile(r"\b(?:ma|so) (?:ho so|bien nhan|phieu|giay hen)\b")
_MONEY = re.compile(r"^\s*(?:đồng|đ|d|dong|vnd|vnđ|triệu|tỷ)\b", re.IGNORECASE)
FEW_WORDS = 4  # a message with fewer words besides the number asks nothing


def personal_numbers(text: str) -> list[str]:
    """Citizen's ids, old ids, phone and bank card numbers as they stand in the text."""
    found = []
    for match in _DIGITS.finditer(text):
        typed = match.group()
        digits = re.sub(r"\D", "", typed)
        grouped = bool(re.search(r"[ .\-]", typed))
        phone = re.fullmatch(r"(?:84|0)[35789]\d{8}", digits) is not None
        old_id = len(digits) == 9 and not grouped and not _MONEY.match(text[match.end() :])
        if phone or old_id or (len(digits) == 12 and digits[0] == "0") or 16 <= len(digits) <= 19:
            found.append(typed)
    return found


def warn(turn: Turn) -> bool:
    """Warn once of personal numbers; the turn ends here when the message holds nothing else."""
    numbers = [] if _DOSSIER.search(turn.plain) else personal_numbers(turn.text)
    if not numbers or turn.entity("dossier_code"):
        return False
    rest = turn.text
    for number in numbers:
        rest = rest.replace(number, " ")
    alone = len(re.findall(r"[^\W\d_]+", rest)) < FEW_WORDS and turn.understanding.verdict != "sure"
    if alone or not turn.memory.warned:
        turn.notice("personal_data")
    turn.memory.warned = True
    return alone


def mask(turn: Turn) -> None:
    """Take the numbers of the message out of everything said back; the last digits stay so that they are recognised."""
    for number in personal_numbers(turn.text) if not turn.is_button else []:
        digits = re.sub(r"\D", "", number)
        for message in turn.messages:
            if number in message["text"] or digits in message["text"]:
                message["text"] = _masked(message["text"], number, digits)
                message["custom"] = json.loads(
                    _masked(json.dumps(message["custom"], ensure_ascii=False), number, digits)
                )


def _masked(text: str, number: str, digits: str) -> str:
    return text.replace(number, f"•••• {digits[-3:]}").replace(digits, f"•••• {digits[-3:]}")
