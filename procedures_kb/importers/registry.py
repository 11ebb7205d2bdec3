"""The known import formats, and running one file through the one that fits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from procedures_kb import sources
from procedures_kb.imported import Imported
from procedures_kb.importers.base import Importer, ImportFault, Refused, Report, rows
from procedures_kb.importers.export import OwnExport
from procedures_kb.importers.national_service import NationalService
from procedures_kb.importers.portal_catalogue import PortalCatalogue
from procedures_kb.importers.portal_detail import PortalDetail
from procedures_kb.importers.portal_pages import PortalPages
from procedures_kb.importers.recovery import Measured
from procedures_kb.model import Procedure
from procedures_kb.store import Store

IMPORTERS: tuple[Importer, ...] = (PortalDetail(), PortalCatalogue(), PortalPages(), NationalService(), OwnExport())
_MOST_VANISHED = 0.2  # of a source's codes; if more are missing the file was cut off rather than the law changed


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

    Raises:
        ImportFault: the file cannot be read.
    """
    importer = importer_for(path)
    report = Report(source=importer.name, file=path.name)
    seen: set[str] = set()
    reviewed: list[Procedure] = []
    measured = Measured()
    with store.transaction():
        for number, row in rows(path):
            report.rows += 1
            record = _read(importer, row, number, seen, report)
            if isinstance(record, Procedure):
                _count(report, outcome := sources.take_reviewed(store, record, "import export"))
                if outcome == "taken":
                    reviewed.append(record)
            elif record:
                _count(report, sources.take(store, record, f"import {importer.name}"))
                _doubts(report, record)
                if importer.name == PortalPages.name and (
                    full := sources.of_source(store, record.code, PortalDetail.name)
                ):
                    measured.add(record, full)
        if reviewed:
            store.publish_all(reviewed, "import export", f"{path.name}: {len(reviewed)} records")
        if importer.complete:
            _vanished(store, importer.name, seen, report)
        report.notes += measured.lines()
        sources.log_import(store, report, importer.name, path.name)
    return report


def _read(
    importer: Importer, row: dict[str, Any], number: int, seen: set[str], report: Report
) -> Imported | Procedure | None:
    try:
        record = importer.read(row)
        if record.code in seen:
            raise Refused("the code stands twice in this file; the first row is kept")
    except (Refused, KeyError, TypeError, ValueError, AttributeError) as error:
        report.refused += 1
        report.refusals.append((number, _code(row), str(error)))
        return None
    seen.add(record.code)
    return record


def _code(row: dict[str, Any]) -> str:
    """What the row calls itself, for the list of refusals."""
    inner = row.get("data")
    data: dict[str, Any] = inner if isinstance(inner, dict) else row
    return str(next((data[key] for key in ("code", "ma_thu_tuc", "MATTHC") if data.get(key)), ""))[:20]


def _count(report: Report, outcome: sources.Outcome) -> None:
    setattr(report, outcome, getattr(report, outcome) + 1)


def _doubts(report: Report, record: Imported) -> None:
    report.doubted += bool(record.doubts)
    for doubt in record.doubts:
        report.doubts[doubt] = report.doubts.get(doubt, 0) + 1


def _vanished(store: Store, source: str, seen: set[str], report: Report) -> None:
    held = sources.holding(store, source)
    missing = held - len(seen)
    if held and missing / held > _MOST_VANISHED:
        report.notes.append(
            f"  {missing} of {held} codes are missing: the file looks cut off, none is marked as vanished"
        )
        return
    report.vanished = sources.mark_vanished(store, source, seen)
