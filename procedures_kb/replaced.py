"""Repealed codes and what took their place (replaced.yml), so that an old paper or link still leads somewhere true."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
from ruamel.yaml import YAML

from procedures_kb.model import Code, Record, Text

FILE = Path(__file__).parent / "replaced.yml"


class Replaced(Record, kw_only=True):
    by: Code
    source: Text


@functools.cache
def replaced() -> dict[str, Replaced]:
    """Old code → what replaced it.

    Raises:
        ValueError: a code is, over any number of steps, replaced by itself.
    """
    found = msgspec.convert(YAML(typ="safe").load(FILE.read_text(encoding="utf-8")), dict[str, Replaced])
    if circle := cycle({old: row.by for old, row in found.items()}):
        raise ValueError(f"{FILE.name}: a circle: {' → '.join(circle)}")
    return found


def replacement(code: str) -> str | None:
    """The code in force that took the place of ``code``, over any number of steps; None = it stands itself."""
    current = code
    while current in replaced():
        current = replaced()[current].by
    return current if current != code else None


def cycle(links: dict[str, str]) -> list[str]:
    """A circle in "replaced by" links, beginning and ending with the same code; empty when there is none."""
    for start in links:
        path = [start]
        while path[-1] in links:
            step = links[path[-1]]
            if step in path:
                return [*path[path.index(step) :], step]
            path.append(step)
    return []
