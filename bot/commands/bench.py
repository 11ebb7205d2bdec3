"""``./motcua bench``: speed and memory against the budgets, stock Rasa beside ours."""

from __future__ import annotations

import datetime as dt
import json
import platform
import tempfile
from pathlib import Path
from typing import Any

import click

from bot.settings import ROOT

REPORT = ROOT / "docs" / "bench"


@click.command()
@click.option("--stock/--no-stock", default=True, help="Measure stock Rasa too (needs 2.6 GB and several minutes).")
@click.option("--catalogue", type=click.Path(exists=True, dir_okay=False, path_type=Path), multiple=True,
              help="National record files to import first, so that linking is measured over all of them.")  # fmt: skip
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=REPORT,
    show_default=True,
    help="Folder of the report.",
)
def bench(stock: bool, catalogue: tuple[Path, ...], out: Path) -> None:
    """Measure speed and memory against the budgets of the design, and write a report (JSON, Markdown, plot).

    Example: ./motcua bench --no-stock
    """
    from bot.benchmark import knowledge, ours, stock_rasa
    from bot.benchmark.load import CONVERSATION
    from bot.benchmark.report import markdown, plot, plot_growth
    from procedures_kb import catalog_files
    from procedures_kb.store import Store

    results: dict[str, Any] = {
        "measured_on": dt.date.today().isoformat(),
        "machine": f"{platform.machine()}, {len(__import__('os').sched_getaffinity(0))} cores, Python {platform.python_version()}",
    }
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as folder:
        var = Path(folder)
        store = Store(var / "kb.sqlite")
        catalog_files.load(store)
        store.close()
        if catalogue:
            results["import"] = knowledge.importing(var / "kb.sqlite", catalogue)
        results["search"] = knowledge.searching(var / "kb.sqlite")
        results["records"] = results["search"]["records"]
        results["release"] = knowledge.releasing(var / "kb.sqlite", var / "measured-releases")
        click.echo("training from nothing", err=True)
        results["training"] = ours.training(var)
        click.echo("linking", err=True)
        results["linking"] = ours.linking(var, CONVERSATION * 30)
        click.echo("the product: start, turns, throughput, publish, memory", err=True)
        results["product"] = ours.product(var)
        results["pdf"] = ours.pdf()
        if stock:
            click.echo("stock Rasa: training and serving (several minutes)", err=True)
            try:
                results["stock"] = stock_rasa.measure(var)
            except stock_rasa.NoStockRasa as missing:
                results["stock"] = {"not_measured": str(missing)}
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = markdown(results)
    (out / "report.md").write_text(text, encoding="utf-8")
    plot(results, out / "turns.png")
    plot_growth(results, out / "growth.png")
    click.echo(text)
