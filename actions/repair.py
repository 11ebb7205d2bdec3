"""Cancel, correct, skip and repeat outside a form. Inside one, actions/submission.py handles them."""

from __future__ import annotations

from actions.answering import answer
from actions.conversation import picked
from actions.guide import guide
from actions.turn import Capability, Turn, sentences


class RepairAction(Capability):
    """Rasa action of the repair intents."""

    def name(self) -> str:
        return "action_repair"

    def respond(self, turn: Turn) -> None:
        repair(turn)


def repair(turn: Turn) -> None:
    """Do what can be done; say plainly when there is nothing to cancel, correct or repeat."""
    from actions.choose import choose  # choices build on answers; imported late to avoid a circle

    memory, words = turn.memory, sentences()
    if any(choice.kind == "consent" for choice in memory.offered):
        turn.intent = "deny"
        return choose(turn)
    if turn.intent == "repeat" and memory.procedure and memory.aspects:
        return answer(turn, memory.procedure, memory.aspects)
    if turn.intent == "correct":
        # "Em nhầm, ý em là tạm trú": what was meant is another procedure, named in a word or two.
        meant = next((item for item in turn.understanding.ranking if item.named and item.reviewed), None)
        if meant:
            return answer(turn, meant.code, memory.aspects or None)
        if turn.understanding.verdict != "unsure":
            return guide(turn)
    if picked(turn):
        return choose(turn)
    reason = {"cancel": "nothing_to_cancel", "correct": "nothing_to_correct", "repeat": "nothing_to_repeat"}
    memory.offered = []
    turn.notice("nothing_open", text=words[reason.get(turn.intent, "skip_outside")])
