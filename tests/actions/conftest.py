"""Every test of the actions sees the shipped knowledge base."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _shipped(shipped_knowledge: None) -> None:
    """See tests/conftest.py."""
