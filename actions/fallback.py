"""What is not ours, and what cannot be read."""

from __future__ import annotations

from actions.asked import asked_by
from actions.asking import menu
from actions.following import says_more
from actions.guide import elsewhere, guide
from actions.telling import case_understood
from actions.turn import Turn, reviewed
from bot.nlu.light_words import BARE
from bot.nlu.talk_network import OTHER

DOUBTED_BELOW = (
    0.4  # probability of "out of scope" below which a message while something is at hand is read as about it
)
FOREIGN_FROM = 0.75  # probability of "out of scope" from which a message with words of its own is no follow-up
CHAT_FROM = 0.45  # probability from which chat is chat although something is asked
OTHER_BELOW = 0.1  # probability, in the talk, of nothing of ours below which what is asked is about the talk
SHORT = 8  # words of a message that may be a follow-up although it looks like nothing of ours


_OF_PAPERS = frozenset({"documents", "fee", "form", "legal_basis"})
_CHAT = frozenset(
    {"bot_challenge", "smalltalk", "scam", "out_of_scope", "greet", "thanks", "goodbye", "complain", "check_status"}
)


def still_about_it(turn: Turn) -> bool:
    """What is asked or told while a procedure is at hand is about it, unless it is chat for sure. Whether it was answered."""
    doubtful = turn.intent in _CHAT and turn.intent_confidence < CHAT_FROM and turn.word_count <= SHORT
    if turn.intent == "check_status" and not turn.entity("dossier_code") and _OF_PAPERS & set(asked_by(turn)):
        doubtful = True  # "hồ sơ của tôi cần gì" asks for papers, not where the dossier is
    procedure = reviewed(turn.memory.procedure) if turn.memory.procedure and doubtful else None
    if procedure is None or not (asked_by(turn) or case_understood(turn, procedure)):
        return False
    guide(turn)
    return True


def fallback(turn: Turn) -> None:
    """Out of scope is said plainly; an unreadable message asks for words; the rest goes through the unsure ladder."""
    if turn.intent == "out_of_scope":
        # A follow-up about the procedure at hand ("thế bao nhiêu tiền") may look like nothing of ours by itself.
        open_question = any(choice.kind == "procedure" for choice in turn.memory.offered)
        at_hand = turn.memory.procedure or open_question
        sure = turn.intent_confidence >= FOREIGN_FROM and says_more(turn)
        ours = turn.understanding.in_talk.get(OTHER, 1.0) < OTHER_BELOW and turn.intent_confidence < FOREIGN_FROM
        short = turn.word_count <= SHORT and not sure
        if at_hand and ((asked_by(turn) and (short or ours)) or turn.intent_confidence < DOUBTED_BELOW):
            return guide(turn)
        if asked_by(turn) and set(turn.plain.split()) <= BARE:  # "hết bao nhiêu tiền" asks about nothing yet
            return guide(turn)
        if sentence := elsewhere(turn.understanding.text, turn.understanding.marked):
            turn.notice("elsewhere", kind="fallback", text=sentence)
            return
        turn.memory.unsure += 1
        if turn.memory.unsure > 2:
            return menu(turn)
        turn.notice("out_of_scope", kind="fallback")
    elif not turn.understanding.text:
        turn.notice("unreadable", kind="fallback")
    else:
        guide(turn)
