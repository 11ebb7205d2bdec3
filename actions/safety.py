"""Danger, fraud and typed secrets: recognised by set phrases whatever the intent model thinks, inside a form too.

Nobody in danger may be asked which procedure they need, so these come before everything else.
"""

from __future__ import annotations

import re
from typing import Literal

from actions.turn import Turn
from procedures_kb.text import fold, has_marks, strip_marks

Alarm = Literal["emergency", "scam", "secret"]

_CRY = re.compile(
    r"\bcuu (?:voi|toi|em|chau|me|bo|chung toi|mang voi)\b|\bgoi (?:giup |ho |ngay )*(?:xe )?(?:cap cuu|cuu hoa|cuu thuong|115|114|113)\b"
    r"|\b(?:cap cuu|cuu thuong|cuu hoa) (?:gap|voi|ngay)\b|\b(?:can|goi) (?:gap )?xe cuu thuong\b"
)
# With marks: "cháy" and "chạy" look alike without.
_DANGER = [
    r"(?:nhà|chung cư|bếp|chợ|xe|tầng|phòng)(?: \w+){0,3} (?:đang |bị |đang bị )?(?:cháy|bốc cháy|bốc khói)", r"cháy (?:nhà|to|lớn)",
    r"bất tỉnh", r"ngất xỉu", r"(?:nằm|lăn ra) ngất", r"ngừng thở", r"không thở được", r"khó thở", r"co giật", r"đột quỵ",
    r"đuối nước", r"điện giật", r"chảy (?:nhiều )?máu", r"ngộ độc", r"nuốt phải", r"rò (?:rỉ )?(?:khí )?gas?",
    r"tự tử", r"tự sát", r"không muốn sống", r"muốn chết", r"nhảy (?:lầu|cầu)", r"đột nhập",
    r"(?:đang|vừa) (?:bị )?(?:\w+ )?(?:đánh|đâm|chém|cướp|bạo hành|hành hung|bắt cóc)", r"dọa giết", r"cầm dao",
    r"mắc kẹt", r"kẹt trong thang máy", r"có (?:cướp|trộm|kẻ)", r"tai nạn",
]  # fmt: skip
_DANGER_MARKED = re.compile(r"\b(?:" + "|".join(_DANGER) + r")\b")
_DANGER_PLAIN = re.compile(r"\b(?:" + "|".join(map(strip_marks, _DANGER)) + r")\b")
_NOW = re.compile(r"\b(?:dang|vua|gap|ngay|lam sao bay gio|voi)\b")
# What tells of papers tells of something that is over: "bố tôi đột quỵ mất, làm khai tử", "cháy nhà mất hết giấy tờ".
_PAPERS = re.compile(
    r"\b(?:giay|thu tuc|khai tu|khai sinh|can cuoc|ho khau|so do|bao hiem|tro cap|che do|ho tro|tro giup|xin|dang ky|giam ho|con nuoi|cap lai|lam lai"
    r"|mai tang|chung tu|bang lai|le phi|ho so|chung chi|den bu|boi thuong|duong day)\b"
)
_STRANGER = re.compile(
    r"\b(?:co nguoi|co ai|co so la|so la|nguoi la|ai do|nguoi ta|xung|tu xung|mao danh|gia danh|goi dien|goi video|nhan tin|tin nhan"
    r"|co bao|goi (?:bao|doi|keu|bat|yeu cau|den|toi|cho)|ho (?:bao|doi|keu|bat|yeu cau)|duoc nhan|zalo|facebook|email|fanpage|link)\b"
)
_BAIT = re.compile(
    r"\b(?:chuyen (?:tien|khoan|truoc|\d+)|dong (?:tien|phi) truoc|otp|mat khau|ma xac (?:thuc|nhan|minh)|duong dan|cai (?:app|ung dung|phan mem)"
    r"|tai (?:app|ung dung)|quet (?:ma|qr)|tai khoan ca nhan|(?:bam|nhan|an|gui|vao) (?:vao )?(?:cai |mot |1 )?(?:link|duong link)"
    r"|link (?:la|nay)|khoa (?:tai khoan|dinh danh)|nang cap (?:sim|vneid|can cuoc)|dong bo (?:vneid|dinh danh)|chup (?:anh )?can cuoc)\b"
)
_FRAUD = re.compile(r"\b(?:lua dao|co phai lua|so bi lua|bi lua|gia mao|mao danh|gia danh cong an|gia danh can bo)\b")
_SECRET = re.compile(
    r"\b(?:otp|ma xac (?:thuc|nhan|minh)|ma pin|mat khau|password|passcode|pass)\b\D{0,25}\d{4,8}\b", re.IGNORECASE
)
_PASSWORD = re.compile(
    r"\b(?:mat khau|password|pass|mk)\b[^:]{0,25}?(?:\bla\b|:)\s*(?=\S*[\d@#!$%&*])\S{4,}", re.IGNORECASE
)


def alarm_of(turn: Turn) -> Alarm | None:
    """What in the message must be answered before anything else."""
    if turn.is_button:
        return None
    raw = strip_marks(fold(turn.text))
    if secret_in(raw):
        return "secret"
    plain = turn.plain
    # The model's guess alone does not interrupt a form: names and addresses look like anything to it.
    of_papers = turn.understanding.verdict == "sure" and _PAPERS.search(plain)
    if _CRY.search(plain) or (turn.intent == "emergency" and turn.submission is None and not of_papers):
        return "emergency"
    text = turn.understanding.text or fold(turn.text)
    danger = _DANGER_MARKED.search(text) if has_marks(text) else _DANGER_PLAIN.search(plain)
    if danger and not _PAPERS.search(plain) and (len(plain.split()) <= 12 or _NOW.search(plain)):
        return "emergency"
    if _FRAUD.search(plain) or (_STRANGER.search(plain) and _BAIT.search(plain)):
        return "scam"
    return None


def secret_in(raw: str) -> bool:
    """Whether a one-time code or a password itself was typed (text without marks)."""
    return bool(_SECRET.search(raw) or _PASSWORD.search(raw))


def alarm(turn: Turn) -> bool:
    """Answer danger, fraud and secrets; whether there was any."""
    found = alarm_of(turn)
    if found is None:
        return False
    turn.notice(found)
    return True
