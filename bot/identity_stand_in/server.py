"""OpenID Connect as the city's provider speaks it, and the population data behind it, with faults to switch on.

    GET  /.well-known/openid-configuration · /jwks · /userinfo · /dan-cu (population data of the logged-in person)
    GET  /authorize (a page to choose an invented person)   POST /authorize   POST /token
    POST /control/mode {"down": true, …}      switches, see :class:`Mode`; {} shows them

It listens on the loopback address only and says on every page that it is a stand-in.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import html
import secrets
import time
import urllib.parse
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.identity_stand_in.people import PEOPLE, Citizen

CODE_SECONDS = 60.0


class Mode(msgspec.Struct, forbid_unknown_fields=True):
    """What is broken now."""

    down: bool = False
    down_population: bool = False
    slow: float = 0.0  # seconds before each answer
    wrong_signature: bool = False
    no_signature: bool = False  # "alg": "none"
    shared_secret: bool = False  # signed with the public key as an HMAC secret
    expired: bool = False
    wrong_audience: bool = False
    wrong_issuer: bool = False
    wrong_nonce: bool = False
    wrong_state: bool = False
    missing_claims: bool = False
    other_name: bool = False  # the population data know the person by another name
    other_person: bool = False  # the population data answer about somebody else
    garbled: bool = False


class Grant(msgspec.Struct):
    """A code given out, waiting to be exchanged once."""

    person: Citizen
    client: str
    redirect_uri: str
    challenge: str
    nonce: str
    at: float


class State:
    """Everything the stand-in knows."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.mode = issuer, Mode()
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.grants: dict[str, Grant] = {}
        self.access: dict[str, Citizen] = {}
        self.asked: list[str] = []  # paths, so that tests see what was asked


STATE = web.AppKey("state", State)


def make_app(issuer: str) -> web.Application:
    """The stand-in as an application at ``issuer``."""
    app = web.Application(middlewares=[_faults])
    app[STATE] = State(issuer)
    app.add_routes([
        web.get("/.well-known/openid-configuration", configuration),
        web.get("/jwks", jwks), web.get("/authorize", choose), web.post("/authorize", chosen), web.post("/token", token),
        web.get("/userinfo", userinfo), web.get("/dan-cu", population), web.post("/control/mode", control), web.get("/favicon.ico", no_icon),
    ])  # fmt: skip
    return app


def main(port: int) -> None:
    """Serve on 127.0.0.1 until stopped."""
    issuer = f"http://127.0.0.1:{port}"
    print(
        f"identity stand-in on {issuer} (invented people only). Start the product with:\n"
        f"MOTCUA_IDENTITY_ISSUER={issuer} MOTCUA_IDENTITY_CLIENT_ID=motcua MOTCUA_IDENTITY_POPULATION={issuer}/dan-cu",
        flush=True,
    )
    web.run_app(make_app(issuer), host="127.0.0.1", port=port, print=None, access_log=None)


@web.middleware
async def _faults(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:  # fmt: skip
    state = request.app[STATE]
    state.asked.append(request.path)
    if request.path == "/control/mode":
        return await handler(request)
    if state.mode.slow:
        await asyncio.sleep(state.mode.slow)
    if state.mode.down or (state.mode.down_population and request.path == "/dan-cu"):
        return web.Response(status=503, text="down")
    if state.mode.garbled and request.path != "/authorize":
        return web.Response(text="<html>proxy error</html>", content_type="text/html")
    return await handler(request)


async def control(request: web.Request) -> web.Response:
    """Switch faults; the new ones replace only what is named, {"reset": true} clears all."""
    state = request.app[STATE]
    try:
        given = msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])
        known = msgspec.to_builtins(Mode() if given.pop("reset", False) else state.mode)
        state.mode = msgspec.convert(known | given, Mode)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        return web.json_response({"error": str(error)}, status=400)
    return web.json_response(msgspec.to_builtins(state.mode))


async def no_icon(request: web.Request) -> web.Response:
    return web.Response(status=204)


async def configuration(request: web.Request) -> web.Response:
    issuer = request.app[STATE].issuer
    return web.json_response({
        "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks", "userinfo_endpoint": f"{issuer}/userinfo", "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"], "id_token_signing_alg_values_supported": ["RS256"], "stand_in": True,
    })  # fmt: skip


async def jwks(request: web.Request) -> web.Response:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(request.app[STATE].key.public_key(), as_dict=True)
    return web.json_response({"keys": [{**public, "kid": "stand-in-1", "use": "sig", "alg": "RS256"}]})


async def choose(request: web.Request) -> web.Response:
    """The login page: choose who to be."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(request.query.get(name, ""), quote=True)}">'
        for name in ("client_id", "redirect_uri", "state", "nonce", "code_challenge", "code_challenge_method")
    )
    people = "".join(
        f'<p><button name="pid" value="{person.pid}">{html.escape(person.name)}, sinh {person.birth}</button></p>'
        for person in PEOPLE.values()
    )
    page = (
        '<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Máy chủ định danh giả lập</title><style>body{font:18px/1.5 sans-serif;max-width:32rem;margin:2rem auto;padding:0 1rem}"
        "button{font:inherit;padding:.6rem 1rem;width:100%;text-align:left}strong{color:#a00}</style>"
        "<h1>Máy chủ định danh giả lập</h1><p><strong>Đây không phải VNeID.</strong> Chỉ để thử: mọi người ở đây đều không có thật. "
        f'Chọn người muốn đăng nhập:</p><form method="post" action="/authorize">{hidden}{people}'
        '<p><button name="pid" value="">Huỷ, quay lại</button></p></form></html>'
    )
    return web.Response(text=page, content_type="text/html")


async def chosen(request: web.Request) -> web.Response:
    """Send the browser back with a code, or with ``access_denied``."""
    state, form = request.app[STATE], await request.post()
    redirect, sent_state = str(form.get("redirect_uri", "")), str(form.get("state", ""))
    if urllib.parse.urlsplit(redirect).scheme not in ("http", "https") or form.get("code_challenge_method") != "S256":
        return web.Response(status=400, text="redirect_uri and PKCE with S256 are needed")
    person = PEOPLE.get(str(form.get("pid", "")))
    answer = {"state": "of-somebody-else" if state.mode.wrong_state else sent_state}
    if person is None:
        answer["error"] = "access_denied"
    else:
        answer["code"] = secrets.token_urlsafe(24)
        state.grants[answer["code"]] = Grant(
            person, str(form.get("client_id", "")), redirect, str(form.get("code_challenge", "")),
            str(form.get("nonce", "")), time.time(),
        )  # fmt: skip
    raise web.HTTPSeeOther(f"{redirect}?{urllib.parse.urlencode(answer)}")


async def token(request: web.Request) -> web.Response:
    """Exchange a code once; the verifier must fit the challenge."""
    state, form = request.app[STATE], await request.post()
    grant = state.grants.pop(str(form.get("code", "")), None)
    digest = hashlib.sha256(str(form.get("code_verifier", "")).encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if (
        grant is None or grant.challenge != challenge or grant.redirect_uri != form.get("redirect_uri")
        or grant.client != form.get("client_id") or time.time() - grant.at > CODE_SECONDS
    ):  # fmt: skip
        return web.json_response({"error": "invalid_grant"}, status=400)
    access = secrets.token_urlsafe(24)
    state.access[access] = grant.person
    return web.json_response({
        "access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": _id_token(state, grant),
    })  # fmt: skip


def _id_token(state: State, grant: Grant) -> str:
    now, mode = int(time.time()), state.mode
    claims = {
        "iss": "http://127.0.0.1:1" if mode.wrong_issuer else state.issuer, "sub": f"sub-{grant.person.pid[-6:]}",
        "aud": "somebody-else" if mode.wrong_audience else grant.client, "iat": now - (4000 if mode.expired else 0),
        "exp": now - 3600 if mode.expired else now + 300, "nonce": "another" if mode.wrong_nonce else grant.nonce,
        **_claims(state, grant.person),
    }  # fmt: skip
    header = {"kid": "stand-in-1"}
    if mode.no_signature:
        return jwt.encode(claims, "", algorithm="none", headers=header)
    if mode.shared_secret:
        return jwt.encode(claims, "stand-in-1 stand-in-1 stand-in-1", algorithm="HS256", headers=header)
    return jwt.encode(claims, state.other_key if mode.wrong_signature else state.key, algorithm="RS256", headers=header)


def _claims(state: State, person: Citizen) -> dict[str, str]:
    claims = dict(person.claims)
    if state.mode.missing_claims:
        del claims["birthDate"]
    return claims


def _who(request: web.Request) -> Citizen:
    person = request.app[STATE].access.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if person is None:
        raise web.HTTPUnauthorized
    return person


async def userinfo(request: web.Request) -> web.Response:
    person = _who(request)
    return web.json_response({"sub": f"sub-{person.pid[-6:]}", **_claims(request.app[STATE], person)})


async def population(request: web.Request) -> web.Response:
    person, mode = _who(request), request.app[STATE].mode
    if mode.other_person:
        person = next(other for other in PEOPLE.values() if other.pid != person.pid)
    return web.json_response({**person.population, **({"hoTen": "Nguyễn Thị Mây"} if mode.other_name else {})})
