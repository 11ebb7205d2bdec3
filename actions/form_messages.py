"""What is said while a form is filled in: the open field, the review, the address of the draft's page."""

from __future__ import annotations

import functools
from typing import Any

from actions.turn import Choice, Turn, sentences
from bot import keys, settings
from bot.submissions import filling
from bot.submissions.store import Draft, Drafts
from procedures_kb.form_model import Field, FormDefinition, forms
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
    title = forms()[draft.form].title
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
    turn.say("\n".join(lines), custom(turn, draft, "form", **more), buttons, [])


def masked(field: Field, text: str) -> str:
    """Id numbers are shown by their last four digits only, as the chat may be read by others."""
    return f"•••• {text[-4:]}" if field.type in ("personal_id", "old_id") else text


def review(turn: Turn, draft: Draft, form: FormDefinition, lead: str = "") -> None:
    """Everything filled in, with what looks odd, to be agreed to."""
    found = filling.findings(form, draft.content, today())
    lines = [lead] if lead else []
    lines.append(sentences()["review"])
    rows = []
    for field, value in filling.answered(form, draft.content):
        text = masked(field, value)
        rows.append({"id": field.id, "label": field.label, "value": text})
        lines.append(f"- {field.label}: {text}")
    lines.extend(f"Lưu ý: {finding.message}" for finding in found)
    about = custom(turn, draft, "review", fields=rows, findings=[finding.message for finding in found])
    on_page = ("Xem và sửa trên trang", about["submission"]["resume_url"])
    if any(finding.blocks for finding in found):
        lines.append(sentences()["review_blocked"])
        return turn.say("\n".join(lines), about, [on_page], [])
    buttons = [("Đúng rồi, tạo tờ khai", "/affirm"), on_page]
    turn.say("\n".join(lines), about, buttons, [Choice("submit", draft.id, "Đúng rồi, tạo tờ khai")])
