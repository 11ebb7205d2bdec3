"""An earlier draft of the same person, who allowed it and holds that draft in this browser (see ``permissions.py``)."""

from __future__ import annotations

from bot.settings import Settings
from bot.submissions.draft import Draft
from bot.submissions.draft_form import form_of_draft
from bot.submissions.prefill.base import CannotPrefill, Facts, Given, Person, Way
from bot.submissions.prefill.taking_over import own_person


class Earlier:
    """Takes the applicant's facts of a draft over. They are as typed then, so never verified."""

    name = "earlier"
    label = "Dùng lại thông tin ở hồ sơ trước"
    way: Way = "draft"

    def check_config(self, settings: Settings) -> list[str]:
        return []

    def is_on(self, settings: Settings) -> bool:
        return True

    async def facts(self, settings: Settings, given: Given) -> Facts:
        if given.earlier is None:
            raise CannotPrefill("Em không thấy hồ sơ trước nào của anh/chị mở trên máy này mà đã cho phép dùng lại.")
        return Facts(source=self.name, person=person_of(given.earlier))


def person_of(draft: Draft) -> Person:
    """The person whose draft it is."""
    return own_person(form_of_draft(draft), draft.content)
