"""Training the Rasa model, only when its inputs have changed, and never leaving half a model behind."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tarfile
import tempfile
from pathlib import Path

from bot import settings
from bot.settings import ROOT, Settings

log = logging.getLogger(__name__)
OURS = ("aspect_parts.yml", "asked_parts.yml", "asking.yml")  # files of nlu_data in formats of ours
# What the model is made from. The knowledge base is not among them: procedures are data, not training (their names only
# lend composed messages their variety).
INPUTS = ("config.yml", "domain.yml", "nlu_data", "bot/nlu/classifier.py", "bot/nlu/aspects.py",
          "bot/nlu/composed.py", "bot/nlu/features.py", "bot/nlu/questions.py", "bot/nlu/word_classes.py", "bot/nlu/normalise.py", "bot/nlu/lexicon",
          "bot/nlu/components.py", "bot/engine/turn_policy.py", "uv.lock")  # fmt: skip


def fingerprint() -> str:
    """Hash of every file the model is made from."""
    digest = hashlib.sha256()
    for name in INPUTS:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _stamp(model: Path) -> Path:
    return model.with_suffix(".json")


def is_current(configuration: Settings) -> bool:
    """Whether a readable model made from today's inputs is there. A broken file counts as none."""
    model = configuration.model_path
    try:
        stamp = json.loads(_stamp(model).read_text())
        if stamp["inputs"] != fingerprint() or stamp["model"] != _file_hash(model):
            return False
        with tarfile.open(model) as archive:
            return any(name.endswith("metadata.json") for name in archive.getnames())
    except (OSError, ValueError, KeyError, tarfile.TarError):
        return False


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def training_files() -> list[str]:
    """The Rasa training files of nlu_data; OURS have formats of their own."""
    return [str(file) for file in sorted((ROOT / "nlu_data").rglob("*.yml")) if file.name not in OURS]


def train(configuration: Settings) -> Path:
    """Train from nothing and put the finished model in place in one step."""
    from bot.engine import rasa_patches, without_tensorflow
    from bot.engine.quiet import quiet_rasa_logs

    without_tensorflow.install()
    quiet_rasa_logs()
    rasa_patches.apply()
    import rasa.model_training

    model = configuration.model_path
    model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=model.parent, prefix="training-") as folder:
        result = rasa.model_training.train(
            domain=str(ROOT / "domain.yml"), config=str(ROOT / "config.yml"), training_files=training_files(),
            output=folder, fixed_model_name="motcua", force_training=True,
        )  # fmt: skip
        if not result.model:
            raise RuntimeError("training gave no model; run ./motcua rasa data validate to see why")
        staged = Path(result.model)
        stamp = {"inputs": fingerprint(), "model": _file_hash(staged)}
        _stamp(model).unlink(missing_ok=True)
        shutil.move(staged, model)
        _stamp(model).write_text(json.dumps(stamp))
    return model


def main() -> None:
    """Train if needed (used by the launcher as a process of its own, so that memory is given back)."""
    logging.basicConfig(level=logging.WARNING)
    configuration = settings.load()
    if not is_current(configuration):
        train(configuration)
