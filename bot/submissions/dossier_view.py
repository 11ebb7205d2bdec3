"""Where a submission stands, in a citizen's words: the same for the chat and the page. The words are dossier_words.yml."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Literal

import msgspec
from ruamel.yaml import YAML

from bot.submissions.completeness import record_of
from bot.submissions.dossiers import Dossier, Step, Told
from procedures_kb.rules.calendar import is_working_day
from procedures_kb.rules.deadlines import day_in_words, deadlines

_NO_DUE_DAY = {3, 5, 7, 8, 9, 10}  # settled, or waiting for the citizen


class _Said(msgspec.Struct, frozen=True):
    label: str
    tone: str
    says: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The sentences, checked."""

    states: dict[str, _Said]
    national: dict[int, _Said]
    due: str
    due_today: str
    due_by_rule: str
    late: str
    checked: str
    told: str
    reopens: str
    line: str
    line_without_code: str
    open: str
    correct: str
    correct_now: str
    correct_where: str
    news: str
    not_withdrawn: str
    withdrawal_noted: str
    withdrawn: dict[Literal["taken_back", "asked", "not_sent", "too_late"], str]
    news_on: str
    news_off: str
    news_not_ticked: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier as it is shown."""

    state: str
    national: int | None
    label: str
    tone: str
    says: str
    code: str
    due: str
    due_on: dt.date | None
    late: bool
    checked: str
    told: list[Told]
    steps: list[tuple[str, str, str]]  # (ISO moment, as people read it, label), oldest first


@functools.cache
def words() -> Words:
    text = (Path(__file__).parent / "dossier_words.yml").read_text(encoding="utf-8")
    return msgspec.convert(YAML(typ="safe").load(text), Words)


def shown(dossier: Dossier, history: list[Step], procedure: str, today: dt.date) -> Shown:
    """Everything a page or a message says of one dossier."""
    said = _said(dossier.state, dossier.national, dossier.delivery)
    due_on, due = _due(dossier, procedure, today)
    late = bool(due_on and due_on < today)
    return Shown(
        state=dossier.state, national=dossier.national, label=said.label, tone="bad" if late else said.tone, says=said.says,
        code=dossier.facts.code, due=due, due_on=due_on, late=late,
        checked=words().checked.format(at=_moment(dossier.checked_at)) if dossier.checked_at else "", told=dossier.facts.told,
        steps=[(step.at, _moment(step.at), _said(step.state, step.national, dossier.delivery).label) for step in history],
    )  # fmt: skip


def _said(state: str, national: int | None, delivery: str) -> _Said:
    if state == "ready" and delivery == "portal_link":
        return words().states["ready_portal"]
    if state in words().states:
        return words().states[state]
    return words().national[national or 1]


def _due(dossier: Dossier, procedure: str, today: dt.date) -> tuple[dt.date | None, str]:
    """The day the result is promised for, else due by the procedure's only time limit; and the sentence about it."""
    if dossier.state != "submitted" or dossier.national in _NO_DUE_DAY:
        return None, ""
    day, sentence = dossier.facts.due_on, words().due
    if day is None:
        day, sentence = _by_rule(dossier, procedure), words().due_by_rule
    if day is None:
        return None, ""
    said = day_in_words(day)
    if day == today:
        return day, words().due_today
    if day < today:
        return day, words().late.format(day=said, count=working_days_between(day, today))
    return day, sentence.format(day=said, count=working_days_between(today, day))


def _by_rule(dossier: Dossier, procedure: str) -> dt.date | None:
    record, received = record_of(procedure), dossier.facts.received_on
    if record is None or received is None:
        return None
    limits = deadlines(record, dt.datetime.combine(received, dt.time(9)))
    return limits[0].on if len(limits) == 1 else None


def working_days_between(first: dt.date, last: dt.date) -> int:
    """Working days after ``first`` up to and with ``last``."""
    days = min((last - first).days, 3_650)
    return sum(is_working_day(first + dt.timedelta(days=number)) for number in range(1, days + 1))


def _moment(text: str) -> str:
    return f"{dt.datetime.fromisoformat(text):%H:%M %d/%m/%Y}"
