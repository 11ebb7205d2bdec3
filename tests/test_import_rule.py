"""Who may import whom (design section 3)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEAVES = {"bot.settings", "bot.keys", "bot.csrf", "bot.limits"}
# package → our packages it may import besides itself and the leaves
ALLOWED = {
    "procedures_kb": set(),
    "bot.submissions": {"procedures_kb"},
    "actions": {
        "procedures_kb",
        "bot.submissions",
        "bot.nlu",
    },  # bot.nlu: cases are judged where the talk is known (decision 0015)
    "bot.nlu": {"procedures_kb"},
    "bot.channels": {"procedures_kb"},
    "bot.staff": {"procedures_kb", "bot.submissions"},
    "bot.engine": {"procedures_kb", "bot.nlu", "actions"},
    "bot.gateway": {"procedures_kb", "bot.submissions", "bot.channels", "bot.staff"},
}


def ours(module: str) -> str | None:
    """The package of ours a module belongs to, or None."""
    parts = module.split(".")
    if parts[0] in ("procedures_kb", "actions"):
        return parts[0]
    if parts[0] == "bot" and len(parts) > 1:
        return ".".join(parts[:2])
    return None


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "bot"}
    return found - {"bot"}


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_package_imports_only_what_it_may(package: str) -> None:
    broken = []
    for path in (ROOT / package.replace(".", "/")).rglob("*.py"):
        for module in imports_of(path):
            target = ours(module)
            if (
                target
                and target != package
                and target not in ALLOWED[package]
                and module not in LEAVES
                and target not in LEAVES
            ):
                broken.append(f"{path.relative_to(ROOT)} imports {module}")
    assert not broken, "\n".join(broken)


def test_nothing_but_its_own_command_imports_the_gateway() -> None:
    for path in [
        *(ROOT / "bot").rglob("*.py"),
        *(ROOT / "actions").rglob("*.py"),
        *(ROOT / "procedures_kb").rglob("*.py"),
    ]:
        if "gateway" in path.parts or path.name == "parts.py" and path.parent.name == "commands":
            continue
        assert not any(module.startswith("bot.gateway") for module in imports_of(path)), path


def test_rasa_is_imported_only_where_it_belongs() -> None:
    for path in [
        *(ROOT / "bot").rglob("*.py"),
        *(ROOT / "actions").rglob("*.py"),
        *(ROOT / "procedures_kb").rglob("*.py"),
    ]:
        if "engine" in path.parts or path.name == "components.py":
            continue
        assert not any(module.split(".")[0] == "rasa" for module in imports_of(path)), path
