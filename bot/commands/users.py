"""``./motcua users``: staff accounts from the command line. A password is never an argument: others could read it."""

from __future__ import annotations

from pathlib import Path

import click

from bot import settings
from bot.staff.roles import Role
from bot.staff.users import UserFault, Users

BY = "command line"
_password_file = click.option(
    "--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the password from this file instead of asking.",
)  # fmt: skip


def _users() -> Users:
    return Users(settings.load().staff_path)


def _password(file: Path | None) -> str:
    """From the file (its last line end cut off), or asked twice without showing it."""
    if file is None:
        answer: str = click.prompt("Password", hide_input=True, confirmation_prompt="Password again")
        return answer
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not UTF-8 text; save it as UTF-8") from None


@click.group()
def users() -> None:
    """Staff accounts: add, list, password, lock, unlock.

    Example: ./motcua users list
    """


@users.command()
@click.argument("name")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What the account may do."
)
@click.option("--display-name", required=True, help="The officer's name as pages show it.")
@_password_file
def add(name: str, role: str, display_name: str, password_file: Path | None) -> None:
    """Make an account; the password is asked twice.

    Example: ./motcua users add mai --role editor --display-name "Nguyễn Thị Mai"
    """
    try:
        _users().add(name, display_name, Role(role), _password(password_file), BY)
    except UserFault as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"made account {name} ({role})")


@users.command("list")
def list_() -> None:
    """Show every account with its role and state.

    Example: ./motcua users list
    """
    accounts = _users().all()
    for user in accounts:
        out = f", locked out until {user.locked_until}" if user.locked_until else ""
        click.echo(f"{user.name:16}  {user.role.value:8}  {user.state}{out}  {user.display_name}")
    if not accounts:
        click.echo("no accounts yet; make one with: ./motcua users add NAME --role admin --display-name TEXT")


@users.command()
@click.argument("name")
@_password_file
def password(name: str, password_file: Path | None) -> None:
    """Set a new password for NAME and end its sessions.

    Example: ./motcua users password mai
    """
    try:
        _users().set_password(name, _password(password_file), BY)
    except UserFault as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"changed the password of {name}")


@users.command()
@click.argument("name")
def lock(name: str) -> None:
    """Bar NAME from signing in and end its sessions.

    Example: ./motcua users lock mai
    """
    try:
        _users().lock(name, BY)
    except UserFault as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"locked {name}")


@users.command()
@click.argument("name")
def unlock(name: str) -> None:
    """Let NAME sign in again, also after too many wrong passwords.

    Example: ./motcua users unlock mai
    """
    try:
        _users().unlock(name, BY)
    except UserFault as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"unlocked {name}")
