"""``./motcua fit-ranking``: learn how much each linking feature counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

import click

from bot import settings
from bot.nlu.link_index import LinkDocument, LinkIndex
from bot.nlu.normalise import normalise
from bot.nlu.ranking import Problem, TrainingRow, problem
from bot.nlu.topics import Confirmed, Topics, confirmed_messages

NEED = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""How often citizens ask for a procedure of frequency 0 to 5, relative to frequency 1: each level about doubles it."""
WHOLE_CATALOGUE = 3_000  # records from which the word counts are taken anew


FOLDS = 4


def weighted_rows(documents: list[LinkDocument], messages: Sequence[Confirmed]) -> list[TrainingRow]:
    """Training rows weighted so that the rows of a procedure together count as often as citizens ask for it.

    Rows of no procedure count one each.
    """
    known = {item.code: item for item in documents}
    kept = [row for row in messages if not row.codes or set(row.codes) & set(known)]
    first = [next((code for code in row.codes if code in known), "") for row in kept]
    count = Counter(first)
    need = {code: NEED[known[code].frequency] for code in count if code}
    scale = sum(count[code] for code in need) / sum(need.values())
    return [
        TrainingRow(normalise(row.text), row.codes, need[code] * scale / count[code] if code else 1.0)
        for row, code in zip(kept, first, strict=True)
    ]


def cross_problems(index: LinkIndex, messages: Sequence[Confirmed]) -> list[Problem]:
    """The training problems, each asked of a topic model that has not seen its message.

    Else the fit would trust the topic model as if it knew every message by heart.
    """
    rows = weighted_rows(index.documents, messages)
    fold_of = {normalise(message.text).original: number % FOLDS for number, message in enumerate(messages)}
    seen = [(fold_of[normalise(message.text).original], message) for message in messages]
    problems: list[Problem] = []
    for fold in range(FOLDS):
        index.topics = Topics.train(index.documents, [m for other, m in seen if other != fold])
        problems += [problem(index, row) for row in rows if fold_of[row.normal.original] == fold]
    return problems


@click.command("fit-ranking")
def fit_ranking() -> None:
    """Learn the ranking weights from nlu_data/linking.yml over the knowledge base as it is now.

    Import the national catalogue first, so that the weights are learned among all its procedures.

    Example: ./motcua fit-ranking
    """
    from bot.nlu.link_index import BACKGROUND, FEATURES, background, count_background, document
    from bot.nlu.ranking import WEIGHTS, fit
    from procedures_kb.store import Store

    store = Store(settings.load().kb_path)
    documents = [document(entry) for entry in store.entries()]
    if len(documents) >= WHOLE_CATALOGUE:
        counts = count_background(documents, least=8)
        BACKGROUND.write_text(json.dumps(counts, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        background.cache_clear()
    problems = cross_problems(LinkIndex(documents, confirmed=()), confirmed_messages())
    weights, loss = fit(problems)
    content = {
        "features": {name: round(value, 4) for name, value in zip(FEATURES, weights.features, strict=True)},
        "none": round(weights.none, 4),
        "fit": {"rows": len(problems), "procedures": len(documents), "mean_log_loss": round(loss, 4)},
    }
    WEIGHTS.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    click.echo(WEIGHTS.read_text(encoding="utf-8"))
