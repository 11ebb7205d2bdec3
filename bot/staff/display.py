"""A procedure's record as rows of labels and values, the way officers read it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec

from bot.staff import form_words
from bot.staff.fields import BY_SLUG, CONFIDENCE, SECTIONS, UNITS
from bot.staff.sections import FieldSpec, Section
from procedures_kb.entries import Published
from procedures_kb.form_types import FormDefinition
from procedures_kb.model import Confidence, Duration, Fact, Fee, FeeRule, Procedure, State
from procedures_kb.store import HANOI

STATES = {
    State.published: "Đang công bố", State.imported: "Chưa rà soát", State.superseded: "Bản cũ",
    State.scheduled: "Hẹn ngày công bố", State.in_review: "Chờ duyệt", State.draft: "Bản nháp",
}  # fmt: skip
TONES = {Confidence.checked: "good", Confidence.older_source: "warn", Confidence.unsure: "bad"}
_IN_HEADING = {"effective_from", "effective_to", "confidence"}  # shown as badges, not as rows


class Row(msgspec.Struct, frozen=True):
    """``lines`` has one text, or several for a list."""

    label: str
    lines: list[str]


class Item(msgspec.Struct, frozen=True):
    """One component, fee … as a block: heading, short headline, badges, rows."""

    index: int
    title: str
    headline: str
    period: str
    over: bool  # no longer in force
    confidence: str
    tone: str
    rows: list[Row]


class Block(msgspec.Struct, frozen=True):
    section: Section
    items: list[Item]


def date(value: dt.date) -> str:
    return f"{value:%d/%m/%Y}"


def moment(iso: str) -> str:
    """A stored moment as Hanoi's clocks show it."""
    return f"{dt.datetime.fromisoformat(iso).astimezone(HANOI):%H:%M, %d/%m/%Y}"


def reason(note: str | None) -> str:
    """The note of a version; the ones programs write (English) in the pages' words."""
    loaded = re.fullmatch(r"catalog: (\d+) records", note or "")
    return f"Nạp {loaded.group(1)} thủ tục, tờ khai từ bộ dữ liệu kèm sản phẩm" if loaded else note or ""


def money(amount: float) -> str:
    return f"{amount:,.10g}".replace(",", ".") if amount != int(amount) else f"{int(amount):,}".replace(",", ".")


def value_of(record: Any, name: str) -> Any:
    """The value behind a field's name, the record itself for an empty one; None where there is none."""
    for step in filter(None, name.split(".")):
        record = getattr(record, step, None)
    return record


def options(spec: FieldSpec, procedure: Published) -> dict[str, str]:
    """What a choice may be: fixed, or taken from the procedure's own cases or forms."""
    if isinstance(procedure, FormDefinition):
        return spec.options
    if spec.options_of == "cases":
        return {case.id: case.label for case in procedure.cases}
    if spec.options_of == "forms":
        return {form.id: form.name for form in procedure.forms}
    if spec.options_of == "fees":
        return {fee.id: fee.label for fee in procedure.fees}
    return spec.options


def shown(spec: FieldSpec, value: Any, procedure: Published) -> list[str]:
    """A value in words; an empty list when there is nothing to show."""
    if value is None or value == [] or value == "" or value == {}:
        return []
    if isinstance(procedure, FormDefinition):
        match spec.kind:
            case "condition":
                return [form_words.condition(procedure, value)]
            case "rule":
                return [form_words.rule(procedure, value)]
            case "pairs":
                return form_words.pairs(procedure, value)
            case "person":
                return [form_words.person(procedure, value)]
            case "field":
                return [form_words.label(procedure, value)]
            case "options":
                return [option.label for option in value]
            case "money":
                return [money(value)]
    match spec.kind:
        case "choice":
            return [options(spec, procedure).get(str(value), str(value))]
        case "many":
            labels = options(spec, procedure)
            return [", ".join(labels.get(str(one), str(one)) for one in value)]
        case "flag":
            return ["Có"] if value else ["Không"]
        case "date":
            return [date(value)]
        case "money":
            return [f"{money(value)} đồng"]
        case "lines":
            return [str(one) for one in value]
        case "tiers":
            return [f"từ số thứ {tier.from_count}: {money(tier.amount)} đồng" for tier in value]
        case _:
            return [str(value)]


def headline(item: Any) -> str:
    """The few words one looks for first: the amount of a fee, the length of a time limit."""
    match item:
        case Fee(rule=FeeRule.free):
            return "Không thu"
        case Fee(amount=None):
            return "Chưa biết mức thu"
        case Fee():
            return f"{money(item.amount or 0)} đồng / {item.unit}"
        case Duration(value=0):
            return "Trong ngày"
        case Duration():
            return f"{item.value} {UNITS[item.unit.value]}"
    return ""


def period(item: Any) -> str:
    """Between which days a fact holds; empty when it always does."""
    begin, end = getattr(item, "effective_from", None), getattr(item, "effective_to", None)
    words = [f"từ {date(begin)}" if begin else "", f"đến hết {date(end)}" if end else ""]
    return " ".join(word for word in words if word)


def title(section: Section, item: Any) -> str:
    """How an item is called on pages."""
    if section.title_field and (name := str(getattr(item, section.title_field))):
        return name
    return headline(item) or section.noun.capitalize()


def item_of(section: Section, index: int, item: Any, procedure: Published, today: dt.date) -> Item:
    rows: list[Row] = []
    for spec in section.fields:
        value = value_of(item, spec.name)
        empty_flag = spec.kind in ("flag", "number") and not value and spec.usual is None
        is_title = spec.name == section.title_field != ""
        if (
            not spec.fits(item)
            or (spec.usual is not None and value == spec.usual)
            or empty_flag
            or is_title
            or (isinstance(item, Fact) and spec.name in _IN_HEADING)
        ):
            continue
        lines = shown(spec, value, procedure)
        if lines:
            rows.append(Row(spec.label, lines))
    head = headline(item) if section.title_field else ""
    confidence = getattr(item, "confidence", None)
    ends = getattr(item, "effective_to", None)
    return Item(
        index, title(section, item), head, period(item) if isinstance(item, Fact) else "", bool(ends and ends < today),
        CONFIDENCE[confidence.value] if confidence else "", TONES.get(confidence, "") if confidence else "", rows,
    )  # fmt: skip


def texts(procedure: Published, section: Section = BY_SLUG["loi-van"]) -> list[Row]:
    """The record's own texts, empty ones left out."""
    pairs = ((spec, shown(spec, value_of(procedure, spec.name), procedure)) for spec in section.fields)
    return [Row(spec.label, lines) for spec, lines in pairs if lines]


def blocks(procedure: Published, today: dt.date, sections: list[Section] = SECTIONS) -> list[Block]:
    """Every list of the record, in the order of the page."""
    return [
        Block(
            section,
            [
                item_of(section, n, item, procedure, today)
                for n, item in enumerate(getattr(procedure, section.attribute))
            ],
        )
        for section in sections
        if section.attribute
    ]


class Unsure(msgspec.Struct, frozen=True):
    """One fact of the work list: where it stands and why it must be looked at."""

    code: str
    procedure: str
    section: Section
    index: int
    title: str
    why: str
    tone: str


def unsure_facts(procedure: Procedure, today: dt.date) -> list[Unsure]:
    """Facts in force or to come that no current source confirms."""
    found: list[Unsure] = []
    for section in SECTIONS:
        for index, fact in enumerate(getattr(procedure, section.attribute) if section.attribute else []):
            if not isinstance(fact, Fact) or fact.confidence is Confidence.checked:
                continue
            if fact.effective_to and fact.effective_to < today:
                continue
            found.append(
                Unsure(
                    procedure.code, procedure.name, section, index, title(section, fact),
                    CONFIDENCE[fact.confidence.value], TONES[fact.confidence],
                )
            )  # fmt: skip
    return found
