"""All Rasa workers of this machine, forked from one process that has everything loaded.

A worker of its own takes 490 MB, nearly all of it imported code, the model and the link index. Forked, the workers share
these pages with their parent: about 360 MB less for two workers, and the model is read once instead of twice at start.
``gc.freeze`` keeps the garbage collector from touching (and so copying) every shared object.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import random
import signal
import time
from typing import TYPE_CHECKING

from bot import settings
from bot.engine.processes import LONGEST_PAUSE, STEADY, STOP_WITHIN, die_with_parent
from bot.engine.worker import load_agent, serve

if TYPE_CHECKING:
    from types import FrameType

    from rasa.core.agent import Agent

log = logging.getLogger(__name__)
_PR_SET_NAME = 15
_STOPS = (signal.SIGTERM, signal.SIGINT)


class Workers:
    """The forked workers; one that dies is forked again, at once and then after growing pauses."""

    def __init__(self, agent: Agent, configuration: settings.Settings) -> None:
        self._agent, self._configuration = agent, configuration
        self._running: dict[int, int] = {}  # process → number of the worker
        self._started = [0.0] * configuration.workers
        self._pause = [0.0] * configuration.workers
        self._stopping = False

    def run(self) -> None:
        """Keep every worker running until SIGTERM; returns when all have ended."""
        for stop in _STOPS:
            signal.signal(stop, self._stop)
        for number in range(self._configuration.workers):
            self._fork(number)
        while self._running:
            process, status = os.waitpid(-1, 0)
            number = self._running.pop(process, -1)
            if number < 0 or self._stopping:
                continue
            log.warning("worker %d ended (code %d); starting it again", number, os.waitstatus_to_exitcode(status))
            ran = time.monotonic() - self._started[number]
            self._pause[number] = 0.0 if ran > STEADY else min(LONGEST_PAUSE, self._pause[number] * 2 or 0.2)
            self._wait(self._pause[number])
            if not self._stopping:
                self._fork(number)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.05)

    def _fork(self, number: int) -> None:
        # Signals wait until the child is in the list, so that none is missed by a stop.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        self._started[number] = time.monotonic()
        process = os.fork()
        if process == 0:
            self._be_worker(number)
        self._running[process] = number
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def _be_worker(self, number: int) -> None:
        """In the child: serve, and end without running what the parent has registered for its own end."""
        code = 1
        try:
            die_with_parent()
            ctypes.CDLL(None).prctl(_PR_SET_NAME, f"worker {number}".encode())  # what ps and top show
            for stop in _STOPS:
                signal.signal(stop, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
            random.seed()
            serve(self._agent, self._configuration, number)
            code = 0
        except BaseException:
            log.exception("worker %d failed", number)
        finally:
            os._exit(code)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        for process in self._running:
            os.kill(process, signal.SIGTERM)
        signal.signal(signal.SIGALRM, self._kill)
        signal.alarm(int(STOP_WITHIN))

    def _kill(self, number: int, frame: FrameType | None) -> None:
        for process in self._running:
            os.kill(process, signal.SIGKILL)


def main() -> None:
    """Load everything once and serve all workers until SIGTERM."""
    configuration = settings.load()
    agent = load_agent(configuration)
    ctypes.CDLL(None).malloc_trim(0)
    gc.collect()
    gc.freeze()
    Workers(agent, configuration).run()
