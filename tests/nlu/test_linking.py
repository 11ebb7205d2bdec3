"""Finding the procedure over the live knowledge base."""

from pathlib import Path

import msgspec
import pytest

from bot.nlu.confidence import arbitrate, decide
from bot.nlu.link_document import LinkDocument, document
from bot.nlu.link_index import FEATURES, LinkIndex
from bot.nlu.live_index import LiveIndex
from bot.nlu.normalise import normalise
from bot.nlu.ranking import Ranked, TrainingRow, Weights, fit, link, problem
from procedures_kb.core_terms import core_term
from procedures_kb.imported import Imported
from procedures_kb.sources import take
from procedures_kb.store import Store


@pytest.fixture(scope="module")
def index(loaded_path: Path) -> LinkIndex:
    store = Store(loaded_path)
    return LinkIndex(document(entry) for entry in store.entries())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("làm giấy khai sinh cho con cần gì", "1.001193"),
        ("lam giay khai sinh cho con can gi", "1.001193"),
        ("xin giấy độc thân", "1.004873"),
        ("ddawng kys tamj trus", "1.004194"),
        ("đkkh cần gì", "1.000894"),
    ],
)
def test_procedure_is_first(index: LinkIndex, text: str, code: str) -> None:
    assert link(index, normalise(text))[0].code == code


def test_a_message_about_nothing_is_not_sure(index: LinkIndex) -> None:
    assert decide(link(index, normalise("hôm nay trời đẹp quá"))).verdict == "unsure"


def test_probabilities_leave_room_for_none_of_them(index: LinkIndex) -> None:
    assert sum(item.probability for item in link(index, normalise("con mèo"))) < 0.9


def test_an_empty_message_finds_nothing(index: LinkIndex) -> None:
    assert link(index, normalise("")) == []


def test_core_term_is_how_people_refer_back() -> None:
    assert core_term("đăng ký tạm trú") == "tạm trú"


def test_a_published_alias_is_known_without_training(store: Store) -> None:
    live = LiveIndex(store.path)
    assert (
        link(live.current(), normalise("xin tờ giấy hồng lang"))[:1] == []
        or decide(link(live.current(), normalise("xin tờ giấy hồng lang"))).verdict != "sure"
    )
    procedure = store.get("1.000894").procedure
    assert procedure
    store.publish(
        msgspec.structs.replace(procedure, aliases=[*procedure.aliases, "tờ giấy hồng lang"]), "test", "tên dân gian"
    )
    for _ in range(100):
        if link(live.current(), normalise("xin tờ giấy hồng lang"))[0].code == "1.000894":
            break
        import time

        time.sleep(0.05)
    assert link(live.current(), normalise("xin tờ giấy hồng lang"))[0].code == "1.000894"


def test_another_provinces_procedure_ranks_below_the_same_of_the_nation() -> None:
    documents = [
        LinkDocument("3.000001", "Cấp thẻ thử nghiệm", "Cấp thẻ thử nghiệm", ("Cấp thẻ thử nghiệm",), for_hanoi=False),
        LinkDocument("3.000002", "Cấp thẻ thử nghiệm", "Cấp thẻ thử nghiệm", ("Cấp thẻ thử nghiệm",)),
        *[LinkDocument(f"3.0001{n:02d}", f"Việc khác {n}", f"Việc khác {n}", (f"Việc khác {n}",)) for n in range(30)],
    ]
    assert link(LinkIndex(documents), normalise("cấp thẻ thử nghiệm"))[0].code == "3.000002"


def test_imported_records_are_found_by_name(store: Store) -> None:
    take(store, Imported(code="9.000001", name="Cấp phép nuôi ong mật trong phố"), "test")
    index = LinkIndex(document(entry) for entry in store.entries())
    assert link(index, normalise("xin phép nuôi ong mật trong phố"))[0].code == "9.000001"


def test_weights_are_learned_from_rows(index: LinkIndex) -> None:
    rows = [
        TrainingRow(normalise("làm khai sinh cho cháu"), ("1.001193",)),
        TrainingRow(normalise("đăng ký tạm trú"), ("1.004194",)),
        TrainingRow(normalise("trời mưa to"), ()),
    ]
    untrained = Weights([0.0] * len(FEATURES), [0.0] * len(FEATURES), 0.0)
    learned, loss = fit([problem(index, row) for row in rows])
    assert loss < 1.9
    assert link(index, rows[0].normal, learned)[0].probability > link(index, rows[0].normal, untrained)[0].probability


def ranked(code: str, probability: float) -> Ranked:
    return Ranked(code, code, code, True, False, probability)


def test_sure_needs_probability_and_lead() -> None:
    assert decide([ranked("a", 0.95), ranked("b", 0.03)]).verdict == "sure"
    assert decide([ranked("a", 0.55), ranked("b", 0.4)]).verdict == "clarify"
    assert decide([ranked("a", 0.15), ranked("b", 0.1)]).verdict == "unsure"


def test_a_clear_procedure_outweighs_small_talk_but_not_a_sure_act() -> None:
    sure = decide([ranked("a", 0.95)])
    assert arbitrate([("smalltalk", 0.6)], sure) == ("ask_procedure", 0.95)
    assert arbitrate([("start_submission", 0.8)], sure) is None
