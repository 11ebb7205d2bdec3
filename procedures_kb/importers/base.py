"""What an importer is, and the report every import gives."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

from procedures_kb.store import Imported

LARGEST_FILE = 512 * 1024 * 1024  # bytes, unpacked; the largest known source unpacks to 60 MB
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

    def lines(self) -> list[str]:
        """The report for people."""
        text = [
            f"{self.source}: {self.file}",
            f"  rows {self.rows}: taken {self.taken}, changed {self.changed}, unchanged {self.same}, "
            f"reviewed record kept {self.reviewed}, refused {self.refused}; with doubts {self.doubted}",
        ]
        text += [
            f"  doubted {count:5d}  {reason}" for reason, count in sorted(self.doubts.items(), key=lambda i: -i[1])
        ]
        text += [f"  refused line {line} ({code or 'no code'}): {reason}" for line, code, reason in self.refusals[:20]]
        if len(self.refusals) > 20:
            text.append(f"  … and {len(self.refusals) - 20} more refused rows")
        return text


class Importer(Protocol):
    """One source format."""

    name: str
    """Identifier used on the command line."""
    description: str
    """One sentence for help."""

    def recognises(self, row: dict[str, Any]) -> bool:
        """Whether a row of a file has this format's shape."""

    def read(self, row: dict[str, Any]) -> Imported:
        """One row as a record. Raises Refused."""


def rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """JSON lines of a file, plain or gzip, with line numbers.

    Raises:
        ImportFault: not readable, larger than allowed once unpacked, not UTF-8, or a line that is not a JSON object.
    """
    size = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, 1):
                size += len(line)
                if len(line) > LARGEST_LINE or size > LARGEST_FILE:
                    raise ImportFault(f"{path.name}:{number}: larger than allowed ({LARGEST_FILE:,} bytes unpacked)")
                if not line.strip():
                    continue
                try:
                    row = msgspec.json.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise ImportFault(f"{path.name}:{number}: a JSON object in UTF-8 was expected ({error})") from error
                if not isinstance(row, dict):
                    raise ImportFault(f"{path.name}:{number}: a JSON object was expected, found {type(row).__name__}")
                yield number, row
    except (OSError, EOFError, zlib.error) as error:
        raise ImportFault(f"{path.name}: cannot be read: {error}") from error
