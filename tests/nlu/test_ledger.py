"""The ledger of known failures (known_failures.yml): rows whose procedure does not come first among the records that ship.

Each entry must still fail, so that a fix forces it out; and no other development row may fail. Only rows of reviewed
procedures stand here, since the national records are not part of the project.
"""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.nlu.denial import meant
from bot.nlu.evaluation import LinkingRow, read_rows
from bot.nlu.link_document import document
from bot.nlu.link_index import LinkIndex
from bot.nlu.normalise import normalise
from bot.nlu.ranking import link
from procedures_kb import catalog_files
from procedures_kb.store import Store

HERE = Path(__file__).parent
LEDGER: dict[str, str] = YAML(typ="safe").load((HERE / "known_failures.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    store = Store(tmp_path_factory.mktemp("kb") / "kb.sqlite")
    catalog_files.load(store)
    index = LinkIndex(document(entry) for entry in store.entries())
    reviewed = {item.code for item in index.documents}
    rows = [
        row for name in ("linking_dev", "linking_wide_dev") for row in read_rows(HERE / f"{name}.jsonl", LinkingRow)
    ]
    found = {}
    for row in rows:
        if set(row.codes) & reviewed:
            ranking = link(index, meant(normalise(row.text)))
            if not ranking or ranking[0].code not in row.codes:
                found[row.id] = f"wanted {row.codes[0]}, got {ranking[0].code if ranking else 'none'}"
    return found


def test_every_known_failure_still_fails(failing: dict[str, str]) -> None:
    fixed = sorted(set(LEDGER) - set(failing))
    assert not fixed, f"these rows are right now; take them out of known_failures.yml: {fixed}"


def test_no_other_row_fails(failing: dict[str, str]) -> None:
    fresh = {row: why for row, why in failing.items() if row not in LEDGER}
    assert not fresh, f"these rows were right before: {fresh}"
