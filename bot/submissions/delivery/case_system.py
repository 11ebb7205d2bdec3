"""The city's case system behind the national adapter: session login, DongBoHoSoMC, TraCuuHoSo (domain.md 6.2).

Our key travels as ``SoBienNhan`` (the sender's receipt number), so that a dossier whose answer was lost is found again
before it would be sent a second time. A correction travels as one more entry of ``DanhSachHoSoBoSung`` with our key as
its id. Sizes and times are limited; nothing of an answer is trusted or logged.
"""

from __future__ import annotations

import asyncio
import urllib.parse
from typing import Any

import aiohttp
import msgspec

from bot.settings import Settings, variable
from bot.submissions.delivery import dossier_object
from bot.submissions.delivery.base import NotTaken, Parcel, Progress, Refused, Unclear, short
from bot.submissions.delivery.states import FINAL

LARGEST_REQUEST = 2_000_000  # bytes
LARGEST_ANSWER = 1_000_000
GOOD = {"0", "00"}
NO_SESSION = {"02", "401", "-401"}  # the session is unknown or has run out
PASSING = {"09", "99", "-99", "429", "503"}  # busy, under maintenance
NOT_FOUND = {"04", "404"}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class CaseSystem:
    """One connection to the case system; its session is renewed when it runs out."""

    name = "case_system"
    label = "Hệ thống giải quyết thủ tục của thành phố"
    sends = True
    follows = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http: aiohttp.ClientSession | None = None
        self._session = ""
        self._login = asyncio.Lock()

    @staticmethod
    def check_config(settings: Settings) -> list[str]:
        faults = [
            f"{variable(name)} is missing: MOTCUA_DELIVERY=case_system needs it"
            for name in ("case_url", "case_user", "case_password", "case_unit")
            if not getattr(settings, name)
        ]
        parts = urllib.parse.urlsplit(settings.case_url)
        if settings.case_url and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            faults.append(
                "MOTCUA_CASE_URL has to be https://: personal data travel there. Only a local stand-in may be http://"
            )
        if not 1 <= settings.case_timeout <= 600:
            faults.append("MOTCUA_CASE_TIMEOUT has to be 1 to 600 seconds")
        return faults

    async def close(self) -> None:
        if self._http:
            await self._http.close()

    async def send(self, parcel: Parcel) -> Progress:
        """DongBoHoSoMC: create, hand in what was asked for anew, or ask for a withdrawal."""
        request = {
            "service": "DongBoHoSoMC", "isUpdating": "True" if parcel.code else "False",
            "data": [dossier_object.written(parcel, self._settings.base_url)],
        }  # fmt: skip
        found = dossier_object.all_of(await self._call(request, Unclear))
        if len(found) != 1 or not found[0].code:
            raise Unclear("answer_without_code")
        if parcel.code and found[0].code != parcel.code:
            raise Unclear("answer_about_another")
        return found[0].progress

    async def find(self, parcel: Parcel) -> Progress | None:
        """TraCuuHoSo by our key; in later rounds by code, and whether our correction or withdrawal stands there."""
        about = {"maHoSo": parcel.code} if parcel.code else {"soBienNhan": parcel.key}
        found = dossier_object.all_of(await self._look(about))
        if parcel.code:
            ours = [one for one in found if one.code == parcel.code]
            if not ours:
                raise NotTaken("dossier_unknown")  # it was there before: no reason to send anything
            there = ours[0]
            arrived = there.progress.national in FINAL if parcel.withdraws else parcel.key in there.corrections
            return there.progress if arrived else None
        ours = [one for one in found if one.receipt == parcel.key]
        if len(ours) != len(found):
            raise NotTaken("answer_about_another")
        return min(ours, key=lambda one: one.code).progress if ours else None

    async def progress(self, code: str) -> Progress | None:
        """TraCuuHoSo by dossier code."""
        found = [one for one in dossier_object.all_of(await self._look({"maHoSo": code})) if one.code == code]
        return found[0].progress if found else None

    async def _look(self, about: dict[str, str]) -> list[Any]:
        return await self._call({"service": "TraCuuHoSo", **about}, NotTaken)

    async def _call(self, request: dict[str, Any], lost: type[NotTaken] | type[Unclear]) -> list[Any]:
        """One service call, with one new login when the session has run out. ``lost`` is raised when the answer is."""
        for attempt in (1, 2):
            session = self._session or await self._new_session()
            body = {"session": session, "madonvi": self._settings.case_unit, **request}
            answer = await self._post("/mapi/g", body, lost)
            code = short(answer.get("error_code"), 12)
            if code in GOOD:
                result = answer.get("result", [])
                if not isinstance(result, list):
                    raise lost("unreadable")
                return result
            if code in NO_SESSION:
                if self._session == session:
                    self._session = ""
                if attempt == 1:
                    continue
                raise NotTaken("session")
            if code in NOT_FOUND and lost is NotTaken:
                return []
            if not code:
                raise lost("unreadable")
            raise NotTaken(f"busy_{code}") if code in PASSING else Refused(f"refused_{code}")
        raise NotTaken("session")

    async def _new_session(self) -> str:
        async with self._login:
            if self._session:
                return self._session
            about = {"username": self._settings.case_user, "password": self._settings.case_password}
            answer = await self._post("/mapi/login", about, NotTaken)
            session = short(answer.get("session"), 500)
            if short(answer.get("error_code"), 12) not in GOOD or not session:
                raise NotTaken("login_refused")
            self._session = session
            return session

    async def _post(self, path: str, body: dict[str, Any], lost: type[NotTaken] | type[Unclear]) -> dict[str, Any]:
        """One request. What surely did not arrive is NotTaken; when the answer is lost or unreadable, ``lost``."""
        encoded = msgspec.json.encode(body)
        if len(encoded) > LARGEST_REQUEST:
            raise Refused("too_large")
        if self._http is None or self._http.closed:
            limit = aiohttp.ClientTimeout(
                total=self._settings.case_timeout, connect=min(10, self._settings.case_timeout)
            )
            # A connection kept open and closed by the other side meanwhile would look like a lost answer.
            self._http = aiohttp.ClientSession(timeout=limit, connector=aiohttp.TCPConnector(force_close=True))
        headers = {"Content-Type": "application/json; charset=utf-8", "dstcode": self._settings.case_target}
        address = self._settings.case_url.rstrip("/") + path
        raw = b""
        try:
            async with self._http.post(address, data=encoded, headers=headers, allow_redirects=False) as response:
                if response.status in (401, 403):
                    return {"error_code": "401"}
                if response.status == 413:
                    raise Refused("too_large")
                if response.status != 200:
                    raise (lost if response.status >= 500 or response.status == 408 else NotTaken)(
                        f"http_{response.status}"
                    )
                async for chunk in response.content.iter_chunked(16_384):
                    raw += chunk
                    if len(raw) > LARGEST_ANSWER:
                        raise lost("answer_too_large")
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL):
            raise NotTaken("no_connection") from None
        except TimeoutError:
            raise lost("timeout") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise lost("broken_off") from None
        try:
            answer = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError):
            raise lost("unreadable") from None
        if not isinstance(answer, dict):
            raise lost("unreadable")
        return answer
