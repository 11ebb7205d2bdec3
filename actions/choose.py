"""Picking one of the choices we offered, and yes or no to what we offered."""

from __future__ import annotations

from actions.answering import answer, choose_case
from actions.asked import asked_by
from actions.asking import ask_again, ask_among, ask_which, offer_again
from actions.broad import MOST_CHOICES, rest_of_field
from actions.conversation import consent_in, is_pick, open_consent, opens_with_pick, picked, refuses_data, yes_or_no
from actions.dossier_questions import settle_open_question
from actions.following import asks_on
from actions.guide import guide
from actions.subjects import decline
from actions.turn import Choice, Turn

NEXT_FROM = 0.01  # probability from which the next procedures are offered when none of the first was meant
DENIAL_WORDS = 6  # "không phải mấy cái đó ạ": up to so many words deny and tell nothing else


def choose(turn: Turn) -> None:
    """Apply a button, a number, an ordinal, a yes or a no to what was offered last."""
    from actions.starting import begin, settle_consent  # they build on choices; imported late to avoid a circle

    memory = turn.memory
    if turn.is_button and turn.intent == "choose":
        code, case = turn.entity("procedure"), turn.entity("case")
        if code and case:
            return choose_case(turn, code, case)
        if code:
            return answer(turn, code, memory.wanted or None)
    if settle_open_question(turn):
        return
    consent = open_consent(turn)
    answered = consent_in(turn) if consent else yes_or_no(turn)
    if consent:
        if answered is not None:
            return settle_consent(turn, consent.value, answered)
        return guide(turn)
    at_hand = memory.procedure or any(choice.kind == "procedure" for choice in memory.offered)
    choice = picked(turn)
    opened = opens_with_pick(turn) if choice is None else None
    if opened:  # of the two answered together: "cái thứ nhất thì nộp ở đâu"
        return answer(turn, opened.value, asked_by(turn) or memory.wanted or None)
    if choice is None and at_hand and asks_on(turn) and not is_pick(turn) and not turn.is_button:
        return guide(turn)  # "chủ hộ không đồng ý thì sao" neither agrees nor declines
    if choice is None and answered is True and len(memory.offered) == 1:
        choice = memory.offered[0]
    if choice:
        memory.offered = []
        turn.quiet_change = True
        if choice.kind == "case" and memory.procedure:
            return choose_case(turn, memory.procedure, choice.value)
        if choice.kind == "start":
            return begin(turn, choice.value)
        return answer(turn, choice.value, memory.wanted or None)
    if answered is False and memory.offered:
        return _decline(turn, memory.offered)
    if is_pick(turn):
        if memory.offered and memory.offered[0].kind == "procedure":
            return offer_again(turn, "choose_among")
        turn.notice("nothing_open", sentence="nothing_to_choose")
        return
    if turn.understanding.verdict != "unsure":
        return guide(turn)
    if answered is not None:
        turn.notice("nothing_open", sentence="nothing_to_choose")
        return
    ask_again(turn)


def settle_open_consent(turn: Turn) -> bool:
    """A yes or no while our question of consent is open, whatever the intent model takes it for. Whether it was one.

    Who says without being asked that no data will be given is told that guidance goes on without.
    """
    asked = open_consent(turn) is not None
    if not asked and refuses_data(turn):
        turn.notice("declined", sentence="consent_refused")
        return True
    if not asked or consent_in(turn) is None:
        return False
    choose(turn)
    return True


def _decline(turn: Turn, offered: list[Choice]) -> None:
    """None of the offered ones: remember it, offer the next best that were not named yet, else ask for words."""
    memory = turn.memory
    memory.offered = []
    if offered[0].kind != "procedure":
        turn.notice("nothing_open", sentence="skip_outside")
        return
    decline(turn, [choice.value for choice in offered])
    candidates = turn.understanding.candidates if turn.word_count > DENIAL_WORDS else []
    others = [
        item for item in turn.understanding.ranking if item.code in candidates and item.code not in memory.declined
    ]
    if others and turn.understanding.verdict == "sure":
        return answer(turn, others[0].code, memory.wanted or None)
    if others and turn.understanding.verdict == "clarify":
        return ask_which(turn, others)
    left = [item for item in turn.ranked_before if item.reviewed and item.code not in memory.declined]
    if left := [item for item in left if item.probability >= NEXT_FROM][:MOST_CHOICES]:
        return ask_which(turn, left, "others_then")
    if rest := rest_of_field([choice.value for choice in offered]):
        return ask_among(turn, rest[:MOST_CHOICES], "others_then")
    turn.notice("not_understood", kind="fallback", sentence="declined_all", buttons=[("Gặp cán bộ", "/handoff")])
