"""What a form definition is made of: fields, groups that may repeat, editions per procedure, papers, signers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec

from procedures_kb.form_rules import Rule, ShowIf
from procedures_kb.model import Code, Identifier, Record, Text

FieldType = Literal[
    "text", "name", "date", "choice", "multi_choice", "personal_id", "old_id", "phone", "address", "count", "amount",
    "plate", "area", "note",
]  # fmt: skip
CHOICES = ("choice", "multi_choice")
NUMBERS = ("count", "amount", "area")
# Whose facts may fill a field in before it is asked, and which fact: "applicant", "mother.ethnicity".
Prefill = Annotated[str, msgspec.Meta(pattern=r"^[a-z]+(\.[a-z_]+)?$")]
Fact = Literal["name", "birth", "sex", "id", "old_id", "address", "phone", "nationality", "ethnicity"]
FACT_OF_TYPE: dict[str, Fact] = {
    "name": "name", "date": "birth", "personal_id": "id", "old_id": "old_id", "address": "address", "phone": "phone",
}  # fmt: skip
ROW = "-"  # joins the parts of a row's key: group-2-field; an Identifier never holds it
MORE = "more"


class Option(Record, kw_only=True):
    value: Identifier
    label: Text


class Field(Record, kw_only=True):
    """One field. ``question`` is said in chat, ``label`` stands on the page, ``help`` explains in plain words."""

    id: str
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
    prefill: Prefill | None = None
    min: float | None = None  # of count, amount (đồng) and area (m²)
    max: float | None = None
    pattern: str = ""  # the whole answer must match; then pattern_says is the sentence shown when it does not
    pattern_says: str = ""
    longest: Annotated[int, msgspec.Meta(ge=1, le=2000)] | None = None
    when: Literal["past", "any", "future"] = "past"  # which dates can be
    units_of_today: bool = True  # an address: propose the ward of today
    names_ward: bool = False  # the answer names a ward or commune; one that Hà Nội has not is pointed out at the review
    composed: str = ""  # not asked: made of other answers, "{field}" for each; the citizen may overwrite it
    printed: bool = True
    in_words: bool = False  # printed in words too (a birth date, an amount)


class Repeat(Record, kw_only=True):
    """A group of rows: family members, co-owners. Row keys are ``group-2-field``; a row keeps its number for life."""

    id: Identifier
    item: Text  # one row's name: "Thành viên"
    more: Text  # asked after each row
    first: Text = ""  # asked before the first row when none is needed
    min: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    max: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20


class Group(Record, kw_only=True):
    title: Text
    fields: list[Field]
    note: str = ""
    show_if: ShowIf | None = None
    repeat: Repeat | None = None
    procedures: list[Code] = []  # only in these editions; empty = all
    beside: bool = False  # printed as a second column beside the group before it (bên nữ | bên nam)


class Edition(Record, kw_only=True):
    """One procedure that uses the form, and what is different there."""

    procedure: Code
    form: Identifier  # id of the form in the procedure's record
    title: Text | None = None
    preset: dict[Identifier, str] = {}  # answers that follow from the procedure itself: never asked, printed
    composed: dict[Identifier, str] = {}  # the text of composed fields here


class Official(Record, kw_only=True):
    """Which official form this is, and from when until when it holds."""

    id: Text
    effective_from: dt.date
    effective_to: dt.date | None = None


class CaseRule(Record, kw_only=True):
    """The case of the procedure's record that the answers mean."""

    case: Identifier
    when: ShowIf
    procedures: list[Code] = []


class PaperRule(Record, kw_only=True):
    """When a component of the record is needed, told by the answers; ``ready`` = the form itself holds it."""

    component: Identifier
    needed_if: ShowIf | None = None
    ready: bool = False
    note: str = ""
    procedures: list[Code] = []


class AddedPaper(Record, kw_only=True):
    """A paper the answers call for besides the record's components, as an authorisation (văn bản ủy quyền)."""

    id: Identifier
    name: Text
    when: ShowIf
    law: Text
    note: str = ""
    procedures: list[Code] = []


class ActingRule(Record, kw_only=True):
    """Who files for the person, and what authorisation that needs; the first rule that holds counts, none = for oneself.

    ``sure`` is false where no source of today confirms the rule: then it is said, and nothing is blocked by it.
    """

    when: ShowIf
    needs: Literal["nothing", "written", "certified", "impossible"]
    law: Text
    sure: bool = True
    note: str = ""
    component: Identifier = "van_ban_uy_quyen"  # of the record; where it has none, a line of this id is added
    procedures: list[Code] = []


class Signer(Record, kw_only=True):
    title: Text
    field: Identifier | None = None  # whose name stands under the signature
    show_if: ShowIf | None = None
    procedures: list[Code] = []


class FormPerson(Record, kw_only=True):
    """A person of the form whose card or login may fill fields in; ``same_as`` another one when ``when`` holds."""

    role: Identifier
    label: Text
    same_as: Identifier | None = None
    when: ShowIf | None = None


class FormDefinition(Record, kw_only=True):
    """One official form as we fill it in. ``procedure`` and ``fixed`` are set when it is bound to an edition."""

    id: str
    title: Text  # as printed at the head of the form
    number: Text  # circular it comes from
    official: Official
    addressed_to: Text  # "Kính gửi"
    editions: Annotated[list[Edition], msgspec.Meta(min_length=1)]
    groups: list[Group]
    persons: list[FormPerson] = []
    rules: list[Rule] = []
    cases: list[CaseRule] = []
    papers: list[PaperRule] = []
    added_papers: list[AddedPaper] = []
    acting: list[ActingRule] = []
    closing: str = ""
    signers: list[Signer] = []
    procedure: str = ""
    catalogue_form: str = ""
    fixed: dict[str, str] = {}

    @property
    def fields(self) -> list[Field]:
        """The fields of the definition; those of repeatable groups once, without a row."""
        return [field for group in self.groups for field in group.fields]

    def field(self, field_id: str) -> Field:
        """The field of that id, of a row (``group-2-field``), or the question for one more row. Raises KeyError."""
        name, _, rest = field_id.partition(ROW)
        if not rest:
            for field in self.fields:
                if field.id == field_id:
                    return field
            raise KeyError(field_id)
        group = self.group(name)
        number, _, column = rest.partition(ROW)
        if number == MORE and not column:
            return more_field(group, 1)
        found = next((f for f in group.fields if f.id == column), None)
        if found is None or not number.isdecimal() or not 1 <= int(number) <= 999 or number != str(int(number)):
            raise KeyError(field_id)
        return row_field(group, found, int(number), int(number))

    def group(self, repeat_id: str) -> Group:
        """The repeatable group of that id. Raises KeyError."""
        for group in self.groups:
            if group.repeat and group.repeat.id == repeat_id:
                return group
        raise KeyError(repeat_id)


def repeat_of(group: Group) -> Repeat:
    """The repetition of a group that has one."""
    if group.repeat is None:
        raise TypeError(f"group {group.title} does not repeat")
    return group.repeat


def row_field(group: Group, field: Field, number: int, position: int) -> Field:
    """The field as it stands in one row; ``position`` is what the citizen counts."""
    repeat = repeat_of(group)
    columns = {other.id for other in group.fields}
    copy_from = field.copy_from
    return msgspec.structs.replace(
        field, id=f"{repeat.id}{ROW}{number}{ROW}{field.id}",
        label=f"{repeat.item} {position} – {field.label}", question=f"{repeat.item} {position}: {field.question}",
        copy_from=f"{repeat.id}{ROW}{number}{ROW}{copy_from}" if copy_from in columns else copy_from,
    )  # fmt: skip


def more_field(group: Group, rows: int) -> Field:
    """The question whether there is one more row; a choice like any other, so every channel can ask it."""
    repeat = repeat_of(group)
    return Field(
        id=f"{repeat.id}{ROW}{MORE}", label=f"Thêm {repeat.item.lower()}", type="choice",
        question=repeat.more if rows or not repeat.first else repeat.first,
        options=[Option(value="khong", label="Không"), Option(value="co", label="Có")],
    )  # fmt: skip
