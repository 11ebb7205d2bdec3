"""Between an item of the record and what stands in the boxes of its form; every fault of a form is found at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from bot.staff.display import date, money, options, value_of
from bot.staff.sections import FieldSpec, Section
from procedures_kb.entries import Published
from procedures_kb.text import clean, strip_marks

LONGEST = 4000  # characters of one text, as procedures_kb.model.Text
MOST_LINES = 200
LARGEST_NUMBER = {"originals": 20, "copies": 20, "value": 1000, "percent": 100}
LARGEST_AMOUNT = 1_000_000_000

REQUIRED = "Mục này bắt buộc, anh/chị chưa điền."
Typed = dict[str, list[str]]  # field name → what stands in its boxes; several for check boxes


class BadValue(ValueError):
    """What was typed cannot be read; the message is the Vietnamese sentence shown beside the field."""


def typed_of(section: Section, item: Any) -> Typed:
    """What a form shows for an item; None = the empty form of a new one."""
    return {spec.name: _typed(spec, value_of(item, spec.name)) for spec in section.fields if spec.editable}


def _typed(spec: FieldSpec, value: Any) -> list[str]:
    if value is None or value is False:
        return []
    match spec.kind:
        case "date":
            return [date(value)]
        case "money":
            return [money(value)]
        case "lines":
            return ["\n".join(value)]
        case "tiers":
            return ["\n".join(f"{tier.from_count}: {money(tier.amount)}" for tier in value)]
        case "options":
            return [option.label for option in value]
        case "many":
            return [str(one) for one in value]
        case "flag":
            return ["1"]
        case _:
            return [str(value)]


def posted(section: Section, data: Mapping[str, Any]) -> Typed:
    """What was posted for the fields of a section; anything else in the form is ignored."""
    get_all = getattr(data, "getall", None)
    result: Typed = {}
    for spec in section.fields:
        if spec.editable:
            values = get_all(spec.name, []) if get_all else [data[spec.name]] if spec.name in data else []
            result[spec.name] = [value for value in values if isinstance(value, str)]
    return result


def read(section: Section, typed: Typed, procedure: Published) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by field name, and errors by field name (Vietnamese). Names with errors are missing from the values."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for spec in section.fields:
        if not spec.editable:
            continue
        try:
            values[spec.name] = _read(spec, typed.get(spec.name, []), procedure)
        except BadValue as fault:
            errors[spec.name] = str(fault)
    _whole_groups(section, values, errors)
    return values, errors


def _read(spec: FieldSpec, typed: list[str], procedure: Published) -> Any:
    text = typed[0] if typed else ""
    match spec.kind:
        case "many" | "choice":
            return _choices(spec, typed, procedure)
        case "flag":
            return bool(typed)
        case "options":
            return [clean(text)[:LONGEST] for text in typed]
        case "lines":
            return _lines(text)
        case "tiers":
            return [_tier(line) for line in _lines(text)]
    # Officers separate paragraphs of their notes by line ends; everything else is cleaned as the catalog's texts are.
    text = "\n".join(filter(None, map(clean, text.splitlines()))) if spec.kind == "text" else clean(text)
    if not text:
        if spec.required:
            raise BadValue(REQUIRED)
        return 0 if spec.kind == "number" else None
    if len(text) > LONGEST:
        raise BadValue(f"Dài quá {LONGEST} ký tự (đang có {len(text)}).")
    match spec.kind:
        case "number":
            return _number(text, LARGEST_NUMBER.get(spec.name, 1000))
        case "money":
            return _money(text)
        case "date":
            return read_date(text)
    if spec.name == "url" and not re.fullmatch(r"https://[^\s\"'<>]+", text):
        raise BadValue("Địa chỉ phải bắt đầu bằng https:// và không có dấu cách.")
    return text


def _choices(spec: FieldSpec, typed: list[str], procedure: Published) -> Any:
    chosen = [value for value in typed if value]
    if any(value not in options(spec, procedure) for value in chosen):
        raise BadValue("Lựa chọn này không còn nữa. Anh/chị chọn lại.")
    if spec.kind == "many":
        return list(dict.fromkeys(chosen))
    if spec.required and not chosen:
        raise BadValue("Anh/chị chọn một mục.")
    return chosen[0] if chosen else None


def _lines(text: str) -> list[str]:
    lines = [line for line in map(clean, text.splitlines()) if line]
    if len(lines) > MOST_LINES:
        raise BadValue(f"Nhiều quá {MOST_LINES} dòng (đang có {len(lines)}).")
    long = next((line for line in lines if len(line) > 300), None)
    if long:
        raise BadValue(f"Có dòng dài quá 300 ký tự: “{long[:60]}…”. Mỗi dòng chỉ ghi một câu.")
    return lines


def _number(text: str, largest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > largest:
        raise BadValue(f"Ghi một số nguyên từ 0 đến {largest}.")
    return int(text)


def _money(text: str) -> int:
    """An amount as officers write it: 8000, 8.000 đồng. Parts of a đồng and thousands cut wrongly are refused."""
    plain = re.sub(r"\s*(?:đồng|đ|vnđ|vnd)\.?$", "", text.lower())
    if not re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*", plain):
        raise BadValue("Ghi số tiền bằng chữ số, ví dụ 8.000 hoặc 8000.")
    amount = int(re.sub(r"[., ]", "", plain)[:20])
    if amount > LARGEST_AMOUNT:
        raise BadValue("Số tiền lớn quá 1 tỷ đồng. Anh/chị xem lại.")
    return amount


def _tier(line: str) -> dict[str, int]:
    """One line "3: 1.000"."""
    count, colon, amount = line.partition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,4}", count.strip()) or not 2 <= int(count) <= 1000:
        raise BadValue(f"“{line}”: ghi số thứ tự (từ 2), dấu hai chấm, rồi số tiền, ví dụ 3: 1.000.")
    return {"from_count": int(count), "amount": _money(clean(amount))}


def read_date(text: str) -> dt.date:
    """A day as dd/mm/yyyy (also with dots or dashes). Raises BadValue."""
    match = re.fullmatch(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})", text, re.ASCII)
    if not match:
        raise BadValue("Ghi ngày dạng ngày/tháng/năm, ví dụ 01/01/2027.")
    day, month, year = map(int, match.groups())
    try:
        found = dt.date(year, month, day)
    except ValueError:
        raise BadValue(f"Không có ngày {text} trong lịch.") from None
    if not 1945 <= found.year <= 2100:
        raise BadValue("Năm phải từ 1945 đến 2100.")
    return found


def _whole_groups(section: Section, values: dict[str, Any], errors: dict[str, str]) -> None:
    """A nested record (the waiver) is given whole or not at all."""
    nested = [spec for spec in section.fields if "." in spec.name]
    if any(values.get(spec.name) for spec in nested):
        for spec in nested:
            if not values.get(spec.name):
                errors.setdefault(spec.name, "Đã ghi là không phải nộp thì cần đủ cả ba ô.")


def made(section: Section, old: Any, values: dict[str, Any]) -> Any:
    """The item with the values of the form; what the form does not hold stays as in ``old`` (None = a new item).

    Raises:
        msgspec.ValidationError: a rule of the model that the form's reading does not know.
    """
    plain: dict[str, Any] = msgspec.to_builtins(old) if old is not None else {}
    for name, value in values.items():
        outer, _, inner = name.partition(".")
        if not inner:
            plain[name] = value
        elif value is None:
            plain[outer] = None
        else:
            plain[outer] = {**(plain.get(outer) or {}), inner: value}
    kind = type(old) if old is not None else section.struct
    assert kind is not None
    return msgspec.convert(plain, kind)


def new_id(name: str, taken: Collection[str]) -> str:
    """An id out of a name that nothing else in the list has: "Tờ khai" → "to_khai"."""
    words = re.sub(r"[^a-z0-9]+", "_", strip_marks(name).lower()).strip("_")[:40].strip("_")
    base = words if words[:1].isalpha() else f"muc_{words}".rstrip("_")
    return next(i for i in [base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))] if i not in taken)
