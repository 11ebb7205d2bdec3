"""Procedures that are recognised by everyday names although nobody has reviewed them yet (known_names.yml)."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec
from ruamel.yaml import YAML

from procedures_kb.model import Code, Record, Text

FILE = Path(__file__).parent / "known_names.yml"


class KnownName(Record, kw_only=True):
    """An entry of the list: enough to recognise a procedure and to point to the portal."""

    code: Code
    name: Text
    portal_id: Text
    aliases: list[Text]

    @property
    def url(self) -> str:
        """Address of the procedure at the national portal."""
        return f"https://dichvucong.gov.vn/thu-tuc-hanh-chinh/{self.portal_id}"


@functools.cache
def known_names() -> dict[str, KnownName]:
    """The list by code."""
    rows = msgspec.convert(YAML(typ="safe").load(FILE.read_text(encoding="utf-8")), list[KnownName])
    return {row.code: row for row in rows}
