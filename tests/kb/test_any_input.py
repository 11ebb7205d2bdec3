"""Whatever comes from outside, the parsers of the knowledge base answer or refuse; they never break."""

from __future__ import annotations

import contextlib
import gzip

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.staff.forms import BadValue
from bot.staff.points import read_hours
from procedures_kb import releases
from procedures_kb.importers import flattened
from procedures_kb.units import resolve, units

WORDS = st.sampled_from(
    ["phường", "xã", "quận", "huyện", "p.", "q", ",", "số 5", "Cầu Giấy", "Định Công", "Minh Khai", "Hà Đông", "Ba Đình", "Phúc Xá", "thị trấn"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=10).map(" ".join)))
def test_any_address_is_answered_with_known_units(text: str) -> None:
    found = resolve(text)
    assert set(found.units) <= set(units()) and (found.question is not None or len(found.units) == 1)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=400).map(gzip.compress)))
def test_any_bytes_are_refused_as_a_release(content: bytes) -> None:
    with contextlib.suppress(releases.ReleaseFault):
        releases.read(content)
        raise AssertionError("random bytes passed for a release")


PIECES = st.sampled_from(["Trực tiếp", "Trực tuyến", "7 Ngày", "Miễn phí", "1 bản chính", ",2 bản sao", "(", ")", "20,000 VNĐ", "Tên giấy tờMẫu đơn, tờ khaiSố lượng", "x.docx"])  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=30).map("".join))
def test_any_flattened_table_is_survived(text: str) -> None:
    for row in flattened.components(text):
        assert row.originals is None or row.originals >= 0
    for fee in flattened.methods(text)[1]:
        assert fee.amount is None or fee.amount >= 1000
    flattened.legal_bases(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_opening_hours_are_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadValue):
        for opening in read_hours(text):
            assert opening.opens < opening.closes
