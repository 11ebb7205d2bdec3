"""Parts that several records share, written once: ``shared_parts/*.yml`` and the register of legal texts.

A record refers to a part by ``shared: name`` in the list it belongs to (its other fields override the part's), and to
a legal text by its number alone. Everything is written out when the catalog is read; the store only holds whole records.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from procedures_kb.text import clean

FOLDER = Path(__file__).parent / "shared_parts"
LEGAL_TEXTS = FOLDER / "legal_texts.yml"

Parts = dict[str, dict[str, dict[str, Any]]]


class UnknownPart(ValueError):
    """A record names a part or a legal text that stands nowhere; ``field`` is the path in the record."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def _load(path: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}


@functools.cache
def shared_parts() -> Parts:
    """Every shared part by list name (``components``, ``fees`` …) and name.

    Raises:
        ValueError: the same name stands in two files.
    """
    parts: Parts = {}
    for path in sorted(FOLDER.glob("*.yml")):
        if path == LEGAL_TEXTS:
            continue
        for field, named in _load(path).items():
            for name, part in named.items():
                if name in parts.setdefault(field, {}):
                    raise ValueError(f"{path.name}: {field}.{name} stands in another file of shared_parts too")
                parts[field][name] = part
    return parts


@functools.cache
def legal_texts() -> dict[str, dict[str, Any]]:
    """Legal texts by number: name, and effective_from where known."""
    return {clean(str(number)): text for number, text in _load(LEGAL_TEXTS).items()}


def write_out(document: dict[str, Any]) -> dict[str, Any]:
    """The record with every shared part and legal text written out.

    Raises:
        UnknownPart: naming the field and what is known.
    """
    result = dict(document)
    for field, items in document.items():
        if not isinstance(items, list):
            continue
        if field == "legal_basis":
            result[field] = [_legal_text(item, f"$.{field}[{i}]") for i, item in enumerate(items)]
        else:
            result[field] = [_part(item, field, i) for i, item in enumerate(items)]
    return result


def _legal_text(item: Any, path: str) -> Any:
    if not isinstance(item, str):
        return item
    if item not in legal_texts():
        raise UnknownPart(
            path, f"legal text {item!r} is not in {LEGAL_TEXTS.name}; add it there, or write number and name"
        )
    return {"number": item, **legal_texts()[item]}


def _part(item: Any, field: str, index: int) -> Any:
    if not isinstance(item, dict) or "shared" not in item:
        return item
    known = shared_parts().get(field, {})
    if item["shared"] not in known:
        raise UnknownPart(
            f"$.{field}[{index}].shared",
            f"shared part {item['shared']!r} does not exist; known: {', '.join(sorted(known)) or 'none'}",
        )
    return {**known[item["shared"]], **{key: value for key, value in item.items() if key != "shared"}}
