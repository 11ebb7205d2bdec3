"""Starting, watching, restarting and ending the processes of one installation.

A child that dies is started again at once, then after growing pauses; SIGTERM or Ctrl-C ends all of them. Children die
with their parent even after kill -9 of the parent (Linux parent-death signal).
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable

import msgspec

log = logging.getLogger(__name__)
STOP_WITHIN = 8.0  # seconds a child has to end after SIGTERM before it is killed
LONGEST_PAUSE = 10.0  # seconds between restarts of a child that keeps dying
STEADY = 30.0  # seconds a child must have run for its pauses to start from zero again
_PR_SET_PDEATHSIG = 1


class Part(msgspec.Struct, frozen=True):
    """One child process: ``./motcua`` command line and how it is called in messages."""

    name: str
    arguments: tuple[str, ...]


def die_with_parent() -> None:
    """Have the calling process terminated when its parent ends, however that ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Keeps the parts of one installation running until told to stop."""

    def __init__(self, parts: list[Part], environment: dict[str, str], say: Callable[[str], None]) -> None:
        self._parts, self._environment, self._say = parts, environment, say
        self._stopping = asyncio.Event()
        self.running: dict[str, asyncio.subprocess.Process] = {}

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Run every part until :meth:`stop`; returns when all have ended."""
        await asyncio.gather(*(self._keep(part) for part in self._parts))

    async def _keep(self, part: Part) -> None:
        pause = 0.0
        while not self._stopping.is_set():
            started = asyncio.get_running_loop().time()
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *part.arguments, env=self._environment, preexec_fn=die_with_parent,
                start_new_session=True,
            )  # fmt: skip
            self.running[part.name] = process
            ended = asyncio.create_task(process.wait())
            stopping = asyncio.create_task(self._stopping.wait())
            await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if self._stopping.is_set():
                await self._end(process, ended)
                return
            ran = asyncio.get_running_loop().time() - started
            pause = 0.0 if ran > STEADY else min(LONGEST_PAUSE, pause * 2 or 0.2)
            self._say(f"{part.name} ended (code {process.returncode}); starting it again")
            try:
                await asyncio.wait_for(self._stopping.wait(), pause)
            except TimeoutError:
                continue

    async def _end(self, process: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> None:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(asyncio.shield(ended), STOP_WITHIN)
        except TimeoutError:
            process.kill()
            await ended


def environment() -> dict[str, str]:
    """What every child sees: ours, plus what keeps numeric libraries from taking every core for tiny matrices."""
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **single, "RASA_TELEMETRY_ENABLED": "false", "MALLOC_ARENA_MAX": "2",
            "PYTHONWARNINGS": "ignore"}  # fmt: skip
