"""Whether a text speaks of another country: "chồng Hàn" is a foreigner, "cưới bên Đức" happened abroad.

Names of procedures and cases say "người nước ngoài" and "ở nước ngoài"; people name the country.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from ruamel.yaml import YAML

from procedures_kb.text import strip_marks

PERSON, ABROAD = "người nước ngoài", "ở nước ngoài"
_COUNTRIES = Path(__file__).parent / "countries.yml"


@functools.cache
def _patterns() -> dict[bool, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Patterns of a foreign person and of a place abroad, for texts with marks (True) and without (False)."""
    words: dict[str, list[str]] = YAML(typ="safe").load(_COUNTRIES.read_text(encoding="utf-8"))

    def alternatives(names: list[str], marked: bool) -> str:
        return "|".join(sorted((name if marked else strip_marks(name) for name in names), key=len, reverse=True))

    found = {}
    for marked in (True, False):
        short = alternatives(words["short"] if marked else words["plain"], marked)
        long = alternatives(words["long"], marked)
        nationals = alternatives(words["nationals"], marked)
        person, place = (alternatives(words[key], marked) for key in ("person", "place"))
        found[marked] = (
            re.compile(
                rf"\b(?:{nationals})\b|\b(?:{person}) (?:là )?(?:người )?(?:{long}|(?:{short})\b(?! (?:động|dong|bình|nguyên)))\b"
            ),
            re.compile(rf"\b(?:{long})\b|\b(?:{place}) (?:{short})\b"),
        )
    return found


def implied(text: str, marked: bool) -> str:
    """What the countries named in a text imply: "người nước ngoài", "ở nước ngoài", or nothing.

    Args:
        text: folded text; ``marked`` = whether it was typed with marks.
    """
    if not marked:
        text = strip_marks(text)
    person, abroad = _patterns()[marked]
    found = PERSON if person.search(text) else ABROAD if abroad.search(text) else ""
    return found if marked else strip_marks(found)
