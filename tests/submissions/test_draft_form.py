"""A draft and a newer edition of its form: nothing lost, what is new asked, what was sent stays as it was printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from bot.keys import Keys
from bot.submissions import filling
from bot.submissions.documents.layout import sheet
from bot.submissions.draft import Draft
from bot.submissions.draft_form import bring_up_to_date, form_of_draft
from bot.submissions.store import Drafts
from procedures_kb.form_types import Field, FormDefinition, Group, Option
from procedures_kb.store import Store

DAY = dt.date(2026, 11, 28)
CODE = "1.000894"


@pytest.fixture
def drafts(tmp_path: Path, keys: Keys) -> Drafts:
    return Drafts(tmp_path / "submissions.sqlite", keys)


@pytest.fixture
def draft(followed: Store, drafts: Drafts) -> Draft:
    """Begun on the form as it ships, two fields filled in, one put off."""
    made = drafts.offer(CODE, "ket_hon", followed.release(), "web:mai", "web")
    drafts.consent(made, "web")
    for field, value in (("ten_nu", "Nguyễn Thị Mai"), ("dan_toc_nu", "Kinh"), ("truoc_nu", "mat")):
        filling.put(form_of_draft(made), made.content, field, value, "page", DAY)
    made.content.skipped = ["ngay_hen"]
    drafts.save(made, "citizen", "filled", "ten_nu")
    return made


def publish(store: Store, change: Callable[[Field], Field | None], *more: Field) -> None:
    """The form with every field changed or (None) taken out, and more fields in its last group."""
    form = store.get("ket_hon").form
    assert form
    groups = [
        msgspec.structs.replace(group, fields=[new for field in group.fields if (new := change(field))])
        for group in form.groups
    ]
    last: Group = groups[-1]
    groups[-1] = msgspec.structs.replace(last, fields=[*last.fields, *more])
    rules = [rule for rule in form.rules if all(_has(groups, name) for name in _named(rule))]
    changed: FormDefinition = msgspec.structs.replace(form, groups=groups, rules=rules, cases=[])
    store.publish(changed, "mai", "mẫu mới")


def _named(rule: object) -> list[str]:
    return [value for value in (getattr(rule, "birth", None), getattr(rule, "at", None)) if value]


def _has(groups: list[Group], name: str) -> bool:
    return any(field.id == name for group in groups for field in group.fields)


def without(name: str) -> Callable[[Field], Field | None]:
    return lambda field: None if field.id == name else field


def same(field: Field) -> Field:
    return field


NEW = Field(id="so_khach", type="count", label="Số khách", question="Bao nhiêu khách ạ?")


def test_without_a_newer_form_nothing_is_said_or_written(drafts: Drafts, draft: Draft) -> None:
    revision = draft.revision
    assert bring_up_to_date(drafts, draft) == "" and draft.revision == revision


def test_until_it_is_moved_on_a_draft_is_filled_in_on_its_own_edition(followed: Store, draft: Draft) -> None:
    publish(followed, same, NEW)
    assert "so_khach" not in {field.id for field in form_of_draft(draft).fields}


def test_fields_that_still_exist_keep_their_answers(followed: Store, drafts: Drafts, draft: Draft) -> None:
    publish(followed, without("dan_toc_nu"), NEW)
    bring_up_to_date(drafts, draft)
    assert drafts.get(draft.id).content.values == {"ten_nu": "Nguyễn Thị Mai", "truoc_nu": "mat"}


def test_a_new_required_field_is_asked_and_named(followed: Store, drafts: Drafts, draft: Draft) -> None:
    publish(followed, same, NEW)
    said = bring_up_to_date(drafts, draft)
    assert said == ("Mẫu tờ khai vừa được cập nhật: có thêm “Số khách”; các mục khác anh/chị đã điền vẫn giữ nguyên.")
    missing = {finding.field for finding in filling.findings(form_of_draft(draft), draft.content, DAY)}
    assert "so_khach" in missing


def test_what_is_no_longer_asked_is_kept_sealed_and_not_printed(followed: Store, drafts: Drafts, draft: Draft) -> None:
    publish(followed, without("dan_toc_nu"))
    assert "không còn hỏi “Dân tộc”" in bring_up_to_date(drafts, draft)
    kept = drafts.get(draft.id).content
    assert kept.set_aside == {"dan_toc_nu": "Kinh"} and "dan_toc_nu" not in kept.values
    assert "'value': 'Kinh'" not in str(sheet(form_of_draft(draft), kept.values, None, DAY))
    assert b"Kinh" not in (Path(str(drafts.connection.execute("PRAGMA database_list").fetchone()[2])).read_bytes())


def test_a_field_that_comes_back_brings_its_answer_along(followed: Store, drafts: Drafts, draft: Draft) -> None:
    before = followed.get("ket_hon").form
    assert before
    publish(followed, without("dan_toc_nu"))
    bring_up_to_date(drafts, draft)
    followed.publish(before, "mai", "lùi lại")
    bring_up_to_date(drafts, draft)
    assert draft.content.values["dan_toc_nu"] == "Kinh" and draft.content.set_aside == {}


def test_an_answer_whose_option_is_gone_is_asked_again(followed: Store, drafts: Drafts, draft: Draft) -> None:
    options = [Option(value="khong", label="Chưa"), Option(value="ly_hon", label="Đã ly hôn")]
    publish(followed, lambda f: msgspec.structs.replace(f, options=options) if f.id == "truoc_nu" else f)
    assert "cần chọn hoặc ghi lại “Cuộc hôn nhân trước”" in bring_up_to_date(drafts, draft)
    assert "truoc_nu" not in draft.content.values


def test_a_field_put_off_that_is_required_now_is_asked(followed: Store, drafts: Drafts, draft: Draft) -> None:
    publish(followed, lambda f: msgspec.structs.replace(f, required=True) if f.id == "ngay_hen" else f)
    bring_up_to_date(drafts, draft)
    assert draft.content.skipped == []


def test_a_change_that_no_one_sees_is_not_told(followed: Store, drafts: Drafts, draft: Draft) -> None:
    publish(followed, lambda f: msgspec.structs.replace(f, help="Lời mới."))
    assert bring_up_to_date(drafts, draft) == "" and form_of_draft(draft).field("ten_nu").help == "Lời mới."


def test_what_was_sent_keeps_the_edition_it_was_printed_on(followed: Store, drafts: Drafts, draft: Draft) -> None:
    drafts.submit(draft)
    publish(followed, without("dan_toc_nu"), NEW)
    assert bring_up_to_date(drafts, draft) == ""
    sent = drafts.get(draft.id)
    assert "Kinh" in str(sheet(form_of_draft(sent), sent.content.values, sent.reference, DAY))


def test_written_by_another_channel_meanwhile_both_are_kept(followed: Store, drafts: Drafts, draft: Draft) -> None:
    publish(followed, same, NEW)
    other = drafts.get(draft.id)
    filling.put(form_of_draft(other), other.content, "quoc_tich_nu", "Việt Nam", "chat", DAY)
    drafts.save(other, "citizen", "filled", "quoc_tich_nu")
    bring_up_to_date(drafts, draft)
    kept = drafts.get(draft.id)
    assert kept.content.values["quoc_tich_nu"] == "Việt Nam" and form_of_draft(kept).field("so_khach")


def test_a_draft_moves_to_the_form_that_took_the_place_of_its_own(
    followed: Store, drafts: Drafts, draft: Draft
) -> None:
    form = followed.get("ket_hon").form
    assert form
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)
    ended = msgspec.structs.replace(form, official=msgspec.structs.replace(form.official, effective_to=yesterday))
    begins = msgspec.structs.replace(form.official, effective_from=yesterday + dt.timedelta(days=1))
    followed.publish_all([ended, msgspec.structs.replace(form, id="ket_hon_moi", official=begins)], "mai", "mẫu mới")
    bring_up_to_date(drafts, draft)
    assert drafts.get(draft.id).form == "ket_hon_moi" and draft.content.values["ten_nu"] == "Nguyễn Thị Mai"


def test_rows_keep_their_answers_and_their_numbers(followed: Store, drafts: Drafts) -> None:
    made = drafts.offer("1.001612", "ho_kinh_doanh", followed.release(), "web:mai", "web")
    drafts.consent(made, "web")
    form = form_of_draft(made)
    filling.put(form, made.content, "nganh-1-nganh_ten", "Bán phở", "page", DAY)
    filling.add_row(form, made.content, "nganh")
    filling.put(form, made.content, "nganh-2-nganh_ten", "Bán bún", "page", DAY)
    filling.put(form, made.content, "nganh-2-nganh_ma", "5610", "page", DAY)
    definition = followed.get("ho_kinh_doanh").form
    assert definition
    groups = [
        msgspec.structs.replace(group, fields=[field for field in group.fields if field.id != "nganh_ma"])
        for group in definition.groups
    ]
    followed.publish(msgspec.structs.replace(definition, groups=groups), "mai", "bỏ mã ngành")
    assert "không còn hỏi “Ngành 2 – " in bring_up_to_date(drafts, made)
    rows = {key: value for key, value in made.content.values.items() if not key.endswith(("-1", "-2"))}
    assert rows == {"nganh-1-nganh_ten": "Bán phở", "nganh-2-nganh_ten": "Bán bún"}
    assert made.content.set_aside == {"nganh-2-nganh_ma": "5610"}
