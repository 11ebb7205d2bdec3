"""The topic model: what people say when they mean a procedure without naming it."""

import pytest

from bot.nlu.confirmed import Confirmed
from bot.nlu.link_document import LinkDocument
from bot.nlu.link_index import LinkIndex
from bot.nlu.normalise import normalise
from bot.nlu.ranking import link
from bot.nlu.topics import OTHER, Topics


def reviewed(code: str, name: str) -> LinkDocument:
    return LinkDocument(code, name, name, (name,), reviewed=True)


DOCUMENTS = [
    reviewed("1.001193", "Đăng ký khai sinh"),
    reviewed("1.000656", "Đăng ký khai tử"),
    reviewed("1.000894", "Đăng ký kết hôn"),
    *[LinkDocument(f"9.0000{n:02d}", f"Cấp phép việc {n}", f"việc {n}", (f"Cấp phép việc {n}",)) for n in range(24)],
]
CONFIRMED = [
    Confirmed("vợ em mới đẻ", ("1.001193",)),
    Confirmed("nhà em vợ đẻ bé gái", ("1.001193",)),
    Confirmed("bố em mất hôm qua", ("1.000656",)),
    Confirmed("ông nội em mất rồi", ("1.000656",)),
    Confirmed("trời mưa to quá", ()),
    Confirmed("hôm nay mưa không", ()),
]


@pytest.fixture(scope="module")
def topics() -> Topics:
    trained = Topics.train(DOCUMENTS, CONFIRMED)
    assert trained
    return trained


def test_a_word_no_name_has_is_learned_from_confirmed_messages(topics: Topics) -> None:
    assert topics.likely(topics.probabilities(normalise("chị em đẻ rồi")), 1) == ["1.001193"]


def test_marks_do_not_matter(topics: Topics) -> None:
    with_marks, without = (topics.probabilities(normalise(text)) for text in ("bố em mất", "bo em mat"))
    assert with_marks == pytest.approx(without)


def test_shares_add_up_to_one_and_other_is_one_of_them(topics: Topics) -> None:
    assert topics.probabilities(normalise("mưa to")).sum() == pytest.approx(1.0)
    assert OTHER in topics.codes


def test_an_unreviewed_procedure_gets_a_part_of_other(topics: Topics) -> None:
    shares = topics.probabilities(normalise("mưa"))
    assert 0 < topics.of(DOCUMENTS[-1], shares) < shares[topics.topic[OTHER]]


@pytest.mark.parametrize("text", ["zzz", "😀", "đẻ " * 900])
def test_any_message_has_shares(topics: Topics, text: str) -> None:
    assert topics.probabilities(normalise(text)).sum() == pytest.approx(1.0)


def test_too_few_procedures_train_nothing() -> None:
    assert Topics.train(DOCUMENTS[:1], []) is None


def test_the_index_offers_a_procedure_whose_names_share_no_word_with_the_message() -> None:
    message = normalise("chị dâu đẻ")
    assert link(LinkIndex(DOCUMENTS, CONFIRMED), message)[0].code == "1.001193"


def test_a_release_that_changes_no_name_keeps_what_was_learned(topics: Topics) -> None:
    assert Topics.train(DOCUMENTS, CONFIRMED, topics) is topics


def test_a_new_name_is_learned_at_once(topics: Topics) -> None:
    adoption = reviewed("2.001263", "Nuôi con nuôi trong nước")
    trained = Topics.train([*DOCUMENTS, adoption], [*CONFIRMED, Confirmed("xin con nuôi", ("2.001263",))], topics)
    assert trained and trained.likely(trained.probabilities(normalise("xin con nuôi")), 1) == ["2.001263"]
