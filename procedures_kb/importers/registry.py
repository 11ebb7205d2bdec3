"""The known import formats, and running one file through the one that fits."""

from __future__ import annotations

from pathlib import Path

import msgspec

from procedures_kb.importers.base import Importer, ImportFault, Refused, Report, rows
from procedures_kb.importers.portal_catalogue import PortalCatalogue
from procedures_kb.importers.portal_detail import PortalDetail
from procedures_kb.store import Store

IMPORTERS: tuple[Importer, ...] = (PortalDetail(), PortalCatalogue())


def importer_for(path: Path) -> Importer:
    """The importer that recognises the file's first row.

    Raises:
        ImportFault: empty file or unknown format.
    """
    first = next(rows(path), None)
    if first is None:
        raise ImportFault(f"{path.name}: the file is empty")
    for importer in IMPORTERS:
        if importer.recognises(first[1]):
            return importer
    known = ", ".join(importer.name for importer in IMPORTERS)
    raise ImportFault(f"{path.name}:1: unknown format, keys {sorted(first[1])[:8]}; known formats: {known}")


def import_file(store: Store, path: Path) -> Report:
    """Take one file in, as one transaction: on any error nothing of it is kept.

    A record with texts (detail API) is not replaced by a bare row of the code list.

    Raises:
        ImportFault: the file cannot be read.
    """
    importer = importer_for(path)
    report = Report(source=importer.name, file=path.name)
    seen: set[str] = set()
    with store.transaction():
        for number, row in rows(path):
            report.rows += 1
            try:
                record = importer.read(row)
                if record.code in seen:
                    raise Refused("the code stands twice in this file; the first row is kept")
                seen.add(record.code)
            except (Refused, KeyError, TypeError, ValueError, AttributeError) as error:
                report.refused += 1
                report.refusals.append((number, str(row.get("code") or "")[:20], str(error)))
                continue
            if not record.texts and _has_texts(store, record.code):
                report.same += 1
                continue
            outcome = store.put_imported(record, author=f"import {importer.name}")
            setattr(report, outcome, getattr(report, outcome) + 1)
            if record.doubts:
                report.doubted += 1
                for doubt in record.doubts:
                    report.doubts[doubt] = report.doubts.get(doubt, 0) + 1
        store.log_import(importer.name, path.name, msgspec.to_builtins(report))
    return report


def _has_texts(store: Store, code: str) -> bool:
    row = store.db.conn.execute(
        "SELECT json_extract(v.body, '$.texts') FROM procedures p JOIN versions v ON v.id = p.version "
        "WHERE p.code = ? AND p.state = 'imported'",
        (code,),
    ).fetchone()
    return bool(row and row[0])
