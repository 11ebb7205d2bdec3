"""Plain pages of procedures: list, search, one page each; readable, printable, linkable, for search engines too."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from markupsafe import Markup

from bot.gateway import public_answers as answers
from bot.gateway.parts import KNOWLEDGE, SETTINGS
from bot.gateway.public_api import CACHE, asked, entry_of, limited
from procedures_kb.facts import on_day
from procedures_kb.listing import fields, find
from procedures_kb.model import Channel, Procedure
from procedures_kb.replaced import replacement
from procedures_kb.rules.fees import groups, money
from procedures_kb.store import Entry, today

CHANNELS = {Channel.in_person: "nộp trực tiếp", Channel.online: "nộp trực tuyến", Channel.post: "gửi bưu điện"}
UNITS = {"hour": "giờ làm việc", "day": "ngày", "working_day": "ngày làm việc"}
LEVELS = {"full": "Làm trực tuyến toàn bộ", "partial": "Làm trực tuyến một phần", "none": "Chưa làm trực tuyến được"}
KINDS = {"form": "Tờ khai", "submit": "Giấy phải nộp", "present": "Giấy mang theo để xuất trình"}

FILTERS = {
    "upper_first": lambda text: text[:1].upper() + text[1:],
    "lower_first": lambda text: text[:1].lower() + text[1:],
    "fee_group": lambda identifier: groups()[identifier],
}


async def list_page(request: web.Request) -> web.StreamResponse:
    """GET /thu-tuc: every procedure, by field and by words."""
    query, store = asked(request, answers.ListQuestion), request.app[KNOWLEDGE]
    found = find(store, query.q, query.state or ("" if query.q else "published"), query.page, query.field)
    return _page(request, "procedures.html", {
        "query": query, "found": found, "fields": fields(store), "release": store.release(),
    })  # fmt: skip


async def procedure_page(request: web.Request) -> web.StreamResponse:
    """GET /thu-tuc/{code}: one procedure, as it holds today or on ``as_of``."""
    query, store = asked(request, answers.ProcedureQuestion), request.app[KNOWLEDGE]
    code = request.match_info["code"]
    if len(code) > 8:
        raise web.HTTPMovedPermanently(f"/thu-tuc/{code[:8]}")
    entry, day = entry_of(store, code, query.as_of), query.as_of or today()
    newer = (entry.procedure.replaced_by if entry.procedure else None) or replacement(code)
    context: dict[str, Any] = {
        "entry": entry,
        "day": day,
        "newer": newer,
        "release": entry.release,
        "as_of": query.as_of,
    }
    if entry.procedure is None:
        return _page(request, "procedure_imported.html", context | {"record": entry.imported})
    facts = on_day(entry.procedure, day)
    related = [other for code in entry.procedure.related if (other := _named(request, code))]
    context |= {
        "procedure": entry.procedure, "facts": facts, "related": related, "base_url": request.app[SETTINGS].base_url,
        "cases": {case.id: case.label for case in entry.procedure.cases}, "units": UNITS, "levels": LEVELS,
        "channels": {channel.value: said for channel, said in CHANNELS.items()}, "kinds": KINDS, "money": money,
        "linked_data": Markup(_linked_data(entry, entry.procedure, facts, request.app[SETTINGS].base_url, day)),
    }  # fmt: skip
    return _page(request, "procedure.html", context)


def _named(request: web.Request, code: str) -> tuple[str, str] | None:
    store = request.app[KNOWLEDGE]
    return (code, store.get(code).name) if store.has(code) else None


def _page(request: web.Request, template: str, context: dict[str, Any]) -> web.StreamResponse:
    response = aiohttp_jinja2.render_template(template, request, context)
    response.headers["Cache-Control"] = CACHE
    return response


def _linked_data(entry: Entry, procedure: Procedure, facts: dict[str, Any], base: str, day: dt.date) -> str:
    """The procedure as schema.org ``GovernmentService``, safe inside a script element."""
    online = next((o["url"] for o in facts["online"] if o.get("url")), None)
    address = f"{base}/thu-tuc/{entry.code}"
    data: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "GovernmentService", "@id": address, "url": address,
        "name": procedure.name, "alternateName": procedure.aliases[:10], "description": procedure.overview,
        "identifier": entry.code, "serviceType": procedure.field, "inLanguage": "vi",
        "audience": {"@type": "Audience", "audienceType": procedure.audience},
        "areaServed": {"@type": "City", "name": "Hà Nội"}, "jurisdiction": {"@type": "City", "name": "Hà Nội"},
        "provider": [{"@type": "GovernmentOrganization", "name": place["agency"]} for place in facts["places"]],
        "serviceOutput": [{"@type": "Thing", "name": result.name} for result in procedure.results],
        "availableChannel": [
            {"@type": "ServiceChannel", "serviceUrl": online or address,
             "servicePhone": {"@type": "ContactPoint", "telephone": "1022"}}
        ],
        "offers": [
            {"@type": "Offer", "name": fee["label"], "price": fee["amount"], "priceCurrency": "VND",
             "eligibleCustomerType": fee.get("condition"), "priceValidUntil": fee.get("effective_to")}
            for fee in facts["fees"] if fee.get("amount") is not None and fee.get("confidence", "checked") == "checked"
        ],
    }  # fmt: skip
    text = json.dumps(data, ensure_ascii=False, default=str)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


async def sitemap(request: web.Request) -> web.Response:
    """GET /sitemap.xml: the pages of reviewed procedures."""
    base = request.app[SETTINGS].base_url
    codes = request.app[KNOWLEDGE].reviewed_codes()
    listed = "".join(f"<url><loc>{base}/thu-tuc/{code}</loc></url>" for code in codes)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<url><loc>{base}/thu-tuc</loc></url>{listed}</urlset>"
    )
    return web.Response(text=text, content_type="application/xml", headers={"Cache-Control": CACHE})


async def robots(request: web.Request) -> web.Response:
    """GET /robots.txt: only the procedures are for search engines."""
    base = request.app[SETTINGS].base_url
    text = f"User-agent: *\nAllow: /thu-tuc\nAllow: /static/\nDisallow: /ho-so/\nDisallow: /staff\nSitemap: {base}/sitemap.xml\n"
    return web.Response(text=text, headers={"Cache-Control": CACHE})


def add(app: web.Application) -> None:
    """Add the pages."""
    app.add_routes([
        web.get("/thu-tuc", limited(list_page)), web.get("/thu-tuc/{code}", limited(procedure_page)),
        web.get("/sitemap.xml", sitemap), web.get("/robots.txt", robots),
    ])  # fmt: skip
