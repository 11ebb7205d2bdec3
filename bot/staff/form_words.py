"""Conditions and rules of a form in the words of officers."""

from __future__ import annotations

from typing import Any

from procedures_kb import form_rules as kinds
from procedures_kb.form_rules import Rule, ShowIf
from procedures_kb.form_types import FormDefinition

TYPES = {
    "text": "Một dòng chữ", "note": "Một đoạn văn", "name": "Họ tên", "date": "Ngày", "choice": "Chọn một",
    "multi_choice": "Chọn một hoặc nhiều", "personal_id": "Số định danh (12 số)", "old_id": "Số chứng minh nhân dân cũ",
    "phone": "Số điện thoại", "address": "Địa chỉ", "count": "Số đếm", "amount": "Số tiền (đồng)",
    "plate": "Biển số xe", "area": "Diện tích (m²)",
}  # fmt: skip
NEEDS = {
    "nothing": "Không cần giấy ủy quyền", "written": "Văn bản ủy quyền, không phải chứng thực",
    "certified": "Văn bản ủy quyền có chứng thực", "impossible": "Không ai làm thay được",
}  # fmt: skip
FACTS = {
    "name": "họ tên", "birth": "ngày sinh", "sex": "giới tính", "id": "số định danh", "old_id": "số chứng minh cũ",
    "address": "địa chỉ", "phone": "điện thoại", "nationality": "quốc tịch", "ethnicity": "dân tộc",
}  # fmt: skip


def label(form: FormDefinition, name: str) -> str:
    """A field as the form calls it, with its group where another field is called the same."""
    for group in form.groups:
        for field in group.fields:
            if field.id == name:
                shared = sum(other.label == field.label for other in form.fields) > 1
                return f"“{field.label}”" + (f" ({group.title})" if shared else "")
    return f"“{name}”"


def _answers(form: FormDefinition, name: str, values: list[str]) -> str:
    field = next((field for field in form.fields if field.id == name), None)
    labels = {option.value: option.label for option in field.options} if field else {}
    return " hoặc ".join(f"“{labels.get(value, value)}”" for value in values)


def condition(form: FormDefinition, what: ShowIf | None) -> str:
    """When a condition holds; empty = always."""
    if what is None:
        return ""
    parts = []
    if what.field and what.values:
        parts.append(f"{label(form, what.field)} là {_answers(form, what.field, what.values)}")
    if what.field and what.other_than:
        parts.append(f"{label(form, what.field)} đã trả lời và khác {_answers(form, what.field, what.other_than)}")
    if what.filled:
        parts.append(f"{label(form, what.filled)} đã điền")
    if what.days_since:
        parts.append(f"{label(form, what.days_since)} đã quá {what.more_than or 0} ngày")
    if what.age_of:
        parts.append(f"người sinh ngày ở {label(form, what.age_of)} chưa đủ {what.under or 0} tuổi")
    parts += [condition(form, part) for part in what.all]
    if what.any:
        either = " hoặc ".join(condition(form, part) for part in what.any)
        parts.append(f"({either})" if parts else either)
    return " và ".join(parts)


def rule(form: FormDefinition, one: Rule) -> str:
    """What a rule checks."""

    def named(name: str | None) -> str:
        return label(form, name or "")

    match one:
        case kinds.Different():
            said = f"{', '.join(map(named, one.fields))} phải khác nhau"
        case kinds.Unique():
            said = f"các dòng không được trùng {named(one.field)}"
        case kinds.DateOrder():
            said = f"{named(one.later)} không trước {named(one.earlier)}"
        case kinds.OlderBy():
            said = f"{named(one.parent)} trước {named(one.child)} ít nhất {one.years} năm"
        case kinds.Age():
            bound = f"từ đủ {one.at_least} tuổi" if one.at_least is not None else f"chưa đủ {one.under} tuổi"
            said = (
                f"người sinh ngày ở {named(one.birth)} phải {bound}, tính đến {named(one.on) if one.on else 'hôm nay'}"
            )
        case kinds.IdFits():
            others = " và ".join(named(name) for name in (one.birth, one.sex, one.place) if name)
            said = f"{named(one.id)} khớp {others or 'giới tính'}"
        case kinds.Within():
            said = f"{named(one.date)} không quá {one.days} ngày trước"
        case kinds.OneOf():
            said = f"điền ít nhất một trong {', '.join(map(named, one.fields))}"
        case kinds.OneRow():
            said = f"đúng một dòng có {named(one.field)} là {_answers(form, one.field, [one.value])}"
        case kinds.NotMore():
            said = f"{named(one.smaller)} không lớn hơn {named(one.larger)}"
        case kinds.Note():
            said = f"nói câu dưới đây ở {named(one.at)}"
    when = condition(form, one.when)
    return said[0].upper() + said[1:] + (f", khi {when}" if when else "")


def person(form: FormDefinition, hint: str) -> str:
    """Whose facts fill a field in: ``mother.ethnicity`` → "Người mẹ, dân tộc"."""
    role, _, fact = hint.partition(".")
    name = next((one.label for one in form.persons if one.role == role), role)
    return f"{name}, {FACTS[fact]}" if fact in FACTS else name


def pairs(form: FormDefinition, values: dict[str, Any]) -> list[str]:
    """Preset answers or composed texts of an edition, one a line."""
    return [f"{label(form, name)}: {_answers(form, name, [value]).strip('“”')}" for name, value in values.items()]
