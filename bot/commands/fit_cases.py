"""``./motcua fit-cases``: how certain a case is that the case models give, counted on messages they have not learned."""

from __future__ import annotations

import json

import click
import numpy as np

from bot import settings

FOLDS = 5
QUESTIONS_SHARE = 0.5  # what the questions that name nothing count together, against the messages


def _held_out() -> tuple[list[tuple[float, ...]], list[bool], int]:
    """The signs of the likeliest case of each message and question not learned, whether it is told, and how many messages."""
    from bot.nlu import case_training
    from bot.nlu.case_model import CaseModel
    from bot.nlu.confirmed import questions_that_name_nothing, told_by_code
    from bot.nlu.normalise import normalise
    from procedures_kb.cases import case_from_words
    from procedures_kb.store import Store

    questions = questions_that_name_nothing()
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    of_questions: list[tuple[float, ...]] = []
    store = Store(settings.load().kb_path)
    entries = [store.get(code).procedure for code in told_by_code()]
    procedures = [procedure for procedure in entries if procedure is not None and procedure.cases]
    for fold in range(FOLDS):
        learned = {
            code: [message for number, message in enumerate(messages) if number % FOLDS != fold]
            for code, messages in told_by_code().items()
        }
        network = case_training.train(procedures, learned, questions[fold % 2 :: 2])
        for procedure in procedures:
            model = CaseModel.train(procedure, learned[procedure.code], questions[fold % 2 :: 2])
            asked = questions[(fold + 1) % 2 :: 2] if fold < 2 else []
            messages = told_by_code()[procedure.code][fold::FOLDS]
            for text, case in [*((m.text, m.case) for m in messages), *((question, None) for question in asked)]:
                normal = normalise(text)
                judged = model.judge(normal.text, normal.marked, network)
                likeliest = next(name for name in judged.order if name)
                phrase = case_from_words(procedure, normal.text, normal.marked)
                sign = judged.signs(likeliest, phrase.id if phrase else None)
                if text in asked:
                    of_questions.append(sign)
                else:
                    rows.append(sign)
                    right.append(likeliest == case)
    return [*rows, *of_questions], [*right, *(False for _ in of_questions)], len(rows)


@click.command("fit-cases")
def fit_cases() -> None:
    """Learn how certain a learned case is from nlu_data/cases.jsonl, by cross-validation (three minutes).

    Example: ./motcua fit-cases
    """
    from sklearn.linear_model import LogisticRegression

    from bot.nlu.case_model import CERTAINTY, WEIGHTS

    rows, right, messages = _held_out()
    questions = len(rows) - messages
    weight = np.r_[np.ones(messages), np.full(questions, QUESTIONS_SHARE * messages / max(questions, 1))]
    model = LogisticRegression(C=10.0).fit(np.array(rows), right, sample_weight=weight)
    found = dict(zip((*CERTAINTY, "bias"), [*model.coef_[0], model.intercept_[0]], strict=True))
    WEIGHTS.write_text(
        json.dumps({name: round(float(value), 4) for name, value in found.items()}, indent=1) + "\n", encoding="utf-8"
    )
    certain = model.predict_proba(np.array(rows))[:, 1]
    for least in (0.4, 0.55, 0.7, 0.8):
        told = certain[:messages] >= least
        click.echo(
            f"from {least}: {told.mean():.1%} of {messages} messages told, {np.array(right)[:messages][told].mean():.1%} of them right; "
            f"{(certain[messages:] >= least).mean():.1%} of {questions} questions that tell none"
        )
