"""Forms in the knowledge base: history, releases, roll-back, what ships, and what every process sees at once."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
from pathlib import Path

import msgspec
import pytest

from procedures_kb import catalog_files, form_library, releases, sources
from procedures_kb.checks import Fault
from procedures_kb.form_files import FormFault, parse, write
from procedures_kb.form_types import FormDefinition, Official
from procedures_kb.releases import ReleaseFault
from procedures_kb.store import Store, UnknownProcedure, encode


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    return Store(tmp_path / "other" / "kb.sqlite")


def form(store: Store, code: str = "ket_hon") -> FormDefinition:
    found = store.get(code).form
    assert found
    return found


def titled(store: Store, title: str, code: str = "ket_hon") -> FormDefinition:
    return msgspec.structs.replace(form(store, code), title=title)


def test_a_new_store_is_filled_with_the_forms_that_ship_in_its_first_release(store: Store) -> None:
    assert [entry.form for entry in store.forms()] == sorted(form_library.shipped(), key=lambda f: (f.title, f.id))
    assert {entry.release for entry in store.forms()} == {1}


def test_publishing_keeps_the_earlier_version_with_author_and_reason(store: Store) -> None:
    before = form(store)
    store.publish(titled(store, "Tờ khai mới"), "mai", "mẫu mới")
    newest, first = store.history("ket_hon")
    assert (newest["author"], newest["note"], newest["state"]) == ("mai", "mẫu mới", "published")
    assert store.at_version(first["id"]).form == before


def test_a_published_form_is_asked_at_once_by_whoever_follows_the_store(followed: Store) -> None:
    assert form_library.forms()["ket_hon"].title == "Tờ khai đăng ký kết hôn"
    Store(followed.path).publish(titled(followed, "Tờ khai mới"), "mai", "mẫu mới")
    assert form_library.forms()["ket_hon"].title == "Tờ khai mới"


def test_a_form_is_parsed_once_for_all_looks_at_a_release(followed: Store) -> None:
    assert form_library.forms()["ket_hon"] is form_library.forms()["ket_hon"]


def test_a_store_without_forms_gives_those_that_ship(empty: Store) -> None:
    form_library.follow(empty.path)
    assert form_library.form_of("1.000894") is not None


def test_a_form_as_it_stood_at_an_earlier_release(followed: Store) -> None:
    followed.publish(titled(followed, "Tờ khai mới"), "mai", "mẫu mới")
    titles = [form_library.form_at("ket_hon", "1.000894", release).title for release in (1, 2, 9)]
    assert titles == ["Tờ khai đăng ký kết hôn", "Tờ khai mới", "Tờ khai mới"]


def test_of_two_editions_the_one_valid_today_is_used(followed: Store) -> None:
    old = msgspec.structs.replace(
        form(followed),
        official=Official(id="cũ", effective_from=dt.date(2020, 1, 1), effective_to=dt.date(2025, 12, 31)),
    )
    new = msgspec.structs.replace(
        old, id="ket_hon_2026", official=Official(id="mới", effective_from=dt.date(2026, 1, 1))
    )
    followed.publish_all([old, new], "mai", "mẫu mới")
    used = form_library.form_of("1.000894")
    assert used and used.official.id == "mới"


def test_a_form_whose_edition_has_ended_is_not_offered(followed: Store) -> None:
    ended = Official(id="cũ", effective_from=dt.date(2020, 1, 1), effective_to=dt.date(2025, 12, 31))
    followed.publish(msgspec.structs.replace(form(followed), official=ended), "mai", "hết hiệu lực")
    assert form_library.form_of("1.000894") is None


def test_a_form_published_for_a_coming_day_waits(followed: Store) -> None:
    followed.schedule(titled(followed, "Tờ khai năm sau"), dt.date(2099, 1, 1), "mai", "mẫu mới")
    assert form_library.forms()["ket_hon"].title == "Tờ khai đăng ký kết hôn"


def test_a_scheduled_form_takes_effect_by_itself(followed: Store) -> None:
    version = followed.schedule(titled(followed, "Tờ khai năm sau"), dt.date(2099, 1, 1), "mai", "mẫu mới")
    followed.db.conn.execute("UPDATE versions SET in_force_from = '2026-01-01' WHERE id = ?", (version,))
    followed.take_effect()
    assert form_library.forms()["ket_hon"].title == "Tờ khai năm sau"


def test_going_back_one_step_restores_the_form(store: Store) -> None:
    before = form(store)
    store.publish(titled(store, "Nhầm"), "mai", "nhầm")
    releases.roll_back(store, "mai")
    assert form(store) == before


def test_going_back_from_a_new_form_takes_it_out(store: Store) -> None:
    store.publish(msgspec.structs.replace(form(store), id="moi_hoan_toan"), "mai", "mới")
    releases.roll_back(store, "mai")
    with pytest.raises(UnknownProcedure):
        store.get("moi_hoan_toan")


def packed(store: Store, tmp_path: Path) -> bytes:
    return releases.write(store, tmp_path / "releases").read_bytes()


def test_another_machine_takes_the_forms_over(store: Store, empty: Store, tmp_path: Path) -> None:
    store.publish(titled(store, "Tờ khai mới"), "mai", "mẫu mới")
    releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    assert [encode(e.kept) for e in empty.forms()] == [encode(e.kept) for e in store.forms()]


def test_a_withdrawn_form_is_no_longer_in_force_elsewhere(store: Store, empty: Store, tmp_path: Path) -> None:
    releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    with store.transaction():
        store.begin_release("mai", "rút lại")
        store.take_out_of_force("mau_18")
    releases.apply(empty, releases.read(packed(store, tmp_path)), "test")
    assert not empty.has("mau_18") and empty.has("ket_hon")


def test_the_release_says_what_changed_in_a_form(store: Store, tmp_path: Path) -> None:
    store.publish(titled(store, "Tờ khai mới"), "mai", "mẫu mới")
    header = releases.read(packed(store, tmp_path)).header
    assert header.changes == [{"code": "ket_hon", "name": "Tờ khai mới", "fields": ["title"]}]


def resealed(content: bytes) -> bytes:
    first, _, body = content.partition(b"\n")
    header = json.loads(first) | {"sha256": hashlib.sha256(body).hexdigest()}
    return gzip.compress(json.dumps(header).encode() + b"\n" + body)


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        (b'"birth":"ngay_sinh_nu"', b'"birth":"khong_co"', "khong_co"),
        (b'"id":"ket_hon"', b'"id":"khai_sinh_2","surprise":1', "surprise"),
        (b'"procedure":"1.000894"', b'"procedure":"1.001193"', "has the form"),
    ],
)
def test_a_broken_form_refuses_the_whole_release(
    store: Store, empty: Store, tmp_path: Path, good: bytes, bad: bytes, said: str
) -> None:
    content = gzip.decompress(packed(store, tmp_path))
    assert good in content
    with pytest.raises(ReleaseFault, match=said):
        releases.apply(empty, releases.read(resealed(content.replace(good, bad, 1))), "test")
    assert empty.release() == 0


def test_a_release_of_an_older_product_leaves_the_forms_alone(store: Store, tmp_path: Path) -> None:
    first, *lines = gzip.decompress(packed(store, tmp_path)).splitlines()
    lines = [line for line in lines if not line.startswith(b'{"form"')]
    header = json.loads(first) | {"schema": 2, "release": 7, "records": len(lines)}
    old = resealed(json.dumps(header).encode() + b"\n" + b"".join(line + b"\n" for line in lines))
    releases.apply(store, releases.read(old), "test")
    assert (store.release(), len(store.forms())) == (7, 14)


# What ships, against what staff have published


@pytest.fixture
def shipped_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A new release of the product ships another title of the form."""
    newer = tuple(titled(store, "Tên kèm bản mới") if f.id == "ket_hon" else f for f in form_library.shipped())
    monkeypatch.setattr(form_library, "shipped", lambda: newer)
    return store


def test_an_update_of_what_ships_is_taken_over(shipped_anew: Store) -> None:
    assert catalog_files.load(shipped_anew) == ["ket_hon"]
    assert form(shipped_anew).title == "Tên kèm bản mới"


def test_a_form_staff_changed_is_not_overwritten_by_an_update_but_waits_for_them(shipped_anew: Store) -> None:
    shipped_anew.publish(titled(shipped_anew, "Tên của cán bộ"), "mai", "sửa tên")
    assert catalog_files.load(shipped_anew) == []
    (waiting,) = sources.drafts(shipped_anew)
    assert form(shipped_anew).title == "Tên của cán bộ"
    assert [str(change) for change in waiting.changes] == ["~ title: Tên của cán bộ → Tên kèm bản mới"]


def test_the_waiting_update_is_offered_once_and_accepted_as_a_release(shipped_anew: Store) -> None:
    shipped_anew.publish(titled(shipped_anew, "Tên của cán bộ"), "mai", "sửa tên")
    catalog_files.load(shipped_anew)
    catalog_files.load(shipped_anew)
    (waiting,) = sources.drafts(shipped_anew)
    sources.accept(shipped_anew, waiting.version, "mai")
    assert (form(shipped_anew).title, shipped_anew.release()) == ("Tên kèm bản mới", 3)


def test_a_waiting_form_that_no_longer_fits_is_not_accepted(store: Store) -> None:
    lost = msgspec.structs.replace(
        form(store), editions=[msgspec.structs.replace(form(store).editions[0], form="khong_co")]
    )
    with store.transaction():
        sources.draft_of(store, lost, "mai")
    (waiting,) = sources.drafts(store)
    with pytest.raises(sources.BrokenDraft, match="khong_co"):
        sources.accept(store, waiting.version, "mai")


# What keeps a form from being published


def edition(store: Store, **changes: str) -> FormDefinition:
    changed = msgspec.structs.replace(form(store).editions[0], **changes)
    return msgspec.structs.replace(form(store), editions=[changed])


def test_a_good_form_has_no_faults(store: Store) -> None:
    assert all(form_library.faults_in(store, entry.form) == [] for entry in store.forms() if entry.form)


def test_its_procedure_must_exist(store: Store) -> None:
    found = form_library.faults_in(store, edition(store, procedure="1.999999"))
    assert Fault("$.editions[0].procedure", "procedure 1.999999 does not exist among the reviewed ones") in found


def test_its_procedure_must_have_the_form(store: Store) -> None:
    (found,) = form_library.faults_in(store, edition(store, form="to_khai_khac"))
    assert found.field == "$.editions[0].form" and "has no form to_khai_khac" in found.message


def test_no_procedure_has_two_forms_on_one_day(store: Store) -> None:
    (found,) = form_library.faults_in(store, msgspec.structs.replace(form(store), id="ket_hon_2"))
    assert "has the form ket_hon for the same days" in found.message


# The text


@pytest.mark.parametrize("shipped", form_library.shipped(), ids=lambda f: f.id)
def test_a_form_written_as_text_is_read_back_unchanged(shipped: FormDefinition) -> None:
    assert parse(write(shipped), "x") == shipped


def test_all_faults_of_a_text_are_told_with_their_lines(store: Store) -> None:
    text = write(form(store)).replace("type: name", "type: nam", 1).replace("label:", "lable:", 1)
    with pytest.raises(FormFault) as fault:
        parse(text.replace("kind: id_fits", "kind: idfits", 1), "x")
    lines = text.splitlines()
    assert [(lines[f.line - 1].strip().split(":")[0], f.field.rpartition(".")[2]) for f in fault.value.faults] == [
        ("- id", "fields[0]"), ("lable", "lable"), ("type", "type"), ("- {kind", "kind"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "[1, 2", "- a", "a: &x 1\nb: *x", "id: [[[[", "\x00", "a: b" * 60_000])
def test_any_text_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(FormFault, match="x:"):
        parse(text, "x")


def test_a_file_of_the_product_before_gets_the_forms_as_a_release_of_their_own(store: Store, tmp_path: Path) -> None:
    store.db.conn.execute("DROP TABLE forms")
    store.db.conn.execute("DELETE FROM versions WHERE code GLOB '[a-z]*'")
    store.db.conn.execute("PRAGMA user_version=2")
    store.close()
    opened = Store(store.path)
    assert opened.forms() == [] and len(catalog_files.load(opened)) == 14
    assert (opened.release(), len(opened.forms())) == (2, 14)
