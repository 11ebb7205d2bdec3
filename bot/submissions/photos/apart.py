"""Files of unknown origin are decoded in a process of their own: a damaged one that crashes a decoder ends that process only.

Decoders of pictures are large C libraries; a damaged HEIC has crashed one here. The child is started for one file, gets the
bytes through a pipe and a small environment without our secrets, has limits of its own, and writes nothing to disk.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import sys
from collections.abc import Callable
from typing import TypeVar

import msgspec

from bot.settings import ROOT
from bot.submissions.photos.opening import BROKEN, Unusable, kind_of

log = logging.getLogger(__name__)
PATIENCE = 30.0  # seconds for one file, the start of the process (about 0.3) included
CPU_SECONDS = 20
Result = TypeVar("Result")
MEMORY = 2 * 1024**3  # bytes of address space


class _Outcome(msgspec.Struct):
    """What the child says: a result, or the sentence why the file cannot be used."""

    result: msgspec.Raw = msgspec.Raw(b"\xc0")
    refused: str = ""


def command(work: str) -> list[str]:
    """The child's command line."""
    return [sys.executable, "-m", "bot.submissions.photos.apart", work]


async def apart(work: str, data: bytes, result: type[Result]) -> Result:
    """Do a piece of work (a name of :func:`works`) on a file.

    Raises:
        Unusable: the file cannot be used, took too long, or brought its decoder down.
    """
    kind_of(data)  # what is no picture at all needs no process
    process = await asyncio.create_subprocess_exec(
        *command(work), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT, env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate(data)
    except (
        RuntimeError,
        ConnectionError,
    ):  # uvloop's and asyncio's word for a child that ended before it was given the file
        log.warning("a file brought its decoder down before it was read")
        raise Unusable(BROKEN) from None
    except TimeoutError:
        log.warning("a file was given up: its decoder took more than %.0f s", PATIENCE)
        raise Unusable(BROKEN) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        log.warning("a file brought its decoder down (code %d)", process.returncode)
        raise Unusable(BROKEN)
    outcome = msgspec.msgpack.decode(said, type=_Outcome)
    if outcome.refused:
        raise Unusable(outcome.refused)
    return msgspec.msgpack.decode(outcome.result, type=result)


def works() -> dict[str, Callable[[bytes], object]]:
    """What a child can do with a file."""
    from bot.submissions.photos.cleaning import clean
    from bot.submissions.prefill.qr_codes import texts_in

    return {"clean": clean, "qr": texts_in}


def main() -> None:
    """The child: one file from standard input, the outcome to standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    work = works()[sys.argv[1]]
    try:
        outcome = _Outcome(result=msgspec.Raw(msgspec.msgpack.encode(work(sys.stdin.buffer.read()))))
    except Unusable as fault:
        outcome = _Outcome(refused=str(fault))
    sys.stdout.buffer.write(msgspec.msgpack.encode(outcome))


if __name__ == "__main__":
    main()
