"""Releases in the console: what was published, what waits for its day, what imports found, and going one step back."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.staff import queries
from bot.staff.parts import KNOWLEDGE, USERS
from bot.staff.procedures import people
from bot.staff.roles import May
from bot.staff.session import act, message, page, render, say
from bot.staff.subjects import FORMS
from bot.staff.users import User
from procedures_kb import releases, sources
from procedures_kb.store import UnknownProcedure

SHOWN = 30
DRAFTS_SHOWN = 50
HOME = "/staff/cong-bo"
_FIELDS = {
    "components": "giấy tờ", "fees": "phí, lệ phí", "exemptions": "miễn giảm", "durations": "thời hạn", "places": "nơi nộp",
    "steps": "trình tự", "eligibility": "điều kiện", "online": "trực tuyến", "cases": "trường hợp", "aliases": "tên gọi",
    "example_questions": "câu hỏi mẫu", "overview": "giới thiệu", "legal_basis": "căn cứ", "sources": "nguồn", "new": "mới",
    "note_for_staff": "ghi chú", "short_name": "tên gọi trong câu", "forms": "mẫu đơn", "results": "kết quả",
}  # fmt: skip


@page(May.read)
async def overview(request: web.Request, user: User) -> web.StreamResponse:
    """GET /staff/cong-bo: releases, what waits for its day, and changes found by imports."""
    store = request.app[KNOWLEDGE]
    listed = [store.release_row(release.number) for release in queries.releases(store, SHOWN)]
    waiting = sources.drafts(store)
    return await render(request, user, "releases.html", {
        "releases": [row for row in listed if row], "scheduled": store.scheduled(), "people": people(request),
        "drafts": waiting[:DRAFTS_SHOWN], "drafts_count": len(waiting), "vanished": sources.vanished(store),
        "field_names": {name: label.lower() for name, label in FORMS.parts.items()} | _FIELDS,
    })  # fmt: skip


@act(May.publish)
async def roll_back(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/cong-bo/lui: undo the release in force, if it is still the one the officer saw."""
    store = request.app[KNOWLEDGE]
    if data.get("release") == str(store.release()):
        number = releases.roll_back(store, user.name)
        request.app[USERS].note(user.name, "rolled back", f"release {number - 1}", f"release {number}")
        await say(request, "rolled_back")
    raise web.HTTPSeeOther(HOME)


@act(May.publish)
async def unschedule(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/cong-bo/lich/{version}/huy: take a waiting version back."""
    version = int(request.match_info["version"])
    try:
        request.app[KNOWLEDGE].unschedule(version)
    except UnknownProcedure:
        raise web.HTTPSeeOther(HOME) from None  # it took effect or was taken back meanwhile; the page shows which
    request.app[USERS].note(user.name, "unscheduled", f"version {version}")
    await say(request, "unscheduled")
    raise web.HTTPSeeOther(HOME)


@act(May.publish)
async def decide(request: web.Request, user: User, data: Any) -> web.StreamResponse:
    """POST /staff/cong-bo/nhap/{version}/{nhan|bo}: accept or leave a change an import found."""
    version, accepted = int(request.match_info["version"]), request.match_info["act"] == "nhan"
    try:
        if accepted:
            sources.accept(request.app[KNOWLEDGE], version, user.name)
        else:
            sources.discard(request.app[KNOWLEDGE], version)
    except UnknownProcedure:
        raise web.HTTPSeeOther(HOME) from None
    except sources.BrokenDraft as fault:
        said = f"Tờ khai này không còn khớp với các thủ tục đang công bố nên chưa nhận được: {fault}"
        return await message(request, user, "Chưa nhận được", said, 409)
    request.app[USERS].note(user.name, "import accepted" if accepted else "import left", f"version {version}")
    await say(request, "accepted" if accepted else "draft_left")
    raise web.HTTPSeeOther(HOME)
