"""What the conversation is about: taking up a procedure, remembering the ones before it, going back to them."""

from __future__ import annotations

import re

from actions.naming import named_in, plain_names
from actions.turn import Memory, Subject, Turn, sentences

REMEMBERED = 3  # earlier subjects
POINTS_FROM = 0.05  # probability from which words point at a subject that was spoken of
DECLINED = 20  # codes the citizen did not mean that are kept
_BACK = re.compile(
    r"\b(?:quay (?:lai|ve)|tro (?:lai|ve)|ve lai|noi tiep|hoi tiep|tiep tuc)(?: (?:voi|ve|cai|chuyen|vu|viec|phan|thu tuc|cau|hoi|mon))*\b"
)
# "Cái sửa khai sinh ấy", "còn cái căn cước": something that was spoken of.
_THAT = re.compile(
    r"\b(?:cai|vu|viec|chuyen|khoan|thu tuc)\b(?: \w+){1,5} (?:ay|do|kia|day|luc nay|hoi nay|ban nay|luc dau)\b"
    r"|^(?:the |vay |a |o )*con (?:cai|vu|viec|chuyen|khoan)\b"
)
# "Còn cái kia": the other of two.
_OTHER = re.compile(r"\b(?:cai|viec|vu|chuyen|thu|giay|khoan) (?:kia|con lai|thu hai|thu 2)\b")
_FIRST = re.compile(r"\b(?:luc dau|ban dau|dau tien|hoi dau)\b")
_LAST = re.compile(r"\b(?:luc nay|ban nay|hoi nay|vua nay|khi nay|luc truoc|truoc do|hoi nay)\b")


def take_up(turn: Turn, code: str) -> bool:
    """Make a procedure the subject; an earlier one comes back with its case. Whether another one was left for it."""
    memory = turn.memory
    memory.declined = [declined for declined in memory.declined if declined != code]
    if code in turn.offered_before and len(turn.offered_before) == 2:
        memory.passed_over = next(offered for offered in turn.offered_before if offered != code)
    if memory.procedure == code:
        return False
    left = memory.procedure is not None
    known = next((subject for subject in memory.earlier if subject.procedure == code), None)
    earlier = [subject for subject in memory.earlier if subject.procedure != code]
    if memory.procedure is not None:
        earlier.insert(0, Subject(memory.procedure, memory.case, memory.aspects))
    memory.earlier = earlier[:REMEMBERED]
    memory.procedure, memory.case, memory.case_asked = code, known.case if known else None, None
    return left


def change_in_words(turn: Turn, name: str) -> str | None:
    """Half a sentence for a change of subject the citizen did not choose from a list."""
    return None if turn.quiet_change or turn.is_button else sentences()[turn.change_sentence].format(name=name)


def _by_first_words(turn: Turn, start: int) -> list[Subject]:
    """The earlier subject in whose names the next words stand: "quay lại chuyện sang tên" for "sang tên nhà đất"."""
    words = turn.plain[start:].split()
    for count in (4, 3, 2):
        phrase = f" {' '.join(words[:count])} "
        found = [
            subject
            for subject in turn.memory.earlier
            if len(words) >= count and any(phrase in f" {name} " for name in plain_names(subject.procedure))
        ]
        if found:
            return found
    return []


def decline(turn: Turn, codes: list[str]) -> None:
    """Remember what was not meant: it is not offered again in this conversation unless it is called by name."""
    kept = [code for code in turn.memory.declined if code not in codes]
    turn.memory.declined = [*kept, *codes][-DECLINED:]


def finished(memory: Memory) -> None:
    """After a submission the conversation begins anew but for its subject and place; nothing half-done is kept."""
    memory.offered, memory.declined, memory.wanted, memory.earlier = [], [], [], []
    memory.draft, memory.correcting, memory.unsure, memory.repeated, memory.abused = None, None, 0, 0, 0


def pointed_at(turn: Turn) -> str | None:
    """The subject, this one or an earlier one, that "cái … ấy", "còn cái …" points at by some of its words."""
    memory = turn.memory
    known = [code for code in (memory.procedure, *(subject.procedure for subject in memory.earlier)) if code]
    if _OTHER.search(turn.plain) and not turn.offered_before and not named_in(turn):
        return memory.passed_over or next((subject.procedure for subject in memory.earlier), None)
    if not _THAT.search(turn.plain):
        return None
    fitting = [item for item in turn.understanding.ranking if item.code in known and item.probability >= POINTS_FROM]
    return fitting[0].code if fitting else None


def return_to(turn: Turn) -> bool:
    """ "Quay lại chuyện khai sinh": answer about an earlier subject again. Whether the message asks for it."""
    from actions.answering import answer  # answers take up subjects; imported late to avoid a circle

    memory = turn.memory
    match = _BACK.search(turn.plain)
    if not match or not (memory.earlier or memory.offered):
        return False
    # From the end of "quay lại" on, or "quay lại khai sinh" would name "lại khai sinh", registering again.
    named = {code for name in named_in(turn, match.end()) for code in name.codes}
    subjects = [subject for subject in memory.earlier if subject.procedure in named] or _by_first_words(
        turn, match.end()
    )
    if not subjects and not named:
        if _FIRST.search(turn.plain):
            subjects = memory.earlier[-1:]
        elif _LAST.search(turn.plain):
            subjects = memory.earlier[:1]
    if not subjects and not memory.earlier and memory.procedure and _FIRST.search(turn.plain) and memory.offered:
        subjects = [
            Subject(memory.procedure, memory.case, memory.aspects)
        ]  # it never left, we only asked whether it had
    if not subjects:
        return False
    turn.change_sentence = "subject_back"
    answer(turn, subjects[0].procedure, turn.heard_aspects or subjects[0].aspects or ["overview"])
    return True
