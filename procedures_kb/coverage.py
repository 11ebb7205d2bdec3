"""How complete the reviewed records are: procedures × aspects × confidence, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import msgspec

from procedures_kb.model import Confidence, Procedure

LEAST = {"aliases": 8, "example_questions": 5, "cases": 2}
"""What a complete record has at least (issue 3)."""
_ASPECTS = ("components", "fees", "durations", "places", "steps", "eligibility", "online")


class Coverage(msgspec.Struct):
    """``facts`` counts facts in force by aspect and confidence; ``gaps`` names what a record lacks."""

    procedures: int
    facts: dict[str, dict[str, int]]
    waivers: int
    without_amount: int  # fees whose amount is not known
    gaps: dict[str, list[str]]
    fields: dict[str, int]

    def lines(self) -> list[str]:
        """The report as Markdown."""
        levels = [level.value for level in Confidence]
        text = [
            f"{self.procedures} reviewed procedures, {self.waivers} waived papers, "
            f"{self.without_amount} fees without a known amount",
            "",
            "| facts in force | " + " | ".join(levels) + " | all |",
            "| --- |" + " ---: |" * (len(levels) + 1),
        ]
        for aspect, counts in self.facts.items():
            text.append(
                f"| {aspect} | "
                + " | ".join(str(counts.get(level, 0)) for level in levels)
                + f" | {sum(counts.values())} |"
            )
        text += ["", "| field | procedures |", "| --- | ---: |"]
        text += [f"| {field} | {count} |" for field, count in self.fields.items()]
        text += ["", f"{len(self.gaps)} records with gaps:" if self.gaps else "No record has gaps."]
        text += [f"- {code}: {', '.join(gaps)}" for code, gaps in self.gaps.items()]
        return text


def coverage(procedures: list[Procedure], on: dt.date) -> Coverage:
    """Count what stands on the day ``on``."""
    facts: dict[str, dict[str, int]] = {}
    for aspect in _ASPECTS:
        counted = Counter(
            fact.confidence.value
            for procedure in procedures
            for fact in getattr(procedure, aspect)
            if not (fact.effective_from and on < fact.effective_from or fact.effective_to and on > fact.effective_to)
        )
        facts[aspect] = dict(counted)
    found = {procedure.code: gaps(procedure) for procedure in procedures}
    return Coverage(
        procedures=len(procedures), facts=facts,
        waivers=sum(1 for p in procedures for c in p.components if c.waiver),
        without_amount=sum(1 for p in procedures for f in p.fees if f.rule == "city_council" and f.amount is None),
        gaps={code: missing for code, missing in found.items() if missing},
        fields=dict(Counter(procedure.field for procedure in procedures).most_common()),
    )  # fmt: skip


def gaps(procedure: Procedure) -> list[str]:
    """What a record lacks to be complete."""
    missing = [
        f"{name}: {len(getattr(procedure, name))} of at least {least}"
        for name, least in LEAST.items()
        if len(getattr(procedure, name)) < least
    ]
    if not procedure.eligibility:
        missing.append("eligibility")
    if not any(source.url.startswith("https://dichvucong.gov.vn") for source in procedure.sources):
        missing.append("portal address")
    return missing
