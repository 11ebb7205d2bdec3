"""Around every request: security headers, and errors as sentences instead of traces."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import aiohttp_jinja2
from aiohttp import web

from bot.channels.base import Unavailable
from bot.gateway.incoming import ERRORS, Rejected

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@web.middleware
async def security_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Add the headers; pages are never cached by others, static files are."""
    response = await handler(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # Module imports carry no version, so static files are asked for again each time (ETag makes that cheap).
    caching = "no-cache" if request.path.startswith("/static/") else "no-store"
    response.headers.setdefault("Cache-Control", caching)
    return response


def wants_page(request: web.Request) -> bool:
    """Whether a person's browser asks (an HTML page), not a program (JSON)."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _page_form(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def error_page(request: web.Request, code: str) -> web.Response:
    """The error as a page of our own."""
    status, sentence = ERRORS[code]
    return aiohttp_jinja2.render_template(
        "error.html", request, {"sentence": sentence.format(detail=""), "status": status}, status=status
    )


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every fault into a clear answer. Logs hold the route and the fault, never what a person wrote."""
    try:
        return await handler(request)
    except Rejected as rejected:
        return error_page(request, rejected.code) if wants_page(request) else rejected.response()
    except Unavailable as fault:
        log.warning("turn failed on %s: %s", request.path.split("/")[1], fault)
        return error_page(request, "busy") if wants_page(request) else Rejected("busy").response()
    except web.HTTPRequestEntityTooLarge:
        return Rejected("too_large").response()
    except web.HTTPNotFound:
        return error_page(request, "not_found") if wants_page(request) else Rejected("not_found").response()
    except web.HTTPForbidden:
        return error_page(request, "wrong_origin") if _page_form(request) else Rejected("wrong_origin").response()
    except web.HTTPException:
        raise
    except Exception as fault:
        resource = request.match_info.route.resource
        log.error(
            "fault on %s %s: %s",
            request.method,
            resource.canonical if resource else "?",
            type(fault).__name__,
            exc_info=_without_values(fault),
        )
        return error_page(request, "internal") if wants_page(request) else Rejected("internal").response()


def _without_values(fault: BaseException) -> BaseException:
    """The same traceback with a bare exception: messages of exceptions may quote input."""
    bare = Exception(type(fault).__name__)
    return bare.with_traceback(fault.__traceback__)
