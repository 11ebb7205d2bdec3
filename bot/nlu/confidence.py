"""The policy of confidence, in one place: answer, ask which, or say we are not sure (design section 5).

A confident wrong answer is the worst outcome, so SURE is set on our own development rows such that at most 2 % of the
answers given as sure are wrong; see docs/evaluation.md for the curve.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bot.nlu.ranking import Ranked

SURE = 0.90  # probability from which the procedure is answered without asking
SURE_LEAD = 0.88  # and it must lead the second by this much: the lead tells more than the height
NAMED_SURE, NAMED_LEAD = 0.85, 0.80  # the same for a procedure called by its name when no other one is
CLOSE = 0.03  # probability from which a procedure is worth naming in "did you mean"
CLOSE_TOGETHER = 0.30  # the named ones must hold this much probability together
CONTESTED = 0.30  # share of the topic model from which another procedure contests the first
MOST_CHOICES = 3  # procedures offered at once

Verdict = Literal["sure", "clarify", "unsure"]


class Decision(msgspec.Struct, frozen=True):
    """What to do with a ranking: the procedure (sure), the ones to ask between (clarify), or nothing (unsure)."""

    verdict: Verdict
    ranked: list[Ranked]


def decide(ranking: list[Ranked]) -> Decision:
    """Judge a ranking. What the citizen declined before is left out by the actions, which remember it."""
    if not ranking:
        return Decision("unsure", [])
    lead = ranking[0].probability - (ranking[1].probability if len(ranking) > 1 else 0.0)
    named = ranking[0].named and not any(item.named for item in ranking[1:])
    sure, ahead = (NAMED_SURE, NAMED_LEAD) if named else (SURE, SURE_LEAD)
    if ranking[0].probability >= sure and lead >= ahead and not contested(ranking):
        return Decision("sure", ranking[:1])
    close = [item for item in ranking[:MOST_CHOICES] if item.probability >= CLOSE]
    if close and sum(item.probability for item in close) >= CLOSE_TOGETHER:
        return Decision("clarify", close)
    return Decision("unsure", [])


def contested(ranking: list[Ranked]) -> bool:
    """Whether what people say who mean another procedure speaks against the first: two opinions, so ask."""
    return any(item.topic >= CONTESTED and item.topic > ranking[0].topic for item in ranking[1:])


QUESTION = "ask_procedure"
# Acts that a procedure named in the message does not change.
_OWN_ACTS = frozenset(
    {"start_submission", "check_status", "handoff", "cancel", "correct", "resume", "erase_data", "emergency"}
)
ACT_SURE = 0.55  # intent probability from which an act stands although a procedure was recognised
REFUSED = 0.25  # probability of "out of scope" from which two close procedures do not outweigh it
WEAK = 0.30  # probability below which the likeliest of several procedures outweighs no such doubt either
LINK_STRONG = 0.9  # link probability from which a procedure outweighs small talk or "out of scope"


def arbitrate(intents: list[tuple[str, float]], decision: Decision) -> tuple[str, float] | None:
    """Let intent and procedure settle what the message is.

    A clear procedure in a message that the intent model takes for small talk or out of scope without being certain is
    a question about that procedure. Returns the intent to use, or None to keep the model's.
    """
    if not intents or decision.verdict == "unsure":
        return None
    name, probability = intents[0]
    best = decision.ranked[0].probability if decision.ranked else 0.0
    if name == QUESTION:
        foreign = dict(intents).get("out_of_scope", 0.0)
        return ("out_of_scope", foreign) if best < WEAK and foreign >= REFUSED else None
    if name in _OWN_ACTS and probability >= ACT_SURE:
        return None
    if decision.verdict == "sure" and (best >= LINK_STRONG or probability < ACT_SURE):
        return QUESTION, best
    if decision.verdict == "clarify" and probability < (REFUSED if name == "out_of_scope" else ACT_SURE):
        return QUESTION, best
    return None
