"""Reading pages of the forms: the list, one form as citizens see it, its versions; and its working copy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from aiohttp import web

from bot.staff import display
from bot.staff.form_fields import EDITIONS, FIELDS, GROUPS, HEAD, OTHERS, RULES
from bot.staff.form_wording import told
from bot.staff.parts import FORM_DESK, KNOWLEDGE
from bot.staff.procedures import people, version_of
from bot.staff.roles import May
from bot.staff.session import page, render
from bot.staff.subjects import FORMS
from bot.staff.targets import content_mark
from bot.staff.users import User
from procedures_kb.form_library import valid
from procedures_kb.form_types import FormDefinition
from procedures_kb.store import Entry, Store, UnknownProcedure, today
from procedures_kb.text import clean, fold, strip_marks


def state_of(form: FormDefinition, day: dt.date) -> tuple[str, str]:
    """Whether the official edition holds, in words, with the badge's tone."""
    if valid(form, day):
        return "Đang dùng", "good"
    if form.official.effective_from > day:
        return "Chưa có hiệu lực", "warn"
    return "Đã hết hiệu lực", "bad"


@page(May.read)
async def overview(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/to-khai: every form with its state, official id, dates and procedures; found by words."""
    words = clean(request.query.get("q", ""))[:100]
    knowledge, copies = request.app[KNOWLEDGE], request.app[FORM_DESK].copies()
    rows: list[dict[str, Any]] = [
        {"entry": entry, "form": entry.form, "state": state_of(entry.form, today()), "procedures": named(knowledge, entry.form)}
        for entry in knowledge.forms() if entry.form
    ]  # fmt: skip
    held = {row["entry"].code for row in rows}
    return await render(request, user, "forms.html", {
        "rows": [row for row in rows if _matches(row["form"], row["procedures"], words)], "q": words,
        "copies": {copy.code for copy in copies}, "new": [copy for copy in copies if copy.code not in held],
    })  # fmt: skip


def _matches(form: FormDefinition, procedures: list[tuple[str, str]], words: str) -> bool:
    """Whether every word stands in the form's names, numbers or procedures; marks may be left out."""
    text = strip_marks(fold(" ".join([form.id, form.title, form.official.id, form.number, *map(" ".join, procedures)])))
    return all(word in text for word in strip_marks(fold(words)).split())


def named(knowledge: Store, form: FormDefinition) -> list[tuple[str, str]]:
    """The form's procedures as people call them."""
    found = []
    for edition in form.editions:
        try:
            entry = knowledge.get(edition.procedure)
            name = entry.procedure.short_name if entry.procedure else entry.name
            found.append((edition.procedure, name[0].upper() + name[1:]))
        except UnknownProcedure:
            found.append((edition.procedure, "không còn trong cơ sở tri thức"))
    return found


def _names(knowledge: Store, form: FormDefinition) -> dict[str, str]:
    """What the cases and papers the form names are called in its procedures."""
    found: dict[str, str] = {}
    for edition in form.editions:
        record = knowledge.get(edition.procedure).procedure if knowledge.has(edition.procedure) else None
        if record:
            found |= {case.id: case.label for case in record.cases} | {
                paper.id: paper.name for paper in record.components
            }
    return found


@page(May.read)
async def record(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/to-khai/{code}: the form in force, whole, and its history."""
    code = request.match_info["code"]
    if not request.app[KNOWLEDGE].has(code) and request.app[FORM_DESK].copy(code) and user.may(May.edit):
        raise web.HTTPSeeOther(f"{FORMS.home(code)}/sua")
    return await render(request, user, "form.html", context_of(request, request.app[KNOWLEDGE].get(code)))


@page(May.read)
async def version(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/to-khai/{code}/ban/{version}: the form as it stood in one version."""
    entry = version_of(request)
    knowledge = request.app[KNOWLEDGE]
    current = knowledge.has(entry.code) and knowledge.get(entry.code).version == entry.version
    return await render(request, user, "form.html", context_of(request, entry) | {"old": not current})


@page(May.edit)
async def working_copy(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/to-khai/{code}/sua: the working copy (or the published form) with a way to change each part."""
    desk = request.app[FORM_DESK]
    opened = desk.open(request.match_info["code"])
    problems = [told(fault, opened.record) for fault in desk.faults(opened.record)]
    context = context_of(request, opened.entry, opened.record)
    return await render(request, user, "form.html", context | {"editing": True, "opened": opened, "problems": problems})


def context_of(request: web.Request, entry: Entry, form: FormDefinition | None = None) -> dict[str, Any]:
    """What the form's page shows of one version, or of the working copy."""
    form = form or entry.form
    if form is None:
        raise UnknownProcedure(entry.code)
    day, knowledge = today(), request.app[KNOWLEDGE]
    seen = {field.id: display.item_of(FIELDS, number, field, form, day) for number, field in enumerate(form.fields)}
    groups = [
        {"group": group, "rows": display.item_of(GROUPS, n, group, form, day).rows,
         "fields": [(field, seen[field.id]) for field in group.fields]}
        for n, group in enumerate(form.groups)
    ]  # fmt: skip
    return {
        "entry": entry, "form": form, "home": FORMS.home(entry.code), "old": False, "editing": False, "opened": None,
        "problems": [], "head": display.texts(form, HEAD), "state": state_of(form, day), "groups": groups,
        "procedures": dict(named(knowledge, form)), "editions": display.blocks(form, day, [EDITIONS])[0].items,
        "rules": display.blocks(form, day, [RULES])[0].items,
        "others": [block for block in display.blocks(form, day, OTHERS) if block.items],
        "history": knowledge.history(entry.code), "people": people(request), "states": display.STATES,
        "seen_of": content_mark, "names": _names(knowledge, form), "copy": request.app[FORM_DESK].copy(entry.code),
    }  # fmt: skip
