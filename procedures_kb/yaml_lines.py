"""Finding the line a part of a YAML document stands at."""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq


def line_of(document: Any, path: list[str | int]) -> int:
    """Line (from 1) of the deepest part of ``path`` that exists in a document loaded with comments."""
    node, line = document, 0
    for step in path:
        if isinstance(node, CommentedMap) and step in node:
            line = node.lc.value(step)[0]
        elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
            line = node.lc.item(step)[0]
        else:
            break
        node = node[step]
    return line + 1


def split_path(text: str) -> list[str | int]:
    """``$.fees[0].amount`` → ["fees", 0, "amount"]."""
    steps: list[str | int] = []
    for part in text.removeprefix("$").split("."):
        name, *indexes = part.split("[")
        if name:
            steps.append(name)
        steps.extend(int(index[:-1]) for index in indexes if index[:-1].isdigit())
    return steps
