"""What holds when: dated facts, scheduled changes at midnight in Hanoi, and looking back."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from procedures_kb import store as store_module
from procedures_kb.facts import facts
from procedures_kb.model import Procedure
from procedures_kb.store import HANOI, Store


class Clock:
    """Stands for the store's clock."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def now(self) -> str:
        return self.moment.isoformat(timespec="seconds")

    def today(self) -> dt.date:
        return self.moment.date()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock(dt.datetime(2026, 12, 1, 9, 0, tzinfo=HANOI))
    monkeypatch.setattr(store_module, "now", stopped.now)
    monkeypatch.setattr(store_module, "today", stopped.today)
    return stopped


def amounts(procedure: Procedure, day: dt.date) -> dict[str, int | None]:
    return {fee["id"]: fee["amount"] for fee in facts(procedure, "fee", day)["items"]}


def test_the_halved_fee_of_the_identity_card_ends_with_2026(catalog: dict[str, Procedure]) -> None:
    card = catalog["1.014063"]
    assert amounts(card, dt.date(2026, 12, 31))["le_phi"] == 25_000
    assert amounts(card, dt.date(2027, 1, 1))["le_phi"] == 50_000


def test_judicial_records_before_and_after_the_law_of_july_2026(catalog: dict[str, Procedure]) -> None:
    record = catalog["3.000333"]
    before, after = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
    limits = [
        [(item["value"], item["unit"]) for item in facts(record, "duration", day)["items"]] for day in (before, after)
    ]
    assert limits[0] != limits[1] and (15, "working_day") in limits[1] and (10, "day") in limits[0]
    said = [" ".join(rule["text"] for rule in facts(record, "eligibility", day)) for day in (before, after)]
    assert "số 2" in said[1] and said[0] != said[1]


def changed(store: Store, overview: str) -> Procedure:
    procedure = store.get("1.000894").procedure
    assert procedure
    return msgspec.structs.replace(procedure, overview=overview)


def overview(store: Store) -> str:
    procedure = store.get("1.000894").procedure
    assert procedure
    return procedure.overview


def test_a_scheduled_change_takes_effect_at_midnight_by_itself(store: Store, clock: Clock) -> None:
    store.schedule(changed(store, "Từ năm mới."), dt.date(2027, 1, 1), "mai", "luật mới")
    clock.moment = dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=HANOI)
    mark = store.change_mark()
    assert overview(store) != "Từ năm mới."
    clock.moment = dt.datetime(2027, 1, 1, 0, 0, 0, tzinfo=HANOI)
    assert store.change_mark() != mark
    assert overview(store) == "Từ năm mới." and store.release() == 2
    assert store.scheduled() == []


def test_two_processes_put_a_change_in_force_once(store: Store, clock: Clock) -> None:
    store.schedule(changed(store, "Từ năm mới."), dt.date(2027, 1, 1), "mai", "luật mới")
    clock.moment = dt.datetime(2027, 1, 1, 0, 0, 1, tzinfo=HANOI)
    other = Store(store.path)
    assert (other.take_effect(), store.take_effect()) == (1, 0)
    assert store.release() == 2
    other.close()


def test_a_scheduled_change_can_be_taken_back(store: Store, clock: Clock) -> None:
    store.unschedule(store.schedule(changed(store, "Từ năm mới."), dt.date(2027, 1, 1), "mai", "luật mới"))
    clock.moment = dt.datetime(2027, 1, 2, tzinfo=HANOI)
    assert store.take_effect() == 0 and overview(store) != "Từ năm mới."


def test_a_day_that_has_come_cannot_be_scheduled(store: Store, clock: Clock) -> None:
    with pytest.raises(ValueError, match="after today"):
        store.schedule(changed(store, "Hôm nay."), dt.date(2026, 12, 1), "mai", "luật mới")


def test_looking_back_gives_the_version_of_that_day(store: Store, clock: Clock) -> None:
    clock.moment = dt.datetime(2026, 12, 5, 12, tzinfo=HANOI)
    store.publish(changed(store, "Bản ngày 5."), "mai", "một")
    clock.moment = dt.datetime(2026, 12, 10, 12, tzinfo=HANOI)
    store.publish(changed(store, "Bản ngày 10."), "mai", "hai")
    found = [store.as_of("1.000894", dt.date(2026, 12, day)).procedure for day in (5, 9, 10, 31)]
    assert [p.overview for p in found if p] == ["Bản ngày 5.", "Bản ngày 5.", "Bản ngày 10.", "Bản ngày 10."]


def test_looking_ahead_counts_scheduled_changes(store: Store, clock: Clock) -> None:
    store.schedule(changed(store, "Từ năm mới."), dt.date(2027, 1, 1), "mai", "luật mới")
    december, january = (store.as_of("1.000894", day).procedure for day in (dt.date(2026, 12, 31), dt.date(2027, 1, 1)))
    assert december and january and december.overview != january.overview == "Từ năm mới."


def test_before_the_first_version_its_dated_facts_still_tell(store: Store) -> None:
    entry = store.as_of("3.000347", dt.date(2025, 6, 1))
    assert entry.procedure
    online = [f for f in facts(entry.procedure, "fee", dt.date(2025, 6, 1))["items"] if f.get("channels") == ["online"]]
    assert [fee["amount"] for fee in online] == [115_000]
