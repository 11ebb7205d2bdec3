"""Processes die and come back; the citizen's next message is answered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import psutil
import pytest

from bot import stack
from bot.stack import Stack


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, product: Stack) -> object:
    """An installation of its own, with the model already trained."""
    var = tmp_path_factory.mktemp("own")
    (var / "models").mkdir()
    for file in (product.var / "models").iterdir():
        (var / "models" / file.name).write_bytes(file.read_bytes())
    with stack.running(var) as running:
        yield running


def child(own: Stack, name: str) -> psutil.Process:
    """The process of a part: ``./motcua`` command, or a forked worker by its own name."""
    for process in psutil.Process(own.process.pid).children(recursive=True):
        if name == process.name() or (name in process.cmdline() and not process.name().startswith("worker ")):
            return process
    raise AssertionError(f"no child {name}")


@pytest.mark.parametrize("name", ["worker 0", "worker 1", "workers", "actions"])
def test_a_killed_part_is_restarted_and_the_next_message_answered(own: Stack, name: str) -> None:
    sender = f"k-{uuid.uuid4().hex}"
    assert own.say("làm giấy khai sinh cần gì", sender)
    child(own, name).send_signal(signal.SIGKILL)
    answer = own.say("thế lệ phí bao nhiêu", sender)[0]["custom"]
    assert answer["kind"] == "answer" and answer["procedure"]["code"] == "1.001193"  # the conversation was not lost


def test_a_killed_gateway_comes_back(own: Stack) -> None:
    child(own, "gateway").send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not stack.answers(f"{own.base}/health"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert own.say("chào em", f"k-{uuid.uuid4().hex}")


def test_a_second_serve_on_the_same_folder_is_refused_with_the_remedy(own: Stack) -> None:
    done = subprocess.run([sys.executable, "-m", "bot", "serve"], env=own.environment, capture_output=True, text=True)
    assert done.returncode != 0 and "another serve" in done.stderr and "MOTCUA_VAR" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_named_with_the_remedy(own: Stack, tmp_path: Path) -> None:
    environment = {**own.environment, "MOTCUA_VAR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", "bot", "serve"], env=environment, capture_output=True, text=True)
    assert done.returncode != 0 and f"port {own.environment['MOTCUA_PORT']} is taken" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_sigterm_ends_every_child(own: Stack) -> None:
    children = psutil.Process(own.process.pid).children(recursive=True)
    assert len(children) == 5  # workers and their parent, action server, gateway
    os.kill(own.process.pid, signal.SIGTERM)
    own.process.wait(20)
    assert own.process.returncode == 0
    assert not [c for c in children if c.is_running() and c.status() != psutil.STATUS_ZOMBIE]


def test_a_broken_model_file_is_trained_anew(product: Stack, tmp_path: Path) -> None:
    from bot import settings
    from bot.engine import training

    configuration = settings.Settings(var=tmp_path)
    configuration.model_path.parent.mkdir()
    for file in (product.var / "models").iterdir():
        (configuration.model_path.parent / file.name).write_bytes(file.read_bytes())
    assert training.is_current(configuration)
    configuration.model_path.write_bytes(configuration.model_path.read_bytes()[:5000])
    assert not training.is_current(configuration)
