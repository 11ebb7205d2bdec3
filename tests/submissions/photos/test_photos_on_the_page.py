"""Attaching pictures on our page: sealed, ordered, combined, erased with the draft, seen in verdict and packet."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pikepdf
import pytest

from bot.submissions.checklist import papers_to_bring
from bot.submissions.completeness import State, verdict_of
from bot.submissions.documents.packet import packet
from bot.submissions.draft import UnknownDraft
from bot.submissions.photos.cleaning import clean
from bot.submissions.photos.store import Photos
from procedures_kb.form_model import forms
from tests.submissions import site
from tests.submissions.photos import files

FORM = "khai_sinh"


@pytest.fixture
async def running(tmp_path: Path, loaded_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[site.Site]:
    monkeypatch.setenv("MOTCUA_VAR", str(loaded_path.parent))
    async with site.running(tmp_path, attachment_mb=1) as made:
        yield made


async def started(running: site.Site) -> tuple[site.Visitor, str, str]:
    """A visitor, a draft, and a component of its case to send pictures for."""
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.field(draft, "chung_sinh", "khong")
    await visitor.get(f"/ho-so/{draft}/giay-to")
    component = re.findall(r'data-component="(\w+)"', visitor.text)[0]
    return visitor, draft, component


async def test_pictures_make_the_component_ready_and_stand_in_the_packet(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg(), files.pdf(2))
    assert "Em đã nhận 2 tệp" in visitor.text and "Đã có ảnh (3 trang)" in visitor.text
    draft = visitor.draft(draft_id)
    line = next(line for line in verdict_of(draft, forms()[FORM], dt.date.today()).lines if line.id == component)
    assert line.state is State.ready and line.label == "Đã có ảnh (3 trang)"
    about = packet(draft, forms()[FORM], None, dt.date.today())
    assert [(one["component"], one["kind"], one["pages"]) for one in about["files"]] == [
        (component, "jpeg", 1),
        (component, "pdf", 2),
    ]
    assert any(line.name in text for text in papers_to_bring(draft)[0]), "originals are still shown at the counter"


async def test_the_combined_pdf_follows_the_order_chosen(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg(), files.jpeg((1600, 1200)))

    async def wide() -> list[bool]:
        data = await visitor.raw(f"/ho-so/{draft_id}/giay-to/{component}.pdf")
        with pikepdf.open(io.BytesIO(data)) as made:
            return [float(page.mediabox[2]) > float(page.mediabox[3]) for page in made.pages]

    assert await wide() == [False, True]
    second = visitor.draft(draft_id).attached[1].id
    await visitor.post(f"/ho-so/{draft_id}/anh/{second}", {"act": "len"})
    assert await wide() == [True, False]
    await visitor.post(f"/ho-so/{draft_id}/anh/{second}", {"act": "len"})
    assert await wide() == [True, False], "the first stays first"
    await visitor.post(f"/ho-so/{draft_id}/anh/{second}", {"act": "bo"})
    assert await wide() == [False]
    await visitor.raw(f"/ho-so/{draft_id}/anh/{second}.jpg")
    assert visitor.status == 404


async def test_a_bad_file_among_good_ones_is_named_and_the_others_kept(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg(), b"PK\x03\x04", files.jpeg())
    assert "Em đã nhận 2 tệp" in visitor.text and "Tệp thứ 2: Tệp này là tệp nén" in visitor.text


async def test_one_component_stays_under_the_portals_limit(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", *[files.noise(1500)] * 4)
    assert "cổng dịch vụ công không nhận" in visitor.text
    assert len(await visitor.raw(f"/ho-so/{draft_id}/giay-to/{component}.pdf")) <= 1024**2


async def test_forty_megabytes_are_refused_politely(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", b"\xff\xd8\xff" + bytes(40 * 1024**2))
    assert visitor.status == 200 and "em nhận tối đa 20 MB" in visitor.text and not visitor.draft(draft_id).attached


async def test_files_lie_sealed_and_go_with_the_draft(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg())
    photo = visitor.draft(draft_id).attached[0].id
    assert (await visitor.raw(f"/ho-so/{draft_id}/anh/{photo}.jpg"))[:3] == b"\xff\xd8\xff"
    row = running.drafts.connection.execute("SELECT sealed, small FROM photos").fetchone()
    assert b"%PDF" not in row[0] and b"JFIF" not in row[1]
    await visitor.post(f"/ho-so/{draft_id}/xoa")
    assert running.drafts.connection.execute("SELECT count(*) FROM photos").fetchone()[0] == 0


async def test_others_see_and_send_nothing(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg())
    photo = visitor.draft(draft_id).attached[0].id
    stranger = running.visitor()
    for path in (
        f"/ho-so/{draft_id}/giay-to",
        f"/ho-so/{draft_id}/anh/{photo}.jpg",
        f"/ho-so/{draft_id}/giay-to/{component}.pdf",
    ):
        await stranger.raw(path)
        assert stranger.status == 404
    await stranger.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg())
    assert stranger.status == 404 and len(visitor.draft(draft_id).attached) == 1
    other = await stranger.start(FORM, "web:other")
    await stranger.post(f"/ho-so/{other}/anh/{photo}", {"act": "bo"})
    await stranger.raw(f"/ho-so/{other}/anh/{photo}.jpg")
    assert stranger.status == 404 and len(visitor.draft(draft_id).attached) == 1


async def test_only_components_of_the_case_take_files(running: site.Site) -> None:
    visitor, draft_id, _ = await started(running)
    for component in ("khong_co", "a" * 60):
        await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg())
        assert visitor.status == 404
    assert not visitor.draft(draft_id).attached


async def test_after_finishing_no_file_is_taken(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    draft = visitor.draft(draft_id)
    visitor.drafts.submit(draft)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg())
    assert not visitor.draft(draft_id).attached


async def test_returned_for_one_paper_only_that_takes_files(running: site.Site) -> None:
    visitor, draft_id, component = await started(running)
    draft = visitor.draft(draft_id)
    draft.state, draft.content.reopened = "returned", ["ten_con"]
    visitor.drafts.save(draft, "officer", "returned")
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg())
    assert visitor.status == 404 and not visitor.draft(draft_id).attached
    draft = visitor.draft(draft_id)
    draft.content.reopened = [component]
    visitor.drafts.save(draft, "officer", "returned")
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{component}", files.jpeg())
    assert "Em đã nhận 1 tệp" in visitor.text


async def test_nobody_is_asked_for_a_picture_of_what_is_only_shown(running: site.Site) -> None:
    visitor, draft_id, _ = await started(running)
    lines = verdict_of(visitor.draft(draft_id), forms()[FORM], dt.date.today()).lines
    shown = [line.id for line in lines if line.only_shown]
    assert shown and not any(f'data-component="{component}"' in visitor.text for component in shown)
    await visitor.upload(f"/ho-so/{draft_id}/giay-to/{shown[0]}", files.jpeg())
    assert visitor.status == 404 and not visitor.draft(draft_id).attached


async def test_a_picture_that_arrives_after_erasing_is_not_kept(running: site.Site) -> None:
    """Another process (the chat) may erase the draft while a picture is being cleaned."""
    visitor, draft_id, component = await started(running)
    draft, cleaned = visitor.draft(draft_id), clean(files.jpeg())
    running.drafts.erase(draft_id)
    with pytest.raises(UnknownDraft):
        Photos(running.drafts, 10**7).add(draft, component, cleaned)
    assert running.drafts.remains(draft_id) == 0
