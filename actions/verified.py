"""Values a database vouches for, in chat: the person says that one is wrong, then gives the right one; and the quick way to get them."""

from __future__ import annotations

from actions.draft_changes import change
from actions.form_messages import address, ask, current
from actions.turn import Turn, sentences
from bot.submissions import filling, protecting
from bot.submissions.store import Draft
from procedures_kb.form_model import Field, FormDefinition


def denied(turn: Turn, draft: Draft, form: FormDefinition) -> bool:
    """Take the protection off the value the message calls wrong, and ask for the right one. Whether there was one."""
    if not protecting.is_denial(turn.text):
        return False
    field = _vouched_for(turn, draft, form)
    if field is None:
        return False
    change(draft, "denied", field.id, lambda content: protecting.deny(content, field.id))
    turn.memory.correcting = field.id
    ask(turn, draft, form, lead=sentences()["database_denied"].format(label=field.label), short=True)
    return True


def _vouched_for(turn: Turn, draft: Draft, form: FormDefinition) -> Field | None:
    """The field a database vouches for that the message means: the one being corrected, else the one it names."""
    meant = [current(turn, draft, form), filling.field_named(form, draft.content, turn.text)]
    return next((field for field in meant if field and field.id in draft.content.verified), None)


def offer_quick_way(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    """A button beside the first question, where a page of ours can be opened: card, VNeID, earlier form."""
    if turn.channel == "web" and form.persons:
        quick = {"title": "Điền nhanh bằng thẻ căn cước", "payload": f"{address(turn, draft)}/dien-san"}
        turn.messages[-1]["buttons"].append(quick)
