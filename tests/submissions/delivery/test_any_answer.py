"""Whatever the case system, an officer or a citizen writes, reading it answers or refuses; it never breaks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from actions.status import _DIGITS, _LOOKS_LIKE_CODE, _SPACED
from bot.submissions.completeness import verdict_of
from bot.submissions.delivery import dossier_object, returned
from bot.submissions.delivery.base import Reason, short
from bot.submissions.dossier_code import DOSSIER_CODE, fault_of, squeezed
from bot.submissions.draft import Draft
from procedures_kb.form_model import asked_fields, forms
from tests.submissions.dossier import complete, fill

NAMES = st.sampled_from(
    ["MaHoSo", "SoBienNhan", "TrangThaiHoSo", "NgayHenTra", "NgayTiepNhan", "DanhSachHoSoBoSung", "HoSoBoSungId", "NoiDungBoSung",
     "DanhSachLyDo", "MaLyDo", "NoiDung", "GhiChu"]
)  # fmt: skip
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30), st.sampled_from(["5", "10", "3"])
)
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=8)), max_leaves=30
)  # fmt: skip
WORDS = st.sampled_from(
    ["số định danh", "người mẹ", "sai", "thiếu", "giấy chứng sinh", "ngày sinh", "của bé", "MUC:", "\u202e", "<b>"]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(ANYTHING, max_size=5))
def test_any_answer_of_the_case_system(result: list[Any]) -> None:
    for read in dossier_object.all_of(result):
        assert read.code == "" or DOSSIER_CODE.match(read.code)
        assert 1 <= read.progress.national <= 10
        assert all(len(reason.text) <= dossier_object.LONGEST for reason in read.progress.reasons)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_outside_text_is_made_harmless(text: str) -> None:
    assert short(text, 50).isprintable() and len(short(text, 50)) <= 50


_FORM = forms()["khai_sinh"]
_DRAFT = Draft("x", _FORM.procedure, _FORM.id, "submitted", "web", 1, "", "", fill(_FORM, complete(_FORM.id)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=20), st.one_of(st.text(max_size=100), st.lists(WORDS, max_size=6).map(" ".join))),
        max_size=3,
    )
)
def test_any_reason_reopens_something_that_exists(reasons: list[tuple[str, str]]) -> None:
    told = returned.told(_DRAFT, _FORM, [Reason(code=code, text=text) for code, text in reasons])
    assert any(one.reopens for one in told)
    known = {field.id for field in asked_fields(_FORM, _DRAFT.content.values)}
    papers = {line.id for line in verdict_of(_DRAFT, _FORM, dt.date(2026, 11, 25)).lines}
    assert {key for one in told for key in one.reopens} <= known | papers


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), st.from_regex(r"[Hh]2[0-9][. ]{0,2}[0-9 .-]{0,40}")))
def test_any_message_about_a_code(text: str) -> None:
    found = squeezed(text)
    _SPACED.search(found), _LOOKS_LIKE_CODE.search(found), _DIGITS.search(found)
    assert fault_of(found, dt.date(2026, 11, 25)) in ("", "shape", "no_day", "future")
