"""``./motcua fit-ranking``: learn how much each linking feature counts."""

from __future__ import annotations

import json

import click

from bot import settings
from bot.settings import ROOT

# Procedures citizens need most are the reviewed ones; a row about another stands for fewer real messages.
RARE_WEIGHT = 0.25
WHOLE_CATALOGUE = 3_000  # records from which the word counts are taken anew


@click.command("fit-ranking")
def fit_ranking() -> None:
    """Learn the ranking weights from nlu_data/linking.yml over the knowledge base as it is now.

    Import the national catalogue first, so that the weights are learned among all its procedures.

    Example: ./motcua fit-ranking
    """
    from ruamel.yaml import YAML

    from bot.nlu.link_index import BACKGROUND, FEATURES, LinkIndex, background, count_background, document
    from bot.nlu.normalise import normalise
    from bot.nlu.ranking import WEIGHTS, TrainingRow, fit
    from procedures_kb.store import Store

    store = Store(settings.load().kb_path)
    documents = [document(entry) for entry in store.entries()]
    if len(documents) >= WHOLE_CATALOGUE:
        counts = count_background(documents, least=8)
        BACKGROUND.write_text(json.dumps(counts, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        background.cache_clear()
    index = LinkIndex(documents)
    known = {item.code for item in index.documents}
    common = {item.code for item in index.documents if item.reviewed}
    rows = [
        TrainingRow(
            normalise(row["text"]),
            tuple(row["codes"]),
            1.0 if not row["codes"] or common & set(row["codes"]) else RARE_WEIGHT,
        )
        for row in YAML(typ="safe").load((ROOT / "nlu_data" / "linking.yml").read_text(encoding="utf-8"))
        if not row["codes"] or known & set(row["codes"])
    ]
    weights, loss = fit(index, rows)
    content = {
        "features": {name: round(value, 4) for name, value in zip(FEATURES, weights.features, strict=True)},
        "none": round(weights.none, 4),
        "fit": {"rows": len(rows), "procedures": len(known), "mean_log_loss": round(loss, 4)},
    }
    WEIGHTS.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    click.echo(WEIGHTS.read_text(encoding="utf-8"))
