"""The report of a benchmark: a table of budgets and figures, and a plot of ours beside stock Rasa."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def _rows(results: dict[str, Any]) -> list[tuple[str, str, str, bool, str]]:
    """(what, budget, ours, kept, stock)."""
    product, stock = results["product"], results.get("stock", {})
    one, many = product["one_sender"], product["sixteen_senders"]

    def theirs(*path: str) -> str:
        value: Any = stock
        for key in path:
            value = value.get(key, {}) if isinstance(value, dict) else {}
        return "–" if value == {} else str(value)

    return [
        ("turn through the gateway, one sender, p50 (ms)", "≤ 30", str(one["p50_ms"]), one["p50_ms"] <= 30, theirs("one_sender", "p50_ms")),
        ("same, p95 (ms)", "≤ 60", str(one["p95_ms"]), one["p95_ms"] <= 60, theirs("one_sender", "p95_ms")),
        ("turns per second, 16 senders", "≥ 50", str(many["turns_per_second"]), many["turns_per_second"] >= 50, theirs("sixteen_senders", "turns_per_second")),
        ("turns failed or out of place", "0", str(one["failed"] + many["failed"] + product["replies_out_of_place"]),
         one["failed"] + many["failed"] + product["replies_out_of_place"] == 0, "–"),
        (f"linking over {results['linking']['records']} records, p95 (ms)", "≤ 5", str(results["linking"]["p95_ms"]), results["linking"]["p95_ms"] <= 5, "–"),
        *_knowledge(results),
        ("link index build (s)", "≤ 3", str(results["linking"]["build_s"]), results["linking"]["build_s"] <= 3, "–"),
        ("publish to first changed answer (s)", "≤ 1", str(product["publish_to_changed_answer_s"]), product["publish_to_changed_answer_s"] <= 1, "retrain"),
        ("start to first answer, model trained (s)", "≤ 15", str(product["start_to_first_answer_s"]), product["start_to_first_answer_s"] <= 15, theirs("start_to_first_answer_s")),
        ("memory of all processes (MB, PSS)", "≤ 1000", str(product["memory_mb"]), product["memory_mb"] <= 1000, theirs("memory_mb")),
        *_filling(product["filling"]),
        *_growth(results),
        ("training from nothing (s)", "≤ 60", str(results["training"]["seconds"]), results["training"]["seconds"] <= 60, theirs("training_s")),
        ("filled form as PDF, p95 (ms)", "≤ 1000", str(results["pdf"]["p95_ms"]), results["pdf"]["p95_ms"] <= 1000, "–"),
    ]  # fmt: skip


def _filling(found: dict[str, Any]) -> list[tuple[str, str, str, bool, str]]:
    """A form on its page: alone, and with many people at once (for which the issue sets no number)."""
    together = (
        f"{found['together_open_p95_ms']} ms; {found['together_save_p95_ms']} ms; {found['together_saves_per_second']}"
    )
    return [
        (f"form of {found['fields']} fields opens (ms)", "≤ 300", str(found["open_ms"]), found["open_ms"] <= 300, "–"),
        ("a field saved, p95 (ms)", "≤ 50", str(found["save_p95_ms"]), found["save_p95_ms"] <= 50, "–"),
        (f"{found['people']} people at once: open p95; save p95; saves per second", "–", together, True, "–"),
    ]


def _growth(results: dict[str, Any]) -> list[tuple[str, str, str, bool, str]]:
    """Turn by length of session, linking by size of the knowledge base; a budget stands where the design has one."""
    ours, theirs = (results.get(name, {}).get("by_session_length_ms", {}) for name in ("product", "stock"))
    rows = [
        (
            f"turn in a session of about {events} events, p50 (ms)",
            "≤ 30",
            str(value),
            value <= 30,
            str(theirs.get(events, "–")),
        )
        for events, value in ours.items()
    ]
    by_records = results["linking"]["by_records"]
    whole = next(one for one in by_records if one["records"] == 5_670)
    for one in by_records:
        linear = one["p95_ms"] <= max(whole["p95_ms"] * one["records"] / whole["records"], whole["p95_ms"]) * 1.3
        figures = f"{one['p95_ms']} ms; {one['build_s']} s; {one['rebuild_s']} s"
        rows.append(
            (
                f"linking over {one['records']} records: p95; index; index after a publication",
                "linear",
                figures,
                linear,
                "–",
            )
        )
    rows.append(
        ("index after a publication, 5670 records (s)", "≤ 1", str(whole["rebuild_s"]), whole["rebuild_s"] <= 1, "–")
    )
    return rows


def _knowledge(results: dict[str, Any]) -> list[tuple[str, str, str, bool, str]]:
    search, taken, release = results["search"], results.get("import"), results["release"]
    rows = [
        (f"search over {search['records']} records, p95 (ms)", "≤ 5", str(search["p95_ms"]), search["p95_ms"] <= 5, "–"),
        ("release file: write, verify, take over (s)", "–",
         f"{release['write_s']}, {release['verify_s']}, {release['take_over_s']}", True, "–"),
    ]  # fmt: skip
    if taken:
        rows += [
            (
                f"import of {taken['files']} national files (s)",
                "≤ 60",
                str(taken["seconds"]),
                taken["seconds"] <= 60,
                "–",
            ),
            ("same, peak memory (MB)", "≤ 500", str(taken["peak_mb"]), taken["peak_mb"] <= 500, "–"),
        ]
    return rows


def markdown(results: dict[str, Any]) -> str:
    """The report as Markdown."""
    lines = [
        "# Benchmark", "",
        f"Measured on {results['measured_on']} ({results['machine']}), {results['records']} records in the knowledge base.",
        "Made by `./motcua bench`; stock = Rasa 3.6.21 with its default pipeline (10 epochs) on the same data in the same run.", "",
        "| what | budget | ours | kept | stock Rasa |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    lines += [
        f"| {what} | {budget} | {ours} | {'yes' if kept else '**no**'} | {stock} |"
        for what, budget, ours, kept, stock in _rows(results)
    ]
    if "not_measured" in results.get("stock", {}):
        lines += ["", f"Stock Rasa was not measured: {results['stock']['not_measured']}"]
    lines += ["", "![turns](turns.png)", "", "![growth](growth.png)", ""]
    return "\n".join(lines)


def plot(results: dict[str, Any], path: Path) -> None:
    """p50 and p95 of a turn, ours beside stock where it was measured."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    systems = [("ours", results["product"])]
    if "one_sender" in results.get("stock", {}):
        systems.append(("stock Rasa", results["stock"]))
    figure, axes = pyplot.subplots(1, 2, figsize=(8, 3))
    for axis, key, title in ((axes[0], "one_sender", "one sender"), (axes[1], "sixteen_senders", "16 senders")):
        for offset, percentile in enumerate(("p50_ms", "p95_ms")):
            axis.bar(
                [n + 0.4 * offset for n in range(len(systems))],
                [s[key][percentile] for _, s in systems],
                0.38,
                label=percentile[:3],
            )
        axis.set_xticks([n + 0.2 for n in range(len(systems))], [name for name, _ in systems])
        axis.set_ylabel("ms per turn")
        axis.set_title(title)
        axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def plot_growth(results: dict[str, Any], path: Path) -> None:
    """A turn by length of session (ours beside stock), a look-up by number of records."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(8, 3))
    for name, label in (("product", "ours"), ("stock", "stock Rasa")):
        times = results.get(name, {}).get("by_session_length_ms")
        if times:
            left.plot([int(events) for events in times], list(times.values()), marker="o", label=label)
    left.set(xscale="log", ylim=(0, None), xlabel="events of the session", ylabel="ms per turn, p50")
    left.legend()
    rows = results["linking"]["by_records"]
    for key in ("p50_ms", "p95_ms"):
        right.plot([row["records"] for row in rows], [row[key] for row in rows], marker="o", label=key[:3])
    right.set(xscale="log", yscale="log", xlabel="records", ylabel="ms per look-up")
    right.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
