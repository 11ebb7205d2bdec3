"""What the provider and the population data say, read with the same care as anything from outside."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from bot.submissions.prefill.base import CannotPrefill, Person
from bot.submissions.reading.numbers_of_people import read_personal_id
from bot.submissions.reading.text import LONGEST, CannotRead, read_name, read_text
from procedures_kb.text import clean

MISSING = "VNeID không gửi đủ thông tin (thiếu {what}), nên em không dùng. Anh/chị tự điền giúp em."
DIFFERENT = "Dữ liệu dân cư trả về thông tin của người khác với tài khoản VNeID, nên em chỉ dùng họ tên, ngày sinh và số định danh."
_SEX = {"nam": "nam", "male": "nam", "1": "nam", "nữ": "nu", "nu": "nu", "female": "nu", "2": "nu"}


def person_of_claims(claims: Mapping[str, Any]) -> Person:
    """Number, name and birth date: without all three nothing is used. Raises CannotPrefill."""
    try:
        number = read_personal_id(_text(claims, "citizenPid"))
    except CannotRead:
        raise CannotPrefill(MISSING.format(what="số định danh")) from None
    try:
        name = read_name(_text(claims, "fullName"))
    except CannotRead:
        raise CannotPrefill(MISSING.format(what="họ tên")) from None
    birth = _date(_text(claims, "birthDate"))
    if not birth:
        raise CannotPrefill(MISSING.format(what="ngày sinh"))
    return Person(id=number, name=_as_name(name), birth=birth)


def with_population(person: Person, data: Mapping[str, Any]) -> tuple[Person, list[str]]:
    """The rest the population data know; no telephone, which people change. Another person's answer is not used, and said."""
    if _text(data, "soDinhDanh") != person.id:
        return person, [DIFFERENT]
    more = {
        "sex": _SEX.get(_text(data, "gioiTinh").lower(), ""), "ethnicity": _line(data, "danToc"),
        "nationality": _line(data, "quocTich"), "address": _line(data, "noiThuongTru"),
    }  # fmt: skip
    notes = []
    if (name := _text(data, "hoTen")) and clean(name).lower() != person.name.lower():
        notes.append("Họ tên trong dữ liệu dân cư khác trên VNeID. Em dùng họ tên trên VNeID, cán bộ sẽ đối chiếu.")
    return msgspec.structs.replace(person, **more), notes


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return clean(value) if isinstance(value, str) and len(value) <= 500 else ""


def _line(data: Mapping[str, Any], key: str) -> str:
    try:
        return read_text(_text(data, key), LONGEST["address"])
    except CannotRead:
        return ""


def _as_name(name: str) -> str:
    """Databases write names in capitals; a form's name is written as people write it."""
    return " ".join(word[:1] + word[1:].lower() for word in name.split()) if name.isupper() else name


def _date(text: str) -> str:
    for pattern, order in ((r"(\d{4})-?(\d{2})-?(\d{2})", (1, 2, 3)), (r"(\d{2})/(\d{2})/(\d{4})", (3, 2, 1))):
        if match := re.fullmatch(pattern, text, re.ASCII):
            try:
                born = dt.date(*(int(match[part]) for part in order))
            except ValueError:
                return ""
            return born.isoformat() if dt.date(1900, 1, 1) <= born <= dt.date.today() else ""
    return ""
