"""Training and test sentences never overlap, not even nearly; the data are what their formats say."""

import json
from pathlib import Path

from rapidfuzz import fuzz, process
from ruamel.yaml import YAML

from bot.dialogues import read_dialogues
from bot.nlu.confirmed import asked_parts, asking_messages, confirmed_messages, told_in_cases
from procedures_kb import catalog_files
from procedures_kb.everyday_names import everyday_names
from procedures_kb.facts import ASPECTS
from procedures_kb.text import fold, strip_marks

ROOT = Path(__file__).resolve().parents[2]
NEAR = 93  # per cent of equal letters, marks aside; shorter sentences must be equal to count
SHORT = 25  # letters; short everyday phrases ("cần giấy tờ gì") are everybody's


def key(text: str) -> str:
    return strip_marks(fold(text))


def talks() -> list[Path]:
    """The dialogues for training."""
    return [*(ROOT / "nlu_data" / "dialogues").glob("*.jsonl"), *(ROOT / "nlu_data" / "talks").glob("*.jsonl")]


def training_sentences() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "nlu_data").glob("*.yml"):
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        if path.stem in ("asked_parts", "asking"):
            continue  # read below; parts are cut out of messages that stand elsewhere
        if "situations" in content:
            found |= {key(text) for text in content["situations"]}
            found |= {key(text) for questions in content["questions"].values() for text in questions}
        for block in content.get("nlu", []):
            examples = block["examples"]
            if isinstance(examples, str):
                found |= {key(line.strip()[2:]) for line in examples.splitlines() if line.strip().startswith("- ")}
            else:
                found |= {key(example["text"]) for example in examples}
    found |= {key(message.text) for message in confirmed_messages()} | {key(text) for text, _ in asking_messages()}
    for path in talks():
        found |= {key(turn.user) for dialogue in read_dialogues(path) for turn in dialogue.turns}
    found |= {key(text) for names in everyday_names().values() for text in names}
    for procedure in catalog_files.read_all():
        found |= {key(text) for text in procedure.example_questions}
    return found


def test_sentences() -> list[tuple[str, str]]:
    rows = []
    for path in (ROOT / "tests" / "nlu").glob("*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows.append((row["id"], key(row["text"])))
    for path in (ROOT / "tests" / "dialogues").glob("*.jsonl"):
        rows += [(dialogue.id, key(turn.user)) for dialogue in read_dialogues(path) for turn in dialogue.turns]
    return rows


test_sentences.__test__ = False  # type: ignore[attr-defined]


def test_no_test_sentence_is_trained_on() -> None:
    training = sorted(training_sentences())
    exact = set(training)
    overlaps = []
    for row, text in test_sentences():
        if text in exact and len(text) > SHORT:
            overlaps.append(f"{row}: {text}")
        elif len(text) > SHORT:
            best = process.extractOne(text, training, scorer=fuzz.ratio, score_cutoff=NEAR)
            if best:
                overlaps.append(f"{row}: {text} ~ {best[0]} ({best[1]:.0f})")
    assert not overlaps, "\n".join(overlaps)


def test_confirmed_messages_name_cases_and_aspects_that_exist() -> None:
    cases = {procedure.code: {case.id for case in procedure.cases} for procedure in catalog_files.read_all()}
    assert {message.codes[0] for message in told_in_cases()} <= set(cases)
    strange = [
        message.text
        for message in confirmed_messages()
        if (message.case is not None and message.case not in cases[message.codes[0]])
        or not set(message.aspects or ()) <= set(ASPECTS)
    ]
    assert not strange


def test_parts_of_messages_ask_aspects_that_exist() -> None:
    assert set().union(*asked_parts().values(), *(aspects for _, aspects in asking_messages())) <= set(ASPECTS)


def test_training_dialogues_expect_procedures_and_cases_that_exist() -> None:
    cases = {procedure.code: {case.id for case in procedure.cases} for procedure in catalog_files.read_all()}
    for path in talks():
        for dialogue in read_dialogues(path):
            for turn in dialogue.turns:
                assert turn.expect.code is None or turn.expect.code in cases, (dialogue.id, turn.user)
                assert turn.expect.case is None or turn.expect.case in cases[turn.expect.code or ""], (
                    dialogue.id,
                    turn.user,
                )


def test_own_test_sets_are_large_enough() -> None:
    counts = {
        path.stem: len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "tests" / "nlu").glob("*.jsonl")
    }
    assert sum(rows for name, rows in counts.items() if name.startswith("linking_")) >= 700
    assert sum(rows for name, rows in counts.items() if name.startswith("oos_")) >= 200
