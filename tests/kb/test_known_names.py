"""Procedures recognised although nobody has reviewed them yet."""

from collections import Counter

from procedures_kb.known_names import known_names
from procedures_kb.model import Procedure
from procedures_kb.store import State, Store
from procedures_kb.text import fold, strip_marks


def test_they_are_in_a_fresh_knowledge_base_as_imported(store: Store) -> None:
    known = next(known for known in known_names().values() if len(known.aliases[0].split()) > 2)
    assert store.get(known.code).state is State.imported
    assert known.code in [code for code, _, _ in store.search(strip_marks(known.aliases[0]), 3)]


def test_a_reviewed_record_takes_its_name_off_the_list(catalog: dict[str, Procedure]) -> None:
    assert not set(known_names()) & set(catalog)


def test_a_reviewed_record_is_not_replaced(store: Store, catalog: dict[str, Procedure]) -> None:
    assert all(store.get(code).state is State.published for code in catalog)


def test_no_everyday_name_belongs_to_two_procedures(catalog: dict[str, Procedure]) -> None:
    lists = [known.aliases for known in known_names().values()] + [procedure.aliases for procedure in catalog.values()]
    names = [name for aliases in lists for name in {strip_marks(fold(alias)) for alias in aliases}]
    assert not [name for name, count in Counter(names).items() if count > 1]
