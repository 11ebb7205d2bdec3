"""What an officer's reason means for this draft: which fields and papers it reopens, and how it is said in plain words.

The words are data (reasons.yml). What names no field or paper that we can find reopens all, and says so: a person must
never be stuck with a reason that nobody understands.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Literal

import msgspec
from ruamel.yaml import YAML

from bot.submissions.completeness import Line, State, verdict_of
from bot.submissions.delivery.base import Reason
from bot.submissions.dossiers import Told
from bot.submissions.draft import Draft
from procedures_kb.form_model import Field, FormDefinition, asked_fields
from procedures_kb.form_types import ROW
from procedures_kb.store import today
from procedures_kb.text import fold, strip_marks


class _Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: list[str]
    where: list[str] = msgspec.field(name="in")


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    codes: list[str]
    words: list[str]
    says: str
    types: list[str] = []
    labels: list[str] = []
    papers: Literal["", "named", "own"] = ""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    persons: list[_Person]
    reasons: list[_Entry]
    unknown: str
    none_given: str


@functools.cache
def table() -> _Table:
    """The file, checked."""
    text = (Path(__file__).parent / "reasons.yml").read_text(encoding="utf-8")
    return msgspec.convert(YAML(typ="safe").load(text), _Table)


def _plain(text: str) -> str:
    return f" {' '.join(re.sub(r'[^a-z0-9 ]', ' ', strip_marks(fold(text))).split())} "


def told(draft: Draft, form: FormDefinition, reasons: list[Reason]) -> list[Told]:
    """Each reason in plain words with what it reopens, in the officer's order."""
    everything = [field for field in asked_fields(form, draft.content.values) if not field.composed]
    all_ids = [field.id for field in everything]
    if not reasons:
        return [Told("", table().none_given, all_ids)]
    lines = verdict_of(draft, form, today()).lines
    found = [_told(form, everything, lines, reason) for reason in reasons]
    if not any(one.reopens for one in found):
        found = [
            msgspec.structs.replace(one, reopens=all_ids, plain=" ".join(filter(None, [one.plain, table().unknown])))
            if number == 0 else one
            for number, one in enumerate(found)
        ]  # fmt: skip
    return found


def _told(form: FormDefinition, fields: list[Field], lines: list[Line], reason: Reason) -> Told:
    said = _plain(reason.text)
    named, papers, plain = _exactly(fields, lines, reason.code)
    if not named and not papers:
        entries = [entry for entry in table().reasons if reason.code.upper() in entry.codes]
        entries = entries or [e for e in table().reasons if any(f" {word} " in said for word in e.words)]
        for entry in entries:
            named += [field for field in _fields(form, fields, entry, said) if field not in named]
            papers += [line for line in _papers(lines, entry, said) if line not in papers]
            plain.append(entry.says)
        if not named and not papers:  # no everyday word: perhaps the label of a field or the name of a paper
            named = _by_label(fields, said)
            papers = [line for line in lines if _paper_named(line, said)]
    labels = [field.label for field in named] + [line.name for line in papers]
    return Told(reason.text, " ".join(plain), [field.id for field in named] + [line.id for line in papers], labels)


def _exactly(fields: list[Field], lines: list[Line], code: str) -> tuple[list[Field], list[Line], list[str]]:
    kind, _, name = code.partition(":")
    named = [field for field in fields if kind == "MUC" and field.id == name]
    papers = [line for line in lines if kind == "GIAY" and line.id == name]
    plain = [f"Anh/chị xem lại mục “{field.label}”." for field in named]
    return named, papers, plain + [f"Anh/chị bổ sung “{line.name}”." for line in papers]


def _fields(form: FormDefinition, fields: list[Field], entry: _Entry, said: str) -> list[Field]:
    """The fields an entry means, narrowed to the person the officer speaks of and to labels they name."""
    found = [
        field for field in fields
        if (not entry.types or field.type in entry.types)
        and (not entry.labels or any(f" {part} " in _plain(field.label) for part in entry.labels))
        and (entry.types or entry.labels)
    ]  # fmt: skip
    for narrower in (_of_person(form, found, said), _by_label(found, said)):
        if narrower:
            return narrower
    return found


def _of_person(form: FormDefinition, fields: list[Field], said: str) -> list[Field]:
    asked = [person for person in table().persons if any(f" {word} " in said for word in person.words)]
    return [
        field for field in fields
        if any(f" {part} " in _where(form, field) for person in asked for part in person.where)
    ]  # fmt: skip


def _where(form: FormDefinition, field: Field) -> str:
    own = field.id.rpartition(ROW)[2]
    group = next((group.title for group in form.groups if any(one.id == own for one in group.fields)), "")
    return _plain(f"{group} . {field.label}")


def _by_label(fields: list[Field], said: str) -> list[Field]:
    """Fields whose label, without its number, stands in the words; the longest labels win."""
    hits = [(len(label), field) for field in fields if len(label := _label(field)) > 4 and f" {label} " in said]
    longest = max((length for length, _ in hits), default=0)
    return [field for length, field in hits if length == longest]


def _label(field: Field) -> str:
    label = re.sub(r"^\s*\d+\.\s*", "", field.label)
    return _plain(label.partition("(")[0]).strip()


def _papers(lines: list[Line], entry: _Entry, said: str) -> list[Line]:
    if entry.papers == "own":
        return [line for line in lines if line.state in (State.ready, State.missing)]
    if entry.papers == "named":
        return [line for line in lines if _paper_named(line, said)]
    return []


def _paper_named(line: Line, said: str) -> bool:
    """Whether the words name this paper: its first three words, which tell Vietnamese papers apart."""
    words = _plain(line.name).split()
    return len(words) >= 2 and f" {' '.join(words[:3])} " in said
