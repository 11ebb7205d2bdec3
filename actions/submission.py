"""The pre-filled submission in chat: consent, one field at a time, side questions, corrections, review, the papers.

Personal data go straight into the encrypted draft (bot.submissions); the conversation keeps only the draft's id.
Inside Zalo nothing personal is asked: a one-time link opens our own page.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from actions.chat import REASON_OF, chat
from actions.conversation import Repair, is_question, repair_of, yes_or_no
from actions.guide import guide
from actions.handoff import handoff
from actions.turn import Capability, Choice, Turn, knowledge, sentences
from bot import keys, settings
from bot.submissions import filling
from bot.submissions.store import CONSENT_TEXT, Draft, Drafts, UnknownDraft, WrongState
from bot.submissions.values import CannotRead, shown
from procedures_kb.form_model import Field, FormDefinition, form_of, forms
from procedures_kb.store import UnknownProcedure, today


@functools.cache
def drafts() -> Drafts:
    """The drafts of this process."""
    configuration = settings.load()
    return Drafts(configuration.submissions_path, keys.load(configuration))


class Submission(Capability):
    """Rasa action of everything around a draft; while one is open every turn comes here first."""

    def name(self) -> str:
        return "action_submission"

    def respond(self, turn: Turn) -> None:
        submission(turn)


def submission(turn: Turn) -> None:
    """Route one turn: an open draft first, else start, resume or erase."""
    draft = _open_draft(turn)
    if draft:
        return _continue(turn, draft)
    if turn.intent == "erase_data":
        return erase(turn)
    if turn.intent == "resume":
        return resume(turn)
    if turn.intent == "start_submission":
        heard = turn.understanding
        named = heard.candidates[0] if heard.verdict == "sure" else None
        code = turn.entity("procedure") if turn.is_button else named
        return begin(turn, code or turn.memory.procedure)
    guide(turn)


def _open_draft(turn: Turn) -> Draft | None:
    if not turn.submission:
        return None
    try:
        draft = drafts().get(turn.submission)
    except UnknownDraft:
        draft = None
    if draft is None or draft.state != "open":  # finished on the page, erased or expired meanwhile
        turn.submission = None
        return None
    return draft


def _address(turn: Turn, draft: Draft) -> str:
    """Where the draft's page is: a one-time link outside the web page's own session."""
    if turn.channel == "web":
        return f"/ho-so/{draft.id}"
    return f"{settings.load().base_url}/ho-so/mo/{drafts().make_link(draft.id)}"


def _custom(turn: Turn, draft: Draft, kind: str, **more: Any) -> dict[str, Any]:
    title = forms()[draft.form].title
    about = {"id": draft.id, "procedure": draft.procedure, "title": title, "resume_url": _address(turn, draft)}
    return {"kind": kind, "submission": about, **more}


def begin(turn: Turn, code: str | None) -> None:
    """Offer a draft: ask for consent first, or give a one-time link where no personal data may be asked."""
    if code is None:
        turn.notice("not_understood", kind="fallback", text=sentences()["no_procedure_yet"])
        return
    form = form_of(code)
    if form is None:
        return _no_form(turn, code)
    turn.memory.procedure = code
    waiting = drafts().latest_open(turn.sender)
    if waiting and waiting.procedure == code and turn.channel != "zalo":
        return resume(turn)
    draft = drafts().offer(code, form.id, knowledge().release(), turn.sender, turn.channel)
    custom = _custom(turn, draft, "consent")
    if turn.channel == "zalo":
        address = custom["submission"]["resume_url"]
        text = sentences()["open_our_page"].format(title=form.title, url=address)
        turn.say(text, custom, [("Mở trang điền tờ khai", address)], [])
        return
    turn.say(
        f"{form.title}.\n{CONSENT_TEXT}", custom,
        [("Tôi đồng ý", "/affirm"), ("Không đồng ý", "/deny")],
        [Choice("consent", draft.id, "Tôi đồng ý")],
    )  # fmt: skip


def _no_form(turn: Turn, code: str) -> None:
    try:
        entry = knowledge().get(code)
    except UnknownProcedure:
        return guide(turn)
    url = entry.procedure.sources[0].url if entry.procedure else (entry.imported.url if entry.imported else "")
    turn.memory.procedure = entry.code
    text = sentences()["no_form"].format(name=entry.name, url=url or "https://dichvucong.gov.vn")
    turn.notice("no_form", text=text)


def settle_consent(turn: Turn, draft_id: str, agreed: bool) -> None:
    """Yes opens the draft and asks the first field; no erases it, and guidance goes on without."""
    turn.memory.offered = []
    try:
        draft = drafts().get(draft_id)
    except UnknownDraft:
        return begin(turn, turn.memory.procedure)
    if not agreed:
        drafts().erase(draft.id)
        turn.notice("declined", text=sentences()["consent_refused"])
        return
    drafts().consent(draft, turn.channel)
    turn.submission, turn.memory.draft = draft.id, draft.id
    _ask(turn, draft, forms()[draft.form])


def resume(turn: Turn) -> None:
    """Go on with the newest unfinished draft of this conversation."""
    draft = drafts().latest_open(turn.sender)
    if draft is None:
        turn.notice("nothing_open", text=sentences()["nothing_to_resume"])
        return
    turn.submission, turn.memory.draft, turn.memory.procedure = draft.id, draft.id, draft.procedure
    _ask(turn, draft, forms()[draft.form], lead=sentences()["resumed"])


def erase(turn: Turn) -> None:
    """Erase every draft of this conversation, at once."""
    count = drafts().erase_all(turn.sender)
    turn.submission, turn.memory.draft, turn.memory.correcting, turn.memory.offered = None, None, None, []
    turn.notice("erased", text=sentences()["erased"].format(count=count))


def _continue(turn: Turn, draft: Draft) -> None:
    """One turn inside an open draft."""
    form = forms()[draft.form]
    pending = turn.memory.offered[0].kind if turn.memory.offered else None
    if pending == "cancel":
        turn.memory.offered = []
        agreed = yes_or_no(turn)
        if agreed or repair_of(turn) == "cancel":
            return _stop(turn, draft)
        if agreed is False:
            return _ask(turn, draft, form)
    repair = repair_of(turn)
    if repair and not (repair == "correct" and not draft.content.values):
        return _repair(turn, draft, form, repair)
    field = _current(turn, draft, form)
    if field is None:
        return _at_review(turn, draft, form)
    typed = turn.entity("answer") if turn.is_button else turn.text
    if typed is None or (field.type in ("text", "address", "name") and _is_digression(turn)):
        return _digress(turn, draft, form)
    try:
        _put(turn, draft, form, field, typed)
    except CannotRead as fault:
        if _is_digression(turn):
            return _digress(turn, draft, form)
        return _ask(turn, draft, form, errors=[str(fault)])
    _ask(turn, draft, form)


def _current(turn: Turn, draft: Draft, form: FormDefinition) -> Field | None:
    if turn.memory.correcting:
        try:
            return form.field(turn.memory.correcting)
        except KeyError:
            turn.memory.correcting = None
    return filling.next_field(form, draft.content)


def _put(turn: Turn, draft: Draft, form: FormDefinition, field: Field, typed: str) -> None:
    filling.put(form, draft.content, field.id, typed, "chat", today())
    _save(draft, "filled", field.id)
    turn.memory.correcting = None


def _save(draft: Draft, act: str, detail: str = "") -> None:
    try:
        drafts().save(draft, "citizen", act, detail)
    except WrongState:  # the page wrote in between: take its state, put our one change on top
        newest = drafts().get(draft.id)
        newest.content.values = {**newest.content.values, **draft.content.values}
        newest.content.skipped = draft.content.skipped
        drafts().save(newest, "citizen", act, detail)
        draft.content, draft.revision = newest.content, newest.revision


def _is_digression(turn: Turn) -> bool:
    return is_question(turn) or turn.intent in ("emergency", "scam", "abuse", "complain", "check_status")


def _digress(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    """Answer the side question, then come back to the open field in short."""
    if turn.intent in REASON_OF:
        chat(turn)
    elif turn.intent in ("handoff", "complain"):
        handoff(turn)
    else:
        turn.memory.procedure = turn.memory.procedure or draft.procedure
        guide(turn)
    turn.messages = [message for message in turn.messages if message["custom"].get("kind") != "case_question"]
    _ask(turn, draft, form, lead=sentences()["back_to_form"], short=True)


def _repair(turn: Turn, draft: Draft, form: FormDefinition, repair: Repair) -> None:
    match repair:
        case "cancel":
            turn.say(
                sentences()["cancel_confirm"], _custom(turn, draft, "form"),
                [("Dừng lại", "/affirm"), ("Làm tiếp", "/deny")], [Choice("cancel", draft.id, "Dừng lại")],
            )  # fmt: skip
        case "erase_data":
            erase(turn)
        case "handoff":
            handoff(turn)
            _ask(turn, draft, form, lead=sentences()["back_to_form"], short=True)
        case "skip":
            field = _current(turn, draft, form)
            try:
                if field:
                    filling.put_off(draft.content, field)
                    _save(draft, "put off", field.id)
                _ask(turn, draft, form)
            except CannotRead as fault:
                _ask(turn, draft, form, errors=[str(fault)])
        case "correct":
            _correct(turn, draft, form)
        case _:
            _ask(turn, draft, form)


def _correct(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    field = filling.field_named(form, draft.content, turn.text)
    if field is None:
        return _ask(turn, draft, form)
    try:
        value = filling.corrected(field, draft.content.values.get(field.id), turn.text, today())
        _put(turn, draft, form, field, shown(field, value) if field.type != "choice" else value)
    except CannotRead:
        turn.memory.correcting = field.id
        return _ask(turn, draft, form, lead=sentences()["correct_which"].format(label=field.label))
    _ask(
        turn,
        draft,
        form,
        lead=sentences()["corrected"].format(label=field.label, value=_masked(field, shown(field, value))),
    )


def _stop(turn: Turn, draft: Draft) -> None:
    """Leave the form; what was filled in is kept until it expires."""
    turn.submission, turn.memory.correcting = None, None
    turn.notice("cancelled", text=sentences()["cancelled"].format(url=_address(turn, draft)))


def _ask(
    turn: Turn, draft: Draft, form: FormDefinition, lead: str = "", errors: list[str] | None = None, short: bool = False
) -> None:
    """Ask the open field, or show the review when nothing is open."""
    field = _current(turn, draft, form)
    if field is None:
        return _review(turn, draft, form, lead)
    done = filling.progress(form, draft.content)
    lines = [*(errors or []), *([lead] if lead else []), field.question]
    if field.help and not short and not errors:
        lines.append(field.help)
    if field.options:
        lines.extend(f"{number}. {option.label}" for number, option in enumerate(field.options, 1))
    elif field.example and not short:
        lines.append(f"Ví dụ: {field.example}")
    about: dict[str, Any] = {
        "id": field.id,
        "label": field.label,
        "type": field.type,
        "help": field.help,
        "example": field.example,
    }
    buttons = [(option.label, f'/inform{{"answer": "{option.value}"}}') for option in field.options]
    if field.options:
        about["options"] = [{"value": option.value, "label": option.label} for option in field.options]
    if not field.required:
        buttons.append(("Để sau", "/skip"))
    more: dict[str, Any] = {"field": about, "progress": {"done": done.done, "total": done.total}}
    if errors:
        more["errors"] = errors
    turn.say("\n".join(lines), _custom(turn, draft, "form", **more), buttons, [])


def _masked(field: Field, text: str) -> str:
    """Id numbers are shown by their last four digits only, as the chat may be read by others."""
    return f"•••• {text[-4:]}" if field.type == "personal_id" else text


def _review(turn: Turn, draft: Draft, form: FormDefinition, lead: str = "") -> None:
    found = filling.findings(form, draft.content, today())
    lines = [lead] if lead else []
    lines.append(sentences()["review"])
    rows = []
    for field in form.fields:
        if field.id in draft.content.values:
            text = _masked(field, shown(field, draft.content.values[field.id]))
            rows.append({"id": field.id, "label": field.label, "value": text})
            lines.append(f"- {field.label}: {text}")
    lines.extend(f"Lưu ý: {finding.message}" for finding in found)
    custom = _custom(turn, draft, "review", fields=rows, findings=[finding.message for finding in found])
    buttons = [("Đúng rồi, tạo tờ khai", "/affirm"), ("Xem và sửa trên trang", custom["submission"]["resume_url"])]
    turn.say("\n".join(lines), custom, buttons, [Choice("submit", draft.id, "Đúng rồi, tạo tờ khai")])


def _at_review(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    agreed = yes_or_no(turn)
    if agreed:
        return _finish(turn, draft, form)
    if agreed is False:
        turn.say(sentences()["review_what_wrong"], _custom(turn, draft, "review"), [], turn.memory.offered)
        return
    _digress(turn, draft, form)


def _finish(turn: Turn, draft: Draft, form: FormDefinition) -> None:
    """Give the reference and the papers. The packet is the citizen's; nothing is sent to an office by itself."""
    if any(finding.blocks for finding in filling.findings(form, draft.content, today())):
        return _review(turn, draft, form)
    reference = drafts().submit(draft)
    address = _address(turn, draft)
    turn.submission, turn.memory.offered = None, []
    downloads = [
        {"title": form.title, "url": f"{address}/to-khai.pdf"},
        {"title": "Phiếu nộp tại quầy", "url": f"{address}/phieu.pdf"},
    ]
    if turn.channel != "web":  # a one-time link opens the page, the papers are there
        downloads = [{"title": "Tờ khai và phiếu nộp", "url": address}]
    custom = _custom(turn, draft, "submitted", reference=reference, downloads=downloads)
    text = sentences()["submitted"].format(reference=reference, url=address, day=f"{dt.date.today():%d/%m/%Y}")
    turn.say(text, custom, [(item["title"], item["url"]) for item in downloads], [])
