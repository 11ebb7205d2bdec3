"""All words of a record together, and the kind of matter."""

import pytest

from bot.nlu.bags import Bags
from bot.nlu.link_document import LinkDocument
from bot.nlu.link_index import FEATURES, LinkIndex
from bot.nlu.matters import agreement, of_message, of_name
from bot.nlu.normalise import normalise


def test_a_bag_scores_by_the_words_it_holds() -> None:
    bags = Bags([{"tau": 1.0, "ca": 1.0}, {"tau": 1.0, "hoa": 1.0}])
    assert bags.score({"tau": 1.0, "ca": 2.0}).argmax() == 0
    assert bags.holding("tau") == 2
    assert bags.holding("xe") == 0


def test_a_message_with_unknown_words_scores_nothing() -> None:
    assert Bags([{"tau": 1.0}]).score({}).tolist() == [0.0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("em làm mất thẻ", "reissue"),
        ("lam mat the roi", "reissue"),
        ("bằng sắp hết hạn", "renew"),
        ("quán không bán nữa", "end"),
        ("mua lại xe của người khác", "transfer"),
    ],
)
def test_what_people_say_shows_the_kind_of_matter(text: str, kind: str) -> None:
    assert kind in of_message(normalise(text))


def test_official_names_show_the_kind_of_matter() -> None:
    assert of_name("cấp lại chứng chỉ hành nghề") == {"reissue"}


def test_agreement_is_in_the_middle_when_nothing_is_known() -> None:
    assert agreement(frozenset({"end"}), frozenset({"end"})) == 1.0
    assert agreement(frozenset({"end"}), frozenset({"first"})) == 0.0
    assert agreement(frozenset(), frozenset({"first"})) == 0.5


NEW = LinkDocument(
    "1.000001", "Cấp giấy chứng nhận đăng ký tàu cá", "Cấp giấy chứng nhận đăng ký tàu cá", ("cấp đăng ký tàu cá",)
)
AGAIN = LinkDocument(
    "1.000002", "Cấp lại giấy chứng nhận đăng ký tàu cá", "Cấp lại đăng ký tàu cá", ("cấp lại đăng ký tàu cá",)
)


def test_a_lost_paper_leads_to_the_re_issue() -> None:
    index = LinkIndex([NEW, AGAIN], confirmed=())
    found = {c.document.code: c.features[FEATURES.index("matter")] for c in index.ask(normalise("mất đăng ký tàu cá"))}
    assert found["1.000002"] > found["1.000001"]


def test_an_unchanged_segment_is_taken_over_by_the_next_index() -> None:
    before = LinkIndex([NEW, AGAIN], confirmed=())
    reviewed = LinkDocument("1.000003", "Khai sinh", "khai sinh", ("làm khai sinh",), reviewed=True)
    after = LinkIndex([NEW, AGAIN, reviewed], confirmed=(), before=before)
    assert after.segments[-1] is before.segments[0]
    assert "1.000003" in {c.document.code for c in after.ask(normalise("làm khai sinh"))}
