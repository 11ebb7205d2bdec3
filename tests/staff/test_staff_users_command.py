"""``./motcua users``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.users import users

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MOTCUA_VAR", str(tmp_path))

    def call(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(users, list(arguments), input=typed)

    return call


ADD = ("add", "mai", "--role", "editor", "--display-name", "Nguyễn Thị Mai")


def test_add_asks_twice_and_hides_the_password(run: Run) -> None:
    result = run(*ADD, typed="a long password\na long password\n")
    assert result.exit_code == 0 and "a long password" not in result.output


def test_add_reads_a_password_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a long password\n", encoding="utf-8")
    assert run(*ADD, "--password-file", str(tmp_path / "password")).exit_code == 0


def test_short_password_is_one_line_without_traceback(run: Run) -> None:
    result = run(*ADD, typed="short\nshort\n")
    assert result.exit_code == 1 and "10 to 200 characters" in result.output and "Traceback" not in result.output


def test_list_shows_accounts(run: Run) -> None:
    run(*ADD, typed="a long password\na long password\n")
    assert "Nguyễn Thị Mai" in run("list").output


def test_locked_account_is_listed_so(run: Run) -> None:
    run(*ADD, typed="a long password\na long password\n")
    run("lock", "mai")
    assert "locked" in run("list").output


@pytest.mark.parametrize("command", ["lock", "unlock"])
def test_unknown_account_is_told(run: Run, command: str) -> None:
    result = run(command, "nobody")
    assert result.exit_code == 1 and "no account" in result.output


@pytest.mark.parametrize("command", ["add", "list", "password", "lock", "unlock"])
def test_every_command_shows_an_example(run: Run, command: str) -> None:
    assert "Example: ./motcua users" in run(command, "--help").output
