"""Nothing said: an empty message, only punctuation or emoji, "ờ", "alo" in the middle of a conversation."""

from __future__ import annotations

import re

from actions.turn import Turn, knowledge, sentences
from procedures_kb.store import UnknownProcedure

_NOTHING = re.compile(
    r"^(?:(?:a|o|oi|e|uh|um|hm+|ha|hu|hi|hehe|haha|hihi|uhm|hmm|alo|a lo|hello|nay|ban oi|em oi|ad oi|ad|bot oi|co do khong|con do khong"
    r"|sao|the a|vay a|ok e|dang nghi|doi ti|doi chut|cho ti|cho chut|tu tu|de xem|de nghi)(?: (?:a|nhe|nha|em|ban))?\s*)+$"
)
_GREETS = frozenset({"greet", "thanks", "goodbye"})


def silent(turn: Turn) -> bool:
    """Answer silence by one short helpful prompt: the choice that is open, the subject at hand, or an example."""
    memory = turn.memory
    words = bool(re.search(r"[^\W_]", turn.text))
    if words and (not _NOTHING.match(turn.plain) or (turn.intent in _GREETS and not memory.introduced)):
        return False
    if words and memory.offered and turn.intent in ("affirm", "deny", "choose"):
        return False  # "ờ" to a question of ours is an answer
    if any(choice.kind != "start" for choice in memory.offered):  # to begin a form is an offer, no question of ours
        listed = "\n".join(f"{number}. {choice.label}" for number, choice in enumerate(memory.offered, 1))
        turn.notice("silence", kind="fallback", text=f"{sentences()['silence_choice']}\n{listed}")
    elif memory.procedure and (name := _name(memory.procedure)):
        text = sentences()["silence_subject"].format(name=name)
        turn.notice("silence", kind="fallback", text=text)
    else:
        turn.notice("silence", kind="fallback")
    return True


def _name(code: str) -> str | None:
    try:
        entry = knowledge().get(code)
    except UnknownProcedure:
        return None
    return entry.procedure.short_name if entry.procedure else entry.name
