"""The pre-filled submission in chat: consent, one field at a time, side questions, corrections, review, the papers.

Personal data go straight into the encrypted draft (bot.submissions); the conversation keeps only the draft's id.
Inside Zalo nothing personal is asked: a one-time link opens our own page.
"""

from __future__ import annotations

import datetime as dt
import re

from actions import returned
from actions.answering import answer
from actions.chat import REASON_OF, chat
from actions.comparing import compare
from actions.context import clear_in_context
from actions.conversation import Repair, is_question, picked, repair_of, yes_or_no
from actions.draft_changes import FinishedElsewhere, change, take_newest
from actions.following import told_offered
from actions.form_messages import address, ask, current, custom, masked, review
from actions.form_messages import drafts as drafts  # the action server opens it at start
from actions.guide import guide
from actions.handoff import handoff
from actions.safety import alarm_of
from actions.starting import begin, erase, move_on, resume
from actions.status import submitted_sentence
from actions.subjects import finished, take_up
from actions.turn import Choice, Turn, sentences
from actions.two_matters import answer_two
from actions.verified import denied
from actions.withdrawing import names_withdrawal
from bot.submissions import filling, protecting
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Draft, UnknownDraft, WrongState
from bot.submissions.values import CannotRead, shown
from procedures_kb.form_model import Field, FormDefinition, form_of
from procedures_kb.form_types import MORE, ROW
from procedures_kb.store import today

# "Đăng ký xóa" asks for a procedure; data are erased only when the words name data.
_DATA = re.compile(
    r"\b(?:du lieu|thong tin|ho so|tin nhan|lich su|tro chuyen|tai khoan|dong y|cho phep|data|da gui|da khai|nhap|so (?:can cuoc|dien thoai)|anh chup)\b"
)
STARTS_FROM = 0.9  # intent probability from which a message begins a submission without such words
# Probability, and lead over the second, from which the likeliest form is begun: consent is asked first.
BEGUN_FROM, BEGUN_LEAD = 0.5, 2.5
# "Em muốn xin bản sao khai sinh" asks for a procedure; a submission is begun by words that say so.
_STARTS = re.compile(
    r"\b(?:luon|giup|gium|dum|ngay|bay gio|dien|to khai|soan|lap|bat dau|tien hanh|form|tao|san sang|viet|tren (?:may|day|nay)|(?:khai|lam|nop) ho(?! so))\b"
)
# "Sửa họ tên thành Lê Thị Bưởi", "… là …": what stands after the first such word in small letters, which may be a name otherwise.
_BECOMES = re.compile(r"(?:sửa|sua|đổi|doi|Sửa|Sua|Đổi|Doi)\b.*?\b(?:thành|thanh|là|la)\s+(.+)$")


def submission(turn: Turn) -> None:
    """Route one turn: danger first, then an open draft, else start, resume or erase."""
    draft = _open_draft(turn)
    if found := alarm_of(turn):
        turn.notice(found)
        if draft and found != "emergency":
            ask(turn, draft, form_of_draft(draft), lead=sentences()["back_to_form"], short=True)
        return
    if draft:
        if not move_on(turn, draft):
            return ask(turn, draft, form_of_draft(draft))
        try:
            return _continue(turn, draft)
        except FinishedElsewhere:
            turn.submission, turn.memory.correcting = None, None
            turn.notice("nothing_open", sentence="finished_elsewhere")
            return
    if turn.intent == "erase_data" and (turn.is_button or _DATA.search(turn.plain)):
        return erase(turn)
    if turn.intent == "resume":
        return resume(turn)
    if turn.intent == "start_submission" and (
        turn.is_button or turn.intent_confidence >= STARTS_FROM or _STARTS.search(turn.plain)
    ):
        code = turn.entity("procedure") or turn.memory.procedure if turn.is_button else _to_begin(turn)
        # "Làm luôn cả thẻ bảo hiểm cho tiện" names what is wanted; only a form that is there is begun by half a wish.
        if turn.is_button or turn.intent_confidence >= STARTS_FROM or code is None or form_of(code):
            return begin(turn, code)
    guide(turn)


def _to_begin(turn: Turn) -> str | None:
    """The procedure whose form is to be begun: the one named, else the one at hand, else the likeliest by far."""
    heard = turn.understanding
    named = heard.candidates[0] if heard.verdict == "sure" else told_offered(turn) or clear_in_context(turn)
    if named or turn.memory.procedure:
        return named or turn.memory.procedure
    first, *others = [*heard.ranking, None]
    second = others[0].probability if others and others[0] else 0.0
    likely = first is not None and first.probability >= max(BEGUN_FROM, BEGUN_LEAD * second)
    return first.code if first and likely and form_of(first.code) else None


def _open_draft(turn: Turn) -> Draft | None:
    if not turn.submission:
        return None
    try:
        draft = drafts().get(turn.submission)
    except UnknownDraft:
        draft = None
    if draft is None or draft.state not in ("open", "returned"):  # finished on the page, erased or expired meanwhile
        turn.submission = None
        return None
    return draft


def _continue(turn: Turn, draft: Draft) -> None:
    """One turn inside an open draft."""
    form = form_of_draft(draft)
    pending = turn.memory.offered[0].kind if turn.memory.offered else None
    if pending == "cancel":
        turn.memory.offered = []
        agreed = yes_or_no(turn)
        if agreed or repair_of(turn) == "cancel":
            return _stop(turn, draft)
        if agreed is False:
            return ask(turn, draft, form)
    if denied(turn, draft, form):
        return
    if pending == "procedure" and (choice := picked(turn)):
        answer(turn, choice.value, turn.memory.wanted or None)
        return _back(turn, draft, form)
    repair = repair_of(turn) or ("cancel" if names_withdrawal(turn) else None)
    field = current(turn, draft, form)
    # "Thêm người nữa không ạ?": a plain yes or no answers it; "thôi" is no wish to leave the form.
    if field and field.id.endswith(ROW + MORE) and (more := yes_or_no(turn)) is not None:
        _put(turn, draft, form, field, "co" if more else "khong")
        return ask(turn, draft, form)
    if repair and not (repair == "correct" and not draft.content.values):
        return _repair(turn, draft, form, repair)
    if field is None:
        return _at_review(turn, draft, form)
    typed = turn.entity("answer") if turn.is_button else turn.text
    if typed is None or (field.type in ("text", "note", "address", "name") and _is_digression(turn)):
        return _digress(turn, draft, form)
    try:
        _put(turn, draft, form, field, typed)
    except CannotRead as fault:
        if _is_digression(turn):
            return _digress(turn, draft, form)
        if isinstance(fault, protecting.Closed):  # not what the officer asked for: back to what they did
            turn.memory.correcting = returned.first(form, draft)
        return ask(turn, draft, form, errors=[str(fault)])
    ask(turn, draft, form)


def _put(turn: Turn, draft: Draft, form: FormDefinition, field: Field, typed: str) -> None:
    change(draft, "filled", field.id, lambda content: filling.put(form, content, field.id, typed, "chat", today()))
    turn.memory.correcting = returned.asked_next(form, draft, field.id, turn.memory.correcting)


def _is_digression(turn: Turn) -> bool:
    return is_question(turn) or turn.intent in ("emergency", "scam", "abuse", "complain", "check_status")


def _digress(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    """Answer the side question, then come back to the open field in short."""
    if turn.intent in REASON_OF:
        chat(turn)
    elif turn.intent in ("handoff", "complain"):
        handoff(turn)
    else:
        if turn.submission and not turn.memory.procedure:
            take_up(turn, draft.procedure)
        turn.quiet_change = True
        if not (compare(turn) or answer_two(turn)):
            guide(turn)
    if turn.messages and turn.messages[-1]["custom"]["kind"] == "clarify":
        return  # one question at a time: which procedure first, the field after it
    _back(turn, draft, form)


def _back(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    """Back to the open field in short; what is asked next without a name is about the form's procedure again."""
    turn.messages = [message for message in turn.messages if message["custom"].get("kind") != "case_question"]
    take_up(turn, draft.procedure)
    ask(turn, draft, form, lead=sentences()["back_to_form"], short=True)


def _repair(turn: Turn, draft: Draft, form: FormDefinition, repair: Repair) -> None:
    match repair:
        case "cancel":
            turn.say(
                sentences()["cancel_confirm"], custom(turn, draft, "form"),
                [("Dừng lại", "/affirm"), ("Làm tiếp", "/deny")], [Choice("cancel", draft.id, "Dừng lại")],
            )  # fmt: skip
        case "erase_data":
            erase(turn)
        case "handoff":
            handoff(turn)
            ask(turn, draft, form, lead=sentences()["back_to_form"], short=True)
        case "skip":
            field = current(turn, draft, form)
            if field and draft.state == "returned" and field.id in draft.content.values:  # left as it is
                turn.memory.correcting = returned.asked_next(form, draft, field.id, field.id)
                return ask(turn, draft, form)
            try:
                if field:
                    put_off = field
                    change(draft, "put off", field.id, lambda content: filling.put_off(content, put_off))
                ask(turn, draft, form)
            except CannotRead as fault:
                ask(turn, draft, form, errors=[str(fault)])
        case "correct":
            _correct(turn, draft, form)
        case _:
            ask(turn, draft, form)


def _correct(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    field = filling.field_named(form, draft.content, turn.text)
    if field is None:
        return ask(turn, draft, form)
    returned.reopen_if_wrong(draft, form, field.id)
    try:
        new = _BECOMES.search(turn.text)
        typed = new.group(1) if new else turn.text
        value = filling.corrected(field, draft.content.values.get(field.id), typed, today())
        _put(turn, draft, form, field, shown(field, value) if field.type != "choice" else value)
    except protecting.Closed as fault:
        return ask(turn, draft, form, errors=[str(fault)])
    except protecting.Protected as fault:
        turn.memory.correcting = field.id
        return ask(turn, draft, form, errors=[str(fault)])
    except CannotRead:
        turn.memory.correcting = field.id
        return ask(turn, draft, form, lead=sentences()["correct_which"].format(label=field.label))
    said = masked(field, shown(field, value))
    ask(turn, draft, form, lead=sentences()["corrected"].format(label=field.label, value=said))


def _stop(turn: Turn, draft: Draft) -> None:
    """Leave the form; what was filled in is kept until it expires."""
    turn.submission, turn.memory.correcting = None, None
    turn.notice("cancelled", text=sentences()["cancelled"].format(url=address(turn, draft)))


def _at_review(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    agreed = yes_or_no(turn)
    if agreed:
        return _finish(turn, draft, form)
    if agreed is False:
        turn.say(sentences()["review_what_wrong"], custom(turn, draft, "review"), [], turn.memory.offered)
        return
    _digress(turn, draft, form)


def _finish(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    """Give the reference and the papers. The packet is the citizen's; nothing is sent to an office by itself."""
    if any(finding.blocks for finding in filling.findings(form, draft.content, today())):
        return review(turn, draft, form)
    again = draft.state == "returned"
    try:
        reference = drafts().submit(draft)
    except WrongState:  # the page has changed something: it is looked at again before it is agreed to
        take_newest(draft)
        return review(turn, draft, form)
    url = address(turn, draft)
    turn.submission = None
    finished(turn.memory)
    downloads = [
        {"title": form.title, "url": f"{url}/to-khai.pdf"},
        {"title": "Phiếu nộp tại quầy", "url": f"{url}/phieu.pdf"},
    ]
    if turn.channel != "web":  # a one-time link opens the page, the papers are there
        downloads = [{"title": "Tờ khai và phiếu nộp", "url": url}]
    about = custom(turn, draft, "submitted", reference=reference, downloads=downloads)
    said = "resubmitted" if again else submitted_sentence()
    text = sentences()[said].format(reference=reference, url=url, day=f"{dt.date.today():%d/%m/%Y}")
    turn.say(text, about, [(item["title"], item["url"]) for item in downloads], [])
