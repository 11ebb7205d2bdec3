"""What one edit form is about: a part of a procedure, or of a form; how it is put back, and where its faults stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from bot.staff import display, forms
from bot.staff.desk import Opened
from bot.staff.sections import Section
from bot.staff.wording import told
from procedures_kb.checks import Fault
from procedures_kb.model import Procedure
from procedures_kb.store import checksum, today


def content_mark(item: Any) -> str:
    """A short value that changes with the content of an item."""
    return checksum(msgspec.json.encode(item).decode())[:16]


class Target(msgspec.Struct, frozen=True):
    """One part of a record. ``index`` None = a new item; ``follows`` = what holds after the item of ``index``."""

    opened: Opened[Any]
    section: Section
    index: int | None
    follows: bool

    @property
    def address(self) -> str:
        """The form's own address, after ``…/sua/``."""
        return f"{self.section.slug}/{'moi' if self.index is None else self.index}"

    @property
    def item(self) -> Any:
        """The item as it stands; None for a new one."""
        if not self.section.attribute:
            return self.opened.record
        return None if self.index is None else getattr(self.opened.record, self.section.attribute)[self.index]

    @property
    def seen(self) -> str:
        """A mark of the item's content: a form made from another content must not overwrite it unasked."""
        if not self.section.attribute:
            texts = forms.typed_of(self.section, self.item)
            return checksum(repr(sorted(texts.items())))[:16]
        return content_mark(self.item) if self.item is not None else ""

    @property
    def heading(self) -> str:
        if self.follows:
            return f"Đổi {self.section.noun} từ một ngày"
        return f"{'Thêm' if self.index is None else 'Sửa'} {self.section.noun}"

    def defaults(self) -> forms.Typed:
        """What stands in the boxes of a new item."""
        return {}

    def typed(self) -> forms.Typed:
        """What stands in the boxes before anybody writes."""
        return forms.typed_of(self.section, self.item) if self.item is not None else self.defaults()

    def now(self) -> display.Item:
        """The item as others see it now, when two wrote at once."""
        return display.item_of(self.section, self.index or 0, self.item, self.opened.record, today())

    def made(self, values: Mapping[str, Any]) -> Any:
        """The item with the values of the form. Raises msgspec.ValidationError."""
        raise NotImplementedError

    def put(self, item: Any) -> Any:
        """The record with the form's item in its place."""
        raise NotImplementedError

    def without(self) -> Any:
        """The record without the item."""
        raise NotImplementedError

    def beside(self, fault: Fault, changed: Any) -> tuple[str, str] | None:
        """``(box, sentence)`` of a fault of this item; no box = above the form; None: it is about another part."""
        raise NotImplementedError


class ProcedureTarget(Target, frozen=True):
    """A part of a procedure: an item of one of its lists, or its own texts."""

    def defaults(self) -> forms.Typed:
        """A new item begins as "not sure": whoever checked it says so."""
        names = {spec.name for spec in self.section.fields}
        return ({"confidence": ["unsure"]} if "confidence" in names else {}) | (
            {"unit": ["hồ sơ"]} if self.section.slug == "le-phi" else {}
        )

    def made(self, values: Mapping[str, Any]) -> Any:
        if self.index is not None:
            return forms.made(self.section, self.item, dict(values))
        if self.section.slug in ("giay-to", "le-phi"):
            taken = {item.id for item in getattr(self.opened.record, self.section.attribute)}
            values = {**values, "id": forms.new_id(str(values[self.section.title_field]), taken)}
        return forms.made(self.section, None, dict(values))

    def put(self, item: Any) -> Procedure:
        if not self.section.attribute:
            assert isinstance(item, Procedure)
            return item
        items = list(getattr(self.opened.record, self.section.attribute))
        if self.index is None:
            items.append(item)
        elif self.follows:
            items[self.index] = _ended(items[self.index], item.effective_from)
            items.insert(self.index + 1, item)
        else:
            items[self.index] = item
        return self._with(items)

    def without(self) -> Procedure:
        items = list(getattr(self.opened.record, self.section.attribute))
        del items[self.index or 0]
        return self._with(items)

    def _with(self, items: list[Any]) -> Procedure:
        changed: Procedure = msgspec.structs.replace(self.opened.record, **{self.section.attribute: items})
        return changed

    def beside(self, fault: Fault, changed: Procedure) -> tuple[str, str] | None:
        one = told(fault, changed)
        shown = {spec.name for spec in self.section.fields if spec.editable}
        if not self.section.attribute:
            return (one.field, one.sentence) if one.attribute == "" and one.field in shown else None
        if one.attribute != self.section.attribute or one.index != self._place:
            return None
        return (one.field if one.field in shown else "", one.sentence)

    @property
    def _place(self) -> int:
        """Where the form's item stands in the record :meth:`put` returns."""
        if self.index is None:
            return len(getattr(self.opened.record, self.section.attribute))
        return self.index + 1 if self.follows else self.index


def _ended(item: Any, next_from: dt.date) -> Any:
    return msgspec.structs.replace(item, effective_to=next_from - dt.timedelta(days=1))
