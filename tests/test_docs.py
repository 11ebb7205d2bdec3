"""What is not documented does not exist: commands, settings, routes, error codes, decisions."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec
import pytest
from aiohttp import web

from bot.commands import COMMANDS, cli
from bot.gateway.incoming import ERRORS
from bot.settings import Settings, variable

DOCS = Path(__file__).resolve().parent.parent / "docs"
OPERATORS = (DOCS / "operators.md").read_text(encoding="utf-8")
SETTINGS = (DOCS / "settings.md").read_text(encoding="utf-8")


def commands() -> dict[str, click.Command]:
    """Every command with its full name, groups resolved."""
    found: dict[str, click.Command] = {}

    def walk(prefix: str, group: click.Group) -> None:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None, name
            if isinstance(command, click.Group):
                walk(f"{prefix}{name} ", command)
            found[f"{prefix}{name}"] = command

    assert isinstance(cli, click.Group)
    walk("", cli)
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_command_is_documented(name: str) -> None:
    assert f"{name}`" in OPERATORS or f"{name} " in OPERATORS, name


@pytest.mark.parametrize("name", sorted(commands()))
def test_command_has_one_sentence_and_an_example(name: str) -> None:
    text = commands()[name].help or ""
    assert text.split("\n")[0].strip().endswith((".", ":")) or text.split("\n\n")[0].strip().endswith(".")
    assert "Example: ./motcua" in text


def test_every_command_of_the_list_exists() -> None:
    assert set(COMMANDS) <= set(commands())


@pytest.mark.parametrize("field", [field.name for field in msgspec.structs.fields(Settings)])
def test_setting_is_documented(field: str) -> None:
    assert f"`{variable(field)}`" in SETTINGS


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {variable(field.name) for field in msgspec.structs.fields(Settings)}
    assert set(re.findall(r"`(MOTCUA_[A-Z_]+)`", SETTINGS)) <= known


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_error_code_is_documented_with_its_status(code: str) -> None:
    assert f"| `{code}` | {ERRORS[code][0]} |" in OPERATORS


def test_every_route_is_documented(tmp_path: Path) -> None:
    from bot.gateway.app import make_app

    app = make_app(Settings(var=tmp_path, zalo_app_id="1", zalo_oa_id="2", zalo_oa_secret="s", zalo_app_secret="s"))
    missing = []
    for resource in app.router.resources():
        path = re.sub(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}", r"{\1}", resource.canonical)
        tail = path.removeprefix("/ho-so/{draft}")
        known = (
            path.startswith("/staff")
            or f"{path}`" in OPERATORS
            or f"`GET …{tail}`" in OPERATORS
            or f"…{tail}`" in OPERATORS
        )
        if isinstance(resource, web.StaticResource):
            known = "/static/" in OPERATORS
        if not known:
            missing.append(path)
    assert not missing


def test_readme_names_the_two_commands() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert "./motcua serve" in readme and "./motcua test" in readme
    assert all((DOCS.parent / link).exists() for link in re.findall(r"\]\((?!http)([^)#]+)\)", readme))


def test_decisions_are_numbered_and_admit_their_cost() -> None:
    files = sorted((DOCS / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    assert all("**Consequences.**" in file.read_text(encoding="utf-8") for file in files)
