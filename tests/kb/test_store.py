"""The store: versions, releases, search; nothing half-written."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from procedures_kb import catalog_files
from procedures_kb.imported import Imported
from procedures_kb.model import Procedure, State
from procedures_kb.sources import take
from procedures_kb.store import Store, StoreError, UnknownProcedure


def test_loading_the_catalog_twice_publishes_once(store: Store) -> None:
    assert store.release() == 1
    assert catalog_files.load(store) == []
    assert store.release() == 1


def test_publishing_keeps_the_earlier_version(store: Store) -> None:
    before = store.get("2.000635")
    assert before.procedure
    fee = msgspec.structs.replace(before.procedure.fees[0], amount=9_000)
    changed = msgspec.structs.replace(before.procedure, fees=[fee, *before.procedure.fees[1:]])
    number = store.publish(changed, "mai", "mức mới")
    after = store.get("2.000635")
    assert after.release == number == 2
    assert after.procedure and after.procedure.fees[0].amount == 9_000
    old = store.at_version(before.version)
    assert old.procedure == before.procedure
    assert [row["state"] for row in store.history("2.000635")] == ["published", "superseded"]


def test_another_process_sees_a_release_at_its_next_look(store: Store) -> None:
    reader = Store(store.path)
    procedure = reader.get("1.000894").procedure
    assert procedure
    store.publish(msgspec.structs.replace(procedure, overview="Câu mới."), "mai", "sửa câu")
    seen = reader.get("1.000894").procedure
    assert seen and seen.overview == "Câu mới."
    reader.close()


def test_staff_changes_are_not_undone_by_the_catalog(store: Store) -> None:
    procedure = store.get("1.000894").procedure
    assert procedure
    store.publish(msgspec.structs.replace(procedure, overview="Câu của cán bộ."), "mai", "sửa câu")
    catalog_files.load(store)
    kept = store.get("1.000894").procedure
    assert kept and kept.overview == "Câu của cán bộ."


@pytest.mark.parametrize("query", ["giấy khai sinh", "giay khai sinh", "GIAY KHAI SINH", "lam gks"])
def test_search_with_and_without_marks(store: Store, query: str) -> None:
    assert "1.001193" in [code for code, _, _ in store.search(query, 3)] or "2.000635" in [
        c for c, _, _ in store.search(query, 3)
    ]


@pytest.mark.parametrize("query", ["", '"', "AND OR NOT", "a* -b (c", "'; DROP TABLE versions; --", "\x00", "😀"])
def test_search_survives_any_query(store: Store, query: str) -> None:
    store.search(query)
    assert store.get("1.001193")


def test_search_follows_a_new_alias(store: Store) -> None:
    procedure = store.get("1.000894").procedure
    assert procedure
    store.publish(msgspec.structs.replace(procedure, aliases=[*procedure.aliases, "tơ hồng"]), "mai", "tên dân gian")
    assert "1.000894" in [code for code, _, _ in store.search("to hong", 3)]


def test_a_reviewed_record_is_never_replaced_by_an_imported_one(store: Store) -> None:
    assert take(store, Imported(code="1.001193", name="Tên khác"), "import") == "reviewed"
    assert store.get("1.001193").state is State.published


def test_unknown_code(store: Store) -> None:
    with pytest.raises(UnknownProcedure):
        store.get("9.999999")


def test_a_failing_publish_leaves_nothing_behind(store: Store, catalog: dict[str, Procedure]) -> None:
    good = catalog["1.000894"]

    class Unwritable:
        code = "1.000000"

    with pytest.raises((AttributeError, TypeError)):
        store.publish_all([msgspec.structs.replace(good, overview="x"), Unwritable()], "mai", "hỏng")  # type: ignore[list-item]
    assert store.release() == 1
    kept = store.get("1.000894").procedure
    assert kept and kept.overview == good.overview


def test_killed_in_the_middle_of_a_publish_the_store_opens_clean(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from procedures_kb import catalog_files
from procedures_kb.sources import take
from procedures_kb.store import Store
store = Store(Path({str(tmp_path / "kb.sqlite")!r}))
put, done = store.put_in_force, []
def die(*args):
    put(*args); done.append(1)
    if len(done) == 5: os.kill(os.getpid(), signal.SIGKILL)
store.put_in_force = die
catalog_files.load(store)
"""
    killed = subprocess.run([sys.executable, "-c", code])
    assert killed.returncode == -9
    store = Store(tmp_path / "kb.sqlite")
    assert store.release() == 0 and store.count() == {}
    assert len(catalog_files.load(store)) >= 12


def test_a_file_that_is_no_database_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="kb load"):
        Store(path)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    Store(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StoreError, match="update the product"):
        Store(path)
