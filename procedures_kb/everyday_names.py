"""What citizens say for procedures nobody has reviewed yet (everyday_names/*.yml): code → phrases, written by us.

Their official names are often the only thing known of them, and hold few of the words people use. The phrases serve to
recognise a procedure only; nothing is stated from them.
"""

from __future__ import annotations

import functools
from pathlib import Path

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "everyday_names"


class BadNames(ValueError):
    """A file does not hold codes with lists of phrases; the message names file and code."""


@functools.cache
def everyday_names() -> dict[str, tuple[str, ...]]:
    """The phrases by code.

    Raises:
        BadNames: a file is not of the form described above, or a code stands twice.
    """
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(FOLDER.glob("*.yml")):
        for code, phrases in (YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}).items():
            if not isinstance(phrases, list) or not all(isinstance(phrase, str) and phrase for phrase in phrases):
                raise BadNames(f"{path.name}: {code}: expected a list of phrases")
            if code in found:
                raise BadNames(f"{path.name}: {code} stands twice")
            found[code] = tuple(phrases)
    return found
