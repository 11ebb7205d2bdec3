"""Addresses written with a ward, commune or district of before 07/2025: today's unit is proposed, or asked when it was split."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping

from bot.submissions.checks.finding import Choice, Finding
from procedures_kb.form_types import Field
from procedures_kb.text import fold, strip_marks
from procedures_kb.units import Question, Resolution, resolve, units

_ELSEWHERE = re.compile(r"\b(?:tinh|tp|thanh pho)\b(?! ?\.? ?ha noi)")


@functools.lru_cache(maxsize=2048)
def _resolved(address: str) -> Resolution:
    return resolve(address)


def old_addresses(asked: Iterable[Field], values: Mapping[str, str]) -> list[Finding]:
    """A warning for each address of today that names an old unit; the proposal keeps house and street as typed."""
    found = []
    for field in asked:
        if field.type == "address" and field.units_of_today and field.id in values:
            finding = proposal(field.id, values[field.id])
            if finding:
                found.append(finding)
    return found


def unknown_wards(asked: Iterable[Field], values: Mapping[str, str]) -> list[Finding]:
    """A warning for each answer that should name a ward or commune and names none of Hà Nội: a slip, or another province."""
    return [
        Finding(
            field.id,
            f"Em không thấy xã, phường “{values[field.id]}” ở Hà Nội. Anh/chị xem lại tên; nếu ở tỉnh khác thì ghi thêm tên tỉnh.",
            False,
        )
        for field in asked
        if field.names_ward and field.id in values
        and not _ELSEWHERE.search(strip_marks(fold(values[field.id])))
        and _resolved(values[field.id]).question is Question.unknown
    ]  # fmt: skip


def proposal(field_id: str, address: str) -> Finding | None:
    """What to say about one address; None when it is one of today, or not of Hanoi."""
    if _ELSEWHERE.search(strip_marks(fold(address))):
        return None
    said = _resolved(address)
    if said.question is Question.unknown or not said.units:
        return None
    names = [units()[code].full_name for code in said.units]
    if said.question is None:
        if not said.old or _names(address, names[0]):
            return None
        new = _rewritten(address, names[0])
        return Finding(
            field_id, f"{said.old[0].full_name} nay thuộc {_small(names[0])}. Địa chỉ mới: {new}.", False, "", new
        )
    listed = ", ".join(_small(name) for name in names[:6]) + (" …" if len(names) > 6 else "")
    if said.question is Question.divided:
        return Finding(
            field_id,
            f"{said.old[0].full_name} đã được chia. Anh/chị đang ở {_or(listed)}? Ghi tên mới vào địa chỉ giúp em.",
            False, choices=_choices(address, names),
        )  # fmt: skip
    if said.question is Question.new_or_old and any(_names(address, name) for name in names):
        return None
    return Finding(
        field_id, f"Địa chỉ này nay có thể thuộc {_or(listed)}. Anh/chị ghi rõ xã, phường mới giúp em.", False,
        choices=_choices(address, names),
    )  # fmt: skip


def _choices(address: str, names: list[str]) -> list[Choice]:
    """Each possible unit with the address written anew, to choose by one press; none when there are too many."""
    return [Choice(name, _rewritten(address, name)) for name in names] if len(names) <= 6 else []


def _or(listed: str) -> str:
    return listed.replace(", ", " hay ") if listed.count(",") == 1 else listed


def _small(full_name: str) -> str:
    return full_name[0].lower() + full_name[1:]


def _names(address: str, full_name: str) -> bool:
    return strip_marks(fold(full_name)) in strip_marks(fold(address))


def _rewritten(address: str, full_name: str) -> str:
    """House number and street as typed, then the unit of today."""
    parts = [part.strip() for part in address.split(",")]
    kept: list[str] = []
    for part in parts:
        plain = strip_marks(fold(part))
        if re.match(r"(?:phuong|p\.|p |xa |x\.|thi tran|tt\.|quan|q\.|huyen|h\.|thi xa|tx|thanh pho|tp|ha noi)", plain):
            break
        if kept and _resolved(part).units:
            break
        kept.append(part)
    return ", ".join([*kept, _small(full_name), "Hà Nội"])
