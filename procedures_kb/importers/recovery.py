"""How well the run-together tables were taken apart, measured where a full record of the same code exists."""

from __future__ import annotations

import re
from collections import Counter

import msgspec

from procedures_kb.imported import Imported, ImportedComponent
from procedures_kb.text import fold


class Recovery(msgspec.Struct):
    """Counts over all compared records; the ratios are what reports show.

    A paper is right when its name and both counts are those of the full record. A fee or a time is right when the full
    record has it for that channel; "unknown" is counted apart, since it says nothing false.
    """

    records: int = 0
    papers_true: int = 0
    papers_found: int = 0
    papers_right: int = 0
    fees: int = 0
    fees_right: int = 0
    fees_unknown: int = 0
    durations: int = 0
    durations_right: int = 0
    durations_unknown: int = 0

    @property
    def precision(self) -> float:
        return self.papers_right / self.papers_found if self.papers_found else 1.0

    @property
    def recall(self) -> float:
        return self.papers_right / self.papers_true if self.papers_true else 1.0

    def line(self) -> str:
        """For a report."""
        return (
            f"{self.records} records: papers precision {self.precision:.1%} recall {self.recall:.1%} "
            f"({self.papers_right} of {self.papers_true}); "
            f"fees right or unknown {_share(self.fees_right + self.fees_unknown, self.fees)} "
            f"({self.fees_right} right, {self.fees_unknown} unknown, {self.fees} in all); times right or unknown "
            f"{_share(self.durations_right + self.durations_unknown, self.durations)} "
            f"({self.durations_right} right, {self.durations_unknown} unknown, {self.durations} in all)"
        )


class Measured(msgspec.Struct):
    """Recovery against full records, apart for pairs under the same announcing decision and under different ones:
    only the first measures our reading; in the second the sources themselves differ."""

    same: Recovery = msgspec.field(default_factory=Recovery)
    other: Recovery = msgspec.field(default_factory=Recovery)

    def add(self, recovered: Imported, full: Imported) -> None:
        together = recovered.decision.split(" ")[0] == full.decision.split(" ")[0]
        compare(recovered, full, self.same if together else self.other)

    def lines(self) -> list[str]:
        """For a report; nothing when no pair was met."""
        text = []
        if self.same.records:
            text.append(f"  recovery against full records of the same decision: {self.same.line()}")
        if self.other.records:
            text.append(f"  against full records of another decision (the sources differ): {self.other.line()}")
        return text


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _papers(record: Imported) -> Counter[tuple[str, int | None, int | None]]:
    return Counter(_paper(c) for c in record.components if not c.is_note)


def _paper(component: ImportedComponent) -> tuple[str, int | None, int | None]:
    letters = re.sub(r"[\W_]+", "", fold(component.name))
    return letters, component.originals, component.copies


def compare(recovered: Imported, full: Imported, into: Recovery) -> None:
    """Add one pair of records of the same code to the counts."""
    into.records += 1
    found, true = _papers(recovered), _papers(full)
    into.papers_found += found.total()
    into.papers_true += true.total()
    into.papers_right += (found & true).total()
    for fee in recovered.fees:
        amounts = {f.amount for f in full.fees if f.channel == fee.channel and f.amount}
        into.fees += 1
        into.fees_unknown += fee.amount is None
        into.fees_right += fee.amount is not None and fee.amount in amounts
    for duration in recovered.durations:
        times = {(d.value, d.unit) for d in full.durations if d.channel == duration.channel}
        into.durations += 1
        into.durations_unknown += duration.value is None
        into.durations_right += duration.value is not None and (duration.value, duration.unit) in times
