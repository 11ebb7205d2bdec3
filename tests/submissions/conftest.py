"""Every test of submissions sees the shipped knowledge base, whatever other tests have opened in this process before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.submissions import completeness


@pytest.fixture(autouse=True)
def _shipped_knowledge(loaded_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MOTCUA_VAR", str(loaded_path.parent))
    opened = completeness._knowledge  # a test may put another one in its place
    opened.cache_clear()
    yield
    opened.cache_clear()
