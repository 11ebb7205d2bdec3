"""Shared fixtures: a knowledge base of the catalog, the keys of an installation, and the whole product running."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.engine import without_tensorflow

without_tensorflow.install()

from actions import turn  # noqa: E402
from bot import stack  # noqa: E402
from bot.keys import Keys  # noqa: E402
from bot.submissions import completeness  # noqa: E402
from procedures_kb import catalog_files, form_library  # noqa: E402
from procedures_kb.model import Procedure  # noqa: E402
from procedures_kb.store import Store  # noqa: E402


@pytest.fixture(autouse=True)
def _shipped_forms() -> Iterator[None]:
    """A gateway made by one test must not be the source of the next test's forms."""
    yield
    form_library.follow(None)


@pytest.fixture(scope="session")
def catalog() -> dict[str, Procedure]:
    """The shipped records by code."""
    return {procedure.code: procedure for procedure in catalog_files.read_all()}


@pytest.fixture(scope="session")
def loaded_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A knowledge base file with the catalog, not to be written to."""
    path = tmp_path_factory.mktemp("kb") / "kb.sqlite"
    store = Store(path)
    catalog_files.load(store)
    store.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


@pytest.fixture
def shipped_knowledge(loaded_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings lead to the shipped knowledge base, whatever a developer's ``var`` holds or other tests have opened."""
    monkeypatch.setenv("MOTCUA_VAR", str(loaded_path.parent))
    opened = (completeness._knowledge, turn.knowledge)  # a test may put others in their place
    for one in opened:
        one.cache_clear()
    yield
    for one in opened:
        one.cache_clear()


@pytest.fixture
def store(tmp_path: Path, loaded_path: Path) -> Iterator[Store]:
    """A fresh knowledge base with the catalog, to be written to."""
    shutil.copy(loaded_path, tmp_path / "kb.sqlite")
    fresh = Store(tmp_path / "kb.sqlite")
    yield fresh
    fresh.close()


@pytest.fixture
def followed(store: Store) -> Iterator[Store]:
    """The forms of this process are those of the store."""
    form_library.follow(store.path)
    yield store
    form_library.follow(None)


@pytest.fixture
def keys() -> Keys:
    return Keys(b"k" * 32)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stack.Stack]:
    """The whole product, started as ``./motcua serve`` does, on free ports and a folder of its own."""
    with stack.running(tmp_path_factory.mktemp("var")) as running:
        yield running


SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_file(name: str) -> Path:
    """A file of real records beside the project; the test is skipped where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside this checkout; the test needs real records")
    return path
