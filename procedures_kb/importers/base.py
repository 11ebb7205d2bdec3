"""What an importer is, and the report every import gives."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from procedures_kb.imported import Imported
from procedures_kb.model import Procedure

LARGEST_FILE = 512 * 1024 * 1024  # bytes, unpacked; the largest known source unpacks to 60 MB
LARGEST_DOCUMENT = 64 * 1024 * 1024  # bytes of a JSON or YAML document, which must be read as a whole
LARGEST_LINE = 8 * 1024 * 1024  # bytes of one record


class ImportFault(ValueError):
    """The file as a whole cannot be read; the message says why and what was expected."""


class Refused(ValueError):
    """One row cannot be taken; the message says which field and why."""


class Report(msgspec.Struct):
    """What became of the rows of one file. Examples are ``(line, code, reason)``."""

    source: str
    file: str
    rows: int = 0
    taken: int = 0
    changed: int = 0
    same: int = 0
    reviewed: int = 0  # a reviewed record of that code stands; left alone
    refused: int = 0
    doubted: int = 0
    doubts: dict[str, int] = {}
    refusals: list[tuple[int, str, str]] = []
    vanished: int = 0  # codes of earlier lists that this complete list does not have
    notes: list[str] = []  # what else staff should know of this file

    def lines(self) -> list[str]:
        """The report for people."""
        text = [
            f"{self.source}: {self.file}",
            f"  rows {self.rows}: taken {self.taken}, changed {self.changed}, unchanged {self.same}, "
            f"reviewed record kept {self.reviewed}, refused {self.refused}, vanished {self.vanished}; "
            f"with doubts {self.doubted}",
        ]
        text += [
            f"  doubted {count:5d}  {reason}" for reason, count in sorted(self.doubts.items(), key=lambda i: -i[1])
        ]
        text += [f"  refused line {line} ({code or 'no code'}): {reason}" for line, code, reason in self.refusals[:20]]
        text += self.notes
        if len(self.refusals) > 20:
            text.append(f"  … and {len(self.refusals) - 20} more refused rows")
        return text


class Importer(Protocol):
    """One source format."""

    name: str
    """Identifier used on the command line."""
    description: str
    """One sentence for help."""
    complete: bool
    """Whether a file always holds every code of the source, so that a missing code has vanished."""

    def recognises(self, row: dict[str, Any]) -> bool:
        """Whether a row of a file has this format's shape."""

    def read(self, row: dict[str, Any]) -> Imported | Procedure:
        """One row as a record: imported, or reviewed when it comes from our own export. Raises Refused."""


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of a file with their line (or place in the list): JSON lines, plain or gzip; one JSON document with a
    list (alone, or under ``result`` or ``procedures``); the same as YAML.

    Raises:
        ImportFault: not readable, larger than allowed once unpacked, not UTF-8, or not JSON objects.
    """
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            if kind in ("json", "yaml", "yml"):
                yield from _document(path.name, kind, file.read(LARGEST_DOCUMENT + 1))
                return
            yield from _lines(path.name, file)
    except (OSError, EOFError, zlib.error) as error:
        raise ImportFault(f"{path.name}: cannot be read: {error}") from error


def _lines(name: str, file: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    size = 0
    for number, line in enumerate(_cut(name, file), 1):
        size += len(line)
        if size > LARGEST_FILE:
            raise ImportFault(f"{name}:{number}: larger than allowed ({LARGEST_FILE:,} bytes unpacked)")
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ImportFault(f"{name}:{number}: a JSON object in UTF-8 was expected ({error})") from error
        if not isinstance(row, dict):
            raise ImportFault(f"{name}:{number}: a JSON object was expected, found {type(row).__name__}")
        yield number, row


def _cut(name: str, file: Any) -> Iterator[bytes]:
    """Lines, never more than the allowed length in memory: a file of one endless line stops here."""
    number = 0
    while line := file.readline(LARGEST_LINE + 1):
        number += 1
        if len(line) > LARGEST_LINE:
            raise ImportFault(
                f"{name}:{number}: a line longer than {LARGEST_LINE:,} bytes; one record a line is expected"
            )
        yield line


def _document(name: str, kind: str, content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    if len(content) > LARGEST_DOCUMENT:
        raise ImportFault(
            f"{name}: larger than {LARGEST_DOCUMENT:,} bytes; give large data as JSON lines (.jsonl, .jsonl.gz)"
        )
    try:
        document = msgspec.json.decode(content) if kind == "json" else read_yaml(content.decode("utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ImportFault(f"{name}:{line}: not valid YAML: {error.problem}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, YAMLError, RecursionError) as error:
        raise ImportFault(f"{name}: {kind.upper()} in UTF-8 was expected ({error})") from error
    if isinstance(document, dict):
        document = next((document[key] for key in ("procedures", "result") if key in document), [document])
    if not isinstance(document, list):
        raise ImportFault(f"{name}: a list of records was expected, found {type(document).__name__}")
    for number, row in enumerate(document, 1):
        if not isinstance(row, dict):
            raise ImportFault(f"{name}: record {number}: an object was expected, found {type(row).__name__}")
        yield number, row


def read_yaml(text: str) -> Any:
    """Plain values only, no tags; anchors are refused, since a few lines of them can stand for gigabytes."""
    if re.search(r"(?m)(?:^|[:\-\[{,]\s*)[&*]\w", text):
        raise YAMLError("anchors and aliases (&name, *name) are not accepted; write the value out")
    return YAML(typ="safe").load(text)
