"""From the working copy to the record citizens are answered from."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from bot.staff.desk import Desk, Moved, procedures_desk
from bot.staff.users import Users
from procedures_kb.model import Procedure
from procedures_kb.store import Store
from tests.staff.console import CODE, FEE, HOME, OpenBrowser, changed


@pytest.fixture
def desk(users: Users, knowledge: Store) -> Desk[Procedure]:
    return procedures_desk(users, knowledge)


def amount(knowledge: Store) -> int | None:
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    return procedure.fees[3].amount


def publish_elsewhere(knowledge: Store, **changes: object) -> None:
    """What another officer, or a catalog load, publishes meanwhile."""
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    knowledge.publish(msgspec.structs.replace(procedure, **changes), "somebody", "một thay đổi khác")


async def test_published_fee_is_what_the_store_gives(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.publish()
    assert "Đã công bố" in browser.text and amount(knowledge) == 12_000


async def test_another_process_sees_it_at_once(open_browser: OpenBrowser, tmp_path: Path) -> None:
    other = Store(tmp_path / "kb.sqlite")
    before = other.change_mark()
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.publish()
    assert amount(other) == 12_000 and other.change_mark() != before


async def test_history_keeps_the_earlier_version(open_browser: OpenBrowser, knowledge: Store) -> None:
    before = knowledge.get(CODE)
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.publish(note="Theo thông tư mới")
    assert [(r["author"], r["note"]) for r in knowledge.history(CODE)][0] == ("approver", "Theo thông tư mới")
    assert knowledge.at_version(before.version).procedure == before.procedure


async def test_earlier_version_can_be_read(open_browser: OpenBrowser, knowledge: Store) -> None:
    version = knowledge.get(CODE).version
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.publish()
    text = await browser.get(f"{HOME}/ban/{version}")
    assert "8.000 đồng / bản" in text and "bản cũ" in text


async def test_difference_with_the_earlier_version_is_readable(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.publish()
    text = await browser.get(f"{HOME}/ban/{knowledge.get(CODE).version}/khac")
    assert all(part in text for part in ("Số tiền (đồng)", "<del>8.000 đồng</del>", "<ins>12.000 đồng</ins>"))


async def test_change_is_shown_before_publishing(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {"amount": "12.000"})
    assert "<ins>12.000 đồng</ins>" in await browser.get(f"{HOME}/cong-bo")


async def test_editor_sees_no_publish_button(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {"amount": "12.000"})
    assert "không có quyền công bố" in await browser.get(f"{HOME}/cong-bo")


async def test_editor_cannot_publish_by_hand(
    open_browser: OpenBrowser, knowledge: Store, desk: Desk[Procedure]
) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.get(f"{HOME}/cong-bo")
    fields = {"csrf": browser.hidden("csrf"), "token": "t", "mark": desk.open(CODE).mark, "note": "Theo thông tư mới"}
    await browser.post(f"{HOME}/cong-bo", fields)
    assert (browser.status, amount(knowledge)) == (403, 8000)


async def test_publishing_without_reason_is_refused(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.publish(note="  ")
    assert (browser.status, amount(knowledge)) == (422, 8000)


async def test_publishing_without_csrf_token_is_refused(
    open_browser: OpenBrowser, knowledge: Store, desk: Desk[Procedure]
) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.post(f"{HOME}/cong-bo", {"token": "t", "mark": desk.open(CODE).mark, "note": "Theo thông tư mới"})
    assert (browser.status, amount(knowledge)) == (403, 8000)


async def test_publishing_sent_twice_makes_one_release(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    before = knowledge.release()
    await browser.get(f"{HOME}/cong-bo")
    fields = changed(browser.form(f"{HOME}/cong-bo"), {"note": "Theo thông tư mới"})
    await asyncio.gather(*(browser.client.post(f"{HOME}/cong-bo", data=fields) for _ in range(4)))
    assert knowledge.release() == before + 1


async def test_second_answer_of_a_double_publish_is_no_error(open_browser: OpenBrowser) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.get(f"{HOME}/cong-bo")
    fields = changed(browser.form(f"{HOME}/cong-bo"), {"note": "Theo thông tư mới"})
    for _ in range(2):
        await browser.post(f"{HOME}/cong-bo", fields, follow=False)
    assert (browser.status, browser.url) == (303, HOME)


async def test_record_with_faults_cannot_be_published(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    for _ in range(2):  # both durations: then none is left
        address = f"{HOME}/sua/thoi-han/0"
        await browser.get(address)
        await browser.post(f"{address}/bo", browser.form(f"{address}/bo"))
    text = await browser.get(f"{HOME}/cong-bo")
    assert "Phải có ít nhất một mục" in text and 'name="note"' not in text


async def test_faults_are_checked_again_when_published(
    open_browser: OpenBrowser, knowledge: Store, desk: Desk[Procedure]
) -> None:
    browser = await open_browser("approver")
    for _ in range(2):
        address = f"{HOME}/sua/thoi-han/0"
        await browser.get(address)
        await browser.post(f"{address}/bo", browser.form(f"{address}/bo"))
    await browser.get("/staff")
    fields = {"csrf": browser.hidden("csrf"), "token": "t", "mark": desk.open(CODE).mark, "note": "Theo thông tư mới"}
    await browser.post(f"{HOME}/cong-bo", fields)
    published = knowledge.get(CODE).procedure
    assert browser.status == 422 and published and len(published.durations) == 2


async def test_version_published_meanwhile_is_told_with_both_sides(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    publish_elsewhere(knowledge, overview="Lời giới thiệu mới của người khác, đủ dài để so từng chữ.")
    text = await browser.get(f"{HOME}/cong-bo")
    assert all(part in text for part in ("đã được công bố bản khác", "Lời giới thiệu", "<ins>12.000 đồng</ins>"))


async def test_version_published_meanwhile_is_not_overwritten(
    open_browser: OpenBrowser, knowledge: Store, desk: Desk[Procedure]
) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.get(f"{HOME}/cong-bo")
    fields = changed(browser.form(f"{HOME}/cong-bo"), {"note": "Theo thông tư mới"})
    publish_elsewhere(knowledge, overview="Lời của người khác.")
    await browser.post(f"{HOME}/cong-bo", fields)
    published = knowledge.get(CODE).procedure
    assert browser.status == 409 and published and published.overview == "Lời của người khác."


async def test_changes_of_different_parts_are_carried_over(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    publish_elsewhere(knowledge, overview="Lời của người khác.")
    await browser.get(f"{HOME}/cong-bo")
    await browser.post(f"{HOME}/theo-ban-moi", browser.form(f"{HOME}/theo-ban-moi"))
    await browser.publish()
    published = knowledge.get(CODE).procedure
    assert published and (published.overview, published.fees[3].amount) == ("Lời của người khác.", 12_000)


async def test_changes_of_the_same_part_cannot_be_carried_over(
    open_browser: OpenBrowser, knowledge: Store, users: Users, desk: Desk[Procedure]
) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    procedure = knowledge.get(CODE).procedure
    assert procedure is not None
    publish_elsewhere(knowledge, fees=procedure.fees[:3])
    assert "theo-ban-moi" not in await browser.get(f"{HOME}/cong-bo")
    user = users.get("approver")
    assert user is not None
    with pytest.raises(Moved):
        desk.carry_over(CODE, desk.open(CODE).mark, user, "t", HOME)


async def test_discarded_working_copy_is_gone(open_browser: OpenBrowser, desk: Desk[Procedure]) -> None:
    browser = await open_browser("editor")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.post(f"{HOME}/bo-nhap", browser.form(f"{HOME}/bo-nhap"))
    assert "Đã bỏ bản nháp" in browser.text and desk.copy(CODE) is None


async def test_copy_changed_after_it_was_seen_is_not_discarded(
    open_browser: OpenBrowser, desk: Desk[Procedure]
) -> None:
    one, two = await open_browser("editor"), await open_browser("approver")
    await one.edit(FEE, {"amount": "12.000"})
    await two.get(f"{HOME}/cong-bo")
    await one.edit(FEE, {"amount": "13.000"})
    await two.post(f"{HOME}/bo-nhap", two.form(f"{HOME}/bo-nhap"))
    assert two.status == 409 and desk.copy(CODE) is not None


async def test_failed_publish_leaves_everything_as_it_was(
    open_browser: OpenBrowser, knowledge: Store, desk: Desk[Procedure], users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    user, before = users.get("approver"), knowledge.release()
    assert user is not None
    monkeypatch.setattr(users, "note", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.publish(CODE, desk.open(CODE).mark, "Theo thông tư mới", user, "t", HOME)
    assert (knowledge.release(), amount(knowledge), desk.copy(CODE) is not None) == (before, 8000, True)


async def test_publishing_stands_in_the_trail(open_browser: OpenBrowser, users: Users) -> None:
    browser = await open_browser("approver")
    await browser.edit(FEE, {"amount": "12.000"})
    await browser.publish()
    row = users.trail(1)[0]
    assert (row.who, row.act, row.subject) == ("approver", "published", CODE)
