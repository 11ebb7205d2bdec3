"""Releases as files: written after publishing, fetched by other machines, verified before use, rolled back in one step.

A release file is gzipped JSON lines: a header (format, schema, number, notes, differences, counts, SHA-256 of what
follows), then every record and form in force and every point staff changed. It holds everything, so one file makes a machine
current whatever it had before.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from procedures_kb.checks import faults
from procedures_kb.entries import Kept
from procedures_kb.form_checks import form_faults
from procedures_kb.form_library import between
from procedures_kb.form_types import FormDefinition
from procedures_kb.imported import Imported
from procedures_kb.model import Procedure, State
from procedures_kb.points import Point, changed_points, save_point
from procedures_kb.store import Store, UnknownProcedure, code_of, encode, is_reviewed, now

SCHEMA = 3  # raised when a record's shape changes so that older machines cannot read it
FORMS_SINCE = 3  # the schema from which a release holds the forms
OLDEST = 2  # the oldest schema this release reads
LARGEST_FILE = 64 * 1024 * 1024  # bytes, packed; the whole national list packs to under 6 MB
LARGEST_CONTENT = 512 * 1024 * 1024  # bytes, unpacked
LARGEST_LINE = 8 * 1024 * 1024


class ReleaseFault(ValueError):
    """A release file cannot be used; the message says why. What was in force before stays."""


class NothingToRollBack(ValueError):
    """There is no release before the one in force."""


class Header(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """First line of a release file."""

    format: Literal["motcua-release"]
    schema: int
    release: int
    created_at: str
    author: str
    notes: str
    changes: list[dict[str, Any]]
    records: int
    sha256: str


class Line(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Any further line: exactly one of the four."""

    procedure: Procedure | None = None
    imported: Imported | None = None
    form: FormDefinition | None = None
    point: Point | None = None


class Content(msgspec.Struct):
    """A verified release file."""

    header: Header
    procedures: list[Procedure]
    imported: list[Imported]
    forms: list[FormDefinition]
    points: list[Point]

    @property
    def size(self) -> int:
        return len(self.procedures) + len(self.imported) + len(self.forms) + len(self.points)


def release_path(folder: Path, number: int) -> Path:
    return folder / f"motcua-kb-{number:06d}.jsonl.gz"


def write(store: Store, folder: Path) -> Path:
    """Write the file of the release in force, whole or not at all; an existing good file is left as it is."""
    number = store.release()
    path = release_path(folder, number)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".release-")
    with os.fdopen(handle, "wb") as file, store.snapshot():
        # Twice through the records (checksum first, since it stands in the header) rather than all of them in memory.
        digest, count = hashlib.sha256(), 0
        for line in _lines(store):
            digest.update(line)
            count += 1
        row = store.release_row(number) or {"created_at": now(), "author": "", "notes": "", "changes": []}
        header = Header(
            format="motcua-release", schema=SCHEMA, release=number, created_at=row["created_at"],
            author=row["author"], notes=row["notes"], changes=row["changes"], records=count, sha256=digest.hexdigest(),
        )  # fmt: skip
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as packed:
            packed.write(msgspec.json.encode(header) + b"\n")
            for line in _lines(store):
                packed.write(line)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)  # two may write at once: the first stays, so its ETag holds
    os.unlink(temporary)
    return path


def _lines(store: Store) -> Iterator[bytes]:
    for (body,) in store.db.conn.execute(
        "SELECT v.body FROM procedures p JOIN versions v ON v.id = p.version ORDER BY p.code"
    ):
        kind = b"procedure" if is_reviewed(body) else b"imported"
        yield b'{"' + kind + b'":' + body.encode() + b"}\n"
    for entry in store.forms():
        yield msgspec.json.encode(Line(form=entry.form), order="deterministic") + b"\n"
    for point in changed_points(store):
        yield msgspec.json.encode(Line(point=point)) + b"\n"


def read(packed: bytes) -> Content:
    """Verify a release file completely before anything of it is used.

    Raises:
        ReleaseFault: too large, cut off, changed on the way, of an older or newer schema, or with a broken record.
    """
    if len(packed) > LARGEST_FILE:
        raise ReleaseFault(f"larger than {LARGEST_FILE:,} bytes")
    content = _unpacked(packed)
    first, _, body = content.partition(b"\n")
    try:
        seen = msgspec.json.decode(first)
        schema = seen.get("schema") if isinstance(seen, dict) else None
        if isinstance(schema, int) and not OLDEST <= schema <= SCHEMA:
            raise ReleaseFault(
                f"schema {schema}; this product reads {OLDEST} to {SCHEMA}: update the "
                f"{'product' if schema > SCHEMA else 'machine that publishes'}"
            )
        header = msgspec.convert(seen, Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ReleaseFault(f"line 1 is not the header of a release file: {error}") from error
    if hashlib.sha256(body).hexdigest() != header.sha256:
        raise ReleaseFault("the checksum does not fit: the file was cut off or changed on the way")
    return _records(header, body)


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(packed, LARGEST_CONTENT)
        if unpacker.unconsumed_tail:
            raise ReleaseFault(f"unpacks to more than {LARGEST_CONTENT:,} bytes")
        if not unpacker.eof:
            raise ReleaseFault("the file is cut off")
    except zlib.error as error:
        raise ReleaseFault(f"not a gzip file or damaged ({error})") from error
    return content


def _records(header: Header, body: bytes) -> Content:
    content = Content(header, [], [], [], [])
    decoder = msgspec.json.Decoder(Line)
    for number, raw in enumerate(body.splitlines(), 2):
        if len(raw) > LARGEST_LINE:
            raise ReleaseFault(f"line {number}: longer than {LARGEST_LINE:,} bytes")
        try:
            line = decoder.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ReleaseFault(f"line {number}: {error}") from error
        if line.procedure:
            if found := faults(line.procedure):
                raise ReleaseFault(f"line {number}, {line.procedure.code}: {found[0].field}: {found[0].message}")
            content.procedures.append(line.procedure)
        elif line.imported:
            content.imported.append(line.imported)
        elif line.form:
            if found := form_faults(line.form):
                raise ReleaseFault(f"line {number}, {line.form.id}: {found[0].field}: {found[0].message}")
            content.forms.append(line.form)
        elif line.point:
            content.points.append(line.point)
        else:
            raise ReleaseFault(f"line {number}: a procedure, an imported record, a form or a point was expected")
    _forms_fit(content)
    if content.size != header.records:
        raise ReleaseFault(f"{header.records} records were announced, another number was found")
    return content


def _forms_fit(content: Content) -> None:
    """No procedure has two forms on one day."""
    for form in content.forms:
        if found := between(form, content.forms):
            raise ReleaseFault(f"{form.id}: {found[0].field}: {found[0].message}")


def apply(store: Store, content: Content, source: str) -> bool:
    """Make ``store`` hold exactly what the release holds, in one transaction; returns whether anything changed.

    Raises:
        ReleaseFault: the release is older than the one in force here.
    """
    number = content.header.release
    if number < store.release():
        raise ReleaseFault(f"release {number} is older than release {store.release()}, which is in force here")
    if number == store.release():
        return False
    with store.transaction():
        store.begin_release(content.header.author, content.header.notes, number)
        records: list[Kept] = [*content.procedures, *content.imported, *content.forms]
        wanted = {code_of(record) for record in records}
        held = {row[0] for row in store.db.conn.execute("SELECT code FROM procedures")}
        if content.header.schema >= FORMS_SINCE:  # an older machine sends none, which does not mean that there are none
            held |= {entry.code for entry in store.forms()}
        for code in held - wanted:
            store.take_out_of_force(code)
        for record in records:
            _put(store, record, source, number)
        known = {point.id: point for point in changed_points(store)}
        for point in content.points:
            if known.get(point.id) != point:
                save_point(store, point, source)
    return True


def _put(store: Store, record: Kept, source: str, number: int) -> None:
    with contextlib.suppress(UnknownProcedure):
        if encode(store.get(code_of(record)).kept) == encode(record):
            return
    reviewed = not isinstance(record, Imported)
    version = store.add_version(record, State.published if reviewed else State.imported, source, f"release {number}")
    store.put_in_force(version, record, number if reviewed else None)


def roll_back(store: Store, author: str) -> int:
    """Undo the release in force: what it changed stands again as before, as a new release; returns its number.

    Raises:
        NothingToRollBack: the store holds one release or none.
    """
    with store.transaction():
        last = store.release()
        codes = [
            row[0] for row in store.db.conn.execute("SELECT DISTINCT code FROM versions WHERE release = ?", (last,))
        ]
        if last <= 1 or not codes:
            raise NothingToRollBack(f"release {last} has nothing before it to go back to")
        number = store.begin_release(author, f"roll back of release {last}")
        for code in codes:
            _restore(store, code, last, author, number)
    return number


def _restore(store: Store, code: str, last: int, author: str, number: int) -> None:
    row = store.db.conn.execute(
        "SELECT id FROM versions WHERE code = ? AND id < (SELECT min(id) FROM versions WHERE code = ? AND release = ?) "
        "AND state IN ('superseded', 'imported', 'published') ORDER BY id DESC LIMIT 1",
        (code, code, last),
    ).fetchone()
    if row is None:  # first published by the release that is undone
        store.take_out_of_force(code)
        return
    entry = store.at_version(row[0])
    state = State.published if entry.published else State.imported
    version = store.add_version(entry.kept, state, author, f"roll back of release {last}")
    store.put_in_force(version, entry.kept, number if entry.published else None)
