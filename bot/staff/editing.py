"""The edit forms: one form for every part of a record, made from the descriptions of its fields."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from aiohttp import web

from bot.staff import display, forms
from bot.staff.desk import Desk, Moved
from bot.staff.fields import BY_SLUG
from bot.staff.form_fields import EDITED
from bot.staff.form_targets import FormTarget
from bot.staff.form_wording import sentence
from bot.staff.parts import DESK
from bot.staff.procedures import record_context
from bot.staff.roles import May
from bot.staff.session import act, message, page, render, say
from bot.staff.subjects import FORMS, Subject, subject_of
from bot.staff.targets import ProcedureTarget, Target
from bot.staff.users import User
from bot.staff.wording import told
from procedures_kb.checks import faults
from procedures_kb.entries import code_of, name_of
from procedures_kb.store import UnknownProcedure


def target_of(request: web.Request, follows: bool = False) -> Target:
    """What the address names. Raises UnknownProcedure when there is nothing of it to edit."""
    return _form_target(request) if subject_of(request) is FORMS else _procedure_target(request, follows)


def _procedure_target(request: web.Request, follows: bool) -> Target:
    code, slug, index = (request.match_info[name] for name in ("code", "section", "index"))
    opened = request.app[DESK].open(code)
    section = BY_SLUG.get(slug)
    if section is None or not section.editable:
        raise UnknownProcedure(code)
    if index == "moi":
        if not section.grows:
            raise UnknownProcedure(code)
        return ProcedureTarget(opened, section, None, False)
    count = len(getattr(opened.record, section.attribute)) if section.attribute else 1
    if int(index) >= count:
        raise UnknownProcedure(code)
    return ProcedureTarget(opened, section, int(index), follows and section.successor)


def _form_target(request: web.Request) -> FormTarget:
    code, slug, name = (request.match_info[part] for part in ("code", "section", "item"))
    opened = FORMS.desk_of(request).open(code)
    section = EDITED.get(slug)
    if section is None:
        raise UnknownProcedure(code)
    if slug == "muc":
        _, new, number = name.partition("moi-")
        if new and number.isdecimal() and int(number) < len(opened.record.groups):
            return FormTarget(opened, section, None, False, int(number))
        for group, held in enumerate(opened.record.groups):
            for position, field in enumerate(held.fields):
                if field.id == name:
                    return FormTarget(opened, section, position, False, group)
    elif name.isdecimal() and (slug == "dau" or int(name) < len(getattr(opened.record, section.attribute))):
        return FormTarget(opened, section, int(name), False)
    raise UnknownProcedure(code)


def back_of(subject: Subject, target: Target) -> str:
    """Where a saved form leads: the working copy."""
    return f"{subject.home(target.opened.entry.code)}/sua"


@page(May.edit)
async def working_copy(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/thu-tuc/{code}/sua: the working copy (or the published record) with a way to change each part."""
    opened = request.app[DESK].open(request.match_info["code"])
    entry = msgspec.structs.replace(opened.entry, procedure=opened.record)
    problems = [told(fault, opened.record) for fault in faults(opened.record)]
    context = record_context(request, entry) | {"editing": True, "opened": opened, "problems": problems}
    return await render(request, user, "record.html", context)


@page(May.edit)
async def form(request: web.Request, user: User) -> web.StreamResponse:
    """GET …/{code}/sua/{section}/{index}: the form of one part."""
    target = target_of(request, follows="ke-tiep" in request.query)
    typed = target.typed()
    if target.follows:
        typed |= {"effective_from": [], "confidence": []}  # the new day and how sure it is must be said afresh
    return await _form(request, user, target, typed)


async def _form(
    request: web.Request, user: User, target: Target, typed: forms.Typed, errors: dict[str, str] | None = None,
    conflict: bool = False, general: list[str] | None = None,
) -> web.StreamResponse:  # fmt: skip
    errors, record, subject = errors or {}, target.opened.record, subject_of(request)
    if conflict and "options" in typed:  # their boxes belong to the options there were
        typed = {**typed, "options": target.typed()["options"]}
    fields: list[dict[str, Any]] = [
        {
            "spec": spec, "values": typed.get(spec.name, []), "error": errors.get(spec.name),
            "options": display.options(spec, record), "id": "f-" + spec.name.replace(".", "-"),
        }
        for spec in target.section.fields
        if spec.editable and not (spec.options_of and not display.options(spec, record))
    ]  # fmt: skip
    listed = target.item is not None and target.section.attribute
    context = {
        "target": target, "section": target.section, "code": code_of(record), "record_name": name_of(record),
        "subject": subject, "fields": fields, "errors": errors, "general": general or [], "conflict": conflict,
        "now": target.now() if conflict and listed else None, "heading": target.heading,
        "shown_only": [row for row in target.now().rows if row.label not in {f["spec"].label for f in fields}]
        if listed and subject is FORMS else [],
        "back": back_of(subject, target), "name": display.title(target.section, target.item) if listed else "",
    }  # fmt: skip
    return await render(request, user, "edit.html", context, 409 if conflict else 422 if errors or general else 200)


@act(May.edit)
async def save(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST …/sua/{section}/{index}: keep the form in the working copy, or show every fault beside its field."""
    subject, code = subject_of(request), request.match_info["code"]
    desk = subject.desk_of(request)
    token = token_of(desk, data)
    try:
        target = target_of(request, follows=bool(data.get("follows")))
    except UnknownProcedure:
        return await _gone(request, user)
    typed = forms.posted(target.section, data)
    if data.get("seen") != target.seen:
        return await _form(request, user, target, typed, conflict=True)
    values, errors = forms.read(target.section, typed, target.opened.record)
    if target.follows:
        errors |= _follow_errors(target, values, errors)
    if errors:
        return await _form(request, user, target, typed, errors)
    try:
        item = target.made(values)
    except msgspec.ValidationError as fault:
        message, _, where = str(fault).partition(" - at `$.")
        missing = re.search(r"missing required field `(\w+)`", message)
        box = missing[1] if missing else where.rstrip("`")
        said = forms.REQUIRED if missing else sentence(message)
        if box in typed:
            return await _form(request, user, target, typed, {box: said})
        return await _form(request, user, target, typed, general=[f"Nội dung chưa đúng quy định dữ liệu: {said}"])
    changed = target.put(item)
    errors, general = _broken(desk, target, changed)
    if errors or general:
        return await _form(request, user, target, typed, errors, general=general)
    back = back_of(subject, target)
    try:
        desk.save(code, target.opened.mark, changed, user, token, back)
    except Moved:
        return await _form(request, user, target_of(request, target.follows), typed, conflict=True)
    await say(request, "saved", target.section.slug)
    raise web.HTTPSeeOther(back)


def _follow_errors(target: Target, values: dict[str, Any], errors: dict[str, str]) -> dict[str, str]:
    """The day from which something else holds must cut the old fact's time in two."""
    begin = values.get("effective_from")
    if "effective_from" in errors:
        return {}
    if begin is None:
        return {"effective_from": "Ghi ngày bắt đầu áp dụng; mục cũ sẽ hết hiệu lực vào hôm trước."}
    old = target.item
    if (old.effective_from and begin <= old.effective_from) or (old.effective_to and begin > old.effective_to):
        return {"effective_from": f"Ngày này phải nằm trong thời gian mục cũ có hiệu lực ({display.period(old)})."}
    return {}


def _broken(desk: Desk[Any], target: Target, changed: Any) -> tuple[dict[str, str], list[str]]:
    """Rules this form's item breaks: beside their fields, or (no such field here) above the form.

    Faults elsewhere, and those without a box that were there before, stand on the working copy's page and block publishing.
    """
    errors: dict[str, str] = {}
    general: list[str] = []
    before = desk.faults(target.opened.record)
    for fault in desk.faults(changed):
        found = target.beside(fault, changed)
        if found and found[0]:
            errors.setdefault(*found)
        elif found and fault not in before:
            general.append(found[1])
    return errors, general


@act(May.edit)
async def remove(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST …/sua/{section}/{index}/bo: take an item out of the working copy."""
    return await _change(request, user, data, "removed")


@act(May.edit)
async def move(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST …/sua/muc/{field}/{len|xuong}: put a field one place earlier or later in its group."""
    return await _change(request, user, data, "moved_field")


async def _change(request: web.Request, user: User, data: Any, said: str) -> web.StreamResponse:
    subject, code = subject_of(request), request.match_info["code"]
    desk = subject.desk_of(request)
    token = token_of(desk, data)
    try:
        target = target_of(request)
    except UnknownProcedure:
        return await _gone(request, user)
    if not target.section.grows or target.index is None or data.get("seen") != target.seen:
        return await _gone(request, user)
    if isinstance(target, FormTarget) and said == "moved_field":
        changed = target.moved(-1 if request.match_info["way"] == "len" else 1)
    else:
        changed = target.without()
    back = back_of(subject, target)
    try:
        desk.save(code, target.opened.mark, changed, user, token, back)
    except Moved:
        return await _gone(request, user)
    await say(request, said, target.section.slug if subject is not FORMS else f"nhom-{getattr(target, 'group', 0)}")
    raise web.HTTPSeeOther(back)


def token_of(desk: Desk[Any], data: Any) -> str:
    """The form's token. Raises HTTPSeeOther to where the act led when the form was sent before."""
    token = str(data.get("token", ""))[:40]
    if outcome := desk.outcome(token):
        raise web.HTTPSeeOther(outcome)
    return token


async def _gone(request: web.Request, user: User) -> web.StreamResponse:
    said = "Mục này vừa được người khác sửa hoặc bỏ nên chưa làm theo yêu cầu. Anh/chị mở lại bản nháp để xem."
    return await message(request, user, "Mục này đã thay đổi", said, 409)
