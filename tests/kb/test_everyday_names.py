"""What citizens say for procedures nobody has reviewed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from procedures_kb import everyday_names as names
from procedures_kb.catalog_files import read_all


def test_the_names_that_ship_can_be_read() -> None:
    found = names.everyday_names()
    assert len(found) > 4_000
    assert not set(found) & {procedure.code for procedure in read_all()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(names, "FOLDER", tmp_path)
    names.everyday_names.cache_clear()
    yield tmp_path
    names.everyday_names.cache_clear()


def test_a_code_that_stands_twice_is_refused_by_name(folder: Path) -> None:
    (folder / "a.yml").write_text('"1.000001": [một]\n')
    (folder / "b.yml").write_text('"1.000001": [hai]\n')
    with pytest.raises(names.BadNames, match=r"b\.yml: 1\.000001 stands twice"):
        names.everyday_names()


def test_something_else_than_phrases_is_refused(folder: Path) -> None:
    (folder / "a.yml").write_text('"1.000001": một\n')
    with pytest.raises(names.BadNames, match="expected a list of phrases"):
        names.everyday_names()
