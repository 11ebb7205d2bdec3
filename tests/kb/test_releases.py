"""Releases as files: written, verified, taken over by another machine, rolled back; broken ones are refused."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from procedures_kb import releases
from procedures_kb.imported import Imported
from procedures_kb.points import changed_points, points, save_point
from procedures_kb.releases import NothingToRollBack, ReleaseFault
from procedures_kb.sources import take
from procedures_kb.store import Store, UnknownProcedure


def change(store: Store, code: str, overview: str) -> int:
    procedure = store.get(code).procedure
    assert procedure
    return store.publish(msgspec.structs.replace(procedure, overview=overview), "mai", "sửa câu")


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    return Store(tmp_path / "other" / "kb.sqlite")


def packed(store: Store, tmp_path: Path) -> bytes:
    return releases.write(store, tmp_path / "releases").read_bytes()


def test_another_machine_becomes_equal(store: Store, empty: Store, tmp_path: Path) -> None:
    with store.transaction():
        take(store, Imported(code="9.000001", name="Cấp phép nuôi ong", source="portal-catalogue"), "test")
    assert releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    assert [(e.code, e.procedure, e.imported) for e in empty.entries()] == [
        (e.code, e.procedure, e.imported) for e in store.entries()
    ]
    assert empty.release() == store.release()


def test_taking_the_same_release_again_changes_nothing(store: Store, empty: Store, tmp_path: Path) -> None:
    content = releases.read(packed(store, tmp_path))
    releases.apply(empty, content, "test")
    mark = empty.change_mark()
    assert not releases.apply(empty, content, "test")
    assert empty.change_mark() == mark


def test_only_what_differs_gets_a_new_version(store: Store, empty: Store, tmp_path: Path) -> None:
    releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    change(store, "1.000894", "Câu mới.")
    releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    assert len(empty.history("1.000894")) == 2 and len(empty.history("1.001193")) == 1


def test_a_withdrawn_record_is_no_longer_in_force(store: Store, empty: Store, tmp_path: Path) -> None:
    releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    with store.transaction():
        store.begin_release("mai", "rút lại")
        store.take_out_of_force("1.000894")
    releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    with pytest.raises(UnknownProcedure):
        empty.get("1.000894")
    assert empty.history("1.000894")


def test_points_travel_with_the_release(store: Store, empty: Store, tmp_path: Path) -> None:
    point = msgspec.structs.replace(points(store)["chi-nhanh-2"], address="85 Dịch Vọng Hậu")
    save_point(store, point, "mai")
    releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    assert changed_points(empty) == [point]


def test_the_file_says_what_changed(store: Store, tmp_path: Path) -> None:
    change(store, "1.000894", "Câu mới.")
    header = releases.read(packed(store, tmp_path)).header
    assert (header.release, header.notes) == (2, "sửa câu")
    assert header.changes == [{"code": "1.000894", "name": "Đăng ký kết hôn", "fields": ["overview"]}]


def test_the_same_release_is_the_same_bytes(store: Store, tmp_path: Path) -> None:
    assert packed(store, tmp_path / "a") == packed(store, tmp_path / "b")


def rewritten(change_lines: Callable[[dict[str, Any], list[bytes]], None]) -> Callable[[bytes], bytes]:
    """A release file with its lines changed and its checksum made right again: what a hostile server could send."""

    def apply(good: bytes) -> bytes:
        first, *lines = gzip.decompress(good).splitlines()
        header = json.loads(first)
        change_lines(header, lines)
        body = b"".join(line + b"\n" for line in lines)
        header["sha256"] = hashlib.sha256(body).hexdigest() if header["sha256"] else ""
        return gzip.compress(json.dumps(header).encode() + b"\n" + body)

    return apply


def negative_fee(header: dict[str, Any], lines: list[bytes]) -> None:
    number = next(i for i, line in enumerate(lines) if b'"amount":8000' in line)
    lines[number] = lines[number].replace(b'"amount":8000', b'"amount":-8000', 1)


def fee_of_no_rule(header: dict[str, Any], lines: list[bytes]) -> None:
    number = next(i for i, line in enumerate(lines) if b'"amount":8000' in line)
    lines[number] = lines[number].replace(b'"amount":8000', b'"amount":null', 1)


def unknown_field(header: dict[str, Any], lines: list[bytes]) -> None:
    lines[0] = lines[0].replace(b'{"procedure":{', b'{"procedure":{"surprise":1,', 1)


def fewer_records(header: dict[str, Any], lines: list[bytes]) -> None:
    del lines[-1]


def older_schema(header: dict[str, Any], lines: list[bytes]) -> None:
    header["schema"] = 1


def newer_schema(header: dict[str, Any], lines: list[bytes]) -> None:
    header["schema"] = 99


def another_format(header: dict[str, Any], lines: list[bytes]) -> None:
    header["format"] = "something else"


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut off": (lambda good: good[: len(good) // 2], "cut off"),
    "nothing": (lambda good: b"", "cut off"),
    "a changed byte": (lambda good: good[:500] + bytes([good[500] ^ 255]) + good[501:], "damaged|checksum"),
    "a changed record": (lambda good: gzip.compress(gzip.decompress(good).replace(b"8000", b"9000")), "checksum"),
    "not gzip": (lambda good: b"PK\x03\x04 zip", "not a gzip file"),
    "a page of a proxy": (lambda good: b"<html>502 Bad Gateway</html>", "not a gzip file"),
    "no header": (lambda good: gzip.compress(b"hello\nworld\n"), "line 1"),
    "a bomb": (lambda good: gzip.compress(b"0" * (releases.LARGEST_CONTENT + 10)), "unpacks to more than"),
    "negative fee": (rewritten(negative_fee), "amount"),
    "a rule of the knowledge base broken": (rewritten(fee_of_no_rule), "needs an amount"),
    "unknown field": (rewritten(unknown_field), "surprise"),
    "fewer records": (rewritten(fewer_records), "announced"),
    "older schema": (rewritten(older_schema), "schema 1"),
    "newer schema": (rewritten(newer_schema), "schema 99"),
    "another format": (rewritten(another_format), "line 1"),
}


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_a_broken_file_is_refused_and_the_old_release_stands(store: Store, tmp_path: Path, kind: str) -> None:
    spoil, message = BROKEN[kind]
    before = store.change_mark()
    with pytest.raises(ReleaseFault, match=message):
        releases.apply(store, releases.read(spoil(packed(store, tmp_path))), "test")
    assert store.change_mark() == before and store.get("1.001193").procedure


def test_an_older_release_is_refused(store: Store, tmp_path: Path) -> None:
    older = packed(store, tmp_path)
    change(store, "1.000894", "Câu mới.")
    with pytest.raises(ReleaseFault, match="older than release 2"):
        releases.apply(store, releases.read(older), "test")


def test_going_back_one_step(store: Store) -> None:
    before = store.get("1.000894").procedure
    change(store, "1.000894", "Câu nhầm.")
    assert releases.roll_back(store, "mai") == 3
    after = store.get("1.000894")
    assert after.procedure == before and after.release == 3
    assert len(store.history("1.000894")) == 3


def test_going_back_to_before_a_record_was_reviewed(store: Store) -> None:
    with store.transaction():
        take(store, Imported(code="9.000001", name="Cấp phép nuôi ong", source="portal-catalogue"), "test")
    procedure = store.get("1.000894").procedure
    assert procedure
    store.publish(msgspec.structs.replace(procedure, code="9.000001"), "mai", "mới rà soát")
    releases.roll_back(store, "mai")
    assert store.get("9.000001").imported and store.search("nuoi ong", 1)[0][0] == "9.000001"


def test_going_back_from_a_new_record_takes_it_out(store: Store) -> None:
    procedure = store.get("1.000894").procedure
    assert procedure
    store.publish(msgspec.structs.replace(procedure, code="9.000002"), "mai", "mới")
    releases.roll_back(store, "mai")
    with pytest.raises(UnknownProcedure):
        store.get("9.000002")


def test_the_first_release_cannot_be_undone(store: Store) -> None:
    with pytest.raises(NothingToRollBack):
        releases.roll_back(store, "mai")


def test_killed_while_taking_a_release_the_old_one_stands(store: Store, tmp_path: Path) -> None:
    file = releases.write(store, tmp_path / "releases")
    code = f"""
import os, signal
from pathlib import Path
from procedures_kb import releases
from procedures_kb.store import Store
store = Store(Path({str(tmp_path / "third.sqlite")!r}))
put, done = store.put_in_force, []
def die(*args):
    put(*args); done.append(1)
    if len(done) == 5: os.kill(os.getpid(), signal.SIGKILL)
store.put_in_force = die
releases.apply(store, releases.read(Path({str(file)!r}).read_bytes()), "test")
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    survivor = Store(tmp_path / "third.sqlite")
    assert survivor.release() == 0 and survivor.count() == {}
