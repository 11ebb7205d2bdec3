"""Faults of :mod:`procedures_kb.checks` as sentences for officers."""

from __future__ import annotations

import re

import msgspec

from bot.staff.display import title
from bot.staff.fields import SECTIONS
from procedures_kb.checks import Fault
from procedures_kb.model import Procedure

_SENTENCES = [
    (r"ends before it begins", "Ngày hết hiệu lực đứng trước ngày có hiệu lực."),
    (r"case .* does not exist", "Trường hợp này không có trong thủ tục."),
    (r"at least one is expected", "Phải có ít nhất một mục."),
    (r"cases are given, so the question", "Đã có các trường hợp thì phải có câu hỏi để phân biệt."),
    (r"form .* does not exist", "Mẫu này không có trong thủ tục."),
    (r"a paper to hand in needs", "Giấy phải nộp cần ít nhất một bản chính hoặc một bản sao."),
    (r"rule fixed needs an amount", "Mức cố định thì phải có số tiền."),
    (r"rule free cannot have an amount", "Đã chọn “Không thu” thì không được có số tiền khác 0."),
    (r"fee .* stands twice for", "Hai mức của khoản phí trùng ngày hiệu lực: ghi ngày hết cho mức cũ."),
    (r"stands twice", "Có hai dòng giống nhau hoặc hai mục cùng mã."),
    (r"a procedure cannot replace itself", "Thủ tục không thể thay cho chính nó."),
    (r"a procedure cannot be related to itself", "Thủ tục không thể liên quan đến chính nó."),
    (r"group .* does not exist", "Diện miễn, giảm này không có trong danh mục."),
    (r"fee .* does not exist", "Khoản phí được miễn, giảm không có trong thủ tục."),
    (r"begins like a spreadsheet formula", "Câu bắt đầu như một công thức bảng tính; anh/chị viết lại thành câu."),
    (r"a circle:", "Các thủ tục thay thế nhau thành vòng tròn."),
    (r"is an everyday name of", "Tên gọi này đã thuộc về thủ tục khác."),
    (r"text must be in Unicode form NFC", "Chữ có dấu gõ theo bảng mã lạ; anh/chị gõ lại."),
]  # fmt: skip
_PATH = re.compile(r"^\$\.(\w+)(?:\[(\d+)\])?(?:\.(.+))?$")


class Told(msgspec.Struct, frozen=True):
    """A fault for the page. ``link`` is where it is mended, after ``…/sua/``; empty = not in boxes.

    ``attribute``, ``index`` and ``field`` name the box of a procedure it stands beside.
    """

    where: str
    sentence: str
    link: str
    attribute: str = ""
    index: int | None = None
    field: str = ""


def told(fault: Fault, procedure: Procedure) -> Told:
    """The fault in Vietnamese, with the item it is about."""
    sentence = next((text for pattern, text in _SENTENCES if re.search(pattern, fault.message)), fault.message)
    match = _PATH.match(fault.field)
    attribute, index, field = match.groups() if match else ("", None, None)
    section = next((one for one in SECTIONS if one.attribute == attribute), None)
    if section is None:
        texts = SECTIONS[0]
        label = next((spec.label for spec in texts.fields if spec.name == attribute), attribute)
        return Told(f"{texts.title}, {label}", sentence, "", field=attribute)
    number = int(index) if index is not None else None
    items = getattr(procedure, attribute)
    name = f", {title(section, items[number])}" if number is not None and number < len(items) else ""
    link = f"{section.slug}/{number}" if number is not None else ""
    return Told(section.title + name, sentence, link, attribute, number, field or "")
