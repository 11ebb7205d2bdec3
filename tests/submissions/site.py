"""The real gateway on a real socket, and a browser that holds a draft, opened by its one-time link."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import CookieJar, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from bot.gateway.app import make_app
from bot.gateway.parts import DRAFTS
from bot.settings import Settings
from bot.stack import free_port
from bot.submissions.draft import Draft
from bot.submissions.store import Drafts
from procedures_kb.form_model import forms


class Site:
    """A running gateway."""

    def __init__(self, app: web.Application, server: TestServer) -> None:
        self.app, self.server, self.drafts = app, server, app[DRAFTS]
        self._clients: list[TestClient[web.Request, web.Application]] = []

    def visitor(self) -> Visitor:
        """A browser of its own."""
        client: TestClient[web.Request, web.Application] = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self._clients.append(client)
        return Visitor(client, self.drafts)

    async def close(self) -> None:
        for client in self._clients:
            await client.close()


class Visitor:
    """One person's browser: pages as text, forms with their token."""

    def __init__(self, client: TestClient[web.Request, web.Application], drafts: Drafts) -> None:
        self.client, self.drafts = client, drafts
        self.status, self.text, self.url = 0, "", ""

    async def get(self, path: str, **more: Any) -> str:
        response = await self.client.get(path, headers={"Accept": "text/html"}, **more)
        self.status, self.text, self.url = response.status, await response.text(), str(response.url)
        return self.text

    async def raw(self, path: str) -> bytes:
        response = await self.client.get(path)
        self.status = response.status
        return await response.read()

    async def token(self) -> str:
        """The form token of this session, from any page that has one."""
        text = await (await self.client.get("/ho-so/mo/" + "x" * 20)).text()
        found = re.search(r'name="csrf" value="([^"]+)"', text)
        assert found
        return found[1]

    async def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> str:
        response = await self.client.post(
            path, data={"csrf": await self.token(), **(data or {})}, headers={"Accept": "text/html"}, **more
        )
        self.status, self.text, self.url = response.status, await response.text(), str(response.url)
        return self.text

    async def upload(self, path: str, *files: bytes, name: str = "anh.jpg", **fields: str) -> str:
        form = FormData()
        form.add_field("csrf", await self.token())
        for key, value in fields.items():
            form.add_field(key, value)
        for data in files:
            form.add_field("picture", data, filename=name, content_type="application/octet-stream")
        response = await self.client.post(path, data=form, headers={"Accept": "text/html"})
        self.status, self.text, self.url = response.status, await response.text(), str(response.url)
        return self.text

    async def start(self, form_id: str, sender: str = "web:test") -> str:
        """A consented draft opened in this browser by its one-time link; its id."""
        form = forms()[form_id]
        draft = self.drafts.offer(form.procedure, form.id, 1, sender, "web")
        self.drafts.consent(draft, "web")
        await self.open(draft.id)
        return draft.id

    async def open(self, draft_id: str) -> None:
        await self.post(f"/ho-so/mo/{self.drafts.make_link(draft_id)}")
        assert self.status == 200, self.text

    async def field(self, draft_id: str, field: str, value: str) -> dict[str, Any]:
        """Autosave of one field, as the page's script sends it."""
        response = await self.client.post(
            f"/ho-so/{draft_id}/o", data={"csrf": await self.token(), "field": field, "value": value, "seen": ""}
        )
        self.status = response.status
        state: dict[str, Any] = await response.json()
        return state

    def draft(self, draft_id: str) -> Draft:
        return self.drafts.get(draft_id)


@asynccontextmanager
async def running(var: Path, **more: Any) -> AsyncIterator[Site]:
    """The gateway alone (no workers: no chat) on a folder of its own."""
    port = free_port()
    configuration = msgspec.structs.replace(Settings(var=var, port=port), **more)
    app = make_app(configuration)
    server = TestServer(app, host="127.0.0.1", port=port)
    await server.start_server()
    site = Site(app, server)
    try:
        yield site
    finally:
        await site.close()
        await server.close()
