"""What differs between two versions of a record, field by field, in the words of the pages."""

from __future__ import annotations

import difflib
from typing import Any, Literal

import msgspec

from bot.staff.display import Row, shown, title, value_of
from bot.staff.fields import SECTIONS
from bot.staff.sections import FieldSpec, Section
from procedures_kb.entries import Published, name_of

LONG = 40  # characters; longer texts are compared word by word

Piece = tuple[Literal["same", "gone", "new"], str]


class FieldChange(msgspec.Struct, frozen=True):
    """One field before and after; ``words`` is filled for long texts, ``gone``/``new`` for lists of lines."""

    label: str
    before: str
    after: str
    words: list[Piece] = []
    gone: list[str] = []
    new: list[str] = []


class Change(msgspec.Struct, frozen=True):
    """One item that was added, removed, changed, or (a whole list) put in another order."""

    section: str
    title: str
    kind: Literal["added", "removed", "changed", "moved"]
    fields: list[FieldChange] = []
    rows: list[Row] = []


def difference(before: Published, after: Published, sections: list[Section] = SECTIONS) -> list[Change]:
    """Everything that differs, in the order of the page; empty when the two say the same."""
    found: list[Change] = []
    for section in sections:
        if section.attribute:
            found.extend(_lists(section, before, after))
        elif fields := _fields(section, before, after, before, after):
            found.append(Change(section.title, name_of(after), "changed", fields))
    return found


def _fields(section: Section, old: Any, new: Any, before: Published, after: Published) -> list[FieldChange]:
    changes: list[FieldChange] = []
    for spec in section.fields:
        one, two = value_of(old, spec.name), value_of(new, spec.name)
        was, is_now = shown(spec, one, before), shown(spec, two, after)
        if one != two and was != is_now:
            changes.append(_change(spec, was, is_now))
    return changes


def _change(spec: FieldSpec, one: list[str], two: list[str]) -> FieldChange:
    if spec.kind in ("lines", "options", "pairs"):
        gone = [line for line in one if line not in two]
        new = [line for line in two if line not in one]
        order = "" if gone or new else "Thứ tự các dòng đã đổi"
        return FieldChange(spec.label, "", order, gone=gone, new=new)
    old, now = " ".join(one), " ".join(two)
    words = _words(old, now) if min(len(old), len(now)) > LONG else []
    return FieldChange(spec.label, old, now, words)


def _words(old: str, new: str) -> list[Piece]:
    """The new text with what went and what came, word by word."""
    one, two = old.split(), new.split()
    pieces: list[Piece] = []
    for act, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if act == "equal":
            pieces.append(("same", " ".join(one[a:b])))
            continue
        if b > a:
            pieces.append(("gone", " ".join(one[a:b])))
        if d > c:
            pieces.append(("new", " ".join(two[c:d])))
    return pieces


def _lists(section: Section, before: Published, after: Published) -> list[Change]:
    old: list[Any] = list(getattr(before, section.attribute))
    new: list[Any] = list(getattr(after, section.attribute))
    pairs, old_rest, new_rest = _pair(section, old, new)
    found: list[Change] = []
    for one, two in pairs:
        fields = _fields(section, one, two, before, after)
        # An id is no field of any page: items that differ only there are not shown as changed.
        if fields:
            found.append(Change(section.title, title(section, two), "changed", fields))
    found.extend(
        Change(section.title, title(section, item), "added", rows=_rows(section, item, after)) for item in new_rest
    )
    found.extend(
        Change(section.title, title(section, item), "removed", rows=_rows(section, item, before)) for item in old_rest
    )
    if not found and _order(section, old) != _order(section, new):
        found.append(Change(section.title, "Thứ tự hoặc mã của các mục", "moved"))
    return found


def _order(section: Section, items: list[Any]) -> list[Any]:
    return [getattr(item, section.key) if section.key else item for item in items]


def _rows(section: Section, item: Any, procedure: Published) -> list[Row]:
    specs = [s for s in section.fields if s.fits(item) and not (s.name and s.name == section.title_field)]
    pairs = ((spec, value_of(item, spec.name)) for spec in specs)
    return [Row(s.label, shown(s, v, procedure)) for s, v in pairs if v and shown(s, v, procedure)]


def _pair(section: Section, old: list[Any], new: list[Any]) -> tuple[list[tuple[Any, Any]], list[Any], list[Any]]:
    """Items that are the same one in both versions but differ, and those only in one of them."""
    old_rest, new_rest = list(old), list(new)
    for item in old:
        if item in new_rest:
            old_rest.remove(item)
            new_rest.remove(item)
    pairs: list[tuple[Any, Any]] = []
    for item in list(old_rest):
        match = _partner(section, item, new_rest)
        if match is not None:
            pairs.append((item, match))
            old_rest.remove(item)
            new_rest.remove(match)
    return pairs, old_rest, new_rest


def _partner(section: Section, item: Any, others: list[Any]) -> Any | None:
    """The other version of ``item``: same key, and among several of one key the one that begins on the same day."""
    if not section.key:
        return others[0] if others else None
    same = [other for other in others if getattr(other, section.key) == getattr(item, section.key)]
    begins = getattr(item, "effective_from", None)
    return next(
        (other for other in same if getattr(other, "effective_from", None) == begins), same[0] if same else None
    )
