"""Forms from the command line: listed, shown, written to a file and taken in again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.kb import kb
from procedures_kb.form_files import FormFault
from procedures_kb.store import Store


@pytest.fixture(autouse=True)
def _this_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_VAR", str(store.path.parent))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(kb, [str(argument) for argument in arguments])


def test_the_list_names_official_id_dates_and_procedures() -> None:
    assert (
        "ct01  CT01, from 2025-07-01, valid, release 1\n    Tờ khai thay đổi thông tin cư trú: 1.004222"
        in run("forms").output
    )


def test_one_form_is_shown_with_its_history() -> None:
    output = run("show", "ket_hon").output
    assert '"title": "Tờ khai đăng ký kết hôn"' in output and "published" in output.splitlines()[-1]


def test_what_was_exported_is_imported_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "ket_hon.yml"
    assert "written to" in run("export-form", "ket_hon", file).output
    assert run("import-form", file).output == "ket_hon: unchanged\n"


def exported(tmp_path: Path, old: str, new: str, form: str = "ket_hon") -> Path:
    file = tmp_path / f"{form}.yml"
    run("export-form", form, file)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    return file


def test_a_changed_form_waits_for_staff(tmp_path: Path, store: Store) -> None:
    file = exported(tmp_path, "Bên nữ sinh ngày nào", "Cô dâu sinh ngày nào")
    assert "waits as a draft" in run("import-form", file).output
    assert "→ Cô dâu sinh ngày nào ạ?" in run("drafts").output and store.release() == 1


def test_a_new_form_is_published(tmp_path: Path, store: Store) -> None:
    file = exported(tmp_path, "id: mau_18\n", "id: mau_18_2030\n", "mau_18")
    text = file.read_text(encoding="utf-8").replace("2025-07-01", "2020-01-01\n  effective_to: 2021-01-01")
    file.write_text(text, encoding="utf-8")
    assert run("import-form", file).output == "mau_18_2030: new, published\n"
    assert store.release() == 2


def test_with_a_fault_nothing_is_taken(tmp_path: Path, store: Store) -> None:
    good = exported(tmp_path, "id: mau_18\n", "id: mau_18_b\n", "mau_18")
    bad = exported(tmp_path, "form: to_khai_ket_hon", "form: khong_co")
    result = run("import-form", good, bad)
    assert isinstance(result.exception, FormFault) and "khong_co" in str(result.exception)
    assert store.release() == 1 and not store.has("mau_18_b")


def test_what_is_no_form_is_not_exported(tmp_path: Path) -> None:
    result = run("export-form", "1.000894", tmp_path / "x.yml")
    assert result.exit_code == 2 and "is no form" in result.output
