"""What tests of the console share: a clock, and an officer's browser that fills in the forms it is shown."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from procedures_kb.store import HANOI

PASSWORD = "mật khẩu rất dài"
CODE = "1.000656"
HOME = f"/staff/thu-tuc/{CODE}"
FEE = f"{HOME}/sua/le-phi/3"  # "Phí cấp thêm bản sao trích lục khai tử", 8.000 đồng


class Clock:
    """Hanoi's time, moved by tests."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 11, 22, 9, 0, tzinfo=HANOI)

    def __call__(self) -> dt.datetime:
        return self.moment

    def pass_(self, **time: float) -> None:
        self.moment += dt.timedelta(**time)


class Browser:
    """One officer's browser: keeps cookies, fills in the forms it is shown."""

    def __init__(self, client: TestClient[web.Request, web.Application]) -> None:
        self.client = client
        self.status = 0
        self.text = ""
        self.url = ""

    async def get(self, address: str, follow: bool = True) -> str:
        return await self._take(await self.client.get(address, allow_redirects=follow))

    async def post(self, address: str, fields: Any, follow: bool = True) -> str:
        return await self._take(await self.client.post(address, data=fields, allow_redirects=follow))

    async def _take(self, response: Any) -> str:
        self.status, self.text = response.status, await response.text()
        self.url = str(response.headers.get("Location") or response.url.raw_path_qs)
        return self.text

    def hidden(self, name: str, action: str = "") -> str:
        """A hidden value of the page shown (of the form with this action)."""
        part = self.text[self.text.index(f'action="{action}"') :] if action else self.text
        found = re.search(rf'name="{name}" value="([^"]*)"', part)
        assert found, f"no hidden {name} on {self.url}"
        return found.group(1)

    async def sign_in(self, name: str, password: str = PASSWORD, following: str = "") -> str:
        await self.get(f"/staff/sign-in?next={following}")
        fields = {"csrf": self.hidden("csrf"), "next": self.hidden("next"), "name": name, "password": password}
        return await self.post("/staff/sign-in", fields, follow=False)

    def form(self, action: str) -> list[tuple[str, str]]:
        """Everything the form with this action would send as it stands."""
        start = self.text.index(f'action="{action}"')
        part = self.text[start : self.text.index("</form>", start)]
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', part)
        fields += re.findall(r'<input id="[^"]+" name="([^"]+)" value="([^"]*)"', part)
        fields += re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>\n(.*?)</textarea>', part, re.DOTALL)
        fields += re.findall(r'<input type="checkbox"[^>]*name="([^"]+)" value="([^"]*)" checked', part)
        for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)".*?>(.*?)</select>', part, re.DOTALL):
            fields += [(name, value) for value in re.findall(r'value="([^"]*)" selected', options)]
        return [(name, html.unescape(value)) for name, value in fields]

    async def edit(self, address: str, changes: dict[str, str], follow: bool = True) -> str:
        """Open an edit form, change some boxes, send it."""
        await self.get(address)
        action = address.split("?")[0]
        return await self.post(action, changed(self.form(action), changes), follow)

    async def publish(self, home: str = HOME, note: str = "Theo thông tư mới", day: str = "") -> str:
        await self.get(f"{home}/cong-bo")
        return await self.post(f"{home}/cong-bo", changed(self.form(f"{home}/cong-bo"), {"note": note, "day": day}))


def changed(fields: list[tuple[str, str]], changes: dict[str, str]) -> list[tuple[str, str]]:
    """Form fields with some values replaced or added."""
    return [(name, value) for name, value in fields if name not in changes] + list(changes.items())


OpenBrowser = Callable[..., Awaitable[Browser]]
