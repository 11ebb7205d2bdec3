"""Definitions of the forms citizens fill in: fields, help, checks, and what is printed where. Data, not code."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import msgspec
from ruamel.yaml import YAML

from procedures_kb.model import Code, Identifier, Record, Text

FORMS = Path(__file__).parent / "forms"

FieldType = Literal["text", "name", "date", "choice", "personal_id", "phone", "address", "count"]


class Option(Record, kw_only=True):
    value: Identifier
    label: Text


class ShowIf(Record, kw_only=True):
    """The field is asked only when an earlier choice field has one of these values."""

    field: Identifier
    values: list[Identifier]


class Field(Record, kw_only=True):
    """One field. ``question`` is said in chat, ``label`` stands on the page, ``help`` explains in plain words."""

    id: Identifier
    label: Text
    question: Text
    type: FieldType
    help: str = ""
    example: str = ""
    required: bool = True
    options: list[Option] = []
    show_if: ShowIf | None = None
    copy_from: Identifier | None = None  # when the field is not asked, the form prints this field's value
    aliases: list[Text] = []  # what citizens call the field when they correct it ("tên", "ngày sinh")


class Group(Record, kw_only=True):
    title: Text
    fields: list[Field]


class FormDefinition(Record, kw_only=True):
    """One official form as we fill it in."""

    id: Identifier
    procedure: Code
    title: Text  # as printed at the head of the form
    number: Text  # circular it comes from
    addressed_to: Text  # "Kính gửi"
    groups: list[Group]

    @property
    def fields(self) -> list[Field]:
        return [field for group in self.groups for field in group.fields]

    def field(self, field_id: str) -> Field:
        """The field of that id. Raises KeyError."""
        for field in self.fields:
            if field.id == field_id:
                return field
        raise KeyError(field_id)


class FormFault(ValueError):
    """A form definition contradicts itself; the message names file and field."""


def check(form: FormDefinition, file: str) -> None:
    """Rules beyond types: unique ids, choices with options, conditions on earlier choice fields.

    Raises:
        FormFault: the first rule that is broken.
    """
    seen: dict[str, Field] = {}
    for field in form.fields:
        if field.id in seen:
            raise FormFault(f"{file}: field {field.id} stands twice")
        if (field.type == "choice") != bool(field.options):
            raise FormFault(f"{file}: field {field.id}: type choice and options belong together")
        if field.show_if:
            earlier = seen.get(field.show_if.field)
            known = {option.value for option in earlier.options} if earlier else set()
            if earlier is None or not set(field.show_if.values) <= known:
                raise FormFault(f"{file}: field {field.id}: show_if must name an earlier choice field and its values")
        if field.copy_from and (field.copy_from not in seen or not field.show_if):
            raise FormFault(f"{file}: field {field.id}: copy_from must name an earlier field, and needs show_if")
        seen[field.id] = field


@functools.cache
def forms() -> dict[str, FormDefinition]:
    """Every form definition shipped, by id.

    Raises:
        FormFault: a file does not hold a valid definition.
    """
    result: dict[str, FormDefinition] = {}
    for path in sorted(FORMS.glob("*.yml")):
        try:
            form = msgspec.convert(YAML(typ="safe").load(path.read_text(encoding="utf-8")), FormDefinition)
        except msgspec.ValidationError as error:
            raise FormFault(f"{path.name}: {error}") from error
        check(form, path.name)
        result[form.id] = form
    return result


def form_of(procedure_code: str) -> FormDefinition | None:
    """The form we can fill in for a procedure, if any."""
    return next((form for form in forms().values() if form.procedure == procedure_code), None)


def asked_fields(form: FormDefinition, values: dict[str, str]) -> list[Field]:
    """The fields that apply, given the answers so far, in the form's order."""
    return [f for f in form.fields if f.show_if is None or values.get(f.show_if.field) in f.show_if.values]
