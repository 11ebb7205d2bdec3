"""Reading our own parts back out of a trained Rasa model file, for tools that need no dialogue."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path

from bot.nlu.classifier import Classifier


def classifier_of(model: Path) -> Classifier:
    """The intent and aspect classifier of a model file.

    Raises:
        FileNotFoundError: the model holds none.
    """
    with tempfile.TemporaryDirectory() as folder, tarfile.open(model) as archive:
        archive.extractall(folder, filter="data")
        for vocabulary in Path(folder).rglob("vocabulary.json"):
            return Classifier.load(vocabulary.parent)
    raise FileNotFoundError(f"{model} holds no classifier; train again: ./motcua train --force")
