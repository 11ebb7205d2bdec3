"""``./motcua test``: every check and test, with what they need installed first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import click

from bot.settings import ROOT

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def _run(title: str, *command: str) -> bool:
    click.echo(f"\n== {title}: {' '.join(command[2:] if command[0] == sys.executable else command)}", err=True)
    started = time.perf_counter()
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode
    click.echo(
        f"== {title}: {'passed' if code == 0 else f'FAILED ({code})'} in {time.perf_counter() - started:.0f} s",
        err=True,
    )
    return code == 0


def ensure_browser() -> None:
    """Chromium for the browser tests, from Debian's packages when this machine has none."""
    if any(shutil.which(name) for name in CHROMIUM):
        return
    sudo = [] if os.geteuid() == 0 else (["sudo", "-n"] if shutil.which("sudo") else None)
    if sudo is None or not shutil.which("apt-get"):
        sys.exit("motcua: the browser tests need Chromium; install it (Debian: apt install chromium) and run again")
    click.echo("installing Chromium for the browser tests", err=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"],
    ):
        if subprocess.run([*sudo, *command], env=environment, stdout=subprocess.DEVNULL).returncode:
            sys.exit(
                "motcua: Chromium could not be installed; install it by hand (Debian: apt install chromium) and run again"
            )


def _checks() -> list[bool]:
    python = sys.executable
    return [
        _run("style", python, "-m", "ruff", "check", "."),
        _run("format", python, "-m", "ruff", "format", "--check", "."),
        _run("types", python, "-m", "mypy"),
        _run("catalog", python, "-m", "bot", "kb", "validate"),
        _run("Rasa data", python, "-m", "bot", "rasa", "data", "validate", "--fail-on-warnings"),
    ]


@click.command()
def check() -> None:
    """Run the quick checks only: style, types, catalog, Rasa data.

    Example: ./motcua check
    """
    sys.exit(0 if all(_checks()) else 1)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run every check and test; arguments go to pytest (then the quick checks are left out).

    Example: ./motcua test
    """
    ensure_browser()
    passed = [] if arguments else _checks()
    # Playwright keeps an event loop running in its process, so browser tests have one of their own.
    for title, chosen in [("tests", arguments)] if arguments else [("tests", ()), ("browser tests", ("-m", "browser"))]:
        passed.append(_run(title, sys.executable, "-m", "pytest", *chosen))
    sys.exit(0 if all(passed) else 1)
