"""The QR code of an ID card, out of a picture taken on our page. The picture lives in memory for the time of one call."""

from __future__ import annotations

import datetime as dt

from bot.settings import Settings
from bot.submissions.checks.addresses import proposal
from bot.submissions.photos.apart import apart
from bot.submissions.photos.opening import Unusable
from bot.submissions.prefill.base import CannotPrefill, Facts, Given, Person, Way
from bot.submissions.prefill.card_text import read_card
from procedures_kb.store import today

NO_CODE = "Em không thấy mã QR trong ảnh. Anh/chị chụp gần hơn, đủ sáng, thấy trọn ô vuông mã QR rồi gửi lại giúp em."


class IdCard:
    """Reads a picture of the card's QR code."""

    name = "qr"
    label = "Quét mã QR trên thẻ căn cước"
    way: Way = "picture"

    def check_config(self, settings: Settings) -> list[str]:
        return []  # needs nothing

    def is_on(self, settings: Settings) -> bool:
        return True

    async def facts(self, settings: Settings, given: Given) -> Facts:
        """Raises CannotPrefill: no picture, no code in it, or no card's code."""
        try:
            texts = await apart("qr", given.picture, list[str])
        except Unusable as fault:
            raise CannotPrefill(str(fault)) from None
        return card_of(texts, today())


def card_of(texts: list[str], on: dt.date) -> Facts:
    """The facts of the first card's code among the codes of a picture. Raises CannotPrefill."""
    problems: list[CannotPrefill] = []
    for text in texts:
        try:
            return with_todays_address(read_card(text, on))
        except CannotPrefill as problem:
            problems.append(problem)
    raise problems[0] if problems else CannotPrefill(NO_CODE)


def with_todays_address(person: Person) -> Facts:
    """The card's address in today's units where they are certain; a split ward stays and is asked about on the page."""
    notes: list[str] = []
    address = person.address
    found = proposal("", address) if address else None
    if found and found.proposal:
        address = found.proposal
        notes.append(f"Địa chỉ trên thẻ theo đơn vị cũ, em đã đổi: {found.message}")
    elif found:
        notes.append(f"Về địa chỉ trên thẻ: {found.message}")
    facts = {name: getattr(person, name) for name in Person.__struct_fields__}
    return Facts(source="qr", person=Person(**{**facts, "address": address}), notes=notes)
