"""A record taken from national data, not reviewed: enough to recognise it and to point to the portal.

What it says of papers, fees and times is kept for staff who review it, and is never stated to a citizen as certain.
"""

from __future__ import annotations

import msgspec


class ImportedComponent(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One row of the source's paper list. Both counts 0 = a note posing as a paper; None = could not be read."""

    name: str
    originals: int | None = None
    copies: int | None = None
    group: str = ""  # heading the row stands under
    forms: list[str] = []  # names of form files

    @property
    def is_note(self) -> bool:
        return self.originals == 0 and self.copies == 0


class ImportedFee(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One fee of the source. ``amount`` in đồng; None = unknown (a 0 of the source is a filler and becomes None)."""

    channel: str
    amount: int | None = None
    text: str = ""


class ImportedDuration(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One time limit. ``unit`` is hour, day, working_day, month; empty = the source lost it, so the time is unknown."""

    channel: str
    value: int | None = None
    unit: str = ""
    text: str = ""


class Imported(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One procedure as one source has it.

    ``texts`` keeps what the source says by aspect; ``doubts`` says what in the source cannot be right or safely read,
    in English for staff.
    """

    code: str
    name: str
    field: str = ""
    level: list[str] = []
    agency: str = ""
    decision: str = ""
    url: str = ""
    texts: dict[str, str] = {}
    components: list[ImportedComponent] = []
    fees: list[ImportedFee] = []
    durations: list[ImportedDuration] = []
    doubts: list[str] = []
    source: str = ""


def documents_text(components: list[ImportedComponent]) -> str:
    """The paper list as lines: "- paper (1 bản chính, 0 bản sao)", notes as "* note", headings in brackets."""
    lines: list[str] = []
    group = ""
    for component in components:
        if component.group != group:
            group = component.group
            lines.append(f"[{group}]")
        if component.is_note:
            lines.append(f"* {component.name}")
        elif component.originals is None:
            lines.append(f"- {component.name} (số lượng chưa rõ)")
        else:
            lines.append(f"- {component.name} ({component.originals} bản chính, {component.copies or 0} bản sao)")
    return "\n".join(lines)


def fee_text(fees: list[ImportedFee]) -> str:
    lines = [
        f"{fee.channel}: {fee.amount} đồng. {fee.text}".strip() if fee.amount else f"{fee.channel}: {fee.text}"
        for fee in fees
        if fee.amount or fee.text
    ]
    return "\n".join(lines)


def duration_text(durations: list[ImportedDuration]) -> str:
    lines = []
    for duration in durations:
        if duration.value is None:
            lines += [f"{duration.channel}: {duration.text}"] if duration.text else []
        else:
            unit = duration.unit or f"({duration.text or 'unit not stated'})"
            lines.append(f"{duration.channel}: {duration.value} {unit}")
    return "\n".join(lines)
