"""``./motcua serve``: everything, from nothing to "open this page"."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import IO

import click

from bot import keys, settings
from bot.engine.processes import Part, Supervisor, die_with_parent, environment

READY_WITHIN = 90.0  # seconds until all parts must answer


def _fail(message: str) -> None:
    sys.exit(f"motcua: {message}")


def _say(message: str) -> None:
    click.echo(f"motcua: {message}", err=True)


def lock_of(configuration: settings.Settings) -> IO[str]:
    """One ``serve`` per var folder; the lock is freed by the system when the process ends, however it ends."""
    try:
        configuration.var.mkdir(parents=True, exist_ok=True)
        file = (configuration.var / "serve.lock").open("a+")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            _fail(f"the disk is full: {configuration.var} cannot be written; free some space and start again")
        _fail(f"{configuration.var} cannot be written ({error.strerror}); set MOTCUA_VAR to a folder of yours")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        _fail(
            f"another serve (process {owner}) already uses {configuration.var}; stop it, or set MOTCUA_VAR to another folder"
        )
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def _check_ports(configuration: settings.Settings) -> None:
    wanted = [
        ("MOTCUA_PORT", configuration.host, configuration.port),
        ("MOTCUA_ACTION_PORT", "127.0.0.1", configuration.action_port),
    ]
    wanted += [("MOTCUA_WORKER_PORT", "127.0.0.1", configuration.worker_port + n) for n in range(configuration.workers)]
    for variable, host, port in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    _fail(
                        f"port {port} is taken; stop the program that uses it (ss -ltnp | grep {port}) or set {variable} to a free port"
                    )
                _fail(f"cannot listen on {host}:{port} ({error.strerror}); set {variable} or MOTCUA_HOST")


def _prepare(configuration: settings.Settings) -> None:
    """Key, knowledge base, model: each step only if needed, each said when it takes long."""
    die_with_parent()  # or it would hold the lock on when serve is killed
    try:
        _prepare_all(configuration)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            _fail(f"the disk is full: {configuration.var} cannot be written; free some space and start again")
        raise


def _prepare_all(configuration: settings.Settings) -> None:
    from bot.engine import training
    from bot.submissions.prefill import registry
    from procedures_kb import catalog_files
    from procedures_kb.store import Store

    keys.load(configuration)
    keys.internal_token(configuration)
    for fault in registry.check_config(configuration):
        _say(f"setting: {fault}")
    store = Store(configuration.kb_path)
    codes = catalog_files.load(store)
    if codes:
        _say(f"knowledge base: published {len(codes)} procedures and forms as release {store.release()}")
    store.close()
    if not training.is_current(configuration):
        _say("training the model, about a minute (only when its inputs changed)")
        # A process of its own, so that its memory is given back.
        result = subprocess.run(
            [sys.executable, "-m", "bot", "train", "--force"], env=environment(), capture_output=True, text=True
        )
        if result.returncode:
            if "No space left" in result.stderr:
                _fail(
                    f"the disk is full: the model cannot be written in {configuration.var}; free some space and start again"
                )
            _fail(
                f"training failed; run ./motcua train to see why. Last line: {(result.stderr.strip().splitlines() or [''])[-1]}"
            )


def _ready(configuration: settings.Settings) -> bool:
    host = "127.0.0.1" if configuration.host == "0.0.0.0" else configuration.host
    for address in (
        f"http://127.0.0.1:{configuration.action_port}/health",
        f"http://{host}:{configuration.port}/health",
    ):
        try:
            with urllib.request.urlopen(address, timeout=2) as response:
                if json.load(response)["status"] != "ok":
                    return False
        except (urllib.error.URLError, OSError, ValueError):
            return False
    return True


async def _run(configuration: settings.Settings) -> None:
    started = time.perf_counter()
    parts = [Part("workers", ("workers",)), Part("action server", ("actions",)), Part("gateway", ("gateway",))]
    supervisor = Supervisor(parts, environment(), _say)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.stop)
    task = asyncio.create_task(supervisor.run())
    while not task.done() and time.perf_counter() - started < READY_WITHIN:
        if await asyncio.to_thread(_ready, configuration):
            _say(
                f"ready after {time.perf_counter() - started:.1f} s: open {configuration.base_url}/ (staff: {configuration.base_url}/staff)"
            )
            _say("stop with Ctrl-C")
            break
        await asyncio.sleep(0.2)
    else:
        if not task.done():
            _say(f"not everything answers after {READY_WITHIN:.0f} s; the messages above say what does not start")
    await task
    _say("stopped")


@click.command()
def serve() -> None:
    """Set up, train if needed, start everything and print where to open the page.

    Example: ./motcua serve
    """
    configuration = settings.load()
    lock = lock_of(configuration)
    _check_ports(configuration)
    # In a process of its own: what reading the catalog takes (40 MB) would else stay with this one as long as it runs.
    prepared = multiprocessing.get_context("fork").Process(target=_prepare, args=(configuration,))
    prepared.start()
    prepared.join()
    if prepared.exitcode:
        sys.exit(1)  # it has said why
    asyncio.run(_run(configuration))
    lock.close()
