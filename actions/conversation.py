"""Conversation repair: recognising correction, cancel, skip, repeat, resume, digression and picks, in one tested place.

Intents come from the classifier; inside a form, short set phrases count as well, since an answer such as "để sau" or
"à nhầm" must never end up as somebody's name.
"""

from __future__ import annotations

import re
from typing import Literal

from actions.turn import Choice, Turn, plain_words
from bot.nlu.normalise import normalise
from procedures_kb.text import fold, has_marks, strip_marks

Repair = Literal["cancel", "correct", "skip", "repeat", "resume", "handoff", "erase_data"]

# Without marks; whole messages or clear openings only.
_SET_PHRASES: list[tuple[Repair, re.Pattern[str]]] = [
    ("erase_data", re.compile(r"\bxoa (?:het |toan bo )?(?:du lieu|thong tin|ho so)\b")),
    ("handoff", re.compile(r"\b(?:gap|noi chuyen voi|cho (?:em|toi) gap) (?:can bo|nguoi that|nhan vien|tong dai)\b")),
    ("cancel", re.compile(r"^(?:thoi )?(?:(?:em|toi|minh|tui|chau|anh|chi) )?(?:thoi|huy|dung lai|dung|khong lam nua|ngung)(?: (?:khong|ko|k))?(?: (?:lam|can|dien))?(?: nua| lai| ho so| di| a| nhe| em| dau)*$")),
    ("cancel", re.compile(r"\b(?:khong (?:muon |can )?(?:lam|dien|nop|hoi|khai)(?: (?:tiep|cai (?:do|day|kia)|chuyen (?:do|day|kia)))? nua|bo di(?: a| nhe)?$|thoi bo|thoi khoi|huy (?:ho so|to khai|don|di|bo)|dung (?:dien|lam|ho so))\b")),
    ("skip", re.compile(r"^(?:de sau|bo qua|chua biet|khong nho|khong biet|chua co|de trong|tinh sau|lat nua)\b")),
    ("repeat", re.compile(r"^(?:nhac lai|noi lai|hoi lai|la sao|chua hieu|khong hieu|nghia la gi|y la gi)\b")),
    ("resume", re.compile(r"^(?:lam tiep|tiep tuc|dien tiep)\b")),
    ("correct", re.compile(r"\b(?:nham|ghi sai|viet sai|sua lai|nham roi|go sai|noi sai|(?:viet|noi|ghi|go) lon)\b|^sua\b")),
]  # fmt: skip
_QUESTIONS = (
    "bao nhiêu", "bao lâu", "mấy ngày", "ở đâu", "chỗ nào", "thế nào", "như nào", "làm sao", "tại sao", "vì sao", "cần gì",
    "giấy gì", "gì vậy", "gì ạ", "có phải", "có cần", "có mất", "được không", "phải không", "là gì", "khi nào", "bao giờ",
)  # fmt: skip
# With marks "ở đâu" is a question and "ở đầu ngõ" an address; without marks both look alike, so the end decides.
_ASKED = re.compile(r"\b(?:" + "|".join(_QUESTIONS) + r")\b")
_ASKED_PLAIN = re.compile(
    r"\b(?:" + "|".join(strip_marks(q) for q in _QUESTIONS) + r")\b(?: (?:a|vay|the|nhi|em|anh|chi|ban|ha))*$"
)


def repair_of(turn: Turn) -> Repair | None:
    """The repair the message asks for, by set phrase, else by a sure intent."""
    typed, written_out = plain_words(turn.text), turn.plain  # "ko khai nữa" is written out as "không khai nữa"
    for repair, pattern in _SET_PHRASES:
        if pattern.search(typed) or pattern.search(written_out):
            return repair
    first, *others = [clause for clause in re.split(r"[,.;!\n]+", turn.text) if clause.strip()] or [""]
    if others and len(first.split()) > 1 and (closing := closes(first)) and not asks(turn.text):
        return closing  # "thôi hủy nhé, để mai mình làm"
    if turn.is_button and turn.intent in ("cancel", "correct", "skip", "repeat", "resume", "handoff", "erase_data"):
        return turn.intent  # type: ignore[return-value]
    return None


def closes(clause: str) -> Repair | None:
    """By which set phrase a clause says that something is cancelled or left for later; None when it does not."""
    plain = strip_marks(normalise(clause).text)  # "thui mik hủy" is written out as "thôi mình hủy"
    closing = (repair for repair, pattern in _SET_PHRASES if repair in ("cancel", "skip") and pattern.search(plain))
    return next(closing, None)


def asks(clause: str) -> bool:
    """Whether a clause has a question in it."""
    text = fold(clause)
    return bool(_ASKED.search(text) if has_marks(text) else _ASKED_PLAIN.search(text))


# "Cho em hỏi chút: …" opens a side question, whatever follows.
_OPENS_QUESTION = re.compile(
    r"^(?:(?:khoan|a|o|ma|nhung|da|tien) )*(?:(?:cho|xin) (?:(?:em|toi|minh|chau|tui) )?hoi|hoi (?:chut|xiu|them|ngang|ti|luon)|(?:em|toi|minh) hoi)\b"
)


def is_question(turn: Turn) -> bool:
    """Whether a message inside a form is a side question rather than an answer."""
    if turn.is_button:
        return turn.intent == "ask_procedure"
    return turn.text.rstrip().endswith("?") or bool(_OPENS_QUESTION.match(plain_words(turn.text))) or asks(turn.text)


ANSWER_WORDS = 6
MEANT_FROM = 0.45  # intent probability from which words that are no set phrase say yes or no
_YES = re.compile(
    r"^(?:dong y|co|vang|da|u|uh|ok|oke|okay|dung roi|dung|duoc|chuan|phai|nhat tri|yes|lam di|lam luon|xac nhan|toi dong y|em dong y"
    r"|vang dong y|da dong y|da vang|da co|co a|vang a)(?: (?:a|nhe|nha|roi|em|anh|chi|luon|di|ban))*$"
)
_NO = re.compile(
    r"^(?:khong|ko|k|khong phai|khong dong y|chua|thoi|khoi|no|khong dau|tu choi|toi khong dong y|em khong dong y|khong muon)"
    r"(?: (?:a|nhe|nha|em|anh|chi|dau|dong y|muon|can))*$"
)


def yes_or_no(turn: Turn) -> bool | None:
    """Whether the message says yes or no; None when neither."""
    plain = plain_words(turn.text)
    short = len(plain.split()) <= ANSWER_WORDS  # a longer message that looks like yes or no asks or tells something
    meant = short and (turn.is_button or turn.intent_confidence >= MEANT_FROM)
    if (turn.intent == "affirm" and meant) or _YES.match(plain):
        return None if _NO.match(plain) else True
    if (turn.intent == "deny" and meant) or _NO.match(plain):
        return False
    return None


def open_consent(turn: Turn) -> Choice | None:
    """Our question of consent that waits for an answer."""
    return next((choice for choice in turn.memory.offered if choice.kind == "consent"), None)


_AGREES = re.compile(r"\bdong y\b")
_NOT_GIVING = r"\bkhong (?:muon|thich|dam) (?:\w+ ){0,2}(?:dua|cho|luu|cung cap|khai|nhap|de lai)"
_REFUSES = re.compile(
    r"\b(?:khong|ko|k|chua|chang|dau|dau co) (?:\w+ ){0,2}dong y\b|\btu choi\b|" + _NOT_GIVING + r"\b"
)
_REFUSES_DATA = re.compile(_NOT_GIVING + r" (?:\w+ ){0,3}(?:thong tin|du lieu|so can cuoc|so dien thoai|ca nhan)\b")


def consent_in(turn: Turn) -> bool | None:
    """Yes or no to the question of consent, in a sentence too ("em đồng ý cho lưu thông tin")."""
    plain = turn.plain  # with chat spelling written out: "ko muốn khai"
    if _REFUSES.search(plain) or (repair_of(turn) == "cancel" and not asks(turn.text)):
        return False
    answered = yes_or_no(turn)
    return True if answered is None and _AGREES.search(plain) else answered


_ORDINALS = {
    "nhat": 1,
    "mot": 1,
    "dau": 1,
    "dau tien": 1,
    "hai": 2,
    "nhi": 2,
    "ba": 3,
    "tu": 4,
    "bon": 4,
    "nam": 5,
    "sau": 6,
}
PICK_WORDS = 4
_PICK = re.compile(
    r"\b(?:cai|so|muc|thu|phuong an|lua chon|y)\s+(?:thu\s+)?(\d{1,2}|dau tien|dau|nhat|mot|hai|nhi|ba|tu|bon|nam|sau)\b"
)


_OPENS_WITH_PICK = re.compile(
    r"^(?:the |vay |ok |con |rua |a |thi |da )*(?:cai|viec|thu tuc|muc|y) (?:thu )?(?:nhat|mot|dau(?: tien)?|hai|nhi|ba|[123])\b"
)


def opens_with_pick(turn: Turn) -> Choice | None:
    """The procedure that a message picks before it asks on ("thế cái thứ hai thì điều kiện gì"): one that is offered, else of
    the two that were answered together."""
    match = _OPENS_WITH_PICK.match(turn.plain)
    choice = picked(turn) if match else None
    if choice is not None or match is None:
        return choice if choice and choice.kind == "procedure" else None
    number = _number(turn.plain)
    matters = turn.memory.matters
    return Choice("procedure", matters[number - 1], "") if number is not None and 0 < number <= len(matters) else None


def refuses_data(turn: Turn) -> bool:
    """Whether the message says that personal data will not be given: "không muốn khai thông tin lên đây đâu"."""
    return bool(_REFUSES_DATA.search(turn.plain))


def _number(plain: str) -> int | None:
    """The number that a message picks by: "2", "cái thứ hai"."""
    if re.fullmatch(r"\d{1,2}", plain):
        return int(plain)
    match = _PICK.search(plain)
    return None if match is None else int(match[1]) if match[1].isdigit() else _ORDINALS[match[1]]


def is_pick(turn: Turn) -> bool:
    """Whether a message is nothing but a pick ("2", "cái thứ hai"), whatever is on offer."""
    plain = plain_words(turn.text)
    return bool(re.fullmatch(r"\d{1,2}", plain) or (len(plain.split()) <= PICK_WORDS and _PICK.search(plain)))


def picked(turn: Turn) -> Choice | None:
    """The offered choice the message picks: by number, ordinal, position or words of its label."""
    offered = turn.memory.offered
    if not offered:
        return None
    plain = plain_words(turn.text)
    number = _number(plain)
    if number is None:
        if re.search(r"\bdau tien\b|\bcai dau\b", plain):
            number = 1
        elif re.search(r"\bcuoi(?: cung)?\b", plain):
            number = len(offered)
        elif re.search(r"\bcai giua\b|\bo giua\b", plain):
            number = (len(offered) + 1) // 2
    if number is not None:
        return offered[number - 1] if 1 <= number <= len(offered) else None
    labels = [strip_marks(fold(choice.label)) for choice in offered]
    inside = [
        choice
        for choice, label in zip(offered, labels, strict=True)
        if len(plain) >= 4 and (plain in label or label in plain)
    ]
    return inside[0] if len(inside) == 1 else None
