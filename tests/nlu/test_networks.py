"""The networks: what they learn from a handful of messages, and that those that ship know the knowledge base that ships."""

from pathlib import Path

import numpy as np
import pytest

from bot.nlu import aspect_network, case_network, network_training, talk_network
from bot.nlu.case_network import output
from bot.nlu.network import Network
from bot.nlu.network_training import Example
from bot.nlu.network_words import words_read
from bot.nlu.normalise import normalise
from procedures_kb import catalog_files
from procedures_kb.facts import ASPECTS

BIRTH, DEATH = (
    ("vợ em mới đẻ con trai", "bé mới sinh hôm qua", "đẻ con gái"),
    ("ông nội mất rồi", "bố em mất tối qua", "cụ mất"),
)
GOING_ON = ("hết nhiêu tiền", "bao lâu xong", "nộp ở đâu")
OUTPUTS = ["birth", "death"]


def learned(epochs: int = 30) -> Network:
    """A network that has learned two matters, and questions that go on with either."""
    read = {text: words_read(normalise(text)) for text in (*BIRTH, *DEATH, *GOING_ON)}
    features = network_training.vocabulary(
        [words for words in read.values() for _ in range(network_training.LEAST_SEEN)]
    )

    def examples(chance: np.random.Generator, network: Network) -> list[Example]:
        known = {text: network.read(words) for text, words in read.items()}
        return [
            *(Example(known[text], (0,), subject) for text in BIRTH for subject in (-1, 1)),
            *(Example(known[text], (1,), subject) for text in DEATH for subject in (-1, 0)),
            *(Example(known[text], (subject,), subject) for text in GOING_ON for subject in (0, 1)),
        ]

    return network_training.train(OUTPUTS, features, examples, one_of=True, with_subject=True, epochs=epochs)


@pytest.fixture(scope="module")
def small() -> Network:
    return learned()


def likeliest(network: Network, said: str, subject: str | None = None) -> str:
    shares = talk_network.probabilities(network, normalise(said), subject)
    return max(shares, key=shares.__getitem__)


@pytest.mark.parametrize(("said", "meant"), [("em đẻ con hôm qua", "birth"), ("bố mất rồi", "death")])
def test_words_of_the_messages_tell_what_is_meant(small: Network, said: str, meant: str) -> None:
    assert likeliest(small, said) == meant


@pytest.mark.parametrize("subject", OUTPUTS)
def test_a_question_that_names_nothing_goes_on_with_the_subject(small: Network, subject: str) -> None:
    assert likeliest(small, "nộp ở đâu", subject) == subject


def test_another_matter_leaves_the_subject(small: Network) -> None:
    assert likeliest(small, "ông mất tối qua", "birth") == "death"


def test_the_same_messages_give_the_same_network() -> None:
    one, other = learned(epochs=2), learned(epochs=2)
    assert all(np.array_equal(value, other.parameters[name]) for name, value in one.parameters.items())


def test_a_network_read_from_its_file_says_the_same(small: Network, tmp_path: Path) -> None:
    small.save(tmp_path / "network.npz")
    words = words_read(normalise("vợ em mới đẻ"))
    assert np.allclose(Network.load(tmp_path / "network.npz").scores(words), small.scores(words), atol=0.05)


@pytest.mark.parametrize("said", ["", "zzz qqq", "a" * 10_000, "🙂🙂", "đẻ " * 5_000])
def test_nothing_known_or_far_too_much_still_gives_probabilities(small: Network, said: str) -> None:
    assert sum(talk_network.probabilities(small, normalise(said)).values()) == pytest.approx(1.0, abs=1e-4)


def test_of_some_outputs_only_one_is_learned_among_them() -> None:
    words = words_read(normalise("thẻ gãy đôi"))
    features = network_training.vocabulary([words] * network_training.LEAST_SEEN)
    network = network_training.train(
        ["card:lost", "card:broken", "birth:late"], features,
        lambda _, own: [Example(own.read(words), (1,), among=(0, 1))] * 8, one_of=True, epochs=20,
    )  # fmt: skip
    scores = network.scores(words)
    assert scores[1] > scores[0]
    assert abs(scores[2]) < abs(scores[1] - scores[0])  # what is not among them is left as it was


def test_a_word_is_read_with_and_without_marks_by_kind_and_by_where_it_stands() -> None:
    (_, _, where) = words_read(normalise("nộp ở đâu"))
    assert {"w:đâu", "p:dau", "q:1", "c:<da"} <= set(where)
    assert any(feature.startswith("k:") for word in words_read(normalise("ra phường")) for feature in word)


def test_the_network_of_procedures_knows_those_that_are_reviewed() -> None:
    """Fails when a record was added to the catalog: run ./motcua fit-networks, fit-ranking and fit-context."""
    assert set(talk_network.network().outputs) == {talk_network.OTHER, *(p.code for p in catalog_files.read_all())}


def test_the_network_of_cases_knows_the_cases_that_ship() -> None:
    """Fails when a case was added to the catalog: run ./motcua fit-networks cases and fit-cases."""
    cases = {output(p.code, case.id) for p in catalog_files.read_all() for case in p.cases}
    assert cases <= set(case_network.network().outputs)


def test_the_network_of_aspects_knows_the_aspects() -> None:
    assert set(aspect_network.network().outputs) == set(ASPECTS)


def test_the_talk_decides_what_a_bare_fact_belongs_to() -> None:
    said = "ông ấy không có lương hưu gì đâu em"
    after_a_death = talk_network.probabilities(talk_network.network(), normalise(said), "1.000656")
    assert after_a_death["1.000656"] > talk_network.probabilities(talk_network.network(), normalise(said))["1.000656"]


def test_cases_unknown_to_the_network_have_no_share() -> None:
    assert case_network.shares(case_network.network(), "9.999999", ["", "moi"], "thẻ gãy đôi") == {}
