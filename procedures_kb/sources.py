"""What sources outside say of a procedure, and how it enters the knowledge base.

A code nobody has reviewed is recognised by its richest source. What changes at the source later becomes a draft that
staff accept or discard; a reviewed record is never touched. A code that vanishes from a complete list is marked.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from procedures_kb.differences import Change, differences
from procedures_kb.entries import Kept, Published
from procedures_kb.form_library import faults_in
from procedures_kb.imported import Imported
from procedures_kb.model import State
from procedures_kb.store import Entry, Store, UnknownProcedure, checksum, code_of, encode, now

Outcome = Literal["taken", "changed", "same", "reviewed"]

CATALOG = "catalog"  # author of what ships with the product
PROVINCIAL = "another province's own procedure"

RANKS = {"known names": 0, "portal-catalogue": 1, "portal-pages": 2, "portal-detail": 3, "national-service": 4}
"""How much a source tells; a richer one stands for a code before a poorer one."""


class Draft(msgspec.Struct, frozen=True):
    """A change waiting for staff."""

    version: int
    code: str
    name: str
    source: str
    created_at: str
    changes: list[Change]


def take(store: Store, record: Imported, author: str) -> Outcome:
    """Take in what a source says of one code; inside a transaction.

    Returns:
        ``taken`` (new, or richer than what stood), ``changed`` (a draft was made), ``same``, or ``reviewed`` (new to us,
        but a reviewed record stands; kept to notice later changes).
    """
    body = encode(record)
    known = store.db.conn.execute(
        "SELECT checksum, body FROM sources WHERE code = ? AND source = ?", (record.code, record.source)
    ).fetchone()
    changed = known and known[0] != checksum(body)
    store.db.conn.execute(
        "INSERT INTO sources (code, source, body, checksum, before, seen_at) VALUES (?,?,?,?,?,?) "
        "ON CONFLICT (code, source) DO UPDATE SET body = excluded.body, checksum = excluded.checksum, "
        "before = coalesce(excluded.before, before), seen_at = excluded.seen_at, vanished_at = NULL",
        (record.code, record.source, body, checksum(body), known[1] if changed else None, now()),
    )
    if known and not changed:
        return "same"
    stands = _standing(store, record.code)
    if known:
        if stands and stands.imported and _rank(stands.imported) > _rank(record):
            return "same"  # a poorer source changed; the richer one stands
        draft_of(store, record, author)
        return "changed"
    if stands and stands.procedure:
        return "reviewed"
    if stands and stands.imported and _rank(stands.imported) > _rank(record):
        return "same"
    store.put_in_force(store.add_version(record, State.imported, author, record.source), record, None)
    return "taken"


def _rank(record: Imported) -> int:
    """A province's own variant tells less about Hanoi than any national list."""
    return 0 if PROVINCIAL in record.doubts else RANKS.get(record.source, 0)


def _standing(store: Store, code: str) -> Entry | None:
    try:
        return store.get(code)
    except UnknownProcedure:
        return None


def is_staff_s(store: Store, code: str) -> bool:
    """Whether a reviewed record or form in force was last written by somebody here, not by what ships."""
    stands = _standing(store, code)
    if stands is None or stands.published is None:
        return False
    row = store.db.conn.execute("SELECT author FROM versions WHERE id = ?", (stands.version,)).fetchone()
    return bool(row[0] != CATALOG)


def draft_of(store: Store, record: Kept, author: str) -> None:
    """Let a change wait for staff, one per code and source: a later one takes the place of one nobody looked at."""
    note = record.source if isinstance(record, Imported) else "catalog" if author == CATALOG else "export"
    store.db.conn.execute(
        "UPDATE versions SET state = 'discarded' WHERE code = ? AND note = ? AND state = 'draft'",
        (code_of(record), note),
    )
    store.add_version(record, State.draft, author, note)


def take_reviewed(store: Store, record: Published, author: str) -> Outcome:
    """Take in a reviewed record or a form from another knowledge base: unknown codes are ``taken`` (to be published by the
    caller as one release), known ones that differ become drafts."""
    stands = _standing(store, code_of(record))
    if stands is None or stands.published is None:
        return "taken"
    if encode(stands.published) == encode(record):
        return "same"
    waiting = store.db.conn.execute(
        "SELECT checksum FROM versions WHERE code = ? AND note = 'export' AND state = 'draft'", (code_of(record),)
    ).fetchone()
    if waiting and waiting[0] == checksum(encode(record)):
        return "same"
    draft_of(store, record, author)
    return "changed"


def mark_vanished(store: Store, source: str, seen: set[str]) -> int:
    """Mark the codes of ``source`` that its newest complete list does not have; returns how many are new."""
    held = {
        row[0]
        for row in store.db.conn.execute("SELECT code FROM sources WHERE source = ? AND vanished_at IS NULL", (source,))
    }
    gone = held - seen
    store.db.conn.executemany(
        "UPDATE sources SET vanished_at = ? WHERE source = ? AND code = ?", [(now(), source, code) for code in gone]
    )
    return len(gone)


def holding(store: Store, source: str) -> int:
    """How many codes ``source`` has that have not vanished."""
    return int(
        store.db.conn.execute(
            "SELECT count(*) FROM sources WHERE source = ? AND vanished_at IS NULL", (source,)
        ).fetchone()[0]
    )


def vanished(store: Store) -> list[tuple[str, str, str]]:
    """``(code, source, since)`` of every code that left its source's list."""
    return list(
        store.db.conn.execute(
            "SELECT code, source, vanished_at FROM sources WHERE vanished_at IS NOT NULL ORDER BY code, source"
        )
    )


def of_source(store: Store, code: str, source: str) -> Imported | None:
    """What one source last said of a code."""
    row = store.db.conn.execute("SELECT body FROM sources WHERE code = ? AND source = ?", (code, source)).fetchone()
    return msgspec.json.decode(row[0], type=Imported) if row else None


def drafts(store: Store) -> list[Draft]:
    """Every change waiting for staff, the oldest first."""
    rows = store.db.conn.execute("SELECT id FROM versions WHERE state = 'draft' ORDER BY id").fetchall()
    return [draft(store, row[0]) for row in rows]


def draft(store: Store, version: int) -> Draft:
    """One waiting change with its difference to what stands (or to what the same source said before).

    Raises:
        UnknownProcedure: no draft of that number.
    """
    entry = store.at_version(version)
    row: tuple[Any, ...] = store.db.conn.execute(
        "SELECT note, created_at FROM versions WHERE id = ? AND state = 'draft'", (version,)
    ).fetchone()
    if row is None:
        raise UnknownProcedure(f"version {version} is not a draft")
    record = entry.kept
    return Draft(version, entry.code, entry.name, row[0], row[1], differences(_before(store, record), record))


def _before(store: Store, record: Kept) -> Kept | None:
    stands = _standing(store, code_of(record))
    if not isinstance(record, Imported):
        return stands.published if stands else None
    if stands and stands.imported:
        return stands.imported
    row = store.db.conn.execute(
        "SELECT before FROM sources WHERE code = ? AND source = ?", (record.code, record.source)
    ).fetchone()
    return msgspec.json.decode(row[0], type=Imported) if row and row[0] else None


class BrokenDraft(ValueError):
    """A waiting form does not fit what is in force now; the message lists its faults."""


def accept(store: Store, version: int, author: str) -> None:
    """Put a draft in force: a reviewed record as a release, an imported one where nobody has reviewed the code.

    Accepting a source's change to a reviewed procedure only says that staff have seen it.

    Raises:
        UnknownProcedure: no waiting draft of that number.
        BrokenDraft: a form that does not fit what is in force.
    """
    entry = store.at_version(version)
    if entry.form and (found := faults_in(store, entry.form)):
        raise BrokenDraft("; ".join(f"{fault.field}: {fault.message}" for fault in found))
    with store.transaction():
        _end_draft(store, version)
        if entry.published:
            store.publish_all([entry.published], author, "accepted import")
        elif entry.imported and not ((stands := _standing(store, entry.code)) and stands.procedure):
            fresh = store.add_version(entry.imported, State.imported, author, entry.imported.source)
            store.put_in_force(fresh, entry.imported, None)


def discard(store: Store, version: int) -> None:
    """Leave what stands. Raises UnknownProcedure when the draft is gone."""
    with store.transaction():
        _end_draft(store, version)


def _end_draft(store: Store, version: int) -> None:
    done = store.db.conn.execute(
        "UPDATE versions SET state = 'discarded' WHERE id = ? AND state = 'draft'", (version,)
    ).rowcount
    if not done:
        raise UnknownProcedure(f"version {version} is not a draft")


def log_import(store: Store, report: msgspec.Struct, source: str, file: str) -> None:
    """Keep the report of one import beside the data."""
    store.db.table("imports").insert(
        {"source": source, "file": file, "created_at": now(), "report": msgspec.json.encode(report).decode()}
    )
