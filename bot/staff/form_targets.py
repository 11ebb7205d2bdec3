"""Parts of a form that are edited in boxes: its head, a group's words, a field, a rule's sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from bot.staff import forms
from bot.staff.form_wording import sentence
from bot.staff.targets import Target
from procedures_kb.checks import Fault
from procedures_kb.form_types import CHOICES, Field, FormDefinition, Group, Option

NEW_OPTIONS = 3  # empty boxes behind the options there are


class FormTarget(Target, frozen=True):
    """The head (no index), a rule or a group by its number, or a field: ``group`` and ``index`` within it."""

    group: int = 0

    @property
    def address(self) -> str:
        if self.section.slug != "muc":
            return f"{self.section.slug}/{self.index or 0}"
        return f"muc/moi-{self.group}" if self.index is None else f"muc/{self.item.id}"

    @property
    def item(self) -> Any:
        form: FormDefinition = self.opened.record
        if self.section.slug == "dau":
            return form
        if self.section.slug == "muc":
            return None if self.index is None else form.groups[self.group].fields[self.index]
        return getattr(form, self.section.attribute)[self.index]

    def defaults(self) -> forms.Typed:
        return {"type": ["text"], "required": ["1"], "printed": ["1"], "when": ["past"]}

    def typed(self) -> forms.Typed:
        typed = Target.typed(self)
        if self.section.slug == "muc":
            typed["options"] = [*typed.get("options", []), *[""] * NEW_OPTIONS]
        return typed

    def made(self, values: Mapping[str, Any]) -> Any:
        old = self.item
        plain: dict[str, Any] = msgspec.to_builtins(old) if old is not None else {}
        if old is None:
            taken = {field.id for field in self.opened.record.fields}
            plain["id"] = forms.new_id(str(values["label"]), taken)
        for name, value in values.items():
            outer, _, inner = name.partition(".")
            if inner:
                plain[outer] = {k: v for k, v in {**plain.get(outer, {}), inner: value}.items() if v is not None}
            elif name == "options":
                plain["options"] = _options(old.options if old else [], value, values["type"])
            elif value is None:
                plain.pop(name, None)
            else:
                plain[name] = value
        return msgspec.convert(plain, Field if self.section.slug == "muc" else type(old))

    def put(self, item: Any) -> FormDefinition:
        form: FormDefinition = self.opened.record
        if self.section.slug == "dau":
            assert isinstance(item, FormDefinition)
            return item
        if self.section.slug == "muc":
            fields = form.groups[self.group].fields
            return self._with_fields([*fields[: self._place], item, *fields[self._place + 1 :]])
        items = list(getattr(form, self.section.attribute))
        items[self.index or 0] = item
        return msgspec.structs.replace(form, **{self.section.attribute: items})

    def without(self) -> FormDefinition:
        form: FormDefinition = self.opened.record
        if self.section.slug == "muc":
            fields = form.groups[self.group].fields
            return self._with_fields([field for number, field in enumerate(fields) if number != self.index])
        items = [item for number, item in enumerate(getattr(form, self.section.attribute)) if number != self.index]
        return msgspec.structs.replace(form, **{self.section.attribute: items})

    def moved(self, by: int) -> FormDefinition:
        """The form with the field one place earlier or later within its group."""
        fields = list(self.opened.record.groups[self.group].fields)
        here = self._place
        there = min(max(0, here + by), len(fields) - 1)
        fields.insert(there, fields.pop(here))
        return self._with_fields(fields)

    def _with_fields(self, fields: list[Field]) -> FormDefinition:
        form: FormDefinition = self.opened.record
        groups: list[Group] = list(form.groups)
        groups[self.group] = msgspec.structs.replace(groups[self.group], fields=fields)
        return msgspec.structs.replace(form, groups=groups)

    @property
    def _place(self) -> int:
        return len(self.opened.record.groups[self.group].fields) if self.index is None else self.index

    def beside(self, fault: Fault, changed: Any) -> tuple[str, str] | None:
        begins = {
            "dau": "$.", "muc": f"$.groups[{self.group}].fields[{self._place}].", "nhom": f"$.groups[{self.index}].",
        }.get(self.section.slug, f"$.{self.section.attribute}[{self.index}].")  # fmt: skip
        path = fault.field + ("." if fault.field.endswith("]") else "")  # a fault of the whole item
        if not path.startswith(begins):
            return None
        box = path.removeprefix(begins)
        shown = {spec.name for spec in self.section.fields if spec.editable}
        if box in shown:
            return box, sentence(fault.message)
        return None if self.section.slug in ("dau", "nhom") else ("", sentence(fault.message))


def _options(old: list[Option], labels: list[str], kind: str) -> list[dict[str, str]]:
    """The options with their labels as typed: an emptied box takes its option away, the boxes behind add new ones."""
    if kind not in CHOICES:
        return []
    kept = [{"value": option.value, "label": text} for option, text in zip(old, labels, strict=False) if text]
    taken = {option["value"] for option in kept}
    for text in labels[len(old) :]:
        if text:
            value = forms.new_id(text, taken)
            kept.append({"value": value, "label": text})
            taken.add(value)
    return kept
