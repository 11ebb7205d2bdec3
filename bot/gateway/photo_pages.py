"""Pictures and PDF files for the components of a dossier: send, look, order, take away, get the combined PDF."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.csrf import check_csrf, csrf_token
from bot.gateway import said
from bot.gateway.draft_pages import own_draft
from bot.gateway.incoming import Rejected
from bot.gateway.parts import DRAFTS, SETTINGS
from bot.gateway.uploads import Upload
from bot.submissions.completeness import Line, State, verdict_of
from bot.submissions.draft import Draft, UnknownDraft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.photos.apart import apart
from bot.submissions.photos.cleaning import Cleaned
from bot.submissions.photos.opening import Unusable
from bot.submissions.photos.store import Photos
from procedures_kb.store import today

PHOTOS = web.AppKey("photos", Photos)
WORKING = web.AppKey("photo_working", asyncio.Semaphore)
AREA = "photos"


def components(draft: Draft) -> list[Line]:
    """The components of this case a picture may be sent for: whatever is to be handed in, or was sent already.

    What is only shown at the counter (an identity card above all) is not photographed: nobody may ask for a copy of it.
    """
    lines = verdict_of(draft, form_of_draft(draft), today()).lines
    wanted = {line.id for line in lines if line.state is State.bring and not line.only_shown}
    return [line for line in lines if line.id in wanted or line.attached or line.id in draft.content.reopened]


def may_change(draft: Draft, component: str) -> bool:
    """Whether files of a component may be sent or taken away: while filling in, or when an officer reopened just this."""
    return draft.state == "open" or (draft.state == "returned" and component in draft.content.reopened)


async def page(request: web.Request) -> web.Response:
    """GET /ho-so/{draft}/giay-to: every component with its files."""
    draft = await own_draft(request)
    if draft.state == "offered":
        raise web.HTTPSeeOther(f"/ho-so/{draft.id}")
    lines = components(draft)
    known = {line.id for line in lines}
    rows: list[dict[str, Any]] = [
        {"id": line.id, "name": line.name, "label": line.label, "note": line.condition or line.note, "takes": may_change(draft, line.id),
         "files": [one for one in draft.attached if one.component == line.id]}
        for line in lines
    ]  # fmt: skip
    for component in dict.fromkeys(one.component for one in draft.attached if one.component not in known):
        files = [one for one in draft.attached if one.component == component]
        rows.append(
            {
                "id": component,
                "name": "Giấy tờ trường hợp này không còn cần",
                "label": "Bỏ được",
                "note": "",
                "takes": False,
                "files": files,
            }
        )
    context = {
        "draft": draft, "form": form_of_draft(draft), "rows": rows, "csrf": await csrf_token(request),
        "said": said.take(request, draft.id, AREA), "limit": request.app[SETTINGS].attachment_mb,
    }  # fmt: skip
    return aiohttp_jinja2.render_template("photos.html", request, context)


async def add_files(request: web.Request) -> web.Response:
    """POST …/giay-to/{component}: one or several files; those that cannot be used are named, the others are kept."""
    draft = await own_draft(request)
    component = request.match_info["component"]
    if not may_change(draft, component) or component not in {line.id for line in components(draft)}:
        raise Rejected("not_found")
    added, faults, number = 0, [], 0
    upload = Upload(request)
    try:
        async for data in upload.files():
            number += 1
            try:
                async with request.app[WORKING]:
                    cleaned = await apart("clean", data, Cleaned)
                # The draft may have been erased or finished while the picture was worked on.
                draft = await own_draft(request)
                if not may_change(draft, component):
                    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")
                request.app[PHOTOS].add(draft, component, cleaned)
                added += 1
            except UnknownDraft:
                raise Rejected("not_found") from None
            except Unusable as fault:
                faults.append(f"Tệp thứ {number}: {fault}" if number > 1 else str(fault))
    except Unusable as fault:
        faults.append(str(fault))
    if not number and not faults:
        faults.append("Anh/chị chưa chọn tệp nào.")
    good = [f"Em đã nhận {added} tệp."] if added else []
    said.keep(request, draft.id, AREA, [*good, *faults])
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}/giay-to")


async def change_file(request: web.Request) -> web.Response:
    """POST …/anh/{photo}: take away (``bo``), or move before (``len``) or after (``xuong``) its neighbour."""
    draft = await own_draft(request)
    act = (await check_csrf(request)).get("act")
    photo, photos = request.match_info["photo"], request.app[PHOTOS]
    found = next((one for one in draft.attached if one.id == photo), None)
    if found is None or not may_change(draft, found.component):
        raise web.HTTPSeeOther(f"/ho-so/{draft.id}/giay-to")
    if act == "bo":
        photos.remove(draft, photo)
    elif act in ("len", "xuong"):
        photos.move(draft, photo, -1 if act == "len" else 1)
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}/giay-to")


async def small(request: web.Request) -> web.Response:
    """GET …/anh/{photo}.jpg: the small picture, for the person who sent it."""
    draft = await own_draft(request)
    data = request.app[PHOTOS].small(draft, request.match_info["photo"])
    if data is None:
        raise Rejected("not_found")
    return web.Response(body=data, content_type="image/jpeg")


async def component_pdf(request: web.Request) -> web.Response:
    """GET …/giay-to/{component}.pdf: the component's files as one PDF, ready for the portal."""
    draft = await own_draft(request)
    component = request.match_info["component"]
    data = request.app[PHOTOS].pdf_of(draft, component)
    if data is None:
        raise Rejected("not_found")
    return web.Response(
        body=data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{component}.pdf"'},
    )


def add(app: web.Application) -> None:
    """Add the routes."""
    app[PHOTOS] = Photos(app[DRAFTS], app[SETTINGS].attachment_mb * 1024**2)
    app[WORKING] = asyncio.Semaphore(1)  # a large picture takes a core and 300 MB for a moment
    one = r"/ho-so/{draft:[\w\-]{16,40}}"
    app.add_routes([
        web.get(one + "/giay-to", page),
        web.get(one + r"/giay-to/{component:[a-z0-9_]{1,60}}.pdf", component_pdf),
        web.post(one + r"/giay-to/{component:[a-z0-9_]{1,60}}", add_files),
        web.get(one + r"/anh/{photo:[\w\-]{8,40}}.jpg", small),
        web.post(one + r"/anh/{photo:[\w\-]{8,40}}", change_file),
    ])  # fmt: skip
