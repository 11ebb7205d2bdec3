"""The whole product as child processes on free ports, for tests, evaluation and benchmarks: the real thing, not a mock."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bot.settings import ROOT

START_WITHIN = 120.0  # seconds, training included


class StackFailed(RuntimeError):
    """The product did not start; the message holds what it said."""


# Below the system's ephemeral range: a worker binds its port seconds after it was chosen, and until then an outgoing
# connection of any process could be given a port of that range.
LOWEST, HIGHEST = 20_000, 30_000


def free_port(count: int = 1) -> int:
    """First of ``count`` free consecutive ports."""
    while True:
        first = random.randrange(LOWEST, HIGHEST)
        try:
            for number in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
        except OSError:
            continue
        return first


class Stack(msgspec.Struct):
    """A running product."""

    base: str
    var: Path
    process: subprocess.Popen[str]
    environment: dict[str, str]
    log: Path

    def say(self, text: str, sender: str) -> list[dict[str, Any]]:
        """One message over the REST channel."""
        request = urllib.request.Request(
            f"{self.base}/webhooks/rest/webhook", data=json.dumps({"sender": sender, "message": text}).encode(),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=60) as response:
            messages: list[dict[str, Any]] = json.load(response)
        return messages

    def command(self, *arguments: str) -> str:
        """Run ``./motcua …`` on this installation; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments], env=self.environment, capture_output=True, text=True, check=True
        )
        return done.stdout


def environment(var: Path, **more: str) -> dict[str, str]:
    """Settings of an installation of its own: its var folder and free ports."""
    first = free_port(6)
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("MOTCUA_")},
        "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", "MOTCUA_VAR": str(var), "MOTCUA_PORT": str(first),
        "MOTCUA_ACTION_PORT": str(first + 1), "MOTCUA_WORKER_PORT": str(first + 2), **more,
    }  # fmt: skip


def answers(address: str) -> bool:
    """Whether a health address says "ok"."""
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(json.load(response)["status"] == "ok")
    except (urllib.error.URLError, OSError, ValueError, KeyError):
        return False


@contextmanager
def running(var: Path, **more: str) -> Iterator[Stack]:
    """Start ``serve`` on ``var``, wait until it answers, end it afterwards.

    Raises:
        StackFailed: it ended or did not answer in time.
    """
    variables = environment(var, **more)
    var.mkdir(parents=True, exist_ok=True)
    log = var / "serve.log"
    base = f"http://127.0.0.1:{variables['MOTCUA_PORT']}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            env=variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
        )
        try:
            deadline = time.monotonic() + START_WITHIN
            action_health = f"http://127.0.0.1:{variables['MOTCUA_ACTION_PORT']}/health"
            while not (answers(f"{base}/health") and answers(action_health)):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise StackFailed(f"serve did not start:\n{log.read_text()[-3000:]}")
                time.sleep(0.2)
            yield Stack(base, var, process, variables, log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
