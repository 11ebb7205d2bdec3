"""A form definition as YAML text: read with every fault at once, each with its line, and written for people to edit."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from procedures_kb.checks import Fault
from procedures_kb.form_checks import form_faults
from procedures_kb.form_rules import Rule
from procedures_kb.form_types import (
    ActingRule,
    AddedPaper,
    CaseRule,
    Edition,
    Field,
    FormDefinition,
    FormPerson,
    Group,
    PaperRule,
    Signer,
)
from procedures_kb.text import clean_all
from procedures_kb.yaml_lines import line_of, split_path

FORMS = Path(__file__).parent / "forms"
LARGEST_TEXT = 200_000  # bytes; the longest form shipped has 21 kB
WIDTH = 150  # characters; a part that fits stands on one line
_PLAIN = re.compile(r"[a-z][a-z0-9_]*")
_MISSING = re.compile(r"missing required field `(\w+)`")
_UNKNOWN = re.compile(r"contains unknown field `(\w+)`")
_LISTS: dict[str, Any] = {
    "editions": Edition, "persons": FormPerson, "rules": Rule, "cases": CaseRule, "papers": PaperRule,
    "added_papers": AddedPaper, "acting": ActingRule, "signers": Signer,
}  # fmt: skip
# Stand for the lists that are read part by part, so that the head around them can be read alone.
_SOME_EDITION = {"procedure": "1.000000", "form": "x"}
_SOME_FIELD = {"id": "x", "label": "x", "question": "x", "type": "text"}


class LineFault(msgspec.Struct, frozen=True):
    """One fault of a text. ``field`` is the place in the definition, ``message`` says what was expected."""

    file: str
    line: int
    field: str
    message: str


class FormFault(ValueError):
    """A text that is no good form definition; ``faults`` are all of them, one a line of the message."""

    def __init__(self, faults: list[LineFault]) -> None:
        super().__init__("\n".join(f"{fault.file}:{fault.line}: {fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


def read(path: Path) -> FormDefinition:
    """The form of one file.

    Raises:
        FormFault: every fault of the file, each with its line, place and what was expected.
    """
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, name: str) -> FormDefinition:
    """The form of a text; ``name`` stands before each fault.

    Raises:
        FormFault: every fault of the text.
    """
    if len(text.encode()) > LARGEST_TEXT:
        raise FormFault([LineFault(name, 1, "$", f"larger than {LARGEST_TEXT:,} bytes; one form is expected")])
    try:
        for event in YAML(typ="safe").parse(text):
            if isinstance(event, AliasEvent):  # a few lines of them unfold to gigabytes
                line = event.start_mark.line + 1
                raise FormFault([LineFault(name, line, "$", "an alias (*name); write the part out")])
        document = clean_all(YAML(typ="safe").load(text))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FormFault([LineFault(name, line, "$", f"not valid YAML: {error.problem}")]) from error
    except (YAMLError, RecursionError) as error:
        raise FormFault([LineFault(name, 1, "$", f"not valid YAML: {error}")]) from error
    try:
        form = msgspec.convert(document, FormDefinition)
    except msgspec.ValidationError as error:
        raise FormFault(_with_lines(name, text, _type_faults(document))) from error
    # Sense is judged of a whole definition only: with parts unread, what refers to them would look wrong.
    if faults := form_faults(form):
        raise FormFault(_with_lines(name, text, faults))
    return form


def _with_lines(name: str, text: str, faults: list[Fault]) -> list[LineFault]:
    document = YAML(typ="rt").load(text)
    lined = [
        LineFault(name, line_of(document, split_path(fault.field)), fault.field, fault.message) for fault in faults
    ]
    return sorted(dict.fromkeys(lined), key=lambda fault: fault.line)


def _type_faults(document: Any) -> list[Fault]:
    """Reading the whole stops at the first wrong type, so every part is read by itself."""
    if not isinstance(document, dict):
        return [Fault("$", "expected a form: id, official, title, editions, groups …")]
    return [fault for place, part, kind in _parts(document) for fault in _faults_of(place, part, kind)]


def _parts(document: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The head, then every item of every list, each with its place and its type."""
    head = dict(document)
    for name in _LISTS:
        if isinstance(document.get(name), list) and document[name]:
            head[name] = [_SOME_EDITION] if name == "editions" else []
    groups = document.get("groups")
    if isinstance(groups, list):
        head["groups"] = []
    yield "$", head, FormDefinition
    for number, group in enumerate(groups if isinstance(groups, list) else []):
        place = f"$.groups[{number}]"
        fields = group.get("fields") if isinstance(group, dict) else None
        if isinstance(fields, list):
            group = {**group, "fields": [_SOME_FIELD]}
        yield place, group, Group
        for position, field in enumerate(fields if isinstance(fields, list) else []):
            yield f"{place}.fields[{position}]", field, Field
    for name, kind in _LISTS.items():
        items = document.get(name)
        for number, item in enumerate(items if isinstance(items, list) else []):
            yield f"$.{name}[{number}]", item, kind


def _faults_of(place: str, part: Any, kind: Any) -> Iterator[Fault]:
    """The faults of one part: a faulty value is told and taken out, then the part is read again."""
    part, taken = dict(part) if isinstance(part, dict) else part, set[str]()
    while True:
        try:
            msgspec.convert(part, kind)
            return
        except msgspec.ValidationError as error:
            message, _, where = str(error).partition(" - at `")
        inside = where.rstrip("`").removeprefix("$")
        missing, unknown = _MISSING.search(message), _UNKNOWN.search(message)
        if missing:
            message = f"{missing[1]} is missing"
        if unknown:
            inside, message = f"{inside}.{unknown[1]}", f"{unknown[1]} is no field that can stand here"
        if not (missing and missing[1] in taken and not inside):
            yield Fault(place + inside, message)
        steps = split_path(inside)
        if not isinstance(part, dict) or not steps or steps[0] not in part:
            return
        taken.add(str(steps[0]))
        del part[steps[0]]


def write(form: FormDefinition) -> str:
    """The form as people edit it: short parts on one line, everything else spread out; :func:`parse` reads it back."""
    yaml = YAML(typ="rt")
    yaml.width, yaml.allow_unicode = 4096, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(_laid_out(msgspec.to_builtins(form, builtin_types=(dt.date,)), 0), stream)
    return stream.getvalue()


def _laid_out(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        node: Any = CommentedMap({key: _laid_out(item, depth + 1) for key, item in value.items()})
    elif isinstance(value, list):
        node = CommentedSeq([_laid_out(item, depth + 1) for item in value])
    elif isinstance(value, float) and value.is_integer():
        return int(value)
    else:
        # Quoted as soon as it is more than an id: what "?" or "," mean inside {…} differs between readers of YAML.
        return DoubleQuotedScalarString(value) if isinstance(value, str) and not _PLAIN.fullmatch(value) else value
    if depth > 1 and len(msgspec.json.encode(value).decode()) <= WIDTH:
        node.fa.set_flow_style()
    return node
