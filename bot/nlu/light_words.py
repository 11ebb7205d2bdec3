"""Words that say nothing of the matter a message is about: those of questions, and those that stand everywhere."""

from __future__ import annotations

# Words of a question that names nothing ("hết bao nhiêu tiền"): whatever the linker finds in them is chance.
_BARE_WORDS = (
    "het bao nhieu tien mat may ngay lau nop o dau can giay to gi le phi cho nao the con va thi la a vay ha phai co khong ton xong"
    " ho so gom nhung ai cai nay khi lam sao moi thang nam mot"
)
BARE = frozenset(_BARE_WORDS.split())
# Words that stand everywhere in the records and so tell no aspect.
_EVERYWHERE = "can phai co khong duoc anh chi em toi minh cho thi la va hay neu khi giay to ho so lam di den tai cac cua nguoi nay do voi"
LIGHT = frozenset(_EVERYWHERE.split())


def content_words(plain: str) -> set[str]:
    """The words of a message (without marks) that say something of its matter or case."""
    return set(plain.replace("can cuoc", "cancuoc thecancuoc").split()) - BARE - LIGHT  # "căn" alone looks like "cần"
