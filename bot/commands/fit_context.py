"""``./motcua fit-context``: learn how much each sign counts for which procedure is meant in the middle of a talk."""

from __future__ import annotations

import json
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from ruamel.yaml import YAML

from bot import settings

Floats = npt.NDArray[np.float64]
PENALTY = 1.0  # of the squared weights
FOLDS = 5
SURE = 0.65  # probability at which the figures are printed


class Choice:
    """One turn to learn from: the features of what may have been meant, and what was."""

    def __init__(self, dialogue: str, said: str, codes: list[str], features: Floats, right: Floats) -> None:
        self.dialogue, self.said, self.codes, self.features, self.right = dialogue, said, codes, features, right


def _say(url: str, text: str, sender: str) -> None:
    body = json.dumps({"sender": sender, "message": text}).encode()
    request = urllib.request.Request(f"{url}/webhooks/rest/webhook", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as reply:
        reply.read()


def _states(events: list[dict[str, Any]]) -> Iterator[Any]:
    """The conversation as the actions saw it at each typed message."""
    from rasa_sdk import Tracker

    slots: dict[str, Any] = {}
    for number, event in enumerate(events):
        if event["event"] == "slot":
            slots[event["name"]] = event["value"]
        if event["event"] == "user":
            yield Tracker("x", dict(slots), event["parse_data"], events[: number + 1], False, None, {}, "")


def _played(url: str, files: tuple[Path, ...]) -> Iterator[Choice]:
    """Every turn of the dialogues that expects a procedure, as the running product has understood it."""
    from actions.context import possible
    from actions.turn import Turn
    from bot import keys
    from bot.channels.rest import sender_key
    from bot.dialogues import read_dialogues
    from bot.engine.tracker_store import ConversationStore

    configuration = settings.load()
    store = ConversationStore(
        None, configuration.conversations_url, keys.load(configuration), configuration.session_events
    )
    for dialogue in [dialogue for file in files for dialogue in read_dialogues(file)]:
        sender = f"dialogue-{uuid.uuid4().hex}"
        for turn in dialogue.turns:
            _say(url, turn.user, sender)
        states = {state.latest_message["text"]: state for state in _states(store.events(sender_key(sender)))}
        for turn in dialogue.turns:
            if turn.user not in states:  # answered before it came to the model, or not kept as it was typed
                continue
            candidates = possible(Turn(states[turn.user]))
            wanted = {code for code in (turn.expect.code, *turn.expect.code_alt) if code}
            right = np.array([float(item.code in wanted) for item in candidates])
            if len(candidates) > 1 and right.any():
                features = np.array([item.features for item in candidates])
                yield Choice(dialogue.id, turn.user, [item.code for item in candidates], features, right)


def fit(choices: list[Choice]) -> Floats:
    """Weights of a conditional logit model: the right one of each choice is to be the likeliest."""
    from scipy.optimize import minimize

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = PENALTY / 2 * float(weights @ weights), PENALTY * weights
        for choice in choices:
            shares = _shares(choice, weights)
            own = shares * choice.right
            total -= float(np.log(max(own.sum(), 1e-12)))
            slope = slope - choice.features.T @ (own / max(own.sum(), 1e-12) - shares)
        return total, slope

    found = minimize(loss, np.zeros(choices[0].features.shape[1]), jac=True, method="L-BFGS-B")
    weights: Floats = found.x
    return weights


def _shares(choice: Choice, weights: Floats) -> Floats:
    scores = choice.features @ weights
    exponents = np.exp(scores - scores.max())
    shares: Floats = exponents / exponents.sum()
    return shares


def cross_checked(choices: list[Choice]) -> list[tuple[Choice, Floats]]:
    """Each choice with the shares by weights learned without its dialogue."""
    names = sorted({choice.dialogue for choice in choices})
    fold = {name: number % FOLDS for number, name in enumerate(names)}
    found = []
    for number in range(FOLDS):
        weights = fit([choice for choice in choices if fold[choice.dialogue] != number])
        found += [(choice, _shares(choice, weights)) for choice in choices if fold[choice.dialogue] == number]
    return found


@click.command("fit-context")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="The running product to play against.")
def fit_context(files: tuple[Path, ...], url: str) -> None:
    """Learn which procedure is meant in the middle of a talk, from dialogues played against the running product.

    The product must run on the same ``var``: what it understood is read from its conversations.

    Example: ./motcua fit-context nlu_data/dialogues/*.jsonl
    """
    from actions.context import FEATURES, WEIGHTS

    choices = list(_played(url.rstrip("/"), files))
    checked = cross_checked(choices)
    clear = [(choice, shares) for choice, shares in checked if shares.max() >= SURE]
    right = sum(bool(choice.right[shares.argmax()]) for choice, shares in clear)
    weights = fit(choices)
    content = {name: round(float(weight), 3) for name, weight in zip(FEATURES, weights, strict=True)}
    with WEIGHTS.open("w", encoding="utf-8") as file:
        file.write("# Made by ./motcua fit-context: what each sign of actions/context.py counts.\n")
        YAML().dump(content, file)
    click.echo(
        f"{len(choices)} turns; by weights learned from other dialogues: {len(clear)} likelier than {SURE}, {right} of them right"
    )
