"""What a dossier costs: parts, exemptions, sum, legal basis and end date. What is not known is said, never guessed."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Annotated

import msgspec
from ruamel.yaml import YAML

from procedures_kb.model import Channel, Confidence, Exemption, Fee, FeePer, FeeRule, Procedure

GROUPS = Path(__file__).parent.parent / "fee_groups.yml"
MOST = 1000
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the quote is for. ``copies`` are copies asked for beyond the result itself, or copies to certify."""

    on: dt.date
    channel: Channel = Channel.in_person
    case: str | None = None
    copies: Count = 0
    pages: Count = 1
    persons: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 1
    groups: list[str] = []  # ids of fee_groups.yml the payer belongs to
    conditions: list[str] = []  # ids of conditional fees whose condition is met


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One fee of the quote. ``amount`` in đồng for all counted; None = not known to us."""

    fee: str
    label: str
    amount: int | None
    full_amount: int | None  # before exemptions
    count: int
    unit: str
    legal_basis: str
    until: dt.date | None  # last day this amount holds
    condition: str | None
    note: str | None
    confidence: str


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """``total`` in đồng of the known parts owed; ``complete`` False = a part's amount is unknown, so more may be due.

    ``possible`` are fees owed only under a condition nobody confirmed; ``sentence`` says it all in one line.
    """

    parts: list[Part]
    possible: list[Part]
    total: int
    complete: bool
    unsure: bool
    until: dt.date | None
    sentence: str


@functools.cache
def groups() -> dict[str, str]:
    """Groups with exemptions: id → how citizens are told of it."""
    named: dict[str, str] = YAML(typ="safe").load(GROUPS.read_text(encoding="utf-8"))
    return named


def quote(procedure: Procedure, asked: Asked) -> Quote:
    """The fees of ``procedure`` for one dossier.

    Raises:
        ValueError: an unknown group or condition is named.
    """
    _check(procedure, asked)
    holding = [f for f in procedure.fees if f.holds(asked.on, asked.case) and _by_channel(f, asked.channel)]
    exemptions = [
        e for e in procedure.exemptions if e.holds(asked.on, asked.case) and set(e.groups) & set(asked.groups)
    ]
    parts: list[Part] = []
    possible: list[Part] = []
    for fee in holding:
        owed = fee.condition is None or fee.id in asked.conditions or (fee.per is FeePer.copy and asked.copies > 0)
        (parts if owed else possible).append(_part(fee, asked, exemptions))
    total = sum(part.amount or 0 for part in parts)
    complete = bool(parts) and all(part.amount is not None for part in parts)
    unsure = any(part.confidence != Confidence.checked for part in parts)
    until = min((part.until for part in parts if part.until), default=None)
    return Quote(
        parts=parts, possible=possible, total=total, complete=complete, unsure=unsure, until=until,
        sentence=_sentence(parts, possible, total, complete, until),
    )  # fmt: skip


def _check(procedure: Procedure, asked: Asked) -> None:
    for group in asked.groups:
        if group not in groups():
            raise ValueError(f"groups: {group!r} is unknown; known: {', '.join(groups())}")
    known = {fee.id for fee in procedure.fees}
    for condition in asked.conditions:
        if condition not in known:
            raise ValueError(
                f"conditions: {condition!r} is no fee of {procedure.code}; known: {', '.join(sorted(known))}"
            )
    cases = {case.id for case in procedure.cases}
    if asked.case is not None and asked.case not in cases:
        raise ValueError(f"case: {asked.case!r} is no case of {procedure.code}; known: {', '.join(sorted(cases))}")


def _by_channel(fee: Fee, channel: Channel) -> bool:
    return not fee.channels or channel in fee.channels


def _part(fee: Fee, asked: Asked, exemptions: list[Exemption]) -> Part:
    count, full = _full(fee, asked)
    best = max((e for e in exemptions if not e.fees or fee.id in e.fees), key=lambda e: e.percent, default=None)
    amount, until, basis, note, sure = full, fee.effective_to, fee.legal_basis, fee.note, fee.confidence
    if best and (full or best.percent == 100):
        # A full exemption needs no known amount: nothing is owed whatever the council set.
        amount = 0 if best.percent == 100 else full * (100 - best.percent) // 100 if full else full
        until = min((day for day in (until, best.effective_to) if day), default=None)
        basis, note = f"{best.legal_basis} (giảm {best.percent}%)", best.note
        sure = best.confidence if best.percent == 100 else _weaker(sure, best.confidence)
    return Part(
        fee=fee.id, label=fee.label, amount=amount, full_amount=full, count=count, unit=fee.unit, legal_basis=basis,
        until=until, condition=fee.condition, note=note, confidence=sure.value,
    )  # fmt: skip


def _weaker(one: Confidence, other: Confidence) -> Confidence:
    order = list(Confidence)
    return max(one, other, key=order.index)


def _full(fee: Fee, asked: Asked) -> tuple[int, int | None]:
    """``(count, amount)`` before exemptions; the amount is None when the council's figure is not known."""
    if fee.rule in (FeeRule.free, FeeRule.included):
        return 1, 0
    copies = max(1, asked.copies)
    match fee.per:
        case FeePer.copy:
            count = copies
        case FeePer.page:
            count = asked.pages * copies
        case FeePer.person:
            count = asked.persons
        case FeePer.dossier:
            count = 1
    if fee.amount is None:
        return count, None
    if fee.per is FeePer.page:
        one = sum(_rate(fee, page) for page in range(1, asked.pages + 1))
        return count, (min(one, fee.cap) if fee.cap is not None else one) * copies
    whole = sum(_rate(fee, number) for number in range(1, count + 1))
    return count, min(whole, fee.cap) if fee.cap is not None else whole


def _rate(fee: Fee, number: int) -> int:
    rate = fee.amount or 0
    for tier in fee.tiers:
        if number >= tier.from_count:
            rate = tier.amount
    return rate


def money(amount: int) -> str:
    """25000 → "25.000 đồng"."""
    return f"{amount:,}".replace(",", ".") + " đồng"


def _sentence(parts: list[Part], possible: list[Part], total: int, complete: bool, until: dt.date | None) -> str:
    if not parts and possible:
        return (
            "Tùy trường hợp: "
            + "; ".join(
                f"{part.condition}: {money(part.amount) if part.amount is not None else 'mức do HĐND thành phố quy định'}"
                for part in possible
            )
            + "."
        )
    if not parts:
        return "Chưa có thông tin về phí, lệ phí cho cách nộp này; anh/chị hỏi 1022 hoặc quầy tiếp nhận."
    bases = "; ".join(dict.fromkeys(part.legal_basis for part in parts))
    unknown = [part for part in parts if part.amount is None]
    if unknown:
        listed = ", ".join(part.label.lower() for part in unknown)
        known = f" Phần đã biết: {money(total)}." if total else ""
        return (
            f"Mức {listed} do Hội đồng nhân dân thành phố quy định, dữ liệu chưa có con số; "
            f"anh/chị hỏi 1022 hoặc quầy tiếp nhận.{known} ({bases})"
        )
    end = f", áp dụng đến hết {until:%d/%m/%Y}" if until else ""
    if total == 0:
        return f"Không phải nộp tiền theo {bases}{end}."
    assert complete
    return f"Tổng {money(total)} theo {bases}{end}."
