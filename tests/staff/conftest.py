"""A real console: real SQLite files, real encrypted session cookies, the catalog's records; only time and argon2 are cheap."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

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
from procedures_kb.imported import Imported
from procedures_kb.sources import take
from procedures_kb.store import Store
from tests.staff.console import PASSWORD, Browser, Clock

BOT = Path(routes.__file__).resolve().parent.parent


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
def console_catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog loaded once; every test works on a copy of the file."""
    path = tmp_path_factory.mktemp("catalog") / "kb.sqlite"
    store = Store(path)
    catalog_files.load(store)
    take(
        store,
        Imported(code="1.000001", name="Cấp giấy phép thử nghiệm", texts={"fee": "Miễn phí"}, source="test"),
        "import",
    )
    store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


@pytest.fixture
def knowledge(tmp_path: Path, console_catalog: Path) -> Store:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(console_catalog.read_bytes())
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
