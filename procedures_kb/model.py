"""The record of one administrative procedure (thủ tục hành chính), as the catalog files hold it.

Field names follow design section 2. Every fact that can change by law carries ``effective_from`` and
``effective_to`` (both inclusive, local dates of Asia/Ho_Chi_Minh, ``None`` = open) and a ``confidence``.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

import msgspec

Date = dt.date
Code = Annotated[str, msgspec.Meta(pattern=r"^\d\.\d{6}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Confidence(StrEnum):
    """How far a fact may be trusted; anything but ``checked`` is said to the citizen as unsure."""

    checked = "checked"  # read off a current source and compared
    older_source = "older_source"  # only a source older than 01/07/2025 was seen
    unsure = "unsure"  # sources disagree or none was found


class State(StrEnum):
    """Where a version of a record stands; see design section 7."""

    draft = "draft"
    in_review = "in_review"
    scheduled = "scheduled"
    published = "published"
    superseded = "superseded"
    discarded = "discarded"  # a draft or scheduled version taken back
    imported = "imported"  # from national data, used to recognise and to point to the portal, never stated as certain


class Channel(StrEnum):
    in_person = "in_person"
    online = "online"
    post = "post"


class ComponentKind(StrEnum):
    form = "form"  # an official form to fill in
    submit = "submit"  # a paper to hand in
    present = "present"  # a paper to show only


class FeeRule(StrEnum):
    fixed = "fixed"  # amount known, set by the named legal basis
    free = "free"  # law says no fee; never derived from a bare 0 in national data
    city_council = "city_council"  # set by a resolution of the city's People's Council; amount None when not known
    included = "included"  # paid with another fee


class TimeUnit(StrEnum):
    hour = "hour"
    day = "day"
    working_day = "working_day"


class PlaceKind(StrEnum):
    city_point = "city_point"  # any branch or commune point of the public administrative service centre
    police_point = "police_point"  # police of any commune or ward, or of the competent one
    police_office = "police_office"  # an office of the city police, or only those communes that have such a point
    other = "other"


class Record(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every part of a record: unknown fields are refused so that a typing slip is seen."""


class Fact(Record, kw_only=True):
    """A statement that holds between two dates.

    Not final fields: ``cases`` lists the ids of the cases the fact belongs to; empty = every case.
    """

    effective_from: Date | None = None
    effective_to: Date | None = None
    confidence: Confidence = Confidence.checked
    cases: list[Identifier] = []

    def holds(self, on: Date, case: str | None) -> bool:
        """Whether the fact is in force on the day ``on`` and belongs to ``case`` (None = case not known)."""
        if self.effective_from and on < self.effective_from:
            return False
        if self.effective_to and on > self.effective_to:
            return False
        return not self.cases or case in self.cases


class Waiver(Record, kw_only=True):
    """Why a component is not asked for: which database holds it, by what law, and what if it is not found."""

    database: Text
    legal_basis: Text
    fallback: Text


class Component(Fact, kw_only=True):
    """One paper of a procedure. ``originals``/``copies`` are counts; both 0 only for kind ``present``."""

    id: Identifier
    name: Text
    kind: ComponentKind
    originals: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    copies: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    condition: Text | None = None  # when it is needed, in plain words ("nếu nhờ người khác nộp thay")
    channels: list[Channel] = []  # empty = every channel
    form: Identifier | None = None  # id in Procedure.forms
    waiver: Waiver | None = None
    legal_basis: Text | None = None


class FeePer(StrEnum):
    """What a fee is counted by."""

    dossier = "dossier"
    copy = "copy"
    page = "page"
    person = "person"


Amount = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class FeeTier(Record, kw_only=True):
    """Another amount from a count on: ``from_count: 3, amount: 1000`` = 1,000 đồng from the third page."""

    from_count: Annotated[int, msgspec.Meta(ge=2, le=1000)]
    amount: Amount


class Fee(Fact, kw_only=True):
    """One fee. ``amount`` in đồng per ``unit``; None = the amount is not known to us and the answer says so.

    A fee with a ``condition`` is owed only when the condition is met. ``unit`` is the word shown, ``per`` what is
    counted; ``cap`` is the most that is taken for one copy (đồng).
    """

    id: Identifier
    label: Text
    rule: FeeRule
    amount: Amount | None = None
    unit: Text = "hồ sơ"
    per: FeePer = FeePer.dossier
    tiers: list[FeeTier] = []
    cap: Amount | None = None
    channels: list[Channel] = []
    condition: Text | None = None
    legal_basis: Text
    note: Text | None = None


class Exemption(Fact, kw_only=True):
    """Who pays less. ``groups`` are ids of ``fee_groups.yml``; ``fees`` the fees it touches (empty = all of them)."""

    groups: Annotated[list[Identifier], msgspec.Meta(min_length=1)]
    fees: list[Identifier] = []
    percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 100  # how much is taken off; 100 = nothing to pay
    legal_basis: Text
    note: Text | None = None


class Duration(Fact, kw_only=True):
    """A time limit: ``value`` in ``unit``. value 0 with unit day = the same day."""

    value: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    unit: TimeUnit
    condition: Text | None = None
    next_day_after_15h: bool = False  # a dossier received after 15:00 is answered on the next working day
    legal_basis: Text | None = None


class CompetentBy(StrEnum):
    """Which address tells the deciding unit."""

    residence = "residence"  # where the person lives
    property = "property"  # where the land, house or works are
    business = "business"  # where the shop or company is
    last_residence = "last_residence"  # where a person who died lived last
    event = "event"  # where it happened or was done before (child found, an earlier certification)
    any = "any"  # any unit may decide
    city = "city"  # one office decides for the whole city


class Place(Fact, kw_only=True):
    """Where the dossier is handed in; ``kind`` keeps city-centre points and police points apart."""

    kind: PlaceKind
    competent_by: CompetentBy
    agency: Text  # who decides
    where: Text  # where to go, one sentence
    legal_basis: Text | None = None


class Online(Fact, kw_only=True):
    """Whether and how far it can be done online, and what still needs the person to come."""

    level: Annotated[str, msgspec.Meta(pattern="^(full|partial|none)$")]
    url: Text | None = None
    note: Text | None = None  # what must still be done in person


class Statement(Fact, kw_only=True):
    """A dated sentence: an eligibility rule or a step."""

    text: Text


class Case(Record, kw_only=True):
    """A situation that changes components, fee or time. ``phrases`` are words by which a message tells it."""

    id: Identifier
    label: Text
    phrases: list[Text] = []
    moves_to: Code | None = None  # the case is really another procedure


class Form(Record, kw_only=True):
    """An official form. ``submission`` = we can fill it in (a form definition has an edition for it)."""

    id: Identifier
    name: Text
    number: Text | None = None  # circular and annex
    submission: bool = False


class Result(Record, kw_only=True):
    name: Text
    code: str | None = None  # national code of the result, e.g. KQ.G15.000038


class LegalText(Record, kw_only=True):
    number: Text
    name: Text
    effective_from: Date | None = None


class Source(Record, kw_only=True):
    """Where the record was read: the announcing decision and the portal page, and the day staff compared them."""

    title: Text
    url: Annotated[str, msgspec.Meta(pattern=r"^https://")]
    decision: Text
    decided_on: Date | None = None
    verified_on: Date


class Procedure(Record, kw_only=True):
    """One administrative procedure (TTHC), complete for every aspect a citizen asks about."""

    code: Code
    name: Text  # official name
    short_name: Text  # as we say it in a sentence: "đăng ký khai sinh"
    field: Text  # lĩnh vực
    level: list[Annotated[str, msgspec.Meta(pattern="^(commune|province|ministry)$")]]
    audience: Text
    overview: Text
    aliases: list[Text] = []  # everyday names
    example_questions: list[Text] = []
    frequency: Annotated[int, msgspec.Meta(ge=0, le=5)] = 0  # how often citizens need it, 5 = daily bread
    case_question: Text | None = None
    cases: list[Case] = []
    components: list[Component]
    fees: list[Fee]
    exemptions: list[Exemption] = []
    city_online_support: bool = False  # Resolution 77/2025/NQ-HĐND applies (online filing: 0 đồng from 01/01/2026)
    durations: list[Duration]
    places: list[Place]
    steps: list[Statement]
    eligibility: list[Statement] = []
    online: list[Online]
    forms: list[Form] = []
    results: list[Result]
    legal_basis: list[LegalText]
    related: list[Code] = []  # shown as "có phải anh/chị cần …?"
    replaced_by: Code | None = None
    sources: Annotated[list[Source], msgspec.Meta(min_length=1)]
    note_for_staff: str | None = None
