"""``./motcua keys``: changing the key everything is sealed with. Keys are never printed, nor given as arguments."""

from __future__ import annotations

import sys

import click

from bot import settings
from bot.commands.serve import lock_of
from bot.submissions import rotation


@click.group()
def keys() -> None:
    """The key of the house: rotate, drop-old.

    Example: ./motcua keys rotate
    """


@keys.command()
def rotate() -> None:
    """Make a new key and seal everything anew; stop the service first. Cut off, it goes on when run again.

    Example: ./motcua keys rotate
    """
    configuration = settings.load()
    held = lock_of(configuration)
    try:
        done = rotation.rotate(configuration, click.echo)
    except rotation.CannotRotate as fault:
        sys.exit(f"motcua: {fault}")
    finally:
        held.close()
    click.echo(
        f"{done.sealed_anew} sealed anew, {done.already} were already, {done.unreadable} were opened by no key before either"
    )
    if configuration.key:
        click.echo(
            f"now put the content of {configuration.var / 'key.next'} into MOTCUA_KEY (lines joined by ;), delete that file, start again"
        )
    else:
        click.echo(f"back {configuration.var / 'key'} up. When all runs well: ./motcua keys drop-old")


@keys.command("drop-old")
def drop_old() -> None:
    """Delete the key of before, after proving that nothing needs it; people's sessions of before then end.

    Example: ./motcua keys drop-old
    """
    try:
        rotation.drop_old(settings.load())
    except rotation.CannotRotate as fault:
        sys.exit(f"motcua: {fault}")
    click.echo("the key of before is gone; restart the service")
