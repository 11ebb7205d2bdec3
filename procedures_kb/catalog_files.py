"""Reading the catalog: one YAML file per procedure, with errors that name file, line and field."""

from __future__ import annotations

from pathlib import Path

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from procedures_kb import form_library, sources
from procedures_kb.checks import catalogue_faults, faults
from procedures_kb.entries import Published
from procedures_kb.form_types import FormDefinition
from procedures_kb.imported import Imported
from procedures_kb.known_names import known_names
from procedures_kb.model import Procedure
from procedures_kb.shared_parts import UnknownPart, write_out
from procedures_kb.store import Store, checksum, code_of, encode
from procedures_kb.text import clean_all
from procedures_kb.yaml_lines import line_of, split_path

CATALOG = Path(__file__).parent / "catalog"
LARGEST_FILE = 1_000_000  # bytes; the longest record of the catalog is under 60 kB


class CatalogFault(msgspec.Struct, frozen=True):
    """One thing wrong in a catalog file."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message}"


class CatalogError(ValueError):
    """One or more files cannot be used; ``faults`` lists everything found, not only the first."""

    def __init__(self, found: list[CatalogFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in found))
        self.faults = found


def _fault(name: str, content: str, field: str, message: str) -> CatalogFault:
    """A fault with the line its field stands at."""
    document = YAML(typ="rt").load(content)
    return CatalogFault(name, line_of(document, split_path(field)), field, message)


def read(path: Path) -> Procedure:
    """Read and check one catalog file.

    Raises:
        CatalogError: not YAML, wrong types, unknown fields, or rules of :mod:`procedures_kb.checks` broken.
    """
    name = path.name
    if path.stat().st_size > LARGEST_FILE:
        raise CatalogError(
            [CatalogFault(name, 1, "file", f"larger than {LARGEST_FILE:,} bytes; one procedure per file is expected")]
        )
    try:
        content = path.read_text(encoding="utf-8")
        document = YAML(typ="safe").load(content)  # fast; read once more with line numbers when something is wrong
    except UnicodeDecodeError as error:
        raise CatalogError(
            [CatalogFault(name, 1, "file", f"not UTF-8 at byte {error.start}; save it as UTF-8")]
        ) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogError([CatalogFault(name, line, "file", f"not valid YAML: {error.problem}")]) from error
    except YAMLError as error:
        raise CatalogError([CatalogFault(name, 1, "file", f"not valid YAML: {error}")]) from error
    plain = clean_all(document)
    try:
        procedure = msgspec.convert(clean_all(write_out(plain)) if isinstance(plain, dict) else plain, Procedure)
    except UnknownPart as error:
        raise CatalogError([_fault(name, content, error.field, error.message)]) from error
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `")
        raise CatalogError([_fault(name, content, where.rstrip("`") or "$", message)]) from error
    found = [_fault(name, content, fault.field, fault.message) for fault in faults(procedure)]
    if found:
        raise CatalogError(found)
    return procedure


def read_all(folder: Path = CATALOG) -> list[Procedure]:
    """Read every ``*.yml`` of a folder.

    Raises:
        CatalogError: with the faults of all files together.
    """
    procedures: list[Procedure] = []
    found: list[CatalogFault] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            procedure = read(path)
        except CatalogError as error:
            found.extend(error.faults)
            continue
        if procedure.code in seen:
            found.append(
                CatalogFault(path.name, 1, "code", f"{procedure.code} stands in {seen[procedure.code]} already")
            )
        seen[procedure.code] = path.name
        procedures.append(procedure)
    for code, fault in catalogue_faults(procedures):
        path = folder / seen[code]
        found.append(_fault(path.name, path.read_text(encoding="utf-8"), fault.field, fault.message))
    if found:
        raise CatalogError(found)
    return procedures


def load(store: Store, folder: Path = CATALOG) -> list[str]:
    """Publish what ships and the store has never held, records and forms, as one release; note the known names.

    What staff have published themselves is never replaced: where what ships has changed too, the change waits for them as a
    draft, beside those that imports found.

    Returns:
        The codes and form ids published now.
    """
    shipped: list[Published] = [*read_all(folder), *form_library.shipped()]
    fresh = [record for record in shipped if not store.knows_checksum(code_of(record), checksum(encode(record)))]
    ours = [record for record in fresh if not _is_up_to_staff(store, record, {code_of(one) for one in shipped})]
    if ours:
        store.publish_all(ours, author=sources.CATALOG, note=f"catalog: {len(ours)} records")
    with store.transaction():
        for record in fresh:
            if record not in ours:
                sources.draft_of(store, record, author=sources.CATALOG)
        for known in known_names().values():
            if not store.has(known.code):
                imported = Imported(code=known.code, name=known.name, url=known.url, source="known names")
                sources.take(store, imported, author=sources.CATALOG)
    return [code_of(record) for record in ours]


def _is_up_to_staff(store: Store, record: Published, shipped: set[str]) -> bool:
    """Whether publishing what ships would undo, or stand beside, something staff made."""
    if sources.is_staff_s(store, code_of(record)):
        return True
    theirs = [entry.form for entry in store.forms() if entry.form and entry.code not in shipped]
    return isinstance(record, FormDefinition) and bool(form_library.between(record, theirs))
