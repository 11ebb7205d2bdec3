"""The edit forms: one form for every part of the record, made from the descriptions in :mod:`bot.staff.fields`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from aiohttp import web

from bot.staff import display, forms
from bot.staff.desk import Desk, Moved, Opened
from bot.staff.fields import BY_SLUG, Section
from bot.staff.parts import DESK
from bot.staff.procedures import record_context
from bot.staff.roles import May
from bot.staff.session import act, message, page, render, say
from bot.staff.users import User
from bot.staff.wording import Told, told
from procedures_kb.checks import faults
from procedures_kb.model import Procedure
from procedures_kb.store import UnknownProcedure, checksum, today


class Target(msgspec.Struct, frozen=True):
    """What one form is about. ``index`` None = a new item; ``follows`` = what holds after the item of ``index``."""

    opened: Opened
    section: Section
    index: int | None
    follows: bool

    @property
    def item(self) -> Any:
        """The item as it stands; None for a new one."""
        if not self.section.attribute:
            return self.opened.procedure
        return None if self.index is None else getattr(self.opened.procedure, self.section.attribute)[self.index]

    @property
    def seen(self) -> str:
        """A mark of the item's content: a form made from another content must not overwrite it unasked."""
        if not self.section.attribute:
            texts = forms.typed_of(self.section, self.item)
            return checksum(repr(sorted(texts.items())))[:16]
        return checksum(msgspec.json.encode(self.item).decode())[:16] if self.item is not None else ""

    def put(self, item: Any) -> Procedure:
        """The record with the form's item in its place."""
        if not self.section.attribute:
            assert isinstance(item, Procedure)
            return item
        items = list(getattr(self.opened.procedure, self.section.attribute))
        if self.index is None:
            items.append(item)
        elif self.follows:
            items[self.index] = _ended(items[self.index], item.effective_from)
            items.insert(self.index + 1, item)
        else:
            items[self.index] = item
        return msgspec.structs.replace(self.opened.procedure, **{self.section.attribute: items})

    @property
    def place(self) -> int:
        """Where the form's item stands in the record :meth:`put` returns."""
        if self.index is None:
            return len(getattr(self.opened.procedure, self.section.attribute))
        return self.index + 1 if self.follows else self.index


def _ended(item: Any, next_from: dt.date) -> Any:
    return msgspec.structs.replace(item, effective_to=next_from - dt.timedelta(days=1))


def _target(request: web.Request, follows: bool) -> Target:
    """What the address names. Raises UnknownProcedure when there is nothing of it to edit."""
    code, slug, index = (request.match_info[name] for name in ("code", "section", "index"))
    opened = request.app[DESK].open(code)
    section = BY_SLUG.get(slug)
    if section is None or not section.editable:
        raise UnknownProcedure(code)
    if index == "moi":
        if not section.grows:
            raise UnknownProcedure(code)
        return Target(opened, section, None, False)
    count = len(getattr(opened.procedure, section.attribute)) if section.attribute else 1
    if int(index) >= count:
        raise UnknownProcedure(code)
    return Target(opened, section, int(index), follows and section.successor)


def _address(code: str) -> str:
    return f"/staff/thu-tuc/{code}/sua"


@page(May.edit)
async def working_copy(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/thu-tuc/{code}/sua: the working copy (or the published record) with a way to change each part."""
    opened = request.app[DESK].open(request.match_info["code"])
    entry = msgspec.structs.replace(opened.entry, procedure=opened.procedure)
    problems = [told(fault, opened.procedure) for fault in faults(opened.procedure)]
    context = record_context(request, entry) | {"editing": True, "opened": opened, "problems": problems}
    return await render(request, user, "record.html", context)


@page(May.edit)
async def form(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/thu-tuc/{code}/sua/{section}/{index}: the form of one part."""
    target = _target(request, follows="ke-tiep" in request.query)
    typed = forms.typed_of(target.section, target.item) if target.item is not None else _defaults(target.section)
    if target.follows:
        typed |= {"effective_from": [], "confidence": []}  # the new day and how sure it is must be said afresh
    return await _form(request, user, target, typed)


def _defaults(section: Section) -> forms.Typed:
    """A new item begins as "not sure": whoever checked it says so."""
    names = {spec.name for spec in section.fields}
    return ({"confidence": ["unsure"]} if "confidence" in names else {}) | (
        {"unit": ["hồ sơ"]} if section.slug == "le-phi" else {}
    )


async def _form(
    request: web.Request, user: User, target: Target, typed: forms.Typed, errors: dict[str, str] | None = None,
    conflict: bool = False, general: list[str] | None = None,
) -> web.StreamResponse:  # fmt: skip
    errors = errors or {}
    fields = [
        {
            "spec": spec, "values": typed.get(spec.name, []), "error": errors.get(spec.name),
            "options": display.options(spec, target.opened.procedure), "id": "f-" + spec.name.replace(".", "-"),
        }
        for spec in target.section.fields
        if spec.editable and not (spec.options_of and not display.options(spec, target.opened.procedure))
    ]  # fmt: skip
    now = None
    if conflict and target.section.attribute and target.item is not None:
        block = next(b for b in display.blocks(target.opened.procedure, today()) if b.section is target.section)
        now = block.items[target.index or 0]
    listed = target.item is not None and target.section.attribute
    context = {
        "target": target, "section": target.section, "procedure": target.opened.procedure, "fields": fields,
        "errors": errors, "general": general or [], "conflict": conflict, "now": now, "heading": _heading(target),
        "back": _address(target.opened.entry.code), "name": display.title(target.section, target.item) if listed else "",
    }  # fmt: skip
    return await render(request, user, "edit.html", context, 409 if conflict else 422 if errors or general else 200)


def _heading(target: Target) -> str:
    if target.follows:
        return f"Đổi {target.section.noun} từ một ngày"
    return f"{'Thêm' if target.index is None else 'Sửa'} {target.section.noun}"


@act(May.edit)
async def save(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST …/sua/{section}/{index}: keep the form in the working copy, or show every fault beside its field."""
    desk, code = request.app[DESK], request.match_info["code"]
    token = _token(desk, data)
    try:
        target = _target(request, follows=bool(data.get("follows")))
    except UnknownProcedure:
        return await _gone(request, user)
    typed = forms.posted(target.section, data)
    if data.get("seen") != target.seen:
        return await _form(request, user, target, typed, conflict=True)
    values, errors = forms.read(target.section, typed, target.opened.procedure)
    if target.follows:
        errors |= _follow_errors(target, values, errors)
    if errors:
        return await _form(request, user, target, typed, errors)
    try:
        item = _made(target, values)
    except msgspec.ValidationError as fault:
        return await _form(request, user, target, typed, general=[f"Nội dung chưa đúng quy định dữ liệu: {fault}"])
    changed = target.put(item)
    errors, general = _broken(target, changed)
    if errors or general:
        return await _form(request, user, target, typed, errors, general=general)
    try:
        desk.save(code, target.opened.mark, changed, user, token, _address(code))
    except Moved:
        return await _form(request, user, _target(request, target.follows), typed, conflict=True)
    await say(request, "saved", target.section.slug)
    raise web.HTTPSeeOther(_address(code))


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


def _made(target: Target, values: dict[str, Any]) -> Any:
    if target.index is not None:
        return forms.made(target.section, target.item, values)
    if target.section.slug in ("giay-to", "le-phi"):
        name = str(values[target.section.title_field])
        values = values | {"id": forms.new_id(target.section, name, target.opened.procedure)}
    return forms.made(target.section, None, values)


def _broken(target: Target, changed: Procedure) -> tuple[dict[str, str], list[str]]:
    """Rules this form's item breaks: beside their fields, or (no such field here) above the form."""
    errors: dict[str, str] = {}
    general: list[str] = []
    shown = {spec.name for spec in target.section.fields if spec.editable}
    for one in (told(fault, changed) for fault in faults(changed)):
        if not _about(target, one):
            continue
        if one.field in shown:
            errors.setdefault(one.field, one.sentence)
        else:
            general.append(one.sentence)
    return errors, general


def _about(target: Target, one: Told) -> bool:
    """Whether a fault is this form's; faults elsewhere stand on the working copy's page and block publishing."""
    if not target.section.attribute:
        return one.attribute == "" and any(spec.name == one.field and spec.editable for spec in target.section.fields)
    return one.attribute == target.section.attribute and one.index == target.place


@act(May.edit)
async def remove(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST …/sua/{section}/{index}/bo: take an item out of the working copy."""
    desk, code = request.app[DESK], request.match_info["code"]
    token = _token(desk, data)
    try:
        target = _target(request, follows=False)
    except UnknownProcedure:
        return await _gone(request, user)
    if not target.section.grows or target.index is None or data.get("seen") != target.seen:
        return await _gone(request, user)
    items = list(getattr(target.opened.procedure, target.section.attribute))
    del items[target.index]
    changed = msgspec.structs.replace(target.opened.procedure, **{target.section.attribute: items})
    try:
        desk.save(code, target.opened.mark, changed, user, token, _address(code))
    except Moved:
        return await _gone(request, user)
    await say(request, "removed", target.section.slug)
    raise web.HTTPSeeOther(_address(code))


def _token(desk: Desk, data: Any) -> str:
    """The form's token. Raises HTTPSeeOther to where the act led when the form was sent before."""
    token = str(data.get("token", ""))[:40]
    if outcome := desk.outcome(token):
        raise web.HTTPSeeOther(outcome)
    return token


async def _gone(request: web.Request, user: User) -> web.StreamResponse:
    sentence = "Mục này vừa được người khác sửa hoặc bỏ nên chưa làm theo yêu cầu. Anh/chị mở lại bản nháp để xem."
    return await message(request, user, "Mục này đã thay đổi", sentence, 409)
