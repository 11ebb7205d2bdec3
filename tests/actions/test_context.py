"""Which procedure is meant in the middle of a talk: what was said before counts beside the message itself."""

from typing import Any

import pytest

from actions.context import FEATURES, clear_in_context, in_context, possible
from actions.turn import Choice, Memory, Subject
from tests.actions.turns import make_turn

BIRTH, RESIDENCE, DIVORCED_ABROAD = "1.001193", "1.004194", "2.000554"


def ranked(code: str, probability: float, reviewed: bool = True, named: bool = False) -> dict[str, Any]:
    return {
        "code": code, "name": code, "short_name": code, "reviewed": reviewed, "named": named, "probability": probability,
    }  # fmt: skip


def test_the_first_message_of_a_talk_is_not_judged_by_it() -> None:
    assert clear_in_context(make_turn("tạm trú cần gì", ranking=[ranked(RESIDENCE, 0.99)])) is None


def test_a_bare_question_stays_with_the_procedure_at_hand() -> None:
    turn = make_turn(
        "mất bao lâu ạ",
        memory=Memory(procedure=BIRTH),
        ranking=[ranked(RESIDENCE, 0.2)],
        aspects=["duration"],
        alone=0.02,
    )
    assert clear_in_context(turn) == BIRTH


def test_another_procedure_told_for_sure_is_meant() -> None:
    turn = make_turn(
        "thế còn đăng ký tạm trú cho em gái thuê trọ thì sao",
        memory=Memory(procedure=BIRTH),
        ranking=[ranked(RESIDENCE, 0.97, named=True)],
        beside=[ranked(RESIDENCE, 0.8, named=True), ranked(BIRTH, 0.2)],
        alone=0.95,
    )
    assert clear_in_context(turn) == RESIDENCE


def test_a_procedure_known_by_name_only_leaves_the_question_open() -> None:
    turn = make_turn(
        "xin phép nổ mìn", memory=Memory(procedure=BIRTH), ranking=[ranked("1.000998", 0.6, reviewed=False)]
    )
    assert clear_in_context(turn) is None


def test_shares_add_up_to_one_and_the_likeliest_comes_first() -> None:
    turn = make_turn(
        "cái đó nộp ở đâu",
        memory=Memory(procedure=BIRTH, earlier=[Subject(RESIDENCE)]),
        ranking=[ranked(DIVORCED_ABROAD, 0.1)],
    )
    shares = [share for _, share in in_context(turn)]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)


def test_offered_declined_and_earlier_procedures_are_seen_as_such() -> None:
    memory = Memory(
        procedure=BIRTH, offered=[Choice("procedure", RESIDENCE, "Tạm trú")], earlier=[Subject(DIVORCED_ABROAD)],
        declined=[RESIDENCE],
    )  # fmt: skip
    signs = {
        item.code: dict(zip(FEATURES, item.features, strict=True))
        for item in possible(make_turn("vâng", memory=memory))
    }
    assert signs[BIRTH]["subject"] and not signs[BIRTH]["offered"]
    assert signs[RESIDENCE]["offered"] and signs[RESIDENCE]["declined"]
    assert signs[DIVORCED_ABROAD]["earlier"]
