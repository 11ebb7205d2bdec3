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


def _messages(name: str) -> tuple[Confirmed, ...]:
    """The messages of a file of JSON lines: with thousands of them YAML would take a third of the building of an index."""
    lines = (NLU_DATA / name).read_bytes().splitlines()
    return tuple(msgspec.json.decode(line, type=Confirmed) for line in lines)


@functools.cache
def told_in_cases() -> tuple[Confirmed, ...]:
    """The messages that tell (or do not tell) a case of a procedure: ``cases.jsonl``."""
    return _messages("cases.jsonl")


@functools.cache
def first_messages() -> tuple[Confirmed, ...]:
    """First messages of talks of which all is known, procedure, case and aspects: ``first_messages.jsonl``."""
    return _messages("first_messages.jsonl")


@functools.cache
def told_by_code() -> dict[str, list[Confirmed]]:
    """The messages that tell a case of a procedure, or are known to tell none, by procedure."""
    found: dict[str, list[Confirmed]] = {}
    for message in (*told_in_cases(), *first_messages()):
        found.setdefault(message.codes[0], []).append(message)
    return found


@functools.cache
def linking_messages() -> tuple[Confirmed, ...]:
    """Messages of which the procedure is known, and those known to be about none: ``linking.jsonl``, ``out_of_scope.yml``."""
    strange = [
        line
        for block in _read("out_of_scope.yml")["nlu"]
        if block["intent"] == "out_of_scope"
        for line in block["examples"].splitlines()
    ]
    return (
        *_messages("linking.jsonl"),
        *(Confirmed(line.strip().removeprefix("- "), ()) for line in strange if line.strip()),
    )


@functools.cache
def confirmed_messages() -> tuple[Confirmed, ...]:
    """All confirmed messages that ship with the product."""
    return (*linking_messages(), *told_in_cases(), *first_messages())


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


def forget_messages() -> None:
    """Give back what reading the messages took; they are read again, in 20 milliseconds, when a model is learned anew."""
    for reading in (told_in_cases, first_messages, told_by_code, linking_messages, confirmed_messages):
        reading.cache_clear()
