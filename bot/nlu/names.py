"""Names in a message: full Vietnamese names of people, streets and houses.

A name begins with one of the family names; written in lower case it counts only after words such as "tên là". A family
name after "phố", "đường", "phường" … names a place, not a person.
"""

from __future__ import annotations

import re

import msgspec

from procedures_kb.text import strip_marks

FAMILY_NAMES = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Vương Trịnh Trương Đinh Lâm Phùng Mai Tô "
    "Hà Tạ Chu Châu Quách Thái Lương La Lưu Cao Triệu Kiều Nghiêm Từ Thạch Doãn Đàm Tăng Bạch Khuất Khổng Lại Lã Mạc Ninh Nông "
    "Ông Tống Trình Văn Giang Hứa Kim Vi Thân Tôn Âu Đậu Phí Quản Cù Cung Lục Ma Sầm Lò Giàng Vàng Sùng Thào Bế Hầu H' Y"
)  # fmt: skip
_FAMILY_PLAIN = "|".join(sorted({strip_marks(name).lower() for name in FAMILY_NAMES.split()}, key=len, reverse=True))
_WORD = r"[^\W\d_]+(?:'[^\W\d_]+)?"
_CAPITAL = re.compile(rf"\b{_WORD}(?:[ ]{_WORD}){{1,6}}")
_CUED = re.compile(
    rf"\b(?:ho (?:va )?ten(?: day du)?|ten (?:day du|that|khai sinh)|ten (?:toi|em|minh|chau|con|be|chong|vo|bo|me)|ten|cho)(?: la| :|:)? ({_FAMILY_PLAIN})((?: {_WORD}){{1,4}})"
)
_STOP_WORDS = frozenset(
    [
        "sinh",
        "o",
        "dia",
        "so",
        "tai",
        "la",
        "cccd",
        "cmnd",
        "can",
        "ngay",
        "va",
        "voi",
        "co",
        "thi",
        "muon",
        "xin",
        "lam",
        "di",
        "gio",
        "dang",
        "da",
        "sdt",
        "dien",
        "o",
    ]
)
_PLACE_CUES = frozenset(
    [
        "pho",
        "duong",
        "phuong",
        "xa",
        "ngo",
        "ngach",
        "truong",
        "benh",
        "vien",
        "cho",
        "cau",
        "toa",
        "chung",
        "cu",
        "kdt",
        "khu",
        "dai",
        "lo",
        "p",
        "x",
        "pgd",
        "vp",
        "thon",
        "xom",
        "to",
        "tieu",
        "hoc",
    ]
)
_PLACES = frozenset({
    "ha noi", "ha dong", "ha nam", "ha giang", "ha tinh", "ho chi minh", "thai nguyen", "thai binh", "cao bang", "ho tay", "ninh binh",
    "ninh thuan", "kim ma", "kim lien", "ho guom", "ho hoan kiem", "trung quoc", "thai lan", "ha long", "hai duong", "luong son",
})  # fmt: skip
_STREET = re.compile(
    rf"\b(?:(?:so(?: nha)?|nha) \d+\w*(?: ?[/\-] ?\d+\w*)*|ngo \d+\w*|ngach \d+\w*|hem \d+\w*|to \d+|thon {_WORD}|(?:duong|pho|dai lo) {_WORD}(?: {_WORD}){{0,3}})"
)
_STREET_ENDS = re.compile(
    r" (?:can|thi|lam|muon|ra|co|de|xin|o|va|la|phuong|xa|quan|huyen|ha noi|gio|nop|den|di|em|a|roi|nhung|nen)\b.*"
)


class FoundName(msgspec.Struct, frozen=True):
    """A person's name or a street, with where it stands."""

    entity: str  # person_name | street
    start: int
    end: int


def find_names(text: str, plain: str) -> list[FoundName]:
    """Names of people and streets; ``plain`` = the same text in lower case without marks, of the same length."""
    found = [FoundName("street", match.start(), _street_end(match)) for match in _STREET.finditer(plain)]
    for match in _CAPITAL.finditer(text):
        for start, end in _capitalised(text, match.start(), match.end()):
            before = re.findall(r"[^\W\d_]+", plain[max(0, start - 20) : start])[-1:]
            if before and before[0] in _PLACE_CUES:
                continue
            if not any(start < other.end and other.start < end for other in found):
                found.append(FoundName("person_name", start, end))
    for match in _CUED.finditer(plain):
        words = match.group(2).split()
        kept = next((number for number, word in enumerate(words) if word in _STOP_WORDS), len(words))
        end = match.start(1) + len(match.group(1)) + sum(len(word) + 1 for word in words[:kept])
        if kept and not any(match.start(1) < other.end and other.start < end for other in found):
            found.append(FoundName("person_name", match.start(1), end))
    return sorted(found, key=lambda item: item.start)


def _street_end(match: re.Match[str]) -> int:
    return match.start() + len(_STREET_ENDS.sub("", match.group()))


def _capitalised(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Runs of two to six capitalised words that begin with a family name."""
    runs: list[tuple[int, int]] = []
    words = [(m.start() + start, m.end() + start) for m in re.finditer(_WORD, text[start:end])]
    place = 0
    while place < len(words):
        first = text[words[place][0] : words[place][1]]
        if first[0].isupper() and re.fullmatch(_FAMILY_PLAIN, strip_marks(first).lower()):
            stop = place + 1
            while stop < len(words) and stop - place < 6 and text[words[stop][0]].isupper():
                stop += 1
            name = strip_marks(text[words[place][0] : words[stop - 1][1]]).lower()
            if stop - place >= 2 and name not in _PLACES:
                runs.append((words[place][0], words[stop - 1][1]))
                place = stop
                continue
        place += 1
    return runs
