"""Beginning a submission in chat: the offer, consent, going on with what was left, erasing everything."""

from __future__ import annotations

from actions import returned
from actions.asking import ask_which, payload
from actions.conversation import open_consent
from actions.form_messages import ask, current, custom, drafts
from actions.guide import guide
from actions.subjects import take_up
from actions.telling import case_told
from actions.turn import Choice, Turn, knowledge, reviewed, sentences
from actions.verified import offer_quick_way
from bot.submissions.draft_form import bring_up_to_date, form_of_draft
from bot.submissions.store import CONSENT_TEXT, Draft, UnknownDraft
from procedures_kb.form_model import form_of
from procedures_kb.store import UnknownProcedure

_INSTEAD = (("Giấy tờ cần có", "documents"), ("Nộp ở đâu", "place"), ("Làm trực tuyến", "online"))


def begin(turn: Turn, code: str | None) -> None:
    """Offer a draft: ask for consent first, or give a one-time link where no personal data may be asked."""
    if code is None:
        heard = turn.understanding
        if near := [item for item in heard.ranking if item.code in heard.candidates]:
            return ask_which(turn, near)
        turn.notice("not_understood", kind="fallback", sentence="no_procedure_yet")
        return
    procedure = reviewed(code)
    told = case_told(turn, procedure) if procedure and not turn.is_button else None
    if told and told.moves_to:  # "làm luôn cho em 5 tuổi" while the card of grown-ups is spoken of
        return begin(turn, told.moves_to)
    form = form_of(code)
    if form is None:
        return _no_form(turn, code)
    take_up(turn, code)
    waiting = drafts().latest_open(turn.sender)
    if waiting and waiting.procedure == code and turn.channel != "zalo":
        return resume(turn)
    draft = drafts().offer(code, form.id, knowledge().release(), turn.sender, turn.channel)
    if turn.channel == "zalo":
        return _open_our_page(turn, draft, form.title)
    turn.say(
        f"{form.title}.\n{CONSENT_TEXT}", custom(turn, draft, "consent"),
        [("Tôi đồng ý", "/affirm"), ("Không đồng ý", "/deny")],
        [Choice("consent", draft.id, "Tôi đồng ý")],
    )  # fmt: skip


def _open_our_page(turn: Turn, draft: Draft, title: str) -> None:
    """Where no personal data may be asked: a one-time link to our page."""
    about = custom(turn, draft, "consent")
    url = about["submission"]["resume_url"]
    text = sentences()["open_our_page"].format(title=title, url=url)
    turn.say(text, about, [("Mở trang điền tờ khai", url)], [])


def move_on(turn: Turn, draft: Draft) -> bool:
    """To the form as it stands now; what changed for the person is said before anything else.

    Returns:
        Whether what was asked before this message can still be answered by it: what was written for one field must never
        land in another that a newer form puts in its place.
    """
    asked = current(turn, draft, form_of_draft(draft))
    if told := bring_up_to_date(drafts(), draft):
        turn.notice("form_changed", text=told)
    form = form_of_draft(draft)
    now_asked = current(turn, draft, form)
    if asked is None or now_asked is None or asked.id == now_asked.id:
        return (asked is None) == (now_asked is None)
    try:
        form.field(asked.id)
    except KeyError:
        return False
    turn.memory.correcting = asked.id
    return True


def _no_form(turn: Turn, code: str) -> None:
    try:
        entry = knowledge().get(code)
    except UnknownProcedure:
        return guide(turn)
    url = entry.procedure.sources[0].url if entry.procedure else (entry.imported.url if entry.imported else "")
    take_up(turn, entry.code)
    text = sentences()["no_form"].format(name=entry.name, url=url or "https://dichvucong.gov.vn")
    buttons = [(label, payload("ask_procedure", procedure=entry.code, aspect=aspect)) for label, aspect in _INSTEAD]
    turn.notice("no_form", text=text, buttons=buttons if entry.procedure else [])


def settle_consent(turn: Turn, draft_id: str, agreed: bool) -> None:
    """Yes opens the draft and asks the first field; no erases it, and guidance goes on without."""
    turn.memory.offered = []
    try:
        draft = drafts().get(draft_id)
    except UnknownDraft:
        return begin(turn, turn.memory.procedure)
    if not agreed:
        drafts().erase(draft.id)
        turn.notice("declined", sentence="consent_refused")
        return
    drafts().consent(draft, turn.channel)
    turn.submission, turn.memory.draft = draft.id, draft.id
    ask(turn, draft, form_of_draft(draft))
    offer_quick_way(turn, draft, form_of_draft(draft))


def ask_consent_again(turn: Turn, asked: Choice | None) -> None:
    """Put the question of consent again, in short, after a side question about the same procedure was answered.

    Else the "ok, tiếp tục đi" that follows would mean nothing.
    """
    if asked is None or turn.submission or open_consent(turn) or not turn.messages:
        return
    try:
        draft = drafts().get(asked.value)
    except UnknownDraft:  # declined, and so erased
        return
    kinds = {message["custom"]["kind"] for message in turn.messages}
    if draft.state != "offered" or draft.procedure != turn.memory.procedure or "answer" not in kinds:
        return
    turn.messages = [message for message in turn.messages if message["custom"]["kind"] != "case_question"]
    turn.say(
        sentences()["consent_open"], custom(turn, draft, "consent"),
        [("Tôi đồng ý", "/affirm"), ("Không đồng ý", "/deny")], [asked],
    )  # fmt: skip


def resume(turn: Turn) -> None:
    """Go on with the newest unfinished draft of this conversation, or with one that an officer has returned.

    Who goes on with a form that was never begun, since other things were asked first, wants to begin it.
    """
    code = turn.entity("procedure") if turn.is_button else None
    draft = drafts().latest_open(turn.sender)
    back = returned.latest(turn.sender, code) if code or draft is None else None
    if back:
        return returned.start(turn, back)
    if draft is None:
        if turn.memory.procedure and form_of(turn.memory.procedure):
            return begin(turn, turn.memory.procedure)
        turn.notice("nothing_open", sentence="nothing_to_resume")
        return
    take_up(turn, draft.procedure)
    if turn.channel == "zalo":
        return _open_our_page(turn, draft, form_of_draft(draft).title)
    turn.submission, turn.memory.draft = draft.id, draft.id
    move_on(turn, draft)
    ask(turn, draft, form_of_draft(draft), lead=sentences()["resumed"])


def erase(turn: Turn) -> None:
    """Erase every draft of this conversation, at once."""
    gone = drafts().erase_all(turn.sender)
    turn.submission, turn.memory.draft, turn.memory.correcting, turn.memory.offered = None, None, None, []
    turn.notice("erased", text=sentences()["erased"].format(count=gone["drafts"], files=gone["photos"]))
