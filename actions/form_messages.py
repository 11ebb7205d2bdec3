"""What is said while a form is filled in: the open field, the review, the address of the draft's page."""

from __future__ import annotations

import functools
from typing import Any

from actions.turn import Choice, Turn, sentences
from bot import keys, settings
from bot.submissions import filling
from bot.submissions.completeness import component_names
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Draft, Drafts
from bot.submissions.values import shown
from procedures_kb.form_model import Field, FormDefinition, asked_fields
from procedures_kb.store import today


@functools.cache
def drafts() -> Drafts:
    """The drafts of this process."""
    configuration = settings.load()
    return Drafts(configuration.submissions_path, keys.load(configuration))


def address(turn: Turn, draft: Draft) -> str:
    """Where the draft's page is: a one-time link outside the web page's own session."""
    if turn.channel == "web":
        return f"/ho-so/{draft.id}"
    return f"{settings.load().base_url}/ho-so/mo/{drafts().make_link(draft.id)}"


def custom(turn: Turn, draft: Draft, kind: str, **more: Any) -> dict[str, Any]:
    """The contract fields of a message about a draft."""
    title = form_of_draft(draft).title
    about = {"id": draft.id, "procedure": draft.procedure, "title": title, "resume_url": address(turn, draft)}
    return {"kind": kind, "submission": about, **more}


def current(turn: Turn, draft: Draft, form: FormDefinition) -> Field | None:
    """The field that is open: the one being corrected, else the next one."""
    if turn.memory.correcting:
        try:
            return form.field(turn.memory.correcting)
        except KeyError:
            turn.memory.correcting = None
    return filling.next_field(form, draft.content)


def ask(
    turn: Turn, draft: Draft, form: FormDefinition, lead: str = "", errors: list[str] | None = None, short: bool = False
) -> None:
    """Ask the open field, or show the review when nothing is open."""
    field = current(turn, draft, form)
    if field is None:
        return review(turn, draft, form, lead)
    lines = [*(errors or []), *([lead] if lead else []), field.question]
    if field.help and not short and not errors:
        lines.append(field.help)
    if field.options:
        lines.extend(f"{number}. {option.label}" for number, option in enumerate(field.options, 1))
    elif field.example and not short and draft.state == "open":
        lines.append(f"Ví dụ: {field.example}")
    about: dict[str, Any] = {
        "id": field.id,
        "label": field.label,
        "type": field.type,
        "help": field.help,
        "example": field.example if draft.state == "open" else "",  # what is written stands there instead
    }
    buttons = [(option.label, f'/inform{{"answer": "{option.value}"}}') for option in field.options]
    if field.options:
        about["options"] = [{"value": option.value, "label": option.label} for option in field.options]
    written = draft.content.values.get(field.id) if draft.state == "returned" else None
    if written is not None:
        lines.append(sentences()["now_written"].format(value=masked(field, shown(field, written))))
        buttons.append(("Giữ nguyên", "/skip"))
    elif not field.required:
        buttons.append(("Để sau", "/skip"))
    more: dict[str, Any] = {"field": about, "progress": _progress(draft, form, field)}
    if errors:
        more["errors"] = errors
    turn.say("\n".join(lines), custom(turn, draft, "form", **more), buttons, [])


def _progress(draft: Draft, form: FormDefinition, field: Field) -> dict[str, int]:
    """How far the form is; of a returned one, how far the fields to be looked at again are."""
    again = [one.id for one in asked_fields(form, draft.content.values) if one.id in draft.content.reopened]
    if draft.state == "returned" and field.id in again:
        return {"done": again.index(field.id), "total": len(again)}
    progress = filling.progress(form, draft.content)
    return {"done": progress.done, "total": progress.total}


def masked(field: Field, text: str) -> str:
    """Id numbers are shown by their last four digits only, as the chat may be read by others."""
    return f"•••• {text[-4:]}" if field.type in ("personal_id", "old_id") else text


def review(turn: Turn, draft: Draft, form: FormDefinition, lead: str = "") -> None:
    """Everything filled in, with what looks odd, to be agreed to."""
    found = filling.findings(form, draft.content, today())
    lines, back = [lead] if lead else [], draft.state == "returned"
    lines.append(sentences()["review_returned" if back else "review"])
    rows = []
    for field, value in filling.answered(form, draft.content):
        if back and field.id not in draft.content.reopened:
            continue
        text = masked(field, value)
        rows.append({"id": field.id, "label": field.label, "value": text})
        lines.append(f"- {field.label}: {text}")
    lines.extend(f"Lưu ý: {finding.message}" for finding in found)
    if papers := [name for key, name in component_names(form).items() if back and key in draft.content.reopened]:
        lines.append(sentences()["review_papers"].format(papers=", ".join(papers)))
    about = custom(turn, draft, "review", fields=rows, findings=[finding.message for finding in found])
    on_page = ("Xem và sửa trên trang", about["submission"]["resume_url"])
    if any(finding.blocks for finding in found):
        lines.append(sentences()["review_blocked"])
        return turn.say("\n".join(lines), about, [on_page], [])
    agree = "Đúng rồi, gửi lại" if back else "Đúng rồi, tạo tờ khai"
    turn.say("\n".join(lines), about, [(agree, "/affirm"), on_page], [Choice("submit", draft.id, agree)])
