"""The report over several files of linking rows: calibration, confusions, confident wrong answers, coverage."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.nlu.evaluation import Judged, LinkingRow

BINS = 10
COVERED, THIN = 3, 1  # rows of a cell from which it counts as covered, and as thin
Pairs = Sequence[tuple[LinkingRow, Judged]]


def calibration(pairs: Pairs) -> list[dict[str, Any]]:
    """By tenths of the first procedure's probability: how many rows, the mean probability, and how often it was right."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row, found in pairs:
        code, probability = found.ranking[0] if found.ranking else ("", 0.0)
        bins[min(int(probability * BINS), BINS - 1)].append((probability, code in row.codes))
    return [
        {"from": number / BINS, "rows": len(values), "said": round(sum(p for p, _ in values) / len(values), 3),
         "right": round(sum(right for _, right in values) / len(values), 3)}
        for number, values in sorted(bins.items())
    ]  # fmt: skip


def calibration_error(bins: list[dict[str, Any]]) -> float:
    """Expected calibration error: mean distance of probability and share of right ones, weighted by rows."""
    rows = sum(one["rows"] for one in bins)
    return round(sum(one["rows"] * abs(one["said"] - one["right"]) for one in bins) / rows, 4) if rows else 0.0


def confusions(pairs: Pairs, most: int = 25) -> list[tuple[str, str, int]]:
    """(wanted, got, how often) of the rows whose first procedure is wrong, most frequent first."""
    counts = Counter(
        (row.codes[0], found.ranking[0][0] if found.ranking else "none")
        for row, found in pairs
        if not found.ranking or found.ranking[0][0] not in row.codes
    )
    return [(wanted, got, count) for (wanted, got), count in counts.most_common(most)]


def confident_wrong(pairs: Pairs) -> list[tuple[LinkingRow, Judged]]:
    """The rows that were answered without asking, with a procedure that is not meant."""
    return [(row, found) for row, found in pairs if found.answered is not None and found.answered not in row.codes]


def coverage(pairs: Pairs, reviewed: set[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """Procedure → aspect or style → rows, right ones (first or offered), and the level: covered, thin or failing.

    A cell is failing when fewer than half of its rows find the procedure first or among those asked between.
    """
    cells: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row, found in pairs:
        code = next((code for code in row.codes if code in reviewed), None)
        if code is None:
            continue
        first = bool(found.ranking) and found.ranking[0][0] in row.codes
        offered = found.verdict == "clarify" and bool(set(row.codes) & set(found.candidates))
        for name in (*(f"aspect:{aspect}" for aspect in row.aspects), *(f"style:{style}" for style in row.style)):
            cells[code][name].append(first or offered)
    return {
        code: {
            name: {"rows": len(values), "right": sum(values), "level": _level(values)}
            for name, values in sorted(named.items())
        }
        for code, named in sorted(cells.items())
    }


def _level(values: list[bool]) -> str:
    if sum(values) * 2 < len(values):
        return "failing"
    return "covered" if len(values) >= COVERED else "thin"


def levels(table: dict[str, dict[str, dict[str, Any]]], reviewed: set[str], names: Sequence[str]) -> dict[str, int]:
    """How many cells of procedure × name are covered, thin, failing, or have no row."""
    counts = Counter(cell["level"] for named in table.values() for cell in named.values())
    counts["none"] = len(reviewed) * len(names) - sum(counts.values())
    return dict(counts)


def plot_calibration(bins: list[dict[str, Any]], path: Path) -> None:
    """A reliability plot: on the diagonal a probability means what it says."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4.6, 4.2), dpi=110)
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--")
    axes.plot([one["said"] for one in bins], [one["right"] for one in bins], color="#00695c", marker="o")
    for one in bins:
        axes.annotate(
            str(one["rows"]), (one["said"], one["right"]), textcoords="offset points", xytext=(4, -11), fontsize=7
        )
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="probability said", ylabel="share that was right")
    axes.set_title("First procedure: reliability (rows beside the points)", fontsize=9)
    figure.tight_layout()
    figure.savefig(path)
    plt.close(figure)
