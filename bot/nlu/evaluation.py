"""Scoring files of test rows against the understanding pipeline (row formats: design section 11)."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bot.nlu.classifier import Classifier
from bot.nlu.confidence import arbitrate, decide
from bot.nlu.denial import meant
from bot.nlu.link_index import LinkIndex
from bot.nlu.normalise import normalise
from bot.nlu.ranking import Weights, link

Row = TypeVar("Row", bound=msgspec.Struct)


class RowFault(ValueError):
    """A row of a test file cannot be used; the message names file and line."""


class LinkingRow(msgspec.Struct):
    id: str
    text: str
    codes: list[str]
    aspects: list[str] = []
    style: list[str] = []
    clarify: bool = False


class OutOfScopeRow(msgspec.Struct):
    id: str
    text: str
    kind: str


def read_rows(path: Path, kind: type[Row]) -> list[Row]:
    """Rows of a JSON-lines file. Raises RowFault."""
    rows: list[Row] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                rows.append(msgspec.json.decode(line, type=kind))
            except msgspec.DecodeError as error:
                raise RowFault(f"{path.name}:{number}: {error}") from error
    return rows


class Judged(msgspec.Struct):
    """What the pipeline makes of one message."""

    intent: str
    intent_probability: float
    aspects: list[str]
    verdict: str
    candidates: list[str]
    ranking: list[tuple[str, float]]

    @property
    def answered(self) -> str | None:
        """The code answered as a procedure without asking, if any."""
        return self.candidates[0] if self.intent == "ask_procedure" and self.verdict == "sure" else None


def judge(text: str, classifier: Classifier, index: LinkIndex, weights: Weights | None = None) -> Judged:
    """Run the stages of the pipeline on one message, as bot/nlu/components.py does."""
    normal = normalise(text)
    ranking = link(index, meant(normal), weights)
    decision = decide(ranking)
    if not normal.words:
        return Judged("nlu_fallback", 1.0, [], "unsure", [], [])
    found = classifier.classify(normal)
    intent = arbitrate(found.intents, decision) or found.intents[0]
    return Judged(
        intent[0], intent[1], found.aspects, decision.verdict, [item.code for item in decision.ranked],
        [(item.code, item.probability) for item in ranking],
    )  # fmt: skip


def score_linking(rows: list[LinkingRow], judged: list[Judged], reviewed: set[str]) -> dict[str, Any]:
    """First, in three, confident wrong, asked back, and aspect F1: over all rows, per style, and by ``reviewed`` codes."""
    groups: dict[str, list[tuple[LinkingRow, Judged]]] = defaultdict(list)
    for row, found in zip(rows, judged, strict=True):
        known = "of reviewed procedures" if reviewed & set(row.codes) else "of imported procedures"
        for style in ["all", known, *row.style]:
            groups[style].append((row, found))
    return {
        style: _linking_figures(pairs) for style, pairs in sorted(groups.items(), key=lambda g: (g[0] != "all", g[0]))
    }


def _linking_figures(pairs: list[tuple[LinkingRow, Judged]]) -> dict[str, Any]:
    count = len(pairs)
    first = sum(bool(j.ranking) and j.ranking[0][0] in r.codes for r, j in pairs)
    three = sum(any(code in r.codes for code, _ in j.ranking[:3]) for r, j in pairs)
    wrong = sum(j.answered is not None and j.answered not in r.codes for r, j in pairs)
    sure = sum(j.answered is not None for _, j in pairs)
    hits = sum(len(set(r.aspects) & set(j.aspects or ["overview"])) for r, j in pairs)
    asked = sum(len(set(j.aspects or ["overview"])) for _, j in pairs)
    wanted = sum(len(set(r.aspects)) for r, _ in pairs)
    refused = sum(j.intent in ("out_of_scope", "smalltalk", "abuse", "nlu_fallback") for _, j in pairs)
    return {
        "rows": count,
        "first": round(first / count, 4),
        "in_three": round(three / count, 4),
        "confident_wrong": round(wrong / count, 4),
        "answered_without_asking": round(sure / count, 4),
        "refused": round(refused / count, 4),
        "aspect_f1": round(2 * hits / (asked + wanted), 4) if asked + wanted else None,
    }


def score_out_of_scope(rows: list[OutOfScopeRow], judged: list[Judged]) -> dict[str, Any]:
    """Share of rows not answered as a procedure, over all and per kind."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row, found in zip(rows, judged, strict=True):
        groups["all"].append(found)
        groups[row.kind].append(found)
    return {
        kind: {
            "rows": len(found),
            "not_answered_as_procedure": round(sum(j.answered is None for j in found) / len(found), 4),
            "asked_back": round(
                sum(j.answered is None and j.intent == "ask_procedure" and j.verdict == "clarify" for j in found)
                / len(found),
                4,
            ),
        }
        for kind, found in groups.items()
    }


def failing_linking(rows: list[LinkingRow], judged: list[Judged]) -> list[str]:
    """The rows whose first procedure is wrong or whose confident answer is wrong, readable."""
    lines: list[str] = []
    for row, found in zip(rows, judged, strict=True):
        best = found.ranking[0] if found.ranking else ("none", 0.0)
        if best[0] not in row.codes or (found.answered and found.answered not in row.codes):
            mark = "CONFIDENT WRONG" if found.answered and found.answered not in row.codes else "not first"
            top = ", ".join(f"{code} {p:.2f}" for code, p in found.ranking[:3])
            lines.append(
                f"{row.id} [{mark}] {json.dumps(row.text, ensure_ascii=False)} wanted {row.codes} got {top} ({found.intent})"
            )
    return lines


def failing_out_of_scope(rows: list[OutOfScopeRow], judged: list[Judged]) -> list[str]:
    return [
        f"{row.id} [{row.kind}] {json.dumps(row.text, ensure_ascii=False)} answered as {found.answered}"
        for row, found in zip(rows, judged, strict=True)
        if found.answered
    ]
