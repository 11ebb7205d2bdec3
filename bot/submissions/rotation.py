"""Changing the key of the house: everything sealed is sealed anew with the next key, a batch a transaction.

Kill it anywhere and run it again: until the last row is sealed anew the current and the next key both lie in ``var``, and
every reader opens with either. Then the next key becomes the key, and the one of before is kept as ``key.old`` until
``drop_old`` has proved that nothing needs it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import msgspec
import sqlalchemy as sa

from bot import keys as house
from bot.keys import Box, CannotDecrypt, Keys
from bot.settings import Settings

BATCH, LARGE_BATCH = 100, 4  # rows a transaction
# Purposes of keyed hashes: their keys stay, since a hash cannot be made again without what was hashed.
HASHED = (
    "draft-owner", "same-person", "conversation", "zalo-user", "zalo-text", "zalo-event", "zalo-message", "dossier-code", "dossier-phone", "status-who",
    "handed-file",
)  # fmt: skip


class Sealed(msgspec.Struct, frozen=True):
    """A column that holds sealed bytes: where it is, and what its text is bound to."""

    file: str  # of var; "conversations" may be a database elsewhere
    table: str
    column: str
    purpose: str
    context: str  # with the row's columns: "{draft}/{id}"
    large: bool = False  # megabytes a row: few at a time


COLUMNS = (
    Sealed("submissions", "drafts", "sealed", "drafts", "{id}"),
    Sealed("submissions", "photos", "sealed", "photos", "{draft}/{id}", large=True),
    Sealed("submissions", "photos", "small", "photos", "{draft}/{id}/small"),
    Sealed("submissions", "dossiers", "sealed", "dossiers", "{draft}"),
    Sealed("submissions", "dossier_history", "sealed", "dossiers", "{draft}"),
    Sealed("submissions", "news_addresses", "sealed", "news-addresses", "{draft}"),
    Sealed("conversations", "turns", "sealed", "conversations", "{conversation}"),
    Sealed("zalo", "inbox", "sealed", "zalo-inbox", "{key}"),
    Sealed("zalo", "messages", "sealed", "zalo-inbox", "message:{event}"),
    Sealed("zalo", "choices", "sealed", "zalo-inbox", "choices:{user}"),
    Sealed("zalo", "tokens", "sealed", "zalo-tokens", "{oa_id}"),
)


class CannotRotate(RuntimeError):
    """The keys cannot be changed now; the message says what to do."""


class Done(msgspec.Struct):
    """Rows by what became of them."""

    sealed_anew: int = 0
    already: int = 0
    unreadable: int = 0  # opened by no key even before


def rotate(settings: Settings, say: Callable[[str], None] = lambda text: None) -> Done:
    """Change the key, or go on where a change was cut off. Nothing else may run on this ``var`` meanwhile.

    Raises:
        CannotRotate: the key of before is still needed.
    """
    coming = settings.var / "key.next"
    current = house.load(settings)
    if not coming.exists():
        if (settings.var / "key.old").exists():
            raise CannotRotate("the key of before still lies in var/key.old; run ./motcua keys drop-old first")
        successor = current.successor(secrets.token_bytes(32), HASHED)
        house.write_private(coming, successor.written().encode())
        current = house.load(settings)
    done = _reseal(settings, current, say)
    left = _count_not_alone(settings, current.alone())
    if left != done.unreadable:
        raise CannotRotate(f"{left - done.unreadable} rows were written meanwhile; stop the service and run it again")
    if not settings.key:
        _take_place(settings.var)
    return done


def _take_place(var: Path) -> None:
    """The next key becomes the key; at every moment all keys that are needed lie there."""
    old = var / "key.old"
    house.write_private(old, (var / "key").read_bytes())
    os.replace(var / "key.next", var / "key")
    _sync(var)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def drop_old(settings: Settings) -> None:
    """Delete the key of before, after proving that everything opens without it. It ends sessions of before the change.

    Raises:
        CannotRotate: rows still need it, or a change is under way.
    """
    if (settings.var / "key.next").exists():
        raise CannotRotate("a change of keys is under way; run ./motcua keys rotate first")
    keys = house.load(settings)
    needed = _count_not_alone(settings, keys.alone()) - _count_not_alone(settings, keys)
    if needed:
        raise CannotRotate(f"{needed} rows are still sealed with the key of before; run ./motcua keys rotate again")
    (settings.var / "key.old").unlink(missing_ok=True)
    _sync(settings.var)


def _reseal(settings: Settings, keys: Keys, say: Callable[[str], None]) -> Done:
    done = Done()
    for sealed, engine in _columns(settings):
        anew, already, unreadable = 0, 0, 0
        box, newest = keys.box(sealed.purpose), keys.alone().box(sealed.purpose)
        place = _key_of(engine, sealed.table)
        for rows in _batches(engine, sealed):
            changes = []
            for row in rows:
                context = sealed.context.format(**row)
                if _opens(newest, row["it"], context):
                    already += 1
                elif (plain := _opened(box, row["it"], context)) is None:
                    unreadable += 1
                else:
                    changes.append({"place": row["place"], "was": row["it"], "new": newest.seal(plain, context)})
            with engine.begin() as connection:
                for change in changes:
                    # Only if nobody has written it meanwhile; that row is then seen by the proof at the end.
                    connection.execute(
                        sa.text(
                            f"UPDATE {sealed.table} SET {sealed.column} = :new WHERE {place} = :place "
                            f"AND {sealed.column} = :was"
                        ),
                        change,
                    )
            anew += len(changes)
        say(f"{sealed.file}.{sealed.table}.{sealed.column}: {anew} sealed anew, {already} were already")
        done.sealed_anew, done.already = done.sealed_anew + anew, done.already + already
        done.unreadable += unreadable
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
    return done


def _count_not_alone(settings: Settings, keys: Keys) -> int:
    """Rows that these keys do not open."""
    count = 0
    for sealed, engine in _columns(settings):
        box = keys.box(sealed.purpose)
        for rows in _batches(engine, sealed):
            count += sum(not _opens(box, row["it"], sealed.context.format(**row)) for row in rows)
        engine.dispose()
    return count


def _columns(settings: Settings) -> Iterator[tuple[Sealed, sa.Engine]]:
    """Every sealed column there is, with a connection to its database."""
    for sealed in COLUMNS:
        path = settings.var / f"{sealed.file}.sqlite"
        url = settings.conversations_url if sealed.file == "conversations" else f"sqlite:///{path}"
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            continue
        engine = sa.create_engine(url, future=True)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _careful)
        if sa.inspect(engine).has_table(sealed.table):
            yield sealed, engine
        else:
            engine.dispose()


def _careful(connection: Any, _record: Any) -> None:
    for pragma in ("busy_timeout=10000", "secure_delete=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _batches(engine: sa.Engine, sealed: Sealed) -> Iterator[list[dict[str, Any]]]:
    """The rows that hold something, in order, a batch at a time."""
    place = _key_of(engine, sealed.table)
    needed = sorted({name for _, name, _, _ in Formatter().parse(sealed.context) if name})
    most = min(BATCH, LARGE_BATCH) if sealed.large else BATCH
    last: Any = None
    while True:
        after = f"AND {place} > :last" if last is not None else ""
        with engine.connect() as connection:
            rows = [
                dict(row._mapping)
                for row in connection.execute(
                    sa.text(
                        f"SELECT {', '.join(needed)}, {place} AS place, {sealed.column} AS it FROM {sealed.table} "
                        f"WHERE {sealed.column} IS NOT NULL {after} ORDER BY {place} LIMIT {most}"
                    ),
                    {"last": last} if last is not None else {},
                )
            ]
        if not rows:
            return
        last = rows[-1]["place"]
        yield rows


def _key_of(engine: sa.Engine, table: str) -> str:
    """The column that tells rows apart."""
    return str(sa.inspect(engine).get_pk_constraint(table)["constrained_columns"][0])


def _opens(box: Box, sealed: bytes, context: str) -> bool:
    return _opened(box, sealed, context) is not None


def _opened(box: Box, sealed: bytes, context: str) -> bytes | None:
    try:
        return box.open(bytes(sealed), context)
    except CannotDecrypt:
        return None
