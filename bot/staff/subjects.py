"""The two kinds of record staff edit, and what their pages do not share: words, addresses, differences, faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from bot.staff import form_wording, wording
from bot.staff.desk import Desk
from bot.staff.difference import Change, difference
from bot.staff.fields import SECTIONS
from bot.staff.form_fields import FORM_SECTIONS
from bot.staff.parts import DESK, FORM_DESK
from bot.staff.wording import Told
from procedures_kb.checks import Fault


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of record. ``slug`` stands in addresses, ``noun`` in sentences, ``title`` over the list."""

    slug: str
    noun: str
    title: str
    desk: Any  # the key of its desk
    difference: Callable[[Any, Any], list[Change]]
    told: Callable[[Fault, Any], Told]
    parts: dict[str, str]  # top-level fields of the record in words

    def desk_of(self, request: web.Request) -> Desk[Any]:
        found: Desk[Any] = request.app[self.desk]
        return found

    def home(self, code: str) -> str:
        return f"/staff/{self.slug}/{code}"


PROCEDURES = Subject(
    slug="thu-tuc", noun="thủ tục", title="Thủ tục", desk=DESK, difference=difference, told=wording.told,
    parts={spec.name: spec.label for spec in SECTIONS[0].fields}
    | {section.attribute: section.title for section in SECTIONS if section.attribute},
)  # fmt: skip
FORMS = Subject(
    slug="to-khai", noun="tờ khai", title="Tờ khai", desk=FORM_DESK, told=form_wording.told,
    difference=lambda before, after: difference(before, after, FORM_SECTIONS),
    parts={spec.name: spec.label for spec in FORM_SECTIONS[0].fields}
    | {section.attribute: section.title for section in FORM_SECTIONS if section.attribute}
    | {"official": "Mẫu số và hiệu lực", "groups": "Các nhóm và mục"},
)  # fmt: skip


def subject_of(request: web.Request) -> Subject:
    """Which kind the address is about."""
    return FORMS if request.path.startswith(f"/staff/{FORMS.slug}") else PROCEDURES
