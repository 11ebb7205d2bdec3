"""``./motcua evaluate``: scores of a file of test rows, the failing rows, and the report beside it if asked."""

from __future__ import annotations

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Any

import click

from bot import settings

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_OUT = click.option("--out", type=click.Path(path_type=Path), help="Also write the figures as JSON to this file.")


@click.group()
def evaluate() -> None:
    """Score a file of test rows: linking, oos, dialogues; or report over several linking files.

    Example: ./motcua evaluate linking tests/nlu/linking_dev.jsonl
    """


def _print(figures: dict[str, Any], failing: list[str], out: Path | None) -> None:
    click.echo(json.dumps(figures, indent=1, ensure_ascii=False))
    if failing:
        click.echo(f"\nfailing rows ({len(failing)}):")
        click.echo("\n".join(failing))
    if out:
        out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def pipeline() -> tuple[Any, Any]:
    """The trained classifier of the model in var and the index of the knowledge base there; made when missing."""
    from bot.engine import training
    from bot.engine.model_parts import classifier_of
    from bot.nlu.link_document import document
    from bot.nlu.link_index import LinkIndex
    from procedures_kb import catalog_files
    from procedures_kb.store import Store

    configuration = settings.load()
    if not training.is_current(configuration):
        training.train(configuration)
    store = Store(configuration.kb_path)
    catalog_files.load(store)
    click.echo(f"knowledge base: {store.count()}", err=True)
    return classifier_of(configuration.model_path), LinkIndex(document(entry) for entry in store.entries())


def _judge_all(texts: list[str]) -> tuple[list[Any], set[str]]:
    """What the pipeline makes of each text, and the codes of the reviewed procedures."""
    from bot.nlu.evaluation import judge

    classifier, index = pipeline()
    reviewed = {item.code for item in index.documents if item.reviewed}
    return [judge(text, classifier, index) for text in texts], reviewed


@evaluate.command()
@_FILE
@_OUT
def linking(file: Path, out: Path | None) -> None:
    """Right procedure first and in three, confident wrong, aspects; over all and per writing style.

    Example: ./motcua evaluate linking tests/nlu/linking_dev.jsonl
    """
    from bot.nlu.evaluation import LinkingRow, failing_linking, read_rows, score_linking

    rows = read_rows(file, LinkingRow)
    judged, reviewed = _judge_all([row.text for row in rows])
    _print(score_linking(rows, judged, reviewed), failing_linking(rows, judged), out)


@evaluate.command()
@_FILE
@_OUT
def oos(file: Path, out: Path | None) -> None:
    """Share of out-of-scope messages that are not answered as a procedure; over all and per kind.

    Example: ./motcua evaluate oos tests/nlu/oos_dev.jsonl
    """
    from bot.nlu.evaluation import OutOfScopeRow, failing_out_of_scope, read_rows, score_out_of_scope

    rows = read_rows(file, OutOfScopeRow)
    judged, _ = _judge_all([row.text for row in rows])
    _print(score_out_of_scope(rows, judged), failing_out_of_scope(rows, judged), out)


@evaluate.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder of the report.")
def report(files: tuple[Path, ...], out: Path) -> None:
    """Write the report over several linking files: scores, calibration, confusions, confident wrong answers, coverage.

    Example: ./motcua evaluate report tests/nlu/linking_dev.jsonl tests/nlu/linking_wide_dev.jsonl --out docs/evaluation
    """
    from bot.nlu import evaluation_report as parts
    from bot.nlu.evaluation import LinkingRow, read_rows, score_linking
    from procedures_kb.facts import ASPECTS

    rows = [row for file in files for row in read_rows(file, LinkingRow)]
    judged, reviewed = _judge_all([row.text for row in rows])
    pairs = list(zip(rows, judged, strict=True))
    bins = parts.calibration(pairs)
    table = parts.coverage(pairs, reviewed)
    cells = [*(f"aspect:{aspect}" for aspect in ASPECTS), *sorted({f"style:{s}" for row in rows for s in row.style})]
    content = {
        "files": [file.name for file in files],
        "scores": score_linking(rows, judged, reviewed),
        "calibration": bins,
        "calibration_error": parts.calibration_error(bins),
        "confusions": parts.confusions(pairs),
        "confident_wrong": [
            {"id": row.id, "text": row.text, "wanted": row.codes, "answered": found.answered}
            for row, found in parts.confident_wrong(pairs)
        ],
        "coverage_levels": parts.levels(table, reviewed, cells),
        "coverage": table,
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    parts.plot_calibration(bins, out / "calibration.png")
    shown = {key: content[key] for key in ("scores", "calibration", "calibration_error", "coverage_levels")}
    click.echo(json.dumps(shown, indent=1, ensure_ascii=False))


@evaluate.command()
@_FILE
@_OUT
@click.option("--url", help="Address of a running gateway; without it the product is started for the run.")
def dialogues(file: Path, out: Path | None, url: str | None) -> None:
    """Play dialogues against the real product and judge every turn.

    Example: ./motcua evaluate dialogues tests/dialogues/dialogues_dev.jsonl
    """
    from bot import stack
    from bot.dialogues import failures, play, read_dialogues, report

    rows = read_dialogues(file)
    with contextlib.ExitStack() as cleanup:
        if url:
            from bot.stack import Stack

            running = Stack(url.rstrip("/"), Path(), None, {}, Path())  # type: ignore[arg-type]
        else:
            folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
            running = cleanup.enter_context(stack.running(folder))
        results = [result for row in rows for result in play(row, running.say)]
    _print(report(results), failures(results), out)
