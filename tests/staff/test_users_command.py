"""``./motcua users``."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.users import users


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("MOTCUA_VAR", str(tmp_path))

    def call(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(users, list(arguments), input=typed)

    return call


ADD = ("add", "mai", "--role", "editor", "--display-name", "Nguyễn Thị Mai")


def test_add_asks_twice_and_hides_the_password(run) -> None:  # type: ignore[no-untyped-def]
    result = run(*ADD, typed="a long password\na long password\n")
    assert result.exit_code == 0 and "a long password" not in result.output


def test_add_reads_a_password_file(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "password").write_text("a long password\n", encoding="utf-8")
    assert run(*ADD, "--password-file", str(tmp_path / "password")).exit_code == 0


def test_short_password_is_one_line_without_traceback(run) -> None:  # type: ignore[no-untyped-def]
    result = run(*ADD, typed="short\nshort\n")
    assert result.exit_code == 1 and "10 to 200 characters" in result.output and "Traceback" not in result.output


def test_list_shows_accounts(run) -> None:  # type: ignore[no-untyped-def]
    run(*ADD, typed="a long password\na long password\n")
    assert "Nguyễn Thị Mai" in run("list").output


def test_locked_account_is_listed_so(run) -> None:  # type: ignore[no-untyped-def]
    run(*ADD, typed="a long password\na long password\n")
    run("lock", "mai")
    assert "locked" in run("list").output


@pytest.mark.parametrize("command", ["lock", "unlock"])
def test_unknown_account_is_told(run, command: str) -> None:  # type: ignore[no-untyped-def]
    result = run(command, "nobody")
    assert result.exit_code == 1 and "no account" in result.output


@pytest.mark.parametrize("command", ["add", "list", "password", "lock", "unlock"])
def test_every_command_shows_an_example(run, command: str) -> None:  # type: ignore[no-untyped-def]
    assert "Example: ./motcua users" in run(command, "--help").output
