"""The training dialogues of nlu_data/talks, as far as the networks learn from them (their format: design section 11)."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bot.nlu.confirmed import NLU_DATA

TALKS = NLU_DATA / "talks"


class Expect(msgspec.Struct):
    """What a turn is about and asks; the other fields of the format count for playing it only."""

    code: str | None = None
    code_alt: list[str] = []
    aspects: list[str] = []
    act: str | None = None


class TalkTurn(msgspec.Struct):
    user: str
    expect: Expect


class Talk(msgspec.Struct):
    turns: list[TalkTurn]


def read_talks(folder: Path = TALKS) -> list[Talk]:
    """All dialogues of a folder. Raises msgspec.DecodeError for a line that is none."""
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_bytes().splitlines()]
    return [msgspec.json.decode(line, type=Talk) for line in lines]
