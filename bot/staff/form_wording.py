"""Faults of a form definition as sentences for officers, with the part of the form they are about."""

from __future__ import annotations

import re

from bot.staff.form_fields import FORM_SECTIONS, HEAD
from bot.staff.form_words import label
from bot.staff.wording import Told
from procedures_kb.checks import Fault
from procedures_kb.form_types import FormDefinition

_SENTENCES = [
    (r"expected an id of small letters", "Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch dưới."),
    (r"ends before it begins", "Ngày hết hiệu lực đứng trước ngày có hiệu lực."),
    (r"follows from editions", "Phần này suy ra từ editions, không ghi ở đây."),
    (r"type choice and options belong together", "Mục để chọn thì phải có các lựa chọn; mục khác thì không."),
    (r"two options have the same value", "Hai lựa chọn trùng mã."),
    (r"show_if cannot look at today", "Điều kiện hỏi không dựa vào ngày hôm nay được."),
    (r"show_if must name .*: (\w+) is none", "Điều kiện nhắc tới “{0}”, không phải mục để chọn đứng trước."),
    (r"show_if must name .*: (\w+) has (.+)", "Điều kiện nhắc tới lựa chọn không có trong mục “{0}”; hiện có: {1}."),
    (r"copy_from must name", "“In lại mục” phải là một mục đứng trước, và mục này phải có điều kiện hỏi."),
    (r"pattern and pattern_says", "Có dạng đúng (pattern) thì phải có câu nói khi sai (pattern_says), và ngược lại."),
    (r"pattern is not a regular", "Dạng đúng (pattern) viết chưa đúng."),
    (r"min and max belong", "Số nhỏ nhất, lớn nhất chỉ dùng cho mục số."),
    (r"min is larger than max", "Số nhỏ nhất lớn hơn số lớn nhất."),
    (r"composed needs type", "Chỉ mục một dòng chữ hoặc một đoạn văn mới soạn sẵn được."),
    (r"expected at least one group", "Tờ khai phải có ít nhất một nhóm."),
    (r"beside needs a group", "Cột bên cạnh cần một nhóm thường đứng trước."),
    (r"expected at least one field", "Nhóm phải có ít nhất một mục."),
    (r"repeat.id (\w+) stands twice", "Mã nhóm lặp lại “{0}” bị trùng."),
    (r"repeat.min is larger", "Số dòng ít nhất lớn hơn số dòng nhiều nhất."),
    (r"same_as must name", "same_as phải là một người khác trong tờ khai, và cần when."),
    (r"prefill names (\w+)", "Người để điền sẵn “{0}” không có trong danh sách người của tờ khai."),
    (r"prefill needs a fact", "Điền sẵn cần ghi rõ dữ kiện sau tên người, ví dụ mother.ethnicity."),
    (r"preset (\w+) must be one of (.+)", "Câu trả lời suy ra của “{0}” phải là một trong {1}."),
    (r"composed names (\w+)", "“{0}” không phải mục soạn sẵn."),
    (r"composed uses \{(\w+)\}", "Nội dung soạn sẵn nhắc tới {{{0}}}, không có mục này."),
    (r"addressed_to uses \{(\w+)\}", "“Kính gửi” nhắc tới {{{0}}}, không có mục này."),
    (r"group (\w+): expected a repeatable", "“{0}” không phải nhóm lặp lại."),
    (r"expected group, the rows", "Quy tắc này cần group: nhóm lặp lại mà nó so."),
    (r"names (\w+), expected a field", "Nhắc tới mục “{0}”, không có trong tờ khai."),
    (r"names (\w+), expected a date", "Mục “{0}” phải là mục ngày."),
    (r"expected at_least or under", "Quy tắc tuổi cần đúng một trong at_least, under."),
    (r"field (\w+) is none of the form", "Mục “{0}” không có trong tờ khai."),
    (r"stands twice", "Bị trùng với một mục khác cùng mã."),
    (r"procedure (\S+) does not exist", "Thủ tục {0} không có trong các thủ tục đã rà soát."),
    (r"procedure (\S+) has no form (\w+); known: (.+)", "Thủ tục {0} không có mẫu “{1}”; hiện có: {2}."),
    (r"procedure (\S+) has the form (\w+) for the same", "Thủ tục {0} đã dùng tờ khai “{1}” trong cùng thời gian."),
    (r"procedure (\S+) has no case (\w+)", "Thủ tục {0} không có trường hợp “{1}”."),
    (r"procedure (\S+) has no paper (\w+)", "Thủ tục {0} không có giấy tờ “{1}”."),
    # Of the text as it is written.
    (r"^(\w+) is missing", "Thiếu “{0}”."),
    (r"^(\w+) is no field that can stand here", "“{0}” không ghi được ở đây; kiểm tra lại chính tả."),
    (r"Invalid enum value '(.+)'", "“{0}” không có trong các giá trị cho phép."),
    (r"Invalid value '(.+)'", "“{0}” không có trong các giá trị cho phép."),
    (r"Expected `(\w+)`.*, got `(\w+)`", "Cần {0}, đang ghi {1}."),
    (r"Expected `str` matching regex", "Mã viết chưa đúng dạng."),
    (r"Expected `str` of length >= 1", "Chưa ghi gì."),
    (r"Expected `str` of length <= (\d+)", "Dài quá {0} ký tự."),
    (r"Expected `\w+` (>=|<=) ([\d.]+)", "Số phải {0} {1}."),
    (r"Expected `array` of length >= 1", "Phải có ít nhất một dòng."),
    (r"expected a form: id", "Cần một tờ khai: id, official, title, editions, groups…"),
    (r"an alias", "Không dùng được dấu * của YAML; anh/chị chép hẳn phần đó ra."),
    (r"larger than", "Nội dung dài quá mức của một tờ khai."),
    (r"not valid YAML: (.+)", "Chưa đúng cách viết YAML: {0}."),
]  # fmt: skip
_KINDS = {"str": "chữ", "int": "số nguyên", "float": "số", "bool": "true hoặc false", "array": "danh sách",
          "object": "các dòng “tên: giá trị”", "date": "ngày dạng 2027-01-31", "null": "để trống"}  # fmt: skip
_PLACE = re.compile(r"^\$\.(\w+)(?:\[(\d+)\])?(?:\.fields\[(\d+)\])?(?:\.(.+))?$")


def sentence(message: str) -> str:
    """One fault in Vietnamese."""
    for pattern, text in _SENTENCES:
        if found := re.search(pattern, message):
            return text.format(*(_KINDS.get(word, word) for word in found.groups()))
    return message


def told(fault: Fault, form: FormDefinition) -> Told:
    """The fault with the part of the form it is about, and where that part is mended."""
    found = _PLACE.match(fault.field)
    attribute, index, position, rest = found.groups() if found else ("", None, None, None)
    said = sentence(fault.message)
    if attribute == "groups" and index is not None and position is not None and _has(form, int(index), int(position)):
        field = form.groups[int(index)].fields[int(position)]
        return Told(f"Mục {label(form, field.id)}", said, f"muc/{field.id}")
    section = next((one for one in FORM_SECTIONS if one.attribute == attribute), None)
    if section is None or index is None:
        spec = next((s for s in HEAD.fields if s.name in (attribute, f"{attribute}.{rest}")), None)
        return Told(f"{HEAD.title}, {spec.label}" if spec else HEAD.title, said, "dau/0")
    link = f"{section.slug}/{index}" if section.editable else ""
    return Told(f"{section.title} {int(index) + 1}", said, link)


def _has(form: FormDefinition, group: int, position: int) -> bool:
    return group < len(form.groups) and position < len(form.groups[group].fields)
