""" "Xem thử": the working copy as the page a citizen would fill in. Nothing is kept: each answer lives in the page only."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from aiohttp import web

from bot.staff.form_pages import named
from bot.staff.parts import FORM_DESK, KNOWLEDGE
from bot.staff.roles import May
from bot.staff.session import act, page, render
from bot.staff.subjects import FORMS
from bot.staff.users import User
from bot.submissions import documents, draft_view, filling
from bot.submissions.draft import Content, Draft
from bot.submissions.values import CannotRead
from procedures_kb.form_library import bind
from procedures_kb.form_model import FormDefinition, asked_fields
from procedures_kb.form_types import ROW
from procedures_kb.store import UnknownProcedure, now, today

_ROW = re.compile(rf"([a-z][a-z0-9_]*{ROW}\d{{1,3}})(?:{ROW}[a-z0-9_]+)?")


def _form(request: web.Request) -> FormDefinition:
    """The working copy as one of its procedures uses it: the one the address names, else the first."""
    form = request.app[FORM_DESK].open(request.match_info["code"]).record
    wanted = request.query.get("thu-tuc", form.editions[0].procedure)
    for edition in form.editions:
        if edition.procedure == wanted:
            return bind(form, edition)
    raise UnknownProcedure(wanted)


def _draft(form: FormDefinition, content: Content) -> Draft:
    """A draft that stands in no store."""
    return Draft(
        id="", procedure=form.procedure, form=form.id, state="open", channel="web", release=0, created_at=now(), expires_at=now(),
        content=content,
    )  # fmt: skip


@page(May.edit)
async def preview(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/to-khai/{code}/xem-thu: the empty page."""
    return await _page(request, user, Content(), {}, {})


@act(May.edit)
async def answer(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/to-khai/{code}/xem-thu: the page as it would be after these answers."""
    form, content = _form(request), Content()
    errors: dict[str, str] = {}
    typed: dict[str, str] = {}
    for key in data:
        if (row := _ROW.fullmatch(key)) and any(g.repeat and row[1].startswith(g.repeat.id + ROW) for g in form.groups):
            content.values[row[1]] = "1"
    done: set[str] = set()
    while pending := [field for field in asked_fields(form, content.values) if field.id not in done]:
        field = pending[0]
        done.add(field.id)
        sent = ", ".join(value for value in data.getall(field.id, []) if isinstance(value, str))[:1000]
        if not sent.strip() or (field.composed and sent == filling.composed(form, field, content.values)):
            continue
        try:
            filling.put(form, content, field.id, sent, "page", today())
        except CannotRead as fault:
            errors[field.id], typed[field.id] = str(fault), sent
    _rows(form, content, str(data.get("add_row") or ""), str(data.get("remove_row") or ""))
    return await _page(request, user, content, errors, typed, finished=bool(data.get("finish")))


def _rows(form: FormDefinition, content: Content, add: str, remove: str) -> None:
    try:
        if add:
            filling.add_row(form, content, add)
        if remove:
            group, _, number = remove.rpartition(ROW)
            filling.remove_row(form, content, group, int(number))
    except (CannotRead, KeyError, ValueError):
        pass  # as many or as few rows as there can be, or a button of another page


async def _page(
    request: web.Request, user: User, content: Content, errors: dict[str, str], typed: dict[str, str], finished: bool = False
) -> web.StreamResponse:  # fmt: skip
    form, knowledge = _form(request), request.app[KNOWLEDGE]
    draft = _draft(form, content)
    findings = filling.findings(form, content, today()) if content.values or finished else []
    code = request.match_info["code"]
    return await render(request, user, "form_preview.html", {
        "form": form, "draft": draft, "code": code, "home": FORMS.home(code), "procedure": form.procedure,
        "sections": draft_view.sections(form, draft, errors, typed, findings),
        "blocking": [finding for finding in findings if finding.blocks] if finished else [],
        "procedures": named(knowledge, request.app[FORM_DESK].open(code).record), "finished": finished,
        "chat": [field for field in asked_fields(form, content.values) if not field.composed],
    })  # fmt: skip


@page(May.edit)
async def pdf(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/to-khai/{code}/xem-thu.pdf: the paper with nothing filled in."""
    form = _form(request)
    body = await asyncio.to_thread(documents.form_pdf, _draft(form, Content()), form, "")
    return web.Response(
        body=body, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="xem-thu.pdf"'}
    )
