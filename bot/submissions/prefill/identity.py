"""Login with VNeID through the city's identity provider: OpenID Connect, code flow with PKCE, then the population data.

The provider's word is used only when state, nonce, signature, issuer, audience and times are right. Claims are those of
VNeID (``citizenPid``, ``fullName``, ``birthDate``). Whatever fails is said in one sentence; the form goes on by hand.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import urllib.parse
from typing import Any

import aiohttp
import jwt
import msgspec

from bot.settings import Settings, variable
from bot.submissions.prefill.base import CannotPrefill, Facts, Given, Login, SourceDown, Way
from bot.submissions.prefill.claims import person_of_claims, with_population

TIMEOUT = aiohttp.ClientTimeout(total=8, connect=3)  # seconds, each request
LARGEST = 200_000  # bytes of an answer
ALGORITHMS = ("RS256", "ES256", "PS256")  # signatures only: never "none", never a shared secret
LEEWAY = 30  # seconds two clocks may differ
DOWN = "VNeID đang không trả lời. Anh/chị tự điền tiếp, hoặc thử lại sau ít phút giúp em."
REFUSED = "Em chưa xác thực được thông tin từ VNeID nên không dùng. Anh/chị đăng nhập lại, hoặc tự điền giúp em."
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Provider(msgspec.Struct):
    """What the provider publishes of itself (``/.well-known/openid-configuration``)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


def is_stand_in(settings: Settings) -> bool:
    """Whether the provider is one on this machine, for tests and demos; the page then says so."""
    return urllib.parse.urlsplit(settings.identity_issuer).hostname in _LOOPBACK


class Identity:
    """The identity provider and the population data behind it."""

    name = "identity"
    label = "Lấy từ VNeID"
    way: Way = "login"

    def check_config(self, settings: Settings) -> list[str]:
        if not settings.identity_issuer:
            return []
        faults = []
        if not settings.identity_client_id:
            faults.append(f"{variable('identity_client_id')} is not set: put there the client id the provider gave")
        for name in ("identity_issuer", "identity_population"):
            value = getattr(settings, name)
            if value and not _may_go_there(value):
                faults.append(
                    f"{variable(name)} has to be https://: personal data travel there. Only a local stand-in may be http://"
                )
        if not is_stand_in(settings) and not settings.public_url.startswith("https://"):
            faults.append(
                f"{variable('public_url')} has to be the https:// address citizens use: the provider sends them back there"
            )
        return faults

    def is_on(self, settings: Settings) -> bool:
        return bool(settings.identity_issuer and settings.identity_client_id)

    async def begin(self, settings: Settings, redirect_uri: str) -> tuple[Login, str]:
        """A login under way and the address to send the browser to. Raises SourceDown."""
        login = Login(
            state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
        )  # fmt: skip
        challenge = base64.urlsafe_b64encode(hashlib.sha256(login.verifier.encode()).digest()).rstrip(b"=").decode()
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            provider = await _provider(http, settings)
        query = urllib.parse.urlencode({
            "response_type": "code", "client_id": settings.identity_client_id, "redirect_uri": redirect_uri, "scope": "openid",
            "state": login.state, "nonce": login.nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        })  # fmt: skip
        return login, f"{provider.authorization_endpoint}?{query}"

    async def facts(self, settings: Settings, given: Given) -> Facts:
        """Exchange the code and verify everything. Raises CannotPrefill."""
        login = given.login
        if login is None or not login.code:
            raise CannotPrefill(REFUSED)
        source = "identity_stand_in" if is_stand_in(settings) else self.name
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            provider = await _provider(http, settings)
            tokens = await _exchange(http, provider, settings, login)
            claims = await _verified(http, provider, settings, str(tokens.get("id_token", "")), login.nonce)
            access = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
            if provider.userinfo_endpoint:
                about = await _json(http, "GET", provider.userinfo_endpoint, headers=access)
                if about.get("sub") != claims.get("sub"):
                    raise CannotPrefill(REFUSED)
                claims = {**about, **claims}
            person = person_of_claims(claims)
            if not settings.identity_population:
                return Facts(source=source, person=person, verified=True)
            try:
                more = await _json(http, "GET", settings.identity_population, headers=access)
            except CannotPrefill:
                note = "Dữ liệu dân cư đang không trả lời, nên em mới lấy được họ tên, ngày sinh và số định danh."
                return Facts(source=source, person=person, verified=True, notes=[note])
            person, notes = with_population(person, more)
            return Facts(source=source, person=person, verified=True, notes=notes)


def _may_go_there(address: str) -> bool:
    parts = urllib.parse.urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


async def _provider(http: aiohttp.ClientSession, settings: Settings) -> Provider:
    issuer = settings.identity_issuer.rstrip("/")
    found = await _json(http, "GET", f"{issuer}/.well-known/openid-configuration")
    try:
        provider = msgspec.convert(found, Provider)
    except msgspec.ValidationError:
        raise SourceDown(DOWN) from None
    ends = [provider.authorization_endpoint, provider.token_endpoint, provider.jwks_uri, provider.userinfo_endpoint]
    if provider.issuer.rstrip("/") != issuer or not all(_may_go_there(end) for end in ends if end):
        raise CannotPrefill(REFUSED)
    return provider


async def _exchange(
    http: aiohttp.ClientSession, provider: Provider, settings: Settings, login: Login
) -> dict[str, Any]:  # fmt: skip
    form = {"grant_type": "authorization_code", "code": login.code, "redirect_uri": login.redirect_uri,
            "client_id": settings.identity_client_id, "code_verifier": login.verifier}  # fmt: skip
    auth = None
    if settings.identity_client_secret:
        auth = aiohttp.BasicAuth(settings.identity_client_id, settings.identity_client_secret)
    return await _json(http, "POST", provider.token_endpoint, data=form, auth=auth)


async def _verified(
    http: aiohttp.ClientSession, provider: Provider, settings: Settings, token: str, nonce: str
) -> dict[str, Any]:  # fmt: skip
    """The claims of an id_token whose signature, issuer, audience, times and nonce are right."""
    published = await _json(http, "GET", provider.jwks_uri)
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = [key for key in jwt.PyJWKSet.from_dict(published).keys if key.key_id == kid]
        if len(keys) != 1 or keys[0].key_type not in ("RSA", "EC"):
            raise CannotPrefill(REFUSED)
        claims: dict[str, Any] = jwt.decode(
            token, keys[0].key, algorithms=list(ALGORITHMS), audience=settings.identity_client_id,
            issuer=provider.issuer, leeway=LEEWAY, options={"require": ["exp", "iat", "sub", "aud", "iss"]},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        raise CannotPrefill(REFUSED) from None
    given = claims.get("nonce")
    if not isinstance(given, str) or not secrets.compare_digest(given.encode(), nonce.encode()):
        raise CannotPrefill(REFUSED)
    return claims


async def _json(http: aiohttp.ClientSession, method: str, address: str, **more: Any) -> dict[str, Any]:
    """One answer as a JSON object. A fault of theirs is "down", a refusal of ours "refused"; nothing of it is logged."""
    try:
        async with http.request(method, address, allow_redirects=False, **more) as response:
            raw = b""
            async for chunk in response.content.iter_chunked(16_384):
                raw += chunk
                if len(raw) > LARGEST:
                    break
            if response.status >= 500 or response.status == 429:
                raise SourceDown(DOWN)
            if response.status != 200 or len(raw) > LARGEST:
                raise CannotPrefill(REFUSED)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as fault:
        if isinstance(fault, CannotPrefill):
            raise
        raise SourceDown(DOWN) from None
    try:
        answer = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        raise SourceDown(DOWN) from None
    if not isinstance(answer, dict):
        raise SourceDown(DOWN)
    return answer
