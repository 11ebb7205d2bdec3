"""The page that fills fields in from a card, a login or an earlier draft, and the way to the identity provider and back."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Awaitable

import aiohttp_jinja2
import aiohttp_session
import msgspec
from aiohttp import web
from aiohttp_session import Session
from cachetools import TTLCache

from bot.channels.web import sender_of
from bot.csrf import check_csrf, csrf_token
from bot.gateway import draft_saving, said
from bot.gateway.draft_pages import OPENED, own_draft
from bot.gateway.incoming import Rejected
from bot.gateway.parts import DRAFTS, SETTINGS
from bot.gateway.uploads import Upload
from bot.limits import Limit
from bot.submissions import protecting
from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.permissions import Permissions
from bot.submissions.photos.opening import Unusable
from bot.submissions.prefill import registry
from bot.submissions.prefill.base import CannotPrefill, Facts, Given, Login, SourceDown
from bot.submissions.prefill.earlier import person_of
from bot.submissions.prefill.identity import Identity, is_stand_in
from bot.submissions.prefill.taking_over import accept_offer, offered, persons, take_over
from procedures_kb.store import today

LOGIN = "identity_login"  # key of the sealed session
AREA = "prefill"
LOGIN_SECONDS = 600
USED = web.AppKey("used_states", TTLCache[str, bool])  # a login's answer is taken once
DECODING = web.AppKey("decoding", asyncio.Semaphore)
LOGIN_LIMIT = web.AppKey("login_limit", Limit)
STRANGE = "Lần đăng nhập này không còn dùng được. Anh/chị bấm “Lấy từ VNeID” để đăng nhập lại giúp em."
BY_HAND = "Anh/chị tự điền tiếp ở trang tờ khai nhé."


async def page(request: web.Request) -> web.Response:
    """GET /ho-so/{draft}/dien-san: the sources, what came of the last one, and what waits for the person's word."""
    draft = await _open_draft(request)
    session = await aiohttp_session.get_session(request)
    form, settings = form_of_draft(draft), request.app[SETTINGS]
    earlier = Permissions(request.app[DRAFTS]).earlier(draft, _held(request, session))
    offer = draft.content.offer
    context = {
        "draft": draft, "form": form, "csrf": await csrf_token(request), "said": said.take(request, draft.id, AREA),
        "people": persons(form, draft.content), "offer": offered(form, draft.content),
        "offer_source": protecting.SOURCES.get(offer.source, offer.source) if offer else "",
        "sources": {source.name: source for source in registry.offered(settings)}, "stand_in": is_stand_in(settings),
        "earlier": _masked(person_of(earlier).name) if earlier else "",
    }  # fmt: skip
    return aiohttp_jinja2.render_template("prefill.html", request, context)


async def picture(request: web.Request) -> web.Response:
    """POST …/dien-san/anh: a picture of the card's QR code. It is decoded in memory and dropped."""
    draft = await _open_draft(request)
    upload = Upload(request)
    try:
        data = await anext(upload.files(), b"")
        if not data:
            raise Unusable("Anh/chị chưa chọn ảnh. Chụp mã QR trên thẻ rồi gửi giúp em.")
        async with request.app[DECODING]:
            facts = await registry.source("qr").facts(request.app[SETTINGS], Given(picture=data))
    except (Unusable, CannotPrefill) as fault:
        said.keep(request, draft.id, AREA, [str(fault), BY_HAND])
    else:
        await _take(request, draft, facts, upload.fields.get("person", ""))
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}/dien-san")


async def from_source(request: web.Request) -> web.Response:
    """POST …/dien-san/nguon/{source}: a source that needs nothing but a click."""
    draft = await _open_draft(request)
    data = await check_csrf(request)
    settings, name = request.app[SETTINGS], request.match_info["source"]
    if name not in {source.name for source in registry.offered(settings) if source.way == "draft"}:
        raise Rejected("not_found")
    session = await aiohttp_session.get_session(request)
    earlier = Permissions(request.app[DRAFTS]).earlier(draft, _held(request, session))
    await _ask(
        request, draft, registry.source(name).facts(settings, Given(earlier=earlier)), str(data.get("person", ""))
    )
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}/dien-san")


async def decide(request: web.Request) -> web.Response:
    """POST …/dien-san/chon: take what the source has, or keep what stands there."""
    draft = await _open_draft(request)
    data = await check_csrf(request)
    form = form_of_draft(draft)

    def act(newest: Draft, outcome: draft_saving.Outcome) -> list[str]:
        had, outcome.act = newest.content.offer is not None, "prefilled"
        if data.get("act") == "nhan":
            return accept_offer(form, newest.content)
        newest.content.offer, outcome.act = None, "offer declined"
        return ["-"] if had else []

    _change(request, draft, act)
    raise web.HTTPSeeOther(f"/ho-so/{draft.id}")


async def login(request: web.Request) -> web.Response:
    """GET …/vneid: send the browser to the provider. State, nonce and verifier wait in the sealed session."""
    draft = await _open_draft(request)
    settings = request.app[SETTINGS]
    identity = Identity()
    if not identity.is_on(settings):
        raise Rejected("not_found")
    if not await request.app[LOGIN_LIMIT].allows(draft.id):
        raise Rejected("too_many")
    try:
        begun, address = await identity.begin(settings, f"{settings.base_url}/dang-nhap/ve")
    except CannotPrefill as fault:
        said.keep(request, draft.id, AREA, [str(fault)])
        raise web.HTTPSeeOther(f"/ho-so/{draft.id}/dien-san") from None
    session = await aiohttp_session.get_session(request)
    session[LOGIN] = {
        **msgspec.to_builtins(begun),
        "draft": draft.id,
        "person": request.query.get("nguoi", "")[:40],
        "at": time.time(),
    }
    raise web.HTTPSeeOther(address)


async def login_back(request: web.Request) -> web.Response:
    """GET /dang-nhap/ve: the provider sends the browser back. One answer is taken once, in the browser that asked."""
    session = await aiohttp_session.get_session(request)
    waiting = session.pop(LOGIN, None)
    state = request.query.get("state", "")
    if not isinstance(waiting, dict):
        raise Rejected("not_found")
    draft_id = str(waiting["draft"])
    back = web.HTTPSeeOther(f"/ho-so/{draft_id}/dien-san")
    used = request.app[USED]
    fresh = time.time() - float(waiting["at"]) <= LOGIN_SECONDS and str(waiting["state"]) not in used
    if not (fresh and hmac.compare_digest(state.encode(), str(waiting["state"]).encode())):
        said.keep(request, draft_id, AREA, [STRANGE])
        raise back
    used[str(waiting["state"])] = True
    code = request.query.get("code", "")[:2_000]
    if not code:
        said.keep(request, draft_id, AREA, ["Anh/chị đã dừng đăng nhập VNeID, em không lấy thông tin gì.", BY_HAND])
        raise back
    request.match_info["draft"] = draft_id
    draft = await _open_draft(request)
    begun = Login(**{name: str(waiting[name]) for name in ("state", "nonce", "verifier", "redirect_uri")}, code=code)
    await _ask(request, draft, Identity().facts(request.app[SETTINGS], Given(login=begun)), str(waiting["person"]))
    raise back


async def _ask(request: web.Request, draft: Draft, asked: Awaitable[Facts], role: str) -> None:
    try:
        facts = await asked
    except CannotPrefill as fault:
        said.keep(request, draft.id, AREA, [str(fault)] if isinstance(fault, SourceDown) else [str(fault), BY_HAND])
    else:
        await _take(request, draft, facts, role)


async def _take(request: web.Request, draft: Draft, facts: Facts, role: str) -> None:
    """Put the facts into the newest draft and say in words what came of it."""
    form = form_of_draft(draft)
    known = [person.role for person in persons(form, draft.content)]
    role = role if role in known else (known[0] if known else "")
    told: list[str] = []

    def act(newest: Draft, outcome: draft_saving.Outcome) -> list[str]:
        taken = take_over(form, newest.content, facts, role, today())
        outcome.act = "prefilled"
        source = protecting.SOURCES.get(facts.source, facts.source)
        labels = ", ".join(form.field(field_id).label.lower() for field_id in taken.filled)
        told.clear()
        if taken.filled:
            told.append(f"Em đã điền {len(taken.filled)} mục ({source}): {labels}.")
        if taken.differing:
            told.append(
                f"Có {len(taken.differing)} mục khác với phần đã ghi. Anh/chị chọn bên nào đúng ở ngay dưới đây."
            )
        if not (taken.filled or taken.differing):
            told.append("Tờ khai đã có đủ những thông tin này, em không thay gì.")
        return [*taken.filled, *taken.differing]

    _change(request, draft, act)
    said.keep(request, draft.id, AREA, [*told, *facts.notes])


def _change(request: web.Request, draft: Draft, act: draft_saving.Act) -> None:
    try:
        draft_saving.change(request.app[DRAFTS], draft.id, form_of_draft(draft), act)
    except draft_saving.Closed:
        raise web.HTTPSeeOther(f"/ho-so/{draft.id}") from None


async def _open_draft(request: web.Request) -> Draft:
    draft = await own_draft(request)
    if draft.state != "open":
        raise web.HTTPSeeOther(f"/ho-so/{draft.id}")
    return draft


def _held(request: web.Request, session: Session) -> list[str]:
    """The drafts this browser holds: opened by their one-time link here, or of this conversation."""
    return [*session.get(OPENED, []), *request.app[DRAFTS].ids_of(sender_of(session))]


def _masked(name: str) -> str:
    """Enough of a name to know one's own by: the first and last letters of its words."""
    return (
        " ".join(word if len(word) < 3 else f"{word[0]}{'•' * (len(word) - 1)}" for word in name.split())
        or "người trước"
    )


def add(app: web.Application) -> None:
    """Add the routes."""
    app[USED], app[DECODING] = TTLCache(10_000, LOGIN_SECONDS), asyncio.Semaphore(2)
    app[LOGIN_LIMIT] = Limit(10, 60.0)
    one = r"/ho-so/{draft:[\w\-]{16,40}}"
    app.add_routes([
        web.get(one + "/dien-san", page),
        web.post(one + "/dien-san/anh", picture),
        web.post(one + "/dien-san/nguon/{source:[a-z_]{1,30}}", from_source),
        web.post(one + "/dien-san/chon", decide),
        web.get(one + "/vneid", login),
        web.get("/dang-nhap/ve", login_back),
    ])  # fmt: skip
