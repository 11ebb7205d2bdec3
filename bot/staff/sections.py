"""How a part of a record is described: what a field is called and which kind of value it holds, and lists of such."""

from __future__ import annotations

from typing import Literal

import msgspec

from procedures_kb.model import Record

Kind = Literal[
    "line", "text", "lines", "number", "money", "date", "choice", "many", "flag", "tiers",
    "options", "condition", "rule", "pairs", "field", "person",  # of forms
]  # fmt: skip


class FieldSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One field. ``name`` with a dot reaches into a nested record (``waiver.database``).

    ``options`` are value → label; ``options_of`` names the procedure's own list they are taken from.
    """

    name: str
    label: str
    kind: Kind
    help: str = ""
    required: bool = False
    options: dict[str, str] = {}
    options_of: Literal["", "cases", "forms", "fees"] = ""
    group: str = ""  # legend of the fieldset it stands in
    editable: bool = True
    usual: bool | str | None = None  # a value that pages need not show
    types: tuple[str, ...] = ()  # only for fields of a form of these types; empty = any

    def fits(self, item: object) -> bool:
        """Whether it says anything of this item."""
        return not self.types or getattr(item, "type", "") in self.types


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A list of the record, or (``attribute`` empty) its own texts.

    ``slug`` stands in addresses; ``noun`` in sentences ("Thêm giấy tờ"); ``key`` names the field by which two versions
    of an item are known as the same one; ``title_field`` is shown as the item's heading.
    """

    slug: str
    attribute: str
    title: str
    noun: str
    fields: list[FieldSpec]
    struct: type[Record] | None = None
    key: str = ""
    title_field: str = ""
    editable: bool = False  # items may be changed, added and removed
    grows: bool = True
    successor: bool = False  # offers "from a day on, something else holds"
