"""``./motcua fit-ranking``: learn how much each linking feature counts."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence

import click
import msgspec

from bot import settings
from bot.nlu import talk_training
from bot.nlu.composed import mistype, read_parts
from bot.nlu.confirmed import Confirmed, confirmed_messages, linking_messages, told_in_cases
from bot.nlu.link_document import LinkDocument, document
from bot.nlu.link_index import FEATURES, LinkIndex
from bot.nlu.normalise import normalise
from bot.nlu.ranking import Problem, TrainingRow, problem
from bot.nlu.topics import Topics
from procedures_kb.text import strip_marks

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


def cross_problems(index: LinkIndex, messages: Sequence[Confirmed], beside: Sequence[Confirmed]) -> list[Problem]:
    """The training problems, each asked of a topic model and a network that have not seen its message.

    Else the fit would trust them as if they knew every message by heart.

    Args:
        messages: what the problems are made of.
        beside: what the network always learns from as well.
    """
    rows = weighted_rows(index.documents, messages)
    fold_of = {normalise(message.text).original: number % FOLDS for number, message in enumerate(messages)}
    seen = [(fold_of[normalise(message.text).original], message) for message in messages]
    problems: list[Problem] = []
    of_topics = set(linking_messages())
    for fold in range(FOLDS):
        learned = [message for other, message in seen if other != fold]
        index.topics = Topics.train(index.documents, [message for message in learned if message in of_topics])
        index.network = talk_training.train([*learned, *beside])
        problems += [problem(index, row) for row in rows if fold_of[row.normal.original] == fold]
    return problems


HELD_BACK = 0.5  # share of the procedures with several everyday names of which one is asked instead of indexed
EVERYDAY_SHARE = 0.4  # what the messages made of them count together, against the confirmed messages


def hold_back(documents: list[LinkDocument]) -> tuple[list[LinkDocument], list[Confirmed]]:
    """Everyday names taken out of the index and asked instead, as people would: with a question, a story, slips, no marks.

    Of procedures nobody has reviewed hardly any real message is known; so the fit learns what it is worth that an unseen
    wording resembles what is known of them. Returns the documents without those names, and the messages.
    """
    chance, parts = random.Random(1), read_parts()
    questions = [question for group in parts.questions.values() for question in group]
    kept: list[LinkDocument] = []
    messages: list[Confirmed] = []
    for item in documents:
        if not item.reviewed and len(item.phrases) > 2 and chance.random() < HELD_BACK:
            name = chance.choice(item.phrases[1:])
            item = msgspec.structs.replace(item, phrases=tuple(p for p in item.phrases if p != name))
            text = (
                name + chance.choice((" ", ", ", " thì ")) + chance.choice(questions) if chance.random() < 0.7 else name
            )
            if chance.random() < 0.3:
                text = chance.choice(parts.situations) + chance.choice((", ", " ", ". ")) + text
            if chance.random() < 0.25:
                text = mistype(text, chance)
            messages.append(Confirmed(strip_marks(text) if chance.random() < 0.4 else text, (item.code,)))
        kept.append(item)
    return kept, messages


def all_problems(documents: list[LinkDocument]) -> tuple[list[Problem], list[Problem]]:
    """The problems of the confirmed messages, and of the everyday names held back."""
    kept, messages = hold_back(documents)
    index = LinkIndex(kept, confirmed=())
    # What tells a case is mostly vague about its procedure: it teaches the topics, but to rank by it makes everything doubtful.
    told = set(told_in_cases())
    problems = cross_problems(index, [m for m in confirmed_messages() if m not in told], told_in_cases())
    weight = sum(one.weight for one in problems) * EVERYDAY_SHARE / max(len(messages), 1)
    rows = (TrainingRow(normalise(message.text), message.codes, weight) for message in messages)
    return problems, [problem(index, row) for row in rows]


@click.command("fit-ranking")
def fit_ranking() -> None:
    """Learn the ranking weights from nlu_data/linking.jsonl and everyday names, over the knowledge base as it is now.

    Import the national catalogue first, so that the weights are learned among all its procedures.

    Example: ./motcua fit-ranking
    """
    from bot.nlu.ranking import WEIGHTS, fit, sharpen
    from bot.nlu.views import BACKGROUND, background, count_background
    from procedures_kb.store import Store

    store = Store(settings.load().kb_path)
    documents = [document(entry) for entry in store.entries()]
    if len(documents) >= WHOLE_CATALOGUE:
        counts = count_background((item.name for item in documents), least=8)
        BACKGROUND.write_text(json.dumps(counts, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        background.cache_clear()
    confirmed, everyday = all_problems(documents)
    problems = [*confirmed, *everyday]
    weights, loss = fit(problems)
    weights = sharpen(weights, confirmed)
    content = {
        group: {name: round(value, 4) for name, value in zip(FEATURES, values, strict=True)}
        for group, values in (("reviewed", weights.reviewed), ("imported", weights.imported))
    }
    figures = {"rows": len(problems), "procedures": len(documents), "mean_log_loss": round(loss, 4)}
    WEIGHTS.write_text(
        json.dumps({**content, "none": round(weights.none, 4), "fit": figures}, indent=1) + "\n", encoding="utf-8"
    )
    click.echo(WEIGHTS.read_text(encoding="utf-8"))
