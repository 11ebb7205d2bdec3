"""Realistic dossiers of invented people, each with the verdict an officer gave by hand; and filling a form from one."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML

from bot.submissions import filling
from bot.submissions.store import Content
from procedures_kb.form_model import FormDefinition, asked_fields, forms
from procedures_kb.form_types import MORE, ROW

FOLDER = Path(__file__).parent / "dossiers"
TODAY = dt.date(2026, 11, 22)


class Dossier(msgspec.Struct, forbid_unknown_fields=True):
    """One case: what differs from the complete one, and what must come out. ``absent`` = the paper is not listed."""

    name: str
    change: dict[str, str] = {}
    change_also: dict[str, str] = {}
    drop: list[str] = []
    blocks: list[str] = []
    warns: list[str] = []
    case: str | None = None
    papers: dict[str, str] = {}
    prints: list[str] = []
    says: dict[str, str] = {}  # component → part of what stands beside it


class Table(msgspec.Struct, forbid_unknown_fields=True):
    form: str
    complete: dict[str, str]
    dossiers: list[Dossier]


@cache
def tables() -> list[Table]:
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        plain: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        found.append(msgspec.convert(plain, Table))
    return found


def complete(form_id: str) -> dict[str, str]:
    """What is typed into a form that comes out right."""
    return next(table.complete for table in tables() if table.form == form_id)


def fill(form: FormDefinition, typed: dict[str, str]) -> Content:
    """The draft after typing every answer, in the form's order; answers to what is not asked are left out."""
    content = Content()
    for key in typed:  # rows are made before their answers
        group, _, rest = key.partition(ROW)
        number = rest.partition(ROW)[0]
        if number.isdecimal() and any(g.repeat and g.repeat.id == group for g in form.groups):
            content.values.setdefault(f"{group}{ROW}{number}", "1")
    done: set[str] = set()
    while pending := [f for f in asked_fields(form, content.values) if f.id not in done]:
        field = pending[0]
        done.add(field.id)
        if field.id in typed:
            filling.put(form, content, field.id, typed[field.id], "page", TODAY)
    for group in form.groups:
        if group.repeat:
            content.values.setdefault(f"{group.repeat.id}{ROW}{MORE}", "khong")
    return content


def content_of(table: Table, dossier: Dossier) -> Content:
    form = forms()[table.form]
    typed = {**table.complete, **dossier.change, **dossier.change_also}
    return fill(form, {key: value for key, value in typed.items() if key not in dossier.drop})
