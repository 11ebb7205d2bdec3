"""The papers of a dossier as the stand-in takes them: the shape of TaiLieuNop is checked, each file is fetched and kept."""

from __future__ import annotations

import asyncio
import urllib.parse
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import web

MOST = 60  # files of one dossier
LARGEST = 20_000_000  # bytes of one file
LONGEST_NAME, LONGEST_ADDRESS = 255, 1_000  # characters
TRIES, PAUSE, TIMEOUT = 5, 0.3, 20.0  # the sender may be restarting
_FIELDS = ("TepDinhKemId", "TenTepDinhKem", "IsDeleted", "MaThanhPhanHoSo", "DuongDanTaiTepTin")


def fault_of(listed: Any) -> str:
    """What is wrong with a TaiLieuNop; empty when nothing is."""
    if not isinstance(listed, list) or len(listed) > MOST:
        return f"TaiLieuNop phải là danh sách không quá {MOST} tệp"
    for one in listed:
        if not isinstance(one, dict) or any(not isinstance(one.get(name), str) or not one[name] for name in _FIELDS):
            return f"TaiLieuNop: mỗi tệp phải có {', '.join(_FIELDS)}"
        if one["IsDeleted"] not in ("True", "False") or len(one["TenTepDinhKem"]) > LONGEST_NAME:
            return "TaiLieuNop: IsDeleted hoặc TenTepDinhKem không đúng"
        address = urllib.parse.urlsplit(one["DuongDanTaiTepTin"])
        if address.scheme not in ("http", "https") or len(one["DuongDanTaiTepTin"]) > LONGEST_ADDRESS:
            return "TaiLieuNop: DuongDanTaiTepTin không phải địa chỉ tải tệp"
    return ""


class Fetcher:
    """Fetches in the background, as a real one does: the dossier is taken whether its papers have come or not."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, bytes]] = {}  # dossier code → component → PDF
        self.faults: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http:
            await self._http.close()

    def fetch(self, code: str, listed: list[dict[str, str]]) -> None:
        """Begin fetching; a file of the same component replaces the one that was there."""
        for one in listed:
            if one["IsDeleted"] == "True":
                self.files.get(code, {}).pop(one["MaThanhPhanHoSo"], None)
                continue
            task = asyncio.create_task(self._get(code, one["MaThanhPhanHoSo"], one["DuongDanTaiTepTin"]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _get(self, code: str, component: str, address: str) -> None:
        fault = ""
        for _ in range(TRIES):
            try:
                self.files.setdefault(code, {})[component] = await self._once(address)
                return
            except (aiohttp.ClientError, TimeoutError, ValueError) as error:
                fault = f"{type(error).__name__}: {error}"
            await asyncio.sleep(PAUSE)
        self.faults.append(f"{component}: {fault}")

    async def _once(self, address: str) -> bytes:
        assert self._http is not None
        raw = b""
        async with self._http.get(address, allow_redirects=False) as response:
            if response.status != 200 or response.content_type != "application/pdf":
                raise ValueError(f"HTTP {response.status}, {response.content_type}")
            async for chunk in response.content.iter_chunked(65_536):
                raw += chunk
                if len(raw) > LARGEST:
                    raise ValueError("too large")
        if not raw.startswith(b"%PDF-"):
            raise ValueError("no PDF")
        return raw


FETCHER: web.AppKey[Fetcher] = web.AppKey("case_stand_in_files", Fetcher)


async def running(app: web.Application) -> AsyncIterator[None]:
    """For ``app.cleanup_ctx``."""
    await app[FETCHER].open()
    yield
    await app[FETCHER].close()


async def show(request: web.Request) -> web.Response:
    """What was fetched for a dossier: the sizes by component, or one file."""
    files = request.app[FETCHER].files.get(request.query.get("code", ""), {})
    component = request.query.get("component")
    if component is None:
        return web.json_response({name: len(raw) for name, raw in files.items()})
    if component not in files:
        raise web.HTTPNotFound
    return web.Response(body=files[component], content_type="application/pdf")
