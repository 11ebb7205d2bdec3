"""The text in the QR code of an ID card: seven fields (chip cards of 2021) or more (cards of 2024), joined by ``|``.

The code is not signed: it saves typing and proves nothing.
"""

from __future__ import annotations

import datetime as dt
import re

from bot.submissions.prefill.base import CannotPrefill, Person
from bot.submissions.reading.numbers_of_people import read_old_id, read_personal_id
from bot.submissions.reading.text import LONGEST as LONGEST_TEXT
from bot.submissions.reading.text import CannotRead, read_name, read_text
from procedures_kb.text import clean

LONGEST = 1_000  # characters; a card's text has about 150, and 2024's a little more
FEWEST, MOST = 7, 20  # fields
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")
NOT_A_CARD = "Mã QR này không phải của thẻ căn cước. Anh/chị chụp lại mã QR trên thẻ, hoặc tự điền giúp em."
DAMAGED = "Em đọc được mã QR nhưng {what} trên đó không hợp lệ, nên em không dùng. Anh/chị tự điền giúp em."
_SEX = {"nam": "nam", "nữ": "nu", "nu": "nu"}


def read_card(text: str, today: dt.date) -> Person:
    """The facts on the card.

    Raises:
        CannotPrefill: no card, or a field that cannot be; the sentence says which kind of field, never its content.
    """
    if len(text) > LONGEST:
        raise CannotPrefill(
            "Mã QR này chứa quá nhiều chữ, không phải của thẻ căn cước. Anh/chị chụp mã trên thẻ giúp em."
        )
    text = text.strip("\r\n \t")
    if _CONTROL.search(text):
        raise CannotPrefill(NOT_A_CARD)
    fields = [part.strip() for part in text.split("|")]
    if not FEWEST <= len(fields) <= MOST or not re.fullmatch(r"[0-9]{12}", fields[0]):
        raise CannotPrefill(NOT_A_CARD)
    number, old, name, birth, sex, address, issued = fields[:7]
    born = _date(birth, "ngày sinh")
    if not dt.date(1900, 1, 1) <= born <= today:
        raise CannotPrefill(DAMAGED.format(what="ngày sinh"))
    given = _date(issued, "ngày cấp") if issued else None
    if given and not born <= given <= today:
        raise CannotPrefill(DAMAGED.format(what="ngày cấp"))
    if clean(sex).lower() not in _SEX:
        raise CannotPrefill(DAMAGED.format(what="giới tính"))
    try:
        return Person(
            id=read_personal_id(number), old_id=read_old_id(old) if old else "", name=read_name(clean(name)),
            birth=born.isoformat(), sex=_SEX[clean(sex).lower()], address=read_text(address, LONGEST_TEXT["address"]) if address else "",
        )  # fmt: skip
    except CannotRead:
        raise CannotPrefill(DAMAGED.format(what="họ tên, số hoặc địa chỉ")) from None


def _date(text: str, what: str) -> dt.date:
    if re.fullmatch(r"[0-9]{8}", text):
        try:
            return dt.date(int(text[4:]), int(text[2:4]), int(text[:2]))
        except ValueError:
            pass
    raise CannotPrefill(DAMAGED.format(what=what))
