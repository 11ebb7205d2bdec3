"""What differs between two versions of a record, field by field, readable by a person."""

from __future__ import annotations

from typing import Any

import msgspec

_LONGEST = 160  # characters of a value shown
_NAMES = ("id", "code", "number", "name", "text", "title", "level", "value", "agency")  # what tells list items apart


class Change(msgspec.Struct, frozen=True):
    """One difference. ``before`` or ``after`` empty = added or taken away."""

    field: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"+ {self.field}: {self.after}"
        if not self.after:
            return f"- {self.field}: {self.before}"
        return f"~ {self.field}: {self.before} → {self.after}"


def differences(before: msgspec.Struct | None, after: msgspec.Struct) -> list[Change]:
    """Every change from ``before`` to ``after``; an empty list = equal."""
    old = msgspec.to_builtins(before) if before is not None else {}
    return list(_compare("", old, msgspec.to_builtins(after)))


def _compare(path: str, old: Any, new: Any) -> list[Change]:
    if old == new:
        return []
    if isinstance(old, dict) and isinstance(new, dict):
        found: list[Change] = []
        for key in dict.fromkeys([*old, *new]):
            found += _compare(f"{path}.{key}" if path else str(key), old.get(key), new.get(key))
        return found
    if isinstance(old, list) and isinstance(new, list):
        return _lists(path, old, new)
    return [Change(path, _shown(old), _shown(new))]


def _lists(path: str, old: list[Any], new: list[Any]) -> list[Change]:
    """Items are matched by what names them, so that a moved item is not a change."""
    was, is_now = _named(old), _named(new)
    found: list[Change] = []
    for name in dict.fromkeys([*was, *is_now]):
        found += _compare(f"{path}[{name}]", was.get(name), is_now.get(name))
    return found


def _named(items: list[Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for item in items:
        name = next((str(item[key]) for key in _NAMES if item.get(key)), "") if isinstance(item, dict) else str(item)
        name = name[:60]
        copies = sum(1 for other in named if other == name or other.startswith(f"{name} #"))
        named[f"{name} #{copies + 1}" if copies else name] = item
    return named


def _shown(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
