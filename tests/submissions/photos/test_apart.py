"""A file that crashes its decoder harms nobody but itself."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

import pytest
import uvloop

from bot.submissions.photos import apart as module
from bot.submissions.photos.apart import apart
from bot.submissions.photos.cleaning import Cleaned
from bot.submissions.photos.opening import BROKEN, Unusable
from tests.submissions.photos import files

HEIC = (Path(__file__).parent / "sample.heic").read_bytes()


async def test_a_picture_is_cleaned_apart() -> None:
    cleaned = await apart("clean", files.jpeg(), Cleaned)
    assert cleaned.kind == "jpeg" and cleaned.pdf.startswith(b"%PDF") and cleaned.small


async def test_a_refusal_keeps_its_sentence() -> None:
    with pytest.raises(Unusable, match="tệp nén"):
        await apart("clean", b"PK" + bytes(50), Cleaned)


def test_a_decoder_that_ends_before_it_is_given_the_file_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def ended(*arguments: Any, **options: Any) -> Any:
        process = await start(*arguments, **options)
        await process.wait()
        return process

    start = asyncio.create_subprocess_exec
    monkeypatch.setattr(module, "command", lambda work: [sys.executable, "-c", "raise SystemExit(3)"])
    monkeypatch.setattr(asyncio, "create_subprocess_exec", ended)
    with pytest.raises(Unusable, match="bị hỏng"):
        uvloop.run(apart("clean", files.jpeg(), Cleaned))  # the loop that raises RuntimeError for it


async def test_a_decoder_that_crashes_refuses_the_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    crash = [sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"]
    monkeypatch.setattr(module, "command", lambda work: crash)
    with pytest.raises(Unusable, match="bị hỏng"):
        await apart("clean", files.jpeg(), Cleaned)


async def test_a_decoder_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "command", lambda work: [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    with pytest.raises(Unusable, match="bị hỏng"):
        await apart("clean", files.jpeg(), Cleaned)


async def test_the_child_sees_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_KEY", "secret")
    tell = [sys.executable, "-c", "import os, sys; sys.exit(3 if 'MOTCUA_KEY' in os.environ else 0)"]
    monkeypatch.setattr(module, "command", lambda work: tell)
    with pytest.raises(Exception) as fault:  # ended well but said nothing: not the code 3 of a child that saw it
        await apart("clean", files.jpeg(), Cleaned)
    assert str(fault.value) != BROKEN


async def test_damaged_heic_files_are_taken_or_refused() -> None:
    """Some of these crash libheif; in-process they would take the gateway with them."""
    chance = random.Random(7)
    outcomes = []
    for _ in range(24):
        place = chance.randrange(len(HEIC))
        damaged = HEIC[:place] + chance.randbytes(30) + HEIC[place + 30 :]
        try:
            outcomes.append((await apart("clean", damaged, Cleaned)).kind)
        except Unusable as refused:
            outcomes.append(str(refused))
        await asyncio.sleep(0)
    assert len(outcomes) == 24 and all(outcomes)
