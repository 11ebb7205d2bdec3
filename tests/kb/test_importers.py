"""Taking in national records: what is taken, doubted and refused. The rows are ours, in the portal's shape."""

import gzip
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from procedures_kb.importers.base import ImportFault
from procedures_kb.importers.registry import import_file
from procedures_kb.store import Store
from tests.conftest import shared_file


def listed(code: str, name: str = "Cấp phép nuôi ong", **more: Any) -> dict[str, Any]:
    return {"id": "019f6f67-c3a8-7163-8167-02e782ebf1c2", "code": code, "name": name, "categories": ["Chăn nuôi"],
            "departments": ["UBND cấp xã"], "departmentPromulgate": "Bộ Nông nghiệp", "type": "STANDARD", **more}  # fmt: skip


def detailed(code: str, **more: Any) -> dict[str, Any]:
    data = {
        "id": "019f6f67-c3a8-7163-8167-02e782ebf1c2", "code": code, "name": "Cấp phép nuôi ong", "isWard": True,
        "executionSteps": [{"name": "", "description": "Nộp đơn."}],
        "executionMethods": [{"submissionMethod": "DIRECT", "processingTime": 3, "processingTimeUnit": "WORKING_DAY",
                              "description": "", "fees": [{"type": "FEE", "value": 0, "description": "Do tỉnh quy định."}]}],
        "executionCases": [{"name": "", "profileComponents": [
            {"name": "Đơn", "originalQty": 1, "copyQty": 0}, {"name": "Ghi chú chung", "originalQty": 0, "copyQty": 0}]}],
        "cases": [], "legalBasisesDetails": [{"code": "1/2026 ", "name": "Nghị định"}],
        "procedureProposal": {"proposalNumber": "9/QĐ-B", "decisionDate": 1767225600000}, **more,
    }  # fmt: skip
    return {"code": "OK", "data": data, "message": ""}


def write(path: Path, *rows: Any) -> Path:
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_bytes(gzip.compress(text.encode())) if path.suffix == ".gz" else path.write_text(text, encoding="utf-8")
    return path


def test_a_code_list_is_taken_and_taken_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    file = write(tmp_path / "list.jsonl.gz", listed("9.000001"), listed("9.000002", "Cấp phép thả diều"))
    assert import_file(store, file).taken == 2
    again = import_file(store, file)
    assert (again.taken, again.changed, again.same) == (0, 0, 2)


def test_a_fee_of_zero_is_a_filler_not_free(store: Store, tmp_path: Path) -> None:
    report = import_file(store, write(tmp_path / "d.jsonl", detailed("9.000001")))
    assert report.doubts["fee of 0 or nothing is a filler, not free"] == 1
    record = store.get("9.000001").imported
    assert record and "0 đồng" not in record.texts["fee"] and "Do tỉnh quy định" in record.texts["fee"]


def test_a_component_of_zero_copies_is_a_note(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "d.jsonl", detailed("9.000001")))
    record = store.get("9.000001").imported
    assert record and record.texts["documents"] == "- Đơn (1 bản chính, 0 bản sao)\n* Ghi chú chung"


def test_decomposed_letters_are_composed(store: Store, tmp_path: Path) -> None:
    import_file(
        store, write(tmp_path / "l.jsonl", listed("9.000001", unicodedata.normalize("NFD", "Đăng ký thả diều")))
    )
    assert store.get("9.000001").name == "Đăng ký thả diều"


def test_a_code_with_agency_suffix_is_the_same_code(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "l.jsonl", listed("9.000001.000.00.00.H26")))
    assert store.get("9.000001")


def test_a_province_copy_is_doubted(store: Store, tmp_path: Path) -> None:
    row = listed("9.000001", departmentPromulgate="UBND thành phố Huế", type="SPECIFIC")
    assert import_file(store, write(tmp_path / "l.jsonl", row)).doubts == {"another province's own procedure": 1}


def test_rows_that_cannot_be_read_are_refused_and_named(store: Store, tmp_path: Path) -> None:
    report = import_file(store, write(tmp_path / "l.jsonl", listed("9.000001"), listed("abc"), listed("9.000002", "")))
    assert (report.taken, report.refused) == (1, 2)
    assert report.refusals[0][:2] == (2, "abc") and "1.001193" in report.refusals[0][2]


def test_a_code_standing_twice_keeps_its_first_row(store: Store, tmp_path: Path) -> None:
    report = import_file(
        store, write(tmp_path / "l.jsonl", listed("9.000001", "Thứ nhất"), listed("9.000001", "Thứ hai"))
    )
    assert report.refused == 1 and store.get("9.000001").name == "Thứ nhất"


def test_a_bare_list_row_does_not_replace_a_full_record(store: Store, tmp_path: Path) -> None:
    import_file(store, write(tmp_path / "d.jsonl", detailed("9.000001")))
    import_file(store, write(tmp_path / "l.jsonl", listed("9.000001")))
    record = store.get("9.000001").imported
    assert record and record.texts


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"{", "l.jsonl:1"),
        (b"[1]", "JSON object was expected"),
        (b"\xff\xfe{}", "l.jsonl:1"),
        (b'{"a": 1}', "unknown format"),
    ],
)
def test_a_file_of_another_kind_is_refused(store: Store, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "l.jsonl"
    path.write_bytes(content)
    with pytest.raises(ImportFault, match=message):
        import_file(store, path)


def test_a_cut_off_file_leaves_nothing_of_it(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "l.jsonl.gz", *[listed(f"9.{n:06d}", f"Việc {n}") for n in range(2000)])
    path.write_bytes(path.read_bytes()[:-200])
    before = store.count()
    with pytest.raises(ImportFault, match="cannot be read"):
        import_file(store, path)
    assert store.count() == before


def test_all_real_records_are_read(store: Store) -> None:
    details = import_file(store, shared_file("national-portal-api-details-2026-07.jsonl.gz"))
    assert (details.rows, details.refused) == (502, 0)
    listed_rows = import_file(store, shared_file("national-portal-catalogue-2026-07.jsonl.gz"))
    assert listed_rows.rows == 5670
    assert (
        listed_rows.taken + listed_rows.same + listed_rows.reviewed + listed_rows.changed + listed_rows.refused == 5670
    )
