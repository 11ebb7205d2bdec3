"""Taking apart the tables of the national portal's pages after their cells were run together into one string.

Nothing separates the cells, so every rule here is a guess that can fail; what cannot be read safely is returned as
unknown (None) and its text is kept. How well it works is measured against full records (:mod:`.recovery`).
"""

from __future__ import annotations

import re

from procedures_kb.imported import ImportedComponent, ImportedDuration, ImportedFee
from procedures_kb.text import clean

CHANNELS = {"Trực tuyến": "online", "Dịch vụ bưu chính": "post", "Trực tiếp": "in_person"}
UNITS = {"Ngày làm việc": "working_day", "Ngày": "day", "Giờ": "hour", "Tháng": "month"}

_METHODS_HEADING = "Hình thức nộpThời gianPhí, lệ phíMô tả"
_TIME = r"(?:\d+ (?:Ngày làm việc|Ngày|Giờ|Tháng)|Không có thông tin|Không quy định|Không ?|\d+)"
_AMOUNT = r"\d[\d.,]* (?:Việt Nam Đồng|VNĐ)"
_METHOD = re.compile(
    rf"(?P<channel>{'|'.join(CHANNELS)}) ?(?P<time>{_TIME}) ?(?=Miễn phí|Không có thông tin|{_AMOUNT}|\d[\d.,]* [A-Z]{{3}})"
)
_FEE = re.compile(rf"(?P<nothing>Miễn phí|Không có thông tin)|(?P<amount>{_AMOUNT})|(?P<foreign>\d[\d.,]* [A-Z]{{3}})")
_MONEY = re.compile(r"\d{1,3}(?:\.\d{3})+")

_PAPERS_HEADING = re.compile(r"Tên giấy tờ ?Mẫu đơn, tờ khai ?Số lượng")
# A row ends in its counts, glued to the cell before. "(01 bản chính)" inside a name has a space, a bracket or a
# leading zero before it, or goes on with a small letter or a mark of punctuation.
_COUNTS = re.compile(
    r"(?<![\s(\[/])(?P<originals>\d+) bản chính(?:,(?P<copies>\d+) bản sao)?(?![);:,.\]]|\s+[a-zà-ỹ(])"
    r"|(?<![\s(\[/])(?P<only>\d+) bản sao(?![);:,.\]]|\s+[a-zà-ỹ(])"
)
_FORM_END = re.compile(r"\.(?:docx?|pdf|xlsx?|odt|rar|zip)$", re.IGNORECASE)
_MOST = 20  # more originals or copies than this are two numbers run together

# "68/2020/QH14", "154/2024/NĐ-CP", "66.7/2025/NQ-CP", "163/QĐ-BTP"; the next name begins with a capital and a small letter
_LAW_CODE = r"\d{1,4}(?:\.\d+)?/(?:\d{4}/)?[A-ZĐ]{2,4}\d{0,2}(?:-[A-ZĐ]{2,8})*"
_LAWS_HEADING = re.compile(r"^Tên văn bản pháp lý ?Mã văn bản")


def methods(text: str) -> tuple[list[ImportedDuration], list[ImportedFee]]:
    """Times and fees by channel. A bare number whose unit was lost is an unknown time, and so is the fee glued to it."""
    text = clean(text).removeprefix(_METHODS_HEADING)
    durations: list[ImportedDuration] = []
    fees: list[ImportedFee] = []
    starts = list(_METHOD.finditer(text))
    for index, match in enumerate(starts):
        end = starts[index + 1].start() if index + 1 < len(starts) else len(text)
        channel = CHANNELS[match["channel"]]
        found, description = _fees(text[match.end() : end], channel, glued=match["time"].isdigit())
        durations.append(_duration(channel, match["time"], description))
        fees.extend(found)
    return durations, fees


def _duration(channel: str, time: str, description: str) -> ImportedDuration:
    value, _, unit = time.partition(" ")
    if value.isdigit() and unit in UNITS:
        return ImportedDuration(channel=channel, value=int(value), unit=UNITS[unit], text=description)
    return ImportedDuration(channel=channel, text=f"{time} {description}".strip())


def _fees(text: str, channel: str, glued: bool) -> tuple[list[ImportedFee], str]:
    """Fees at the start of a method's text, and what is left of it. ``glued``: a bare time stands before the first."""
    fees: list[ImportedFee] = []
    while match := _FEE.match(text):
        text = text[match.end() :]
        note, text = _bracketed(text)
        amount = None if match["nothing"] or match["foreign"] else _amount(match["amount"], note)
        if glued and amount is not None:  # "1" + "50,000" reads as 150,000: nobody can tell
            note, amount = f"{match['amount']} {note}".strip(), None
        if match["foreign"]:
            note = f"{match['foreign']} {note}".strip()
        fees.append(ImportedFee(channel=channel, amount=amount, text=note))
        glued = False
    return fees, text.strip()


def _amount(text: str, note: str) -> int | None:
    """Đồng, or None when the figure cannot be: cut thousands ("100 VNĐ"), or the note names other amounts only."""
    value = int(re.sub(r"\D", "", text.split(" ")[0]))
    named = {int(money.replace(".", "")) for money in _MONEY.findall(note)}
    if value < 1000 or (named and value not in named):
        return None
    return value


def _bracketed(text: str) -> tuple[str, str]:
    """The balanced "(note)" at the start, without its brackets, and the rest."""
    if not text.startswith("("):
        return "", text
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[1:position].strip(), text[position + 1 :]
    return text[1:].strip(), ""


def components(text: str) -> list[ImportedComponent]:
    """The rows of the paper list; counts that ran together with a number at the end of the name are None."""
    rows: list[ImportedComponent] = []
    tables = _PAPERS_HEADING.split(clean(text))
    group = tables[0].strip()
    for index, table in enumerate(tables[1:], 1):
        position = 0
        for match in _COUNTS.finditer(table):
            rows.append(_row(table[position : match.start()], match, group))
            position = match.end()
        left = table[position:].strip()
        if index == len(tables) - 1:
            if left:  # a last row whose counts were cut
                rows.append(ImportedComponent(name=left, group=group))
        else:
            group = left
    return rows


def _row(name: str, match: re.Match[str], group: str) -> ImportedComponent:
    digits = match["originals"] or match["only"]
    originals, copies = int(digits), int(match["copies"] or 0)
    if len(digits) > 1:
        # "…/20251 bản chính": the count is the last digit, the rest belongs to the name; "11" alone may be either
        if int(digits) > _MOST or digits.startswith("0"):
            name, originals = name + digits[:-1], int(digits[-1])
        else:
            return ImportedComponent(name=clean(name + digits), group=group)
    if match["only"]:
        originals, copies = 0, originals
    name, forms = _form_file(clean(name))
    return ImportedComponent(name=name, originals=originals, copies=copies, group=group, forms=forms)


def _form_file(name: str) -> tuple[str, list[str]]:
    """A file name without spaces glued to the paper's name, taken off at the first mark of punctuation before it,
    or else where a capital follows a small letter."""
    if not _FORM_END.search(name):
        return name, []
    start = name.rfind(" ") + 1
    tail = name[start:]
    seam = re.search(r"[.;:)](?=[^\s.;:)])(?!\w{2,4}$)", tail) or re.search(r"[a-zà-ỹ](?=[A-ZĐÀ-Ỹ])", tail)
    if not seam:
        return name, []
    return name[: start + seam.end()].strip(), [tail[seam.end() :]]


def legal_bases(text: str) -> list[tuple[str, str]]:
    """``(number, name)`` of each legal text; a name without a number after it keeps an empty number."""
    text = _LAWS_HEADING.sub("", clean(text))
    found: list[tuple[str, str]] = []
    position = 0
    for match in re.finditer(rf"(?<=[\w).,;]){_LAW_CODE}(?=[A-ZĐÀ-Ỹ][a-zà-ỹ]|\d|$)", text):
        if match.start() > position:
            found.append((match.group(), text[position : match.start()].strip()))
            position = match.end()
    if text[position:].strip():
        found.append(("", text[position:].strip()))
    return found
