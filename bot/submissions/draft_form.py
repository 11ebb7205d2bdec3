"""The form of a draft: the edition it was begun with, and how it moves on when a new one is published.

What was submitted keeps its edition, so it is printed again as it was. An unfinished draft moves on: what is still asked
keeps its answer, what no longer is goes aside (sealed, never printed), what is new is asked.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from bot.submissions import protecting
from bot.submissions.draft import Content, Draft, WrongState
from bot.submissions.store import Drafts
from bot.submissions.values import CannotRead, read, shown
from procedures_kb import form_library
from procedures_kb.form_model import Field, FormDefinition, asked_fields
from procedures_kb.form_types import CHOICES, MORE, ROW
from procedures_kb.store import today

TRIES = 4  # how often a draft is moved on anew when another channel writes at the same time
_NAMED = 3  # how many fields the sentence names


class Change(msgspec.Struct, frozen=True):
    """What moving a draft on did: fields to ask that were not asked before, and answers put aside."""

    new: list[str]
    gone: list[str]
    again: list[str]


def form_of_draft(draft: Draft) -> FormDefinition:
    """The form a draft is filled in on, as it stood at the draft's release."""
    return form_library.form_at(draft.form, draft.procedure, draft.release)


def bring_up_to_date(drafts: Drafts, draft: Draft) -> str:
    """Move an unfinished draft to the form as it stands now, in one transaction.

    Returns:
        The sentence that tells the person what happened; empty when nothing they see has changed.
    """
    for _ in range(TRIES):
        if draft.state not in ("offered", "open"):
            return ""
        before = form_of_draft(draft)
        after = form_library.newest(draft.form, draft.procedure)
        if after is None or after is before:
            return ""
        change = move(draft.content, before, after, today())
        draft.form, draft.release = after.id, form_library.release()
        try:
            drafts.save(draft, "assistant", "form changed", after.id)
        except WrongState:  # another tab or the chat wrote meanwhile: on what stands there
            newest = drafts.get(draft.id)
            draft.content, draft.revision, draft.state = newest.content, newest.revision, newest.state
            draft.form, draft.release = newest.form, newest.release
            continue
        return sentence(change) if draft.state == "open" else ""
    raise WrongState(f"draft was changed elsewhere {TRIES} times running")


def move(content: Content, before: FormDefinition, after: FormDefinition, day: dt.date) -> Change:
    """Carry the answers from one edition of a form to another."""
    asked = {field.id for field in asked_fields(before, content.values)}
    gone: list[str] = []
    again: list[str] = []
    for key, value in list(content.values.items()):
        old, new = _field(before, key), _field(after, key)
        if old is None and _is_mark(key):
            if _has_group(after, key):
                continue
        elif new is not None and (kept := _carried(old, new, value, day)) is not None:
            content.values[key] = kept
            continue
        del content.values[key]
        content.sources.pop(key, None)
        protecting.forget(content, key)
        content.set_aside[key] = value
        if old is not None:
            (gone if new is None else again).append(old.label)
    for key, value in list(content.set_aside.items()):  # a field that came back brings its answer along
        field = _field(after, key)
        if field and key not in content.values and (kept := _carried(field, field, value, day)) is not None:
            content.values[key] = kept
            content.sources[key] = "page"
            del content.set_aside[key]
    open_now = [field for field in asked_fields(after, content.values) if not field.composed]
    optional = {field.id for field in open_now if not field.required}
    content.skipped = [key for key in content.skipped if key in optional]
    new_ones = [f.label for f in open_now if f.id not in asked and f.id not in content.values and f.label not in again]
    return Change(new_ones, gone, again)


def _field(form: FormDefinition, key: str) -> Field | None:
    try:
        return form.field(key)
    except KeyError:
        return None


def _is_mark(key: str) -> bool:
    """Whether a key only says that a row is there (``group-2``), or that there are no more (``group-more``)."""
    _, _, rest = key.partition(ROW)
    return bool(rest) and (rest == MORE or rest.isdecimal())


def _has_group(form: FormDefinition, key: str) -> bool:
    return any(group.repeat and group.repeat.id == key.partition(ROW)[0] for group in form.groups)


def _carried(old: Field | None, new: Field, value: str, day: dt.date) -> str | None:
    """The answer as the new field keeps it; None when it says nothing there."""
    if new.type in CHOICES:
        known = {option.value for option in new.options}
        return value if old and old.type in CHOICES and set(value.split(",")) <= known else None
    if old and old.type == new.type:
        return value
    try:
        return read(new, shown(old, value) if old else value, day)
    except CannotRead:
        return None


def sentence(change: Change) -> str:
    """What happened, in one sentence; empty when no field the person sees has changed."""
    parts = []
    if change.new:
        parts.append(f"có thêm {_names(change.new)}")
    if change.again:
        parts.append(f"cần chọn hoặc ghi lại {_names(change.again)}")
    if change.gone:
        parts.append(f"không còn hỏi {_names(change.gone)}")
    if not parts:
        return ""
    return f"Mẫu tờ khai vừa được cập nhật: {', '.join(parts)}; các mục khác anh/chị đã điền vẫn giữ nguyên."


def _names(labels: list[str]) -> str:
    named = ", ".join(f"“{label}”" for label in labels[:_NAMED])
    return f"{named} và {len(labels) - _NAMED} mục nữa" if len(labels) > _NAMED else named
