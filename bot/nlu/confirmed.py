"""Messages of which staff have confirmed what they mean: the procedure, its case, and what is asked (nlu_data)."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from ruamel.yaml import YAML

from bot.settings import ROOT
from procedures_kb.text import strip_marks

NLU_DATA = ROOT / "nlu_data"


class Confirmed(msgspec.Struct, frozen=True):
    """A message whose meaning is known.

    Fields:
        codes: the procedures any of which is right; none = about none we know.
        aspects: what it asks, where somebody said so.
        case: the case of the (only) procedure that its words tell; None = they tell none, or nobody has said.
        alone: whether the procedure can be told from the message itself, or only from the talk it was said in.
    """

    text: str
    codes: tuple[str, ...]
    aspects: tuple[str, ...] | None = None
    case: str | None = None
    alone: bool = True


def _read(name: str) -> Any:
    return YAML(typ="safe").load((NLU_DATA / name).read_text(encoding="utf-8"))


@functools.cache
def told_in_cases() -> tuple[Confirmed, ...]:
    """The messages that tell (or do not tell) a case of a procedure: ``cases.yml``, procedure → case → messages."""
    return tuple(
        Confirmed(row["text"], (code,), tuple(row["aspects"]), None if case == "none" else case, row.get("alone", True))
        for code, cases in _read("cases.yml").items()
        for case, rows in cases.items()
        for row in rows
    )


@functools.cache
def told_of(code: str) -> tuple[Confirmed, ...]:
    """:func:`told_in_cases` of one procedure."""
    return tuple(message for message in told_in_cases() if code in message.codes)


@functools.cache
def confirmed_messages() -> tuple[Confirmed, ...]:
    """All confirmed messages that ship with the product, and those known to be about no procedure."""
    strange = [
        line
        for block in _read("out_of_scope.yml")["nlu"]
        if block["intent"] == "out_of_scope"
        for line in block["examples"].splitlines()
    ]
    return (
        *msgspec.convert(_read("linking.yml"), list[Confirmed]),
        *told_in_cases(),
        *(Confirmed(line.strip().removeprefix("- "), ()) for line in strange if line.strip()),
    )


@functools.cache
def questions_that_name_nothing() -> tuple[str, ...]:
    """Questions that ask on about whatever is being talked about ("thế giấy tờ thì sao"): they tell no case."""
    blocks = _read("ask_followups.yml")["nlu"]
    return tuple(example["text"].strip() for block in blocks for example in block["examples"] if "text" in example)


@functools.cache
def asking_messages() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Messages about any procedure with what they ask: ``asking.yml``, aspects → messages."""
    return tuple((text, tuple(aspects.split(", "))) for aspects, texts in _read("asking.yml").items() for text in texts)


@functools.cache
def asked_parts() -> dict[str, frozenset[str]]:
    """What parts of messages with several parts ask, as somebody has read them: ``asked_parts.yml``; parts without marks."""
    return {
        strip_marks(part): frozenset() if aspects == "nothing" else frozenset(aspects.split(", "))
        for aspects, parts in _read("asked_parts.yml").items()
        for part in parts
    }
