"""Working days in Vietnam: weekends, public holidays (lunar ones included) and the Government's swapped days."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path

import holidays
from ruamel.yaml import YAML

FILE = Path(__file__).parent / "working_days.yml"
AFTERNOON_LIMIT = dt.time(15, 0)  # a dossier received later may be answered the next working day


@functools.cache
def _swapped() -> dict[str, dict[dt.date, str]]:
    data: dict[str, dict[dt.date, str]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return data


@functools.cache
def _vietnam() -> holidays.HolidayBase:
    return holidays.country_holidays("VN", language="vi")


def holiday(day: dt.date) -> str:
    """Name of the public holiday or swapped day off; empty on ordinary days and weekends.

    Source: Điều 112 Bộ luật Lao động 45/2019/QH14, by the library's tables; swaps by yearly notices.
    """
    return _swapped()["off"].get(day, "") or str(_vietnam().get(day, ""))


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on ``day`` (Saturday mornings at some points are not working days for time limits)."""
    if day in _swapped()["off"]:
        return False
    return day in _swapped()["worked"] or bool(_vietnam().is_working_day(day))


def next_working_day(day: dt.date) -> dt.date:
    """The first working day after ``day``."""
    day += dt.timedelta(days=1)
    while not is_working_day(day):
        day += dt.timedelta(days=1)
    return day


def working_day_from(day: dt.date) -> dt.date:
    """``day`` itself when worked, else the next working day."""
    return day if is_working_day(day) else next_working_day(day)
