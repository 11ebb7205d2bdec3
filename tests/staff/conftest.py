"""A real console: real SQLite files, real encrypted session cookies, the catalog's records; only time and argon2 are cheap."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp_jinja2
import aiohttp_session
import jinja2
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp_session.cookie_storage import EncryptedCookieStorage
from argon2 import PasswordHasher

from bot.keys import Keys
from bot.staff import routes
from bot.staff.roles import Role
from bot.staff.users import Users
from bot.submissions import filling
from bot.submissions.store import Drafts
from procedures_kb import catalog_files
from procedures_kb.form_model import forms
from procedures_kb.store import HANOI, Imported, Store

BOT = Path(routes.__file__).resolve().parent.parent
PASSWORD = "mật khẩu rất dài"
CODE = "1.000656"
HOME = f"/staff/thu-tuc/{CODE}"
FEE = f"{HOME}/sua/le-phi/4"  # "Phí cấp thêm bản sao trích lục khai tử", 8.000 đồng


class Clock:
    """Hanoi's time, moved by tests."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 11, 22, 9, 0, tzinfo=HANOI)

    def __call__(self) -> dt.datetime:
        return self.moment

    def pass_(self, **time: float) -> None:
        self.moment += dt.timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cheap() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def users(tmp_path: Path, clock: Clock, cheap: PasswordHasher) -> Users:
    made = Users(tmp_path / "staff.sqlite", cheap, clock)
    for role in Role:
        made.add(role.value, f"Cán bộ {role.value}", role, PASSWORD, "test")
    return made


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog loaded once; every test works on a copy of the file."""
    path = tmp_path_factory.mktemp("catalog") / "kb.sqlite"
    store = Store(path)
    catalog_files.load(store)
    store.put_imported(
        Imported(code="2.001234", name="Cấp giấy phép thử nghiệm", texts={"fee": "Miễn phí"}, source="test"), "import"
    )
    store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


@pytest.fixture
def knowledge(tmp_path: Path, catalog: Path) -> Store:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(catalog.read_bytes())
    return Store(path)


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "submissions.sqlite", Keys(b"k" * 32))


@pytest.fixture
def reference(drafts: Drafts) -> str:
    """A submission that a citizen has sent; its ID number does not fit the birth year (a warning)."""
    form = forms()["xac_nhan_tinh_trang_hon_nhan"]
    draft = drafts.offer(form.procedure, form.id, 1, "sender", "web")
    drafts.consent(draft, "web")
    by_type = {"date": "3/1/1995", "phone": "0912345678", "name": "Nguyễn Thị Mai", "personal_id": "001199000123"}
    while field := filling.next_field(form, draft.content):
        value = field.options[0].value if field.options else by_type.get(field.type) or field.example or "Hà Nội"
        filling.put(form, draft.content, field.id, value, "chat", dt.date(2026, 11, 22))
    drafts.save(draft, "citizen", "filled", "ngay_sinh")
    return drafts.submit(draft)


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
        return [(name, _unescaped(value)) for name, value in fields]

    async def edit(self, address: str, changes: dict[str, str], follow: bool = True) -> str:
        """Open an edit form, change some boxes, send it."""
        await self.get(address)
        action = address.split("?")[0]
        return await self.post(action, changed(self.form(action), changes), follow)

    async def publish(self, home: str = HOME, note: str = "Theo thông tư mới") -> str:
        await self.get(f"{home}/cong-bo")
        return await self.post(f"{home}/cong-bo", changed(self.form(f"{home}/cong-bo"), {"note": note}))


def changed(fields: list[tuple[str, str]], changes: dict[str, str]) -> list[tuple[str, str]]:
    """Form fields with some values replaced or added."""
    return [(name, value) for name, value in fields if name not in changes] + list(changes.items())


def _unescaped(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


@pytest.fixture
async def open_browser(
    users: Users, knowledge: Store, drafts: Drafts
) -> AsyncIterator[Callable[..., Awaitable[Browser]]]:
    """Makes browsers on one running console; with a role's name, already signed in."""
    app = web.Application(client_max_size=64 * 1024)
    aiohttp_session.setup(app, EncryptedCookieStorage(b"s" * 32, cookie_name="motcua", httponly=True, samesite="Lax"))
    aiohttp_jinja2.setup(
        app, loader=jinja2.FileSystemLoader([BOT / "web" / "templates", BOT / "staff" / "templates"]), autoescape=True,
        context_processors=[aiohttp_jinja2.request_processor],
    )  # fmt: skip
    routes.add(app, users=users, knowledge=knowledge, drafts=drafts)
    server = TestServer(app)
    await server.start_server()
    clients: list[TestClient[web.Request, web.Application]] = []

    async def make(name: str = "") -> Browser:
        client: TestClient[web.Request, web.Application] = TestClient(server)
        clients.append(client)
        browser = Browser(client)
        if name:
            await browser.sign_in(name)
            assert browser.status == 303
        return browser

    yield make
    for client in clients:
        await client.close()


OpenBrowser = Callable[..., Awaitable[Browser]]
