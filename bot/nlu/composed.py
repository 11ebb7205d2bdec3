"""Training messages for the aspects, composed of a situation or matter and one or two questions (nlu_data/aspect_parts.yml).

In a story the question is one clause among many; a model that has seen only short questions takes words of the story for
questions. Composed messages teach it that the question decides. They are made at training time, always the same ones.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import msgspec
from ruamel.yaml import YAML

from bot.settings import ROOT
from procedures_kb import catalog_files
from procedures_kb.text import strip_marks

PARTS = ROOT / "nlu_data" / "aspect_parts.yml"
COUNT = 1_500  # messages composed
NOISY = 0.35  # share of them typed with slips
BEFORE = 0.25  # share of those with a matter at the end whose first question stands before it
_SLOT = re.compile(r"\{(\w+)\}")
_LINKS = (" ", ", ", " thì ", " ạ, ", ". ", " mà ", " vậy ")
_AND = (", ", " và ", " với ", ", rồi ", " ạ, còn ", "? ")
_ENDS = ("", "", "", " ạ", " hả anh chị", "?", " vậy em", " ad ơi", " nhỉ")


class Parts(msgspec.Struct, forbid_unknown_fields=True):
    """``situations`` ask nothing; ``questions`` by aspect, or by several that one question asks ("online+steps"); ``before`` = questions that stand before their matter.

    ``{name}`` in a question stands for any word of the slot of that name.
    """

    situations: list[str]
    questions: dict[str, list[str]]
    before: dict[str, list[str]]
    slots: dict[str, list[str]] = {}

    def question(self, kind: str, chance: random.Random) -> str:
        """Any question for an aspect, its slots filled."""
        return _SLOT.sub(lambda slot: chance.choice(self.slots[slot[1]]), chance.choice(self.questions[kind]))


def read_parts() -> Parts:
    """The parts that ship. Raises msgspec.ValidationError naming the field that is wrong."""
    return msgspec.convert(YAML(typ="safe").load(PARTS.read_text(encoding="utf-8")), Parts)


def everyday_matters() -> list[str]:
    """What people come for: the everyday names of the reviewed procedures that ship."""
    return [name for procedure in catalog_files.read_all() for name in (procedure.short_name, *procedure.aliases)]


_CHAT = {
    "gì": "j",
    "không": "ko",
    "được": "đc",
    "bao nhiêu": "bn",
    "thế nào": "tn",
    "giấy tờ": "gt",
    "làm": "lm",
    "cần": "kần",
}


def mistype(text: str, chance: random.Random) -> str:
    """The text as somebody types in a hurry: marks left out here and there, letters lost, doubled or swapped, chat words."""
    for full, short in _CHAT.items():
        if chance.random() < 0.25:
            text = text.replace(full, short)
    words = text.split(" ")
    for place, word in enumerate(words):
        slip = chance.random()
        if slip < 0.25:
            words[place] = strip_marks(word)
        elif slip < 0.33 and len(word) > 3:
            at = chance.randrange(1, len(word) - 1)
            words[place] = chance.choice((
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            ))  # fmt: skip
    return " ".join(words)


def compose(parts: Parts, matters: Sequence[str], count: int = COUNT) -> list[tuple[str, tuple[str, ...]]]:
    """Messages with the aspects they ask; none = they tell something and ask nothing.

    Args:
        parts: situations and questions.
        matters: names of things people come for ("sang tên xe"), so that many words are seen beside every question.
        count: how many messages.
    """
    chance = random.Random(0)
    aspects = sorted(parts.questions)
    matters = list(matters)
    made: list[tuple[str, tuple[str, ...]]] = []
    for _ in range(count):
        pieces = [chance.choice(parts.situations)] if chance.random() < 0.45 else []
        if matters and (not pieces or chance.random() < 0.5):
            pieces.append(chance.choice(matters))
        if chance.random() < 0.2:
            pieces.append(chance.choice(parts.situations))
        many = chance.choices((0, 1, 2, 3), (0.12, 0.50, 0.31, 0.07))[0]
        kinds = chance.sample(aspects, min(many, len(aspects)))
        later = kinds
        if kinds and kinds[0] in parts.before and pieces and pieces[-1] in matters and chance.random() < BEFORE:
            pieces[-1] = f"{chance.choice(parts.before[kinds[0]])} {pieces[-1]}"
            later = kinds[1:]
        told = chance.choice(_LINKS).join(pieces)
        asked = chance.choice(_AND).join(parts.question(kind, chance) for kind in later)
        text = told + (chance.choice(_LINKS) if asked else "") + asked + chance.choice(_ENDS)
        asked_aspects = tuple(dict.fromkeys(aspect for kind in kinds for aspect in kind.split("+")))
        made.append((mistype(text, chance) if chance.random() < NOISY else text, asked_aspects))
    return made
