"""When a result is due: hours, days, working days, the after-15:00 rule, holidays, receipt outside office hours."""

from __future__ import annotations

import datetime as dt

import msgspec

from procedures_kb.model import Duration, Procedure, TimeUnit
from procedures_kb.points import OFFICE_HOURS, Opening, open_on
from procedures_kb.rules.calendar import (
    AFTERNOON_LIMIT,
    holiday,
    is_working_day,
    next_working_day,
    working_day_from,
)

CIVIL_CODE = "Điều 147, 148 Bộ luật Dân sự 91/2015/QH13"
"""A term does not count its first day; a term in days that ends on a day off ends on the next working day."""


class Due(msgspec.Struct, frozen=True):
    """When one time limit ends. ``steps`` explain it to the citizen, in order; ``at`` only for limits in hours."""

    on: dt.date
    counted_from: dt.date
    limit: str
    condition: str | None
    steps: list[str]
    legal_basis: str | None
    confidence: str
    at: dt.time | None = None


def deadlines(
    procedure: Procedure, received: dt.datetime, case: str | None = None, hours: list[Opening] | None = None
) -> list[Due]:
    """When the time limits of ``procedure`` end for a dossier handed in at ``received`` (local time of Hanoi).

    Args:
        hours: opening hours of the point (None = office hours): receipt outside them counts from the next working day.
    """
    day = received.date()
    return [due(duration, received, hours) for duration in procedure.durations if duration.holds(day, case)]


def due(duration: Duration, received: dt.datetime, hours: list[Opening] | None = None) -> Due:
    """When one time limit ends."""
    steps: list[str] = []
    start, clock = _receipt(received, hours or OFFICE_HOURS, steps)
    at: dt.time | None = None
    if duration.next_day_after_15h and clock > AFTERNOON_LIMIT:
        if duration.value == 0:
            steps.append("Nhận hồ sơ sau 15 giờ nên có thể trả kết quả vào ngày làm việc tiếp theo.")
        else:
            steps.append("Nhận hồ sơ sau 15 giờ nên tính từ ngày làm việc tiếp theo.")
        start = next_working_day(start)
    if duration.unit is TimeUnit.hour:
        end, at = _after_hours(start, clock, duration.value)
        limit = f"{duration.value} giờ làm việc"
    elif duration.unit is TimeUnit.working_day:
        end, limit = _after_working_days(start, duration.value, steps), f"{duration.value} ngày làm việc"
    elif duration.value == 0:
        end, limit = start, "trong ngày"
    else:
        end, limit = _after_days(start, duration.value, steps), f"{duration.value} ngày"
    return Due(end, start, limit, duration.condition, steps, duration.legal_basis, duration.confidence.value, at)


def _receipt(received: dt.datetime, hours: list[Opening], steps: list[str]) -> tuple[dt.date, dt.time]:
    """The day the dossier counts as received, and the time of day it does."""
    day, clock = received.date(), received.time()
    sessions = open_on(hours, day)
    if not sessions:
        later = working_day_from(day)
        name = holiday(day)
        off = day_in_words(day)
        off = off[:1].upper() + off[1:]  # it begins a sentence
        steps.append(
            f"{off} {'nghỉ ' + name if name else 'không làm việc'} nên tính là nhận vào {day_in_words(later)}."
        )
        return later, dt.time(8)
    if clock > max(end for _, end in sessions):
        later = next_working_day(day)
        steps.append(f"Nộp sau giờ làm việc nên tính là nhận vào {day_in_words(later)}.")
        return later, dt.time(8)
    if not is_working_day(day):
        steps.append(f"Nhận hồ sơ sáng {day_in_words(day)}; thời hạn chỉ tính ngày làm việc.")
    return day, clock


def _after_working_days(start: dt.date, count: int, steps: list[str]) -> dt.date:
    day, skipped = start, []
    for _ in range(count):
        before = day
        day = next_working_day(day)
        passed = (before + dt.timedelta(days=n) for n in range(1, (day - before).days))
        skipped += [f"{name} ({off:%d/%m})" for off in passed if (name := holiday(off))]
    if count == 0:
        day = working_day_from(start)
    if skipped:
        steps.append("Không tính ngày nghỉ lễ: " + ", ".join(skipped) + ".")
    return day


def _after_days(start: dt.date, count: int, steps: list[str]) -> dt.date:
    end = start + dt.timedelta(days=count)
    if not is_working_day(end):
        later = next_working_day(end)
        steps.append(
            f"Hết hạn vào {day_in_words(end)} là ngày nghỉ nên chuyển sang {day_in_words(later)} ({CIVIL_CODE})."
        )
        return later
    return end


def _after_hours(start: dt.date, clock: dt.time, count: int) -> tuple[dt.date, dt.time]:
    """``count`` office hours after ``clock`` on ``start``."""
    left = dt.timedelta(hours=count)
    day = working_day_from(start)
    if day != start:
        clock = dt.time(0)
    while True:
        for opens, closes in open_on(OFFICE_HOURS, day):
            begin = max(clock, opens)
            if begin >= closes:
                continue
            session = dt.datetime.combine(day, closes) - dt.datetime.combine(day, begin)
            if left <= session:
                return day, (dt.datetime.combine(day, begin) + left).time()
            left -= session
        day, clock = next_working_day(day), dt.time(0)


_WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")


def day_in_words(day: dt.date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"
