"""The public read interface ``/api/v1``: procedures, points, fee quotes, deadlines, releases. No personal data."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import msgspec
from aiohttp import web

from bot.gateway import public_answers as answers
from bot.gateway.incoming import Rejected, json_response
from bot.gateway.parts import KNOWLEDGE, PUBLIC_LIMIT, SETTINGS
from bot.gateway.public_openapi import document
from procedures_kb import releases
from procedures_kb.facts import on_day
from procedures_kb.listing import find
from procedures_kb.model import Procedure
from procedures_kb.points import Point, points
from procedures_kb.replaced import replacement
from procedures_kb.rules.competence import competence, nearest, question
from procedures_kb.rules.deadlines import deadlines
from procedures_kb.rules.fees import Asked, Quote, quote
from procedures_kb.store import HANOI, Entry, Store, UnknownProcedure, today
from procedures_kb.units import resolve, units

Question = TypeVar("Question")
CACHE = "public, max-age=60"
ASKED, ASKED_SECONDS = 600, 10.0  # questions of one address in so many seconds; an office may share one address
NOTICE = (
    "Thủ tục này lấy từ dữ liệu quốc gia, cán bộ thành phố chưa kiểm tra; xem chi tiết trên Cổng Dịch vụ công quốc gia."
)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def limited(handler: Handler) -> Handler:
    """The handler, refusing an address that asks too much: a search costs milliseconds that citizens' turns need."""

    @functools.wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if not await request.app[PUBLIC_LIMIT].allows(request.remote or ""):
            raise Rejected("too_many")
        return await handler(request)

    return guarded


def asked(request: web.Request, kind: type[Question]) -> Question:
    """The query as a checked question. Raises Rejected naming the field."""
    try:
        return msgspec.convert(dict(request.query), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Rejected("bad_field", str(error)) from error


def entry_of(store: Store, code: str, day: dt.date | None = None) -> Entry:
    """The record of a code with or without agency suffix. Raises Rejected."""
    try:
        return store.as_of(code[:8], day) if day else store.get(code[:8])
    except UnknownProcedure:
        raise Rejected("no_procedure", code[:8]) from None


def reviewed(store: Store, code: str, day: dt.date | None = None) -> Procedure:
    """The reviewed record of a code. Raises Rejected, also when nobody has reviewed it."""
    entry = entry_of(store, code, day)
    if entry.procedure is None:
        raise Rejected("not_reviewed", entry.code)
    return entry.procedure


def _answer(value: Any) -> web.Response:
    response = json_response(value)
    response.headers["Cache-Control"] = CACHE
    response.headers["Access-Control-Allow-Origin"] = "*"  # public facts, no cookies are read
    return response


async def list_procedures(request: web.Request) -> web.Response:
    """GET /api/v1/procedures: list and search."""
    query, store = asked(request, answers.ListQuestion), request.app[KNOWLEDGE]
    found = find(store, query.q, query.state, query.page, query.field)
    return _answer(
        answers.ListAnswer(
            release=store.release(), total=found.total, page=found.number, pages=found.pages,
            procedures=[
                answers.Listed(
                    code=row.code, name=row.name, short_name=row.short_name, field=row.field,
                    state=cast(Any, row.state), page=f"/thu-tuc/{row.code}",
                )
                for row in found.rows
            ],
        )
    )  # fmt: skip


async def show_procedure(request: web.Request) -> web.Response:
    """GET /api/v1/procedures/{code}: one record, with the facts of a day."""
    query, store = asked(request, answers.ProcedureQuestion), request.app[KNOWLEDGE]
    day = query.as_of or today()
    entry = entry_of(store, request.match_info["code"], query.as_of)
    procedure = entry.procedure
    if procedure and query.case and query.case not in {case.id for case in procedure.cases}:
        raise Rejected("bad_field", f"case: {query.case}")
    imported = entry.imported
    return _answer(
        answers.ProcedureAnswer(
            code=entry.code, name=entry.name, state=entry.state.value, release=entry.release, as_of=day,
            replaced_by=(procedure.replaced_by if procedure else None) or replacement(entry.code),
            portal=(procedure.sources[0].url if procedure else imported.url if imported else None) or None,
            agency=imported.agency or None if imported else None,
            procedure=on_day(procedure, day, query.case) if procedure else None,
            notice=None if procedure else NOTICE,
        )
    )  # fmt: skip


async def list_points(request: web.Request) -> web.Response:
    """GET /api/v1/points: points of reception, nearest first when a place is given, those of a procedure when asked."""
    query, store = asked(request, answers.PointsQuestion), request.app[KNOWLEDGE]
    known = points(store)
    unit, ask, choices = query.unit, None, []
    if unit and unit not in units():
        raise Rejected("bad_field", f"unit: {unit}")
    if query.address:
        said = resolve(query.address)
        unit = said.units[0] if said.units and not said.question else None
        ask = question(said) if said.question else None
        choices = [{"code": code, "name": units()[code].full_name} for code in said.units] if ask else []
    standing = [p for p in known.values() if query.kind is None or p.kind is query.kind]
    if query.procedure:
        places = competence(
            reviewed(store, query.procedure),
            known.values(),
            today(),
            units()[unit].full_name if unit else query.address,
        )
        receiving = {identifier for place in places for identifier in place.received_by}
        standing = [p for p in standing if p.id in receiving]
        ask = ask or next((place.ask for place in places if place.ask), None)
    now = dt.datetime.now(HANOI)
    near = nearest(standing, _origin(query, unit), now, query.limit)
    return _answer(
        answers.PointsAnswer(
            unit=unit, ask=ask, choices=choices,
            points=[
                answers.Distance(
                    point=_point(n.point), distance_km=n.distance if query.near or unit else None,
                    open_now=n.state.open_now, until=n.state.until, reopens=n.state.reopens, directions=n.directions,
                )
                for n in near
            ],
        )
    )  # fmt: skip


_MIDDLE = (21.0285, 105.8542)  # the city's middle: only an order to list in when no place is given


def _origin(query: answers.PointsQuestion, unit: str | None) -> tuple[float, float] | str:
    if query.near:
        latitude, longitude = (float(part) for part in query.near.split(","))
        return latitude, longitude
    return unit or _MIDDLE


def _point(point: Point) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(point)
    return plain


async def fee_quote(request: web.Request) -> web.Response:
    """GET /api/v1/fees/quote: what one dossier costs, by channel, counts and exemptions."""
    query, store = asked(request, answers.FeeQuestion), request.app[KNOWLEDGE]
    procedure = reviewed(store, query.procedure, query.as_of)
    try:
        result: Quote = quote(
            procedure,
            Asked(
                on=query.as_of or today(), channel=query.channel, case=query.case, copies=query.copies,
                pages=query.pages, persons=query.persons, groups=_listed(query.groups),
                conditions=_listed(query.conditions),
            ),
        )  # fmt: skip
    except ValueError as error:
        raise Rejected("bad_field", str(error)) from error
    return _answer(result)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


async def deadline(request: web.Request) -> web.Response:
    """GET /api/v1/deadline: when the result is due."""
    query, store = asked(request, answers.DeadlineQuestion), request.app[KNOWLEDGE]
    received = query.received or dt.datetime.now(HANOI)
    received = received.replace(tzinfo=HANOI) if received.tzinfo is None else received.astimezone(HANOI)
    if not 2000 <= received.year <= 2100:
        raise Rejected("bad_field", "received: 2000–2100")
    procedure = reviewed(store, query.procedure)
    if query.case and query.case not in {case.id for case in procedure.cases}:
        raise Rejected("bad_field", f"case: {query.case}")
    hours = None
    if query.point:
        point = points(store).get(query.point)
        if point is None:
            raise Rejected("bad_field", f"point: {query.point}")
        hours = point.hours or None
    found = deadlines(procedure, received, query.case, hours)
    return _answer(
        answers.DeadlineAnswer(
            procedure=procedure.code, received=received,
            deadlines=[msgspec.convert(due, answers.DueAnswer, from_attributes=True) for due in found],
        )
    )  # fmt: skip


async def release(request: web.Request) -> web.Response:
    """GET /api/v1/release: number, notes and differences of the release in force."""
    store = request.app[KNOWLEDGE]
    row = store.release_row(store.release())
    return _answer(
        answers.ReleaseAnswer(
            release=store.release(), created_at=row["created_at"] if row else None, notes=row["notes"] if row else None,
            changes=row["changes"] if row else [], file="/api/v1/release/file",
        )
    )  # fmt: skip


async def release_file(request: web.Request) -> web.StreamResponse:
    """GET /api/v1/release/file: the release in force as one file; with If-None-Match 304 when nothing is new."""
    configuration = request.app[SETTINGS]
    path = await asyncio.to_thread(_written, configuration.kb_path, configuration.releases_path)
    etag = f'"{path.name}-{path.stat().st_size}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    return web.FileResponse(
        path, headers={"ETag": etag, "Content-Type": "application/gzip", "Cache-Control": "no-cache",
                       "Content-Disposition": f'attachment; filename="{path.name}"'},
    )  # fmt: skip


def _written(kb_path: Any, folder: Any) -> Any:
    store = Store(kb_path)
    try:
        return releases.write(store, folder)
    finally:
        store.close()


async def openapi(request: web.Request) -> web.Response:
    """GET /api/v1/openapi.json: this interface, described."""
    return _answer(document(request.app[SETTINGS].base_url))


def add(app: web.Application) -> None:
    """Add the public read interface."""
    app.add_routes([
        web.get("/api/v1/procedures", limited(list_procedures)),
        web.get("/api/v1/procedures/{code}", limited(show_procedure)),
        web.get("/api/v1/points", limited(list_points)),
        web.get("/api/v1/fees/quote", limited(fee_quote)),
        web.get("/api/v1/deadline", limited(deadline)),
        web.get("/api/v1/release", limited(release)),
        web.get("/api/v1/release/file", limited(release_file)),
        web.get("/api/v1/openapi.json", limited(openapi)),
    ])  # fmt: skip
