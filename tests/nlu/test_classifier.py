"""Intent and aspects."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.classifier import Classifier, Example, act_by_phrase
from bot.nlu.features import Features
from bot.nlu.normalise import normalise

EXAMPLES = [
    Example("xin chào", "greet"),
    Example("chào em", "greet"),
    Example("hello bạn", "greet"),
    Example("cần giấy tờ gì", "ask_procedure", ("documents",)),
    Example("hồ sơ gồm những gì", "ask_procedure", ("documents",)),
    Example("mất bao nhiêu tiền", "ask_procedure", ("fee",)),
    Example("lệ phí thế nào", "ask_procedure", ("fee",)),
    Example("bao lâu thì xong", "ask_procedure", ("duration",)),
    Example("mấy ngày có kết quả", "ask_procedure", ("duration",)),
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.train(EXAMPLES * 6)  # what stands in few texts is no feature


@pytest.mark.parametrize("text", ["chào bạn", "chao ban"])
def test_intent_with_and_without_marks(classifier: Classifier, text: str) -> None:
    assert classifier.classify(normalise(text)).intents[0][0] == "greet"


def test_several_aspects_in_one_message(classifier: Classifier) -> None:
    found = classifier.classify(normalise("cần giấy tờ gì, bao lâu thì xong"))
    assert {"documents", "duration"} <= set(found.aspects)


def test_a_saved_model_answers_the_same(classifier: Classifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    loaded = Classifier.load(tmp_path)
    for text in ("chào bạn nhé", "giấy tờ và lệ phí"):
        before, after = classifier.classify(normalise(text)), loaded.classify(normalise(text))
        assert [name for name, _ in before.intents] == [name for name, _ in after.intents]
        assert before.intents[0][1] == pytest.approx(after.intents[0][1], abs=1e-4)


def test_no_pickle_in_a_model(classifier: Classifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"weights.npz", "vocabulary.json"}


def test_a_set_phrase_shows_the_act() -> None:
    assert act_by_phrase(normalise("điền tờ khai luôn đi em")) == "start_submission"
    assert act_by_phrase(normalise("dien giup toi")) == "start_submission"
    assert act_by_phrase(normalise("khai sinh cho con")) is None


@pytest.mark.parametrize("text", ["làm khai sinh cho con", "lam khai sinh", "từ lạ zzz", ""])
def test_one_row_is_what_the_vectorizers_make_of_it(text: str) -> None:
    features = Features.fit(
        ["làm khai sinh cho con", "làm khai tử cho bố", "nộp ở phường hay sở", "làm khai sinh ở đâu"] * 3
    )
    columns, values = features.row(text)
    row = np.zeros(features([text]).shape[1])
    row[columns] = values
    assert row == pytest.approx(features([text]).toarray()[0])
