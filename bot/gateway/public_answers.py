"""Questions and answers of the public read interface. These types are also what its OpenAPI document is made from."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec

from procedures_kb.model import Channel
from procedures_kb.points import PointKind

Code = Annotated[str, msgspec.Meta(pattern=r"^\d\.\d{6}", max_length=30, description="Mã thủ tục, ví dụ 1.001193")]
Short = Annotated[str, msgspec.Meta(max_length=60)]


class ListQuestion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    q: Annotated[str, msgspec.Meta(max_length=200)] = ""
    field: Annotated[str, msgspec.Meta(max_length=100)] = ""
    state: Literal["", "published", "imported"] = ""
    page: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1


class ProcedureQuestion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    as_of: dt.date | None = None
    case: Short | None = None


class PointsQuestion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    procedure: Code | None = None
    unit: Annotated[str, msgspec.Meta(pattern=r"^\d{5}$")] | None = None
    address: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    near: Annotated[str, msgspec.Meta(pattern=r"^-?\d{1,3}(\.\d+)?,-?\d{1,3}(\.\d+)?$", max_length=40)] | None = None
    kind: PointKind | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=300)] = 20


class FeeQuestion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    procedure: Code
    channel: Channel = Channel.in_person
    case: Short | None = None
    copies: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    pages: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    persons: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    groups: Annotated[str, msgspec.Meta(max_length=300)] = ""
    conditions: Annotated[str, msgspec.Meta(max_length=300)] = ""
    as_of: dt.date | None = None


class DeadlineQuestion(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    procedure: Code
    received: dt.datetime | None = None
    case: Short | None = None
    point: Short | None = None


class Listed(msgspec.Struct, kw_only=True):
    code: str
    name: str
    short_name: str
    field: str
    state: Literal["published", "imported"]
    page: str


class ListAnswer(msgspec.Struct, kw_only=True):
    release: int
    total: int
    page: int
    pages: int
    procedures: list[Listed]


class ProcedureAnswer(msgspec.Struct, kw_only=True):
    """``procedure`` is the reviewed record with the facts of the day; None for records nobody has reviewed, of which only
    what names them and points to the portal is given."""

    code: str
    name: str
    state: str
    release: int
    as_of: dt.date
    replaced_by: str | None
    portal: str | None
    agency: str | None
    procedure: dict[str, Any] | None
    notice: str | None


class Distance(msgspec.Struct, kw_only=True):
    point: dict[str, Any]
    distance_km: float | None
    open_now: bool
    until: dt.datetime | None
    reopens: dt.datetime | None
    directions: str | None


class PointsAnswer(msgspec.Struct, kw_only=True):
    """``ask`` is the question to put to the citizen when the address leaves open which unit is meant."""

    unit: str | None
    ask: str | None
    choices: list[dict[str, str]]
    points: list[Distance]


class DueAnswer(msgspec.Struct, kw_only=True):
    on: dt.date
    at: dt.time | None
    limit: str
    condition: str | None
    counted_from: dt.date
    steps: list[str]
    legal_basis: str | None
    confidence: str


class DeadlineAnswer(msgspec.Struct, kw_only=True):
    procedure: str
    received: dt.datetime
    deadlines: list[DueAnswer]


class ReleaseAnswer(msgspec.Struct, kw_only=True):
    release: int
    created_at: str | None
    notes: str | None
    changes: list[dict[str, Any]]
    file: str


class Fault(msgspec.Struct, kw_only=True):
    code: str
    message: str


class FaultAnswer(msgspec.Struct, kw_only=True):
    error: Fault
