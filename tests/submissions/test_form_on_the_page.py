"""A citizen's page while staff publish a newer edition of its form."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from procedures_kb.form_types import Field
from procedures_kb.store import Store
from tests.submissions.site import Site, Visitor, running

NEW = Field(id="so_khach", type="count", label="Số khách", question="Bao nhiêu khách ạ?")
TOLD = "Mẫu tờ khai vừa được cập nhật: có thêm “Số khách”"


@pytest.fixture
async def site(tmp_path: Path, loaded_path: Path) -> AsyncIterator[Site]:
    (tmp_path / "var").mkdir()
    shutil.copy(loaded_path, tmp_path / "var" / "kb.sqlite")
    async with running(tmp_path / "var") as opened:
        yield opened


@pytest.fixture
async def visitor(site: Site) -> Visitor:
    return site.visitor()


def publish_one_more_field(path: Path) -> None:
    store = Store(path)
    form = store.get("ket_hon").form
    assert form
    last = msgspec.structs.replace(form.groups[-1], fields=[*form.groups[-1].fields, NEW])
    store.publish(msgspec.structs.replace(form, groups=[*form.groups[:-1], last]), "mai", "thêm mục")
    store.close()


async def test_the_next_look_has_the_new_field_and_says_so_once(visitor: Visitor, tmp_path: Path) -> None:
    draft = await visitor.start("ket_hon")
    publish_one_more_field(tmp_path / "var" / "kb.sqlite")
    first, second = await visitor.get(f"/ho-so/{draft}"), await visitor.get(f"/ho-so/{draft}")
    assert 'name="so_khach"' in first and TOLD in first
    assert 'name="so_khach"' in second and TOLD not in second


async def test_autosave_keeps_the_answer_and_has_the_page_load_anew(visitor: Visitor, tmp_path: Path) -> None:
    draft = await visitor.start("ket_hon")
    publish_one_more_field(tmp_path / "var" / "kb.sqlite")
    state = await visitor.field(draft, "ten_nu", "Nguyễn Thị Mai")
    assert state["closed"] and visitor.draft(draft).content.values == {"ten_nu": "Nguyễn Thị Mai"}
    assert TOLD in await visitor.get(f"/ho-so/{draft}")


async def test_sent_without_script_what_was_typed_is_kept(visitor: Visitor, tmp_path: Path) -> None:
    draft = await visitor.start("ket_hon")
    seen = str(visitor.draft(draft).revision)
    publish_one_more_field(tmp_path / "var" / "kb.sqlite")
    await visitor.post(f"/ho-so/{draft}", {"revision": seen, "ten_nu": "Nguyễn Thị Mai"})
    assert visitor.draft(draft).content.values == {"ten_nu": "Nguyễn Thị Mai"} and TOLD in visitor.text


async def test_it_is_not_finished_without_the_new_required_field(visitor: Visitor, tmp_path: Path) -> None:
    draft = await visitor.start("ket_hon")
    publish_one_more_field(tmp_path / "var" / "kb.sqlite")
    await visitor.post(f"/ho-so/{draft}", {"finish": "1"})
    assert visitor.status == 422 and 'href="#f-so_khach"' in visitor.text
