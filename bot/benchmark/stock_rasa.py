"""Stock Rasa 3.6.21 with its default pipeline on our training data, measured as ours is: same machine, same run.

It lives in an environment of its own under ``.bench`` (Python 3.10, TensorFlow). Its custom actions are served by our
action server, so what differs is Rasa itself.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import msgspec

from bot import stack
from bot.benchmark.growth import turns_by_session_length
from bot.benchmark.load import drive
from bot.benchmark.ours import memory_mb
from bot.settings import ROOT

HERE = Path(__file__).parent / "stock"
ENVIRONMENT = ROOT / ".bench" / "stock"
START_WITHIN = 400.0  # seconds


class NoStockRasa(RuntimeError):
    """The comparison cannot be made here; the message says what is missing."""


def prepare() -> Path:
    """Make the environment of stock Rasa; returns its ``rasa`` program.

    Raises:
        NoStockRasa: no uv, no Python 3.10, or no network at the first time.
    """
    program = ENVIRONMENT / ".venv" / "bin" / "rasa"
    if program.exists():
        return program
    uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    if not Path(uv).exists():
        raise NoStockRasa("uv is missing; it comes with the first ./motcua serve on a machine without uv")
    ENVIRONMENT.mkdir(parents=True, exist_ok=True)
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(HERE / name, ENVIRONMENT / name)
    pyenv = sorted(Path.home().glob(".pyenv/versions/3.10*/bin/python3.10"))
    python = ["--python", str(pyenv[-1])] if pyenv else ["--python", "3.10"]
    done = subprocess.run([uv, "sync", "--frozen", *python], cwd=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode:
        raise NoStockRasa(f"stock Rasa could not be installed: {done.stderr.strip().splitlines()[-1:]}")
    return program


def measure(var: Path) -> dict[str, Any]:
    """Training time, start to first answer, turns and memory of stock Rasa. Raises NoStockRasa."""
    from bot.engine.training import training_files

    rasa = prepare()
    project = var / "stock"
    shutil.rmtree(project, ignore_errors=True)
    (project / "data").mkdir(parents=True)
    for file in training_files():
        shutil.copy(file, project / "data")
    shutil.copy(HERE / "config.yml", project)
    shutil.copy(ROOT / "domain.yml", project)
    (project / "credentials.yml").write_text("rest:\n")
    variables = stack.environment(var / "kb")
    action = f"http://127.0.0.1:{variables['MOTCUA_ACTION_PORT']}"
    (project / "endpoints.yml").write_text(
        f"action_endpoint:\n  url: {action}/webhook\n  token: bench\n  enable_selective_domain: true\n"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MOTCUA_", "PYTHON"))}
    clean |= {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    started = time.perf_counter()
    trained = subprocess.run(
        [str(rasa), "train", "--force", "--quiet"], cwd=project, env=clean, capture_output=True, text=True
    )
    if trained.returncode:
        raise NoStockRasa(f"stock training failed: {trained.stderr.strip()[-300:]}")
    training = time.perf_counter() - started

    port = stack.free_port()
    actions = subprocess.Popen(
        [sys.executable, "-m", "bot", "actions"], env={**variables, "MOTCUA_INTERNAL_TOKEN": "bench"}, cwd=ROOT
    )
    begun = time.perf_counter()
    log = (project / "run.log").open("w")
    server = subprocess.Popen(
        [str(rasa), "run", "--port", str(port), "-i", "127.0.0.1"], cwd=project, env=clean, stdout=log, stderr=log
    )
    url = f"http://127.0.0.1:{port}/webhooks/rest/webhook"
    try:
        while not _answers(url):
            if server.poll() is not None or time.perf_counter() - begun > START_WITHIN:
                raise NoStockRasa(f"stock Rasa did not start; see {project / 'run.log'}")
            time.sleep(0.5)
        first = time.perf_counter() - begun
        asyncio.run(drive(url, 2, 1))
        one, _ = asyncio.run(drive(url, 1, 4))
        sixteen, _ = asyncio.run(drive(url, 16, 2))
        return {
            "training_s": round(training, 1),
            "start_to_first_answer_s": round(first, 1),
            "one_sender": msgspec.to_builtins(one),
            "sixteen_senders": msgspec.to_builtins(sixteen),
            "by_session_length_ms": turns_by_session_length(url),
            "memory_mb": memory_mb(server.pid) + memory_mb(actions.pid),
        }
    finally:
        for process in (server, actions):
            process.terminate()
            process.wait(20)
        log.close()


def _answers(url: str) -> bool:
    request = urllib.request.Request(
        url, data=b'{"sender": "first", "message": "ch\\u00e0o"}', headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return bool(response.status == 200)
    except OSError:
        return False
