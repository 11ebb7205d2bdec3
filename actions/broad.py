"""A message that names a field and nothing else ("em muốn hỏi về hộ khẩu"): ask which procedure of it is meant."""

from __future__ import annotations

import functools
from pathlib import Path

from ruamel.yaml import YAML

from actions.asking import ask_among
from actions.turn import Turn

MOST_CHOICES = 3  # procedures offered at once
# What stands around the name of a field in a first message without telling more.
_AROUND = frozenset(
    [
        "da",
        "a",
        "oi",
        "em",
        "anh",
        "chi",
        "minh",
        "toi",
        "tui",
        "chau",
        "con",
        "bac",
        "co",
        "chu",
        "bot",
        "ad",
        "cho",
        "hoi",
        "ve",
        "muon",
        "can",
        "lam",
        "thu",
        "tuc",
        "giup",
        "voi",
        "xin",
        "tu",
        "van",
        "cai",
        "vu",
        "viec",
        "ay",
        "nhe",
        "nha",
        "nhi",
        "the",
        "nao",
        "nhu",
        "sao",
        "kieu",
        "gi",
        "di",
        "chuyen",
        "may",
        "giay",
        "to",
        "o",
        "vay",
        "y",
        "la",
        "nho",
        "alo",
    ]
)


@functools.cache
def _fields() -> dict[tuple[str, ...], list[str]]:
    """The telling words of each name of a field → the codes asked between."""
    rows = YAML(typ="safe").load((Path(__file__).parent / "broad_words.yml").read_text(encoding="utf-8"))
    return {_telling(words): row["codes"] for row in rows for words in row["words"]}


def _telling(plain: str) -> tuple[str, ...]:
    return tuple(word for word in plain.split() if word not in _AROUND) or tuple(plain.split())


def broad(turn: Turn) -> bool:
    """Ask which procedure of the named field is meant. Whether the message names a field and nothing else."""
    if turn.memory.procedure or turn.memory.offered:  # then it is an answer or a follow-up
        return False
    codes = _fields().get(_telling(turn.plain))
    if not codes:
        return False
    turn.memory.wanted = turn.heard_aspects
    ask_among(turn, codes[:MOST_CHOICES])
    return True


def rest_of_field(offered: list[str]) -> list[str]:
    """What else there is in the field of which all ``offered`` ones were asked between."""
    fitting = (codes for codes in _fields().values() if offered and set(offered) <= set(codes))
    return next(([code for code in codes if code not in offered] for codes in fitting), [])
