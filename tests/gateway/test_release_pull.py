"""Following another installation's releases over real sockets."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.gateway.app import make_app
from bot.settings import Settings
from procedures_kb.release_pull import pull
from procedures_kb.releases import ReleaseFault
from procedures_kb.store import Store

Serve = Callable[[web.Application], Awaitable[TestServer]]


@pytest.fixture
def published(tmp_path: Path, loaded_path: Path) -> Store:
    """The knowledge base of the machine that publishes."""
    (tmp_path / "first").mkdir()
    shutil.copy(loaded_path, tmp_path / "first" / "kb.sqlite")
    return Store(tmp_path / "first" / "kb.sqlite")


async def test_a_release_is_taken_over_and_then_only_asked_about(
    tmp_path: Path, published: Store, aiohttp_server: Serve
) -> None:
    server = await aiohttp_server(make_app(Settings(var=tmp_path / "first")))
    follower = Store(tmp_path / "second" / "kb.sqlite")
    async with aiohttp.ClientSession() as session:
        mark = await pull(session, str(server.make_url("")), follower)
        assert follower.release() == 1 and follower.get("1.001193").procedure
        before = follower.change_mark()
        assert await pull(session, str(server.make_url("")), follower, mark) == mark
        assert follower.change_mark() == before
        procedure = published.get("1.000894").procedure
        assert procedure
        published.publish(msgspec.structs.replace(procedure, overview="Câu mới."), "mai", "sửa")
        assert await pull(session, str(server.make_url("")), follower, mark) != mark
    changed = follower.get("1.000894").procedure
    assert changed and changed.overview == "Câu mới."


@pytest.mark.parametrize("body", [b"", b"<html>", b"\x1f\x8b\x08cut"])
async def test_a_broken_answer_leaves_the_last_good_release(
    tmp_path: Path, published: Store, aiohttp_server: Serve, body: bytes
) -> None:
    async def broken(request: web.Request) -> web.Response:
        return web.Response(body=body)

    app = web.Application()
    app.router.add_get("/api/v1/release/file", broken)
    server = await aiohttp_server(app)
    before = published.change_mark()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ReleaseFault):
            await pull(session, str(server.make_url("")), published)
    assert published.change_mark() == before


async def test_a_machine_that_is_down_is_an_error_of_the_network(tmp_path: Path, published: Store) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            await pull(session, "http://127.0.0.1:9", published)
    assert published.get("1.001193")


async def test_a_gateway_follows_by_itself(tmp_path: Path, published: Store, aiohttp_server: Serve) -> None:
    server = await aiohttp_server(make_app(Settings(var=tmp_path / "first")))
    (tmp_path / "third").mkdir()
    await aiohttp_server(make_app(Settings(var=tmp_path / "third", releases_from=str(server.make_url("")))))
    follower = Store(tmp_path / "third" / "kb.sqlite")
    for _ in range(100):
        if follower.release():
            break
        await asyncio.sleep(0.1)
    assert follower.release() == 1 and follower.get("1.001193").procedure
