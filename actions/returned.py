"""A submission that an officer returned, corrected in chat: only what was reopened is asked, one field at a time.

The draft is changed by the same functions as on its page (bot.submissions.filling, protecting), so what was not reopened
stays as it was. Inside Zalo the one-time link opens the page instead.
"""

from __future__ import annotations

from actions.draft_changes import change
from actions.form_messages import address, ask, custom, drafts
from actions.subjects import take_up
from actions.turn import Turn, sentences
from bot.submissions import dossier_view, filling, protecting
from bot.submissions.dossiers import Dossiers, Told
from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from procedures_kb.form_model import FormDefinition, asked_fields
from procedures_kb.store import today


def latest(sender: str, code: str | None = None) -> Draft | None:
    """The newest returned submission of a conversation, of that procedure if one is given."""
    for dossier in Dossiers(drafts()).of_sender(sender):
        if dossier.state == "returned":
            draft = drafts().get(dossier.draft)
            if draft.state == "returned" and code in (None, draft.procedure):
                return draft
    return None


def reopened(form: FormDefinition, draft: Draft) -> list[str]:
    """Ids of the fields to be looked at again, in the form's order."""
    fields = [field for field in asked_fields(form, draft.content.values) if not field.composed]
    return [field.id for field in fields if field.id in draft.content.reopened]


def first(form: FormDefinition, draft: Draft) -> str | None:
    """The field to begin with; None when only papers were reopened, or the draft was not returned."""
    return next(iter(reopened(form, draft)), None)


def asked_next(form: FormDefinition, draft: Draft, done: str, asked: str | None) -> str | None:
    """What is asked after ``done`` was answered: the reopened field behind it.

    Another one answered out of turn ("sửa ngày sinh …") leaves the open question ``asked`` where it is.
    """
    fields = reopened(form, draft)
    if asked in fields and asked != done:
        return asked
    return fields[fields.index(done) + 1] if done in fields[:-1] else None


def start(turn: Turn, draft: Draft) -> None:
    """Say why it came back and ask the first reopened field."""
    form, dossier = form_of_draft(draft), Dossiers(drafts()).get(draft.id)
    told = dossier.facts.told if dossier else []
    take_up(turn, draft.procedure)
    field = first(form, draft)
    url = address(turn, draft)
    if turn.channel == "zalo" or field is None:
        name = "correct_on_page" if turn.channel == "zalo" else "correct_papers"
        text = sentences()[name].format(title=form.title, why=reasons_in_words(told), url=url)
        return turn.say(text, custom(turn, draft, "status"), [(dossier_view.words().correct, url)], [])
    turn.submission, turn.memory.draft, turn.memory.correcting = draft.id, draft.id, field
    count = len(reopened(form, draft))
    ask(turn, draft, form, lead=sentences()["correct_here"].format(why=reasons_in_words(told), count=count))


def reasons_in_words(told: list[Told]) -> str:
    """The officer's reasons in plain words, with their own words beside them."""
    said = dossier_view.words().told
    return " ".join(
        part for one in told for part in (one.plain, said.format(said=one.said) if one.said else "") if part
    )


def reopen_if_wrong(draft: Draft, form: FormDefinition, field_id: str) -> None:
    """A kept field that a correction made wrong may be corrected as well, as on the page."""
    wrong = {finding.field for finding in filling.findings(form, draft.content, today()) if finding.blocks}
    if field_id in wrong and protecting.closed(draft.content, field_id):
        change(draft, "reopened", field_id, lambda content: protecting.reopen(content, [field_id]))
