"""A running gateway, a running identity stand-in, and a picture of an invented card."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import segno
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot.identity_stand_in.server import STATE, make_app
from bot.stack import free_port
from tests.submissions import site

CARD = "001195000123|012345678|Nguyễn Thị Mai|03011995|Nữ|Số 7 phố Lò Đúc, Đồng Nhân, Hai Bà Trưng, Hà Nội|10052021"


def picture(text: str, kind: str = "png") -> bytes:
    """A picture of a QR code, written as cards write theirs: UTF-8 without saying so."""
    out = io.BytesIO()
    segno.make(text, error="m", encoding="utf-8", eci=False).save(out, kind=kind, scale=5, border=4)
    return out.getvalue()


class StandIn:
    """The identity provider and population data."""

    def __init__(self, address: str, server: TestServer) -> None:
        self.address, self._server = address, server

    async def break_(self, **mode: object) -> None:
        async with ClientSession() as http, http.post(f"{self.address}/control/mode", json=mode) as response:
            assert response.status == 200, await response.text()

    def asked(self) -> list[str]:
        return self._server.app[STATE].asked  # type: ignore[no-any-return]


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    port = free_port()
    server = TestServer(make_app(f"http://127.0.0.1:{port}"), host="127.0.0.1", port=port)
    await server.start_server()
    yield StandIn(f"http://127.0.0.1:{port}", server)
    await server.close()


@pytest.fixture
async def running(
    tmp_path: Path, loaded_path: Path, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[site.Site]:  # fmt: skip
    monkeypatch.setenv("MOTCUA_VAR", str(loaded_path.parent))
    async with site.running(
        tmp_path, identity_issuer=stand_in.address, identity_client_id="motcua", identity_client_secret="s",
        identity_population=f"{stand_in.address}/dan-cu", prefill_demo=1,
    ) as made:  # fmt: skip
        yield made
