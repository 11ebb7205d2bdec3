"""Imports over time: drafts instead of surprises, vanished codes, what a reviewed record is spared, our own export."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from procedures_kb import sources
from procedures_kb.importers.base import ImportFault, rows
from procedures_kb.importers.export import export
from procedures_kb.importers.registry import import_file
from procedures_kb.store import Store, UnknownProcedure
from tests.conftest import shared_file
from tests.kb.test_importers import detailed, listed, write


def paged(code: str, **more: Any) -> dict[str, Any]:
    return {
        "ma_thu_tuc": code, "ten_thu_tuc": "Cấp phép nuôi ong", "linh_vuc": "Chăn nuôi", "cap_thuc_hien": "Cấp xã",
        "so_quyet_dinh": "9/QĐ-B", "detail_url": "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/019f6f67-c3a8-7163-8167-02e782ebf1c2",
        "thanh_phan_ho_so": "Tên giấy tờMẫu đơn, tờ khaiSố lượngĐơn1 bản chínhGhi chú chung0 bản chính",
        "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp3 Ngày làm việcMiễn phí(Do tỉnh quy định.)",
        "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnLuật Chăn nuôi32/2018/QH14", **more,
    }  # fmt: skip


def served(code: str, **more: Any) -> dict[str, Any]:
    fee = {"SOTIEN": "50.000", "MOTA": "Mức thu 50.000 đồng."}
    time = {"THOIGIANGIAIQUYET": "3", "DONVITINH": "Ngày làm việc", "MOTA": "", "PHILEPHI": [fee]}
    return {
        "MATTHC": f"{code}.000.00.00.H26", "TENTTHC": "Cấp phép nuôi ong", "MACOQUANCONGBO": "H26",
        "CAPTHUCHIEN": [{"TENCAP": "Cấp Xã"}], "CACHTHUCTHUCHIEN": [{"KENH": "1", "THOIGIAN": [time]}],
        "THANHPHANHOSO": [{"TRUONGHOP": "", "GIAYTO": [{"TENGIAYTO": "Đơn", "SOBANCHINH": "1", "SOBANSAO": "0"}]}],
        "CANCUPHAPLY": [{"SOVANBAN": "32/2018/QH14", "TENVANBAN": "Luật Chăn nuôi"}], **more,
    }  # fmt: skip


def test_a_crawled_page_is_taken_apart(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "p.jsonl", paged("9.000001")))
    record = store.get("9.000001").imported
    assert record and [(c.name, c.originals) for c in record.components] == [("Đơn", 1), ("Ghi chú chung", 0)]
    assert [(d.value, d.unit) for d in record.durations] == [(3, "working_day")]
    assert record.fees[0].amount is None and record.level == ["commune"]


def test_a_page_with_a_decisions_title_for_a_name_is_refused(store: Store, tmp_path: Path) -> None:
    """Seven pages of the crawl have it; taken in, they would overwrite the right name of the national list."""
    title = "Công bố Danh mục và Quy trình nội bộ thủ tục hành chính của Sở X"
    report = import_file(store, write(tmp_path / "p.jsonl", paged("9.000001", ten_thu_tuc=title)))
    assert (report.taken, report.refused) == (0, 1)
    assert "title of a decision" in report.refusals[0][2]


def test_recovery_is_measured_where_a_full_record_stands(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "d.jsonl", detailed("9.000001")))
    report = import_file(store, write(tmp_path / "p.jsonl", paged("9.000001")))
    assert "same decision: 1 records: papers precision 100.0% recall 100.0%" in report.notes[0]


def test_a_page_does_not_stand_before_a_full_record(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "d.jsonl", detailed("9.000001")))
    import_file(store, write(tmp_path / "p.jsonl", paged("9.000001")))
    record = store.get("9.000001").imported
    assert record and record.source == "portal-detail"


def test_the_national_service_is_read(store: Store, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps({"result": [served("9.000001")], "error_code": "0"}), encoding="utf-8")
    import_file(store, tmp_path / "s.json")
    record = store.get("9.000001").imported
    assert record and (record.fees[0].amount, record.durations[0].unit, record.level) == (
        50_000,
        "working_day",
        ["commune"],
    )


def test_the_hour_of_the_day_is_not_taken_for_fifteen_hours(store: Store, tmp_path: Path) -> None:
    time = {"THOIGIANGIAIQUYET": "15", "DONVITINH": "Giờ", "MOTA": "Nhận sau 15 giờ thì trả hôm sau.", "PHILEPHI": []}
    row = served("9.000001", CACHTHUCTHUCHIEN=[{"KENH": "1", "THOIGIAN": [time]}])
    report = import_file(store, write(tmp_path / "s.jsonl", row))
    record = store.get("9.000001").imported
    assert record and record.durations[0].value is None and any("hour of the day" in doubt for doubt in report.doubts)


def test_amounts_of_all_channels_repeated_on_each_are_unknown(store: Store, tmp_path: Path) -> None:
    note = "Trực tiếp 50.000, trực tuyến 25.000."
    fees = [{"SOTIEN": "50.000", "MOTA": note}, {"SOTIEN": "25.000", "MOTA": note}]
    time = {"THOIGIANGIAIQUYET": "3", "DONVITINH": "Ngày", "PHILEPHI": fees}
    import_file(
        store, write(tmp_path / "s.jsonl", served("9.000001", CACHTHUCTHUCHIEN=[{"KENH": "2", "THOIGIAN": [time]}]))
    )
    record = store.get("9.000001").imported
    assert record and [fee.amount for fee in record.fees] == [None]


def test_another_provinces_answer_does_not_stand_before_the_national_record(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "d.jsonl", detailed("9.000001")))
    import_file(store, write(tmp_path / "s.jsonl", served("9.000001", MACOQUANCONGBO="H49")))
    record = store.get("9.000001").imported
    assert record and record.source == "portal-detail"


def test_a_changed_record_waits_as_a_draft_with_its_difference(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "l.jsonl", listed("9.000001", "Tên cũ")))
    report = import_file(store, write(tmp_path / "l.jsonl", listed("9.000001", "Tên mới")))
    assert report.changed == 1 and store.get("9.000001").name == "Tên cũ"
    (draft,) = sources.drafts(store)
    assert [str(change) for change in draft.changes] == ["~ name: Tên cũ → Tên mới"]


def test_importing_the_change_again_makes_no_second_draft(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "l.jsonl", listed("9.000001", "Tên cũ")))
    for _ in range(2):
        report = import_file(store, write(tmp_path / "l.jsonl", listed("9.000001", "Tên mới")))
    assert (report.same, len(sources.drafts(store))) == (1, 1)


def test_an_accepted_draft_is_in_force_and_a_discarded_one_is_not(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "l.jsonl", listed("9.000001", "Tên cũ"), listed("9.000002", "Tên hai")))
    import_file(store, write(tmp_path / "l.jsonl", listed("9.000001", "Tên mới"), listed("9.000002", "Tên khác")))
    one, two = sources.drafts(store)
    sources.accept(store, one.version, "mai")
    sources.discard(store, two.version)
    assert (store.get("9.000001").name, store.get("9.000002").name) == ("Tên mới", "Tên hai")
    with pytest.raises(UnknownProcedure):
        sources.accept(store, one.version, "mai")


def test_a_change_at_the_source_of_a_reviewed_record_is_shown_and_changes_nothing(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "l.jsonl", listed("1.000894", "Kết hôn")))
    before = store.get("1.000894")
    import_file(store, write(tmp_path / "l.jsonl", listed("1.000894", "Kết hôn mới")))
    (draft,) = sources.drafts(store)
    assert store.get("1.000894") == before and "Kết hôn mới" in str(draft.changes[0])
    sources.accept(store, draft.version, "mai")
    assert store.get("1.000894") == before


def test_a_code_that_left_the_complete_list_is_marked_and_kept(store: Store, tmp_path: Path) -> None:
    many = [listed(f"9.{n:06d}", f"Việc {n}") for n in range(10)]
    import_file(store, write(tmp_path / "l.jsonl", *many))
    report = import_file(store, write(tmp_path / "l.jsonl", *many[:-1]))
    assert report.vanished == 1 and sources.vanished(store)[0][0] == "9.000009" and store.get("9.000009")


def test_a_list_that_looks_cut_off_marks_nothing(store: Store, tmp_path: Path) -> None:
    many = [listed(f"9.{n:06d}", f"Việc {n}") for n in range(10)]
    import_file(store, write(tmp_path / "l.jsonl", *many))
    report = import_file(store, write(tmp_path / "l.jsonl", *many[:5]))
    assert report.vanished == 0 and "looks cut off" in report.notes[0]


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_an_export_read_back_is_the_same_bytes(store: Store, tmp_path: Path, kind: str) -> None:
    content = export(store, kind)
    (tmp_path / f"all.{kind}").write_bytes(content)
    other = Store(tmp_path / "other.sqlite")
    report = import_file(other, tmp_path / f"all.{kind}")
    assert report.taken == report.rows and report.refused == 0
    assert export(other, kind) == content
    again = import_file(other, tmp_path / f"all.{kind}")
    assert (again.same, again.taken, again.changed) == (again.rows, 0, 0)


def test_an_export_with_a_changed_record_becomes_a_draft(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_bytes(export(store, "json").replace("Đăng ký kết hôn".encode(), "Kết hôn (thử)".encode()))
    report = import_file(store, path)
    assert report.changed >= 1 and store.get("1.000894").name == "Đăng ký kết hôn"
    draft = next(draft for draft in sources.drafts(store) if draft.code == "1.000894")
    sources.accept(store, draft.version, "mai")
    assert store.get("1.000894").name == "Kết hôn (thử)" and store.release() == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.json", b"{", "JSON in UTF-8"),
        ("x.json", b'"text"', "list of records"),
        ("x.json", b"[1]", "record 1: an object"),
        ("x.yaml", b"a: [1", "x.yaml:1: not valid YAML|x.yaml:2: not valid YAML"),
        ("x.yaml", b"procedures:\n  - &a {b: 1}\n  - *a\n", "anchors and aliases"),
        ("x.yaml", b"a: !!python/object/apply:os.system ['x']", "YAML"),
        ("x.yaml", "tên: Hà Nội".encode("utf-16"), "UTF-8|YAML"),
        ("x.jsonl", b'{"code": 1}' + b" " * 10 + b"\n" + b"[" * 100_000, "x.jsonl:2"),
        ("x.jsonl.gz", b"PK\x03\x04zip", "cannot be read"),
        ("x.jsonl.gz", gzip.compress(b"{" + b" " * 9_000_000), "longer than"),
    ],
    ids=range(10),
)
def test_a_hostile_or_broken_file_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportFault, match=message):
        list(rows(tmp_path / name))


def test_two_hundred_megabytes_of_json_are_refused_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(ImportFault, match="larger than"):
        list(rows(path))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fees": [{"id": "a", "label": "x", "rule": "fixed", "amount": -5, "legal_basis": "x"}]}, "fees"),
        ({"legal_basis": []}, "legal_basis"),
        ({"surprise": 1}, "surprise"),
        ({"frequency": "often"}, "frequency"),
        ({"components": "none"}, "components"),
    ],
)
def test_a_bad_record_of_an_export_is_refused_with_its_field(
    store: Store, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    good = msgspec.to_builtins(store.get("1.000894").procedure)
    report = import_file(store, write(tmp_path / "x.jsonl", good | {"code": "9.000001"} | change))
    assert report.refused == 1 and message in report.refusals[0][2]


def test_killed_in_the_middle_of_an_import_nothing_of_it_is_kept(tmp_path: Path, loaded_path: Path) -> None:
    target = tmp_path / "kb.sqlite"
    target.write_bytes(loaded_path.read_bytes())
    write(tmp_path / "l.jsonl", *[listed(f"9.{n:06d}", f"Việc {n}") for n in range(5000)])
    code = f"""
import os, signal
from pathlib import Path
from procedures_kb import sources
from procedures_kb.importers import registry
from procedures_kb.store import Store
take, done = sources.take, []
def die(*args):
    done.append(1)
    if len(done) == 3000: os.kill(os.getpid(), signal.SIGKILL)
    return take(*args)
registry.sources.take = die
registry.import_file(Store(Path({str(target)!r})), Path({str(tmp_path / "l.jsonl")!r}))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, env=os.environ).returncode == -signal.SIGKILL
    survivor = Store(target)
    with pytest.raises(UnknownProcedure):
        survivor.get("9.000001")
    assert survivor.get("1.000894")


def test_a_file_of_the_first_release_is_opened_and_carried_over(tmp_path: Path, store: Store) -> None:
    connection = store.db.conn
    connection.execute("UPDATE versions SET in_force_from = NULL")
    for statement in (
        "DROP INDEX idx_versions_state_in_force_from", "ALTER TABLE versions DROP COLUMN in_force_from",
        "ALTER TABLE releases DROP COLUMN changes", "DROP TABLE sources", "DROP TABLE points", "DROP TABLE search_words",
        "PRAGMA user_version=1",
    ):  # fmt: skip
        connection.execute(statement)
    reopened = Store(store.path)
    assert reopened.get("1.000894").procedure and reopened.search("ket hon", 1)
    assert reopened.as_of("1.000894", dt.date(2026, 11, 22)).procedure


def test_the_real_files_are_taken_and_recovery_keeps_its_promise(store: Store) -> None:
    import_file(store, shared_file("national-portal-api-details-2026-07.jsonl.gz"))
    report = import_file(store, shared_file("national-portal-procedures-2026-07.jsonl.gz"))
    assert (report.rows, report.refused) == (2642, 7)
    import_file(store, shared_file("national-database-webservice-sample.json"))
    same = report.notes[0]
    assert "55 records" in same
    precision, recall = (float(same.split(word)[1].split("%")[0]) for word in ("precision ", "recall "))
    assert precision >= 95 and recall >= 90
    assert all(float(part.split("%")[0]) >= 97 for part in same.split("right or unknown ")[1:])
