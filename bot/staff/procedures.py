"""Reading pages of the knowledge base: home with the work list, finding, one record, its versions and differences."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from aiohttp import web

from bot.staff import display, queries
from bot.staff.parts import DESK, FORM_DESK, KNOWLEDGE, USERS
from bot.staff.roles import May
from bot.staff.session import page, render
from bot.staff.subjects import subject_of
from bot.staff.users import User
from procedures_kb import listing
from procedures_kb.facts import ASPECTS
from procedures_kb.model import State
from procedures_kb.store import Entry, UnknownProcedure, today

RELEASES_SHOWN = 8
ASPECT_LABELS = dict(zip(ASPECTS, [
    "Giới thiệu", "Thành phần hồ sơ", "Phí, lệ phí", "Thời hạn", "Nơi nộp", "Trình tự", "Điều kiện", "Mẫu đơn",
    "Kết quả", "Căn cứ pháp lý", "Làm trực tuyến",
], strict=True))  # fmt: skip


@page(May.read)
async def home(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff: what stands, what was published last, what waits for work."""
    knowledge = request.app[KNOWLEDGE]
    records = [entry.procedure for entry in queries.reviewed(knowledge) if entry.procedure]
    work = [fact for procedure in records for fact in display.unsure_facts(procedure, today())]
    counts = sorted(knowledge.count().items(), key=_published_first)
    context = {
        "counts": [(display.STATES[State(state)], state, number) for state, number in counts],
        "releases": queries.releases(knowledge, RELEASES_SHOWN), "people": people(request),
        "copies": request.app[DESK].copies(), "form_copies": request.app[FORM_DESK].copies(), "work": [list(rows) for _, rows in groupby(work, lambda u: u.code)],
        "work_count": len(work), "copied": {copy.code for copy in request.app[DESK].copies()},
    }  # fmt: skip
    return await render(request, user, "home.html", context)


def _published_first(count: tuple[str, int]) -> tuple[bool, str]:
    return count[0] == State.imported, count[0]


def people(request: web.Request) -> dict[str, str]:
    """Display names by account name; the authors that are no accounts have words of their own."""
    return {"catalog": "bộ dữ liệu kèm sản phẩm"} | request.app[USERS].display_names()


@page(May.read)
async def find(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/thu-tuc: find procedures by words, code or state."""
    words, state = request.query.get("q", "")[:200], request.query.get("state", "")
    states = {
        State.published.value: display.STATES[State.published],
        State.imported.value: display.STATES[State.imported],
    }
    state = state if state in states else ""
    number = request.query.get("trang", "1")
    found = listing.find(request.app[KNOWLEDGE], words, state, int(number) if re.fullmatch("[0-9]{1,4}", number) else 1)
    copies = {copy.code for copy in request.app[DESK].copies()}
    context = {"q": words, "state": state, "states": states, "found": found, "copies": copies, "labels": display.STATES}
    return await render(request, user, "find.html", context)


@page(May.read)
async def record(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/thu-tuc/{code}: the record in force, whole, and its history."""
    entry = request.app[KNOWLEDGE].get(request.match_info["code"])
    return await render(request, user, "record.html", record_context(request, entry))


@page(May.read)
async def version(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/thu-tuc/{code}/ban/{version}: the record as it stood in one version."""
    entry = version_of(request)
    current = request.app[KNOWLEDGE].get(entry.code).version == entry.version
    return await render(request, user, "record.html", record_context(request, entry) | {"old": not current})


@page(May.read)
async def version_difference(request: web.Request, user: User) -> web.StreamResponse:
    """GET …/{code}/ban/{version}/khac: what that version changed."""
    entry, subject = version_of(request), subject_of(request)
    history = request.app[KNOWLEDGE].history(entry.code)
    row = next(row for row in history if row["id"] == entry.version)
    earlier = next((row for row in history if row["id"] < entry.version), None)
    before = request.app[KNOWLEDGE].at_version(earlier["id"]) if earlier else None
    changes = None
    if before and before.published and entry.published:
        changes = subject.difference(before.published, entry.published)
    context = {
        "subject": subject, "entry": entry, "row": row, "earlier": earlier, "changes": changes, "people": people(request),
        "before_imported": before is not None and before.imported is not None,
    }  # fmt: skip
    return await render(request, user, "difference.html", context)


def version_of(request: web.Request) -> Entry:
    """The version the address names. Raises UnknownProcedure."""
    entry = request.app[KNOWLEDGE].at_version(int(request.match_info["version"]))
    if entry.code != request.match_info["code"]:
        raise UnknownProcedure(request.match_info["code"])
    return entry


def record_context(request: web.Request, entry: Entry) -> dict[str, Any]:
    """What the record's page shows of one version; the working copy's page shows it with its own procedure."""
    procedure = entry.procedure
    return {
        "entry": entry, "procedure": procedure, "imported": entry.imported, "old": False, "editing": False,
        "texts": display.texts(procedure) if procedure else [], "aspects": ASPECT_LABELS,
        "blocks": display.blocks(procedure, today()) if procedure else [], "state": display.STATES[entry.state],
        "history": request.app[KNOWLEDGE].history(entry.code), "people": people(request), "states": display.STATES,
        "copy": request.app[DESK].copy(entry.code) if procedure else None,
    }  # fmt: skip
