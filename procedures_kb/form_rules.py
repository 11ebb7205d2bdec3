"""Rules of sense a form declares as data: conditions, and what must hold between its fields.

A rule never stands in code when a form needs it: an officer writes it in the form's file (docs/forms.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

import msgspec

from procedures_kb.model import Identifier, Record, Text

Years = Annotated[int, msgspec.Meta(ge=0, le=130)]


class ShowIf(Record, kw_only=True):
    """A condition on answers given. The parts that are set must all hold; ``any``/``all`` nest."""

    field: Identifier | None = None
    values: list[Identifier] = []  # the choice field has one of these
    other_than: list[Identifier] = []  # it is answered, with none of these
    filled: Identifier | None = None  # this field has an answer
    days_since: Identifier | None = None  # a date field …
    more_than: Annotated[int, msgspec.Meta(ge=0, le=40000)] | None = None  # … more days ago than this
    age_of: Identifier | None = None  # a birth date …
    under: Years | None = None  # … of someone younger than this today
    any: list[ShowIf] = []
    all: list[ShowIf] = []

    @property
    def fields(self) -> set[str]:
        """Every field the condition looks at."""
        own = {name for name in (self.field, self.filled, self.days_since, self.age_of) if name}
        return own.union(*(part.fields for part in (*self.any, *self.all)))

    @property
    def needs_today(self) -> bool:
        return bool(self.days_since or self.age_of) or any(part.needs_today for part in (*self.any, *self.all))


def holds(condition: ShowIf | None, values: Mapping[str, str], today: dt.date | None = None) -> bool:
    """Whether a condition holds for the answers so far. No condition always holds.

    Answers of several choices are kept as "a,b": one of them is enough.
    """
    if condition is None:
        return True
    if condition.field:
        given = set(values.get(condition.field, "").split(",")) - {""}
        if condition.values and not given & set(condition.values):
            return False
        if condition.other_than and (not given or given & set(condition.other_than)):
            return False
    if condition.filled and not values.get(condition.filled):
        return False
    if condition.days_since and not _days_ago(values.get(condition.days_since), condition.more_than or 0, today):
        return False
    if condition.age_of:
        birth = date_of(values.get(condition.age_of))
        if birth is None or today is None or age(birth, today) >= (condition.under or 0):
            return False
    if condition.any and not any(holds(part, values, today) for part in condition.any):
        return False
    return all(holds(part, values, today) for part in condition.all)


def _days_ago(value: str | None, days: int, today: dt.date | None) -> bool:
    date = date_of(value)
    return date is not None and today is not None and (today - date).days > days


def date_of(value: str | None) -> dt.date | None:
    """The date of a stored date value; None when it is missing or no date."""
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        return None


def age(birth: dt.date, on: dt.date) -> int:
    """Full years of age on a day (đủ tuổi, Bộ luật Dân sự 2015, Điều 146–148)."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


class _Rule(Record, kw_only=True, tag_field="kind"):
    """What every rule has: the sentence shown, the law behind it, when it applies, and whether it blocks."""

    message: Text
    law: str = ""
    when: ShowIf | None = None
    blocks: bool = False
    group: Identifier | None = None  # applies to each row of this repeatable group


class Different(_Rule, kw_only=True, tag="different"):
    """The fields must not have the same answer (spouses, requester and subject)."""

    fields: Annotated[list[Identifier], msgspec.Meta(min_length=2)]


class Unique(_Rule, kw_only=True, tag="unique"):
    """No two rows of ``group`` have the same answer in ``field``."""

    field: Identifier


class DateOrder(_Rule, kw_only=True, tag="date_order"):
    """``later`` is not before ``earlier``."""

    earlier: Identifier
    later: Identifier


class OlderBy(_Rule, kw_only=True, tag="older_by"):
    """The parent is at least ``years`` older than the child. Years of birth alone ("1990") count too."""

    child: Identifier
    parent: Identifier
    years: Years


class Age(_Rule, kw_only=True, tag="age"):
    """Age today, or on the date of field ``on``: at least / under so many full years."""

    birth: Identifier
    at_least: Years | None = None
    under: Years | None = None
    on: Identifier | None = None


class IdFits(_Rule, kw_only=True, tag="id_fits"):
    """A personal id number against birth date, sex and the province of birth registration. Never blocks."""

    message: str = ""
    id: Identifier
    birth: Identifier | None = None
    sex: Identifier | None = None  # a choice field with nam, nu
    is_a: str = ""  # "nam" or "nu" when the form itself tells (bên nam, bên nữ)
    place: Identifier | None = None  # place of birth registration or birth


class Within(_Rule, kw_only=True, tag="within"):
    """The date is not more than ``days`` days ago."""

    date: Identifier
    days: Annotated[int, msgspec.Meta(ge=0, le=40000)]


class OneOf(_Rule, kw_only=True, tag="one_of"):
    """At least one of the fields is answered."""

    fields: Annotated[list[Identifier], msgspec.Meta(min_length=2)]


class OneRow(_Rule, kw_only=True, tag="one_row"):
    """Exactly one row of ``group`` has the value in its choice field (one main line of business)."""

    field: Identifier
    value: Identifier


class NotMore(_Rule, kw_only=True, tag="not_more"):
    """A number is not larger than another (the built area than the plot)."""

    smaller: Identifier
    larger: Identifier


class Note(_Rule, kw_only=True, tag="note"):
    """Something to say whenever ``when`` holds; with ``blocks`` the form cannot be finished so."""

    at: Identifier  # the field it is shown beside


Rule = (
    Different | Unique | DateOrder | OlderBy | Age | IdFits | Within | OneOf | OneRow | NotMore | Note
)  # fmt: skip
