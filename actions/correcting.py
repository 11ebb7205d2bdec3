"""A correction of what the conversation is about: "à nhầm, ý em là tạm trú", "không phải, em hỏi bằng lái".

What is denied ("chứ không phải khai sinh") is told apart from what is meant, and is not offered again.
"""

from __future__ import annotations

import re

import msgspec

from actions.answering import answer, choose_case
from actions.asked import asked_by
from actions.asking import ask_among, ask_which
from actions.context import clear_in_context
from actions.conversation import open_consent
from actions.naming import Named, codes_in, named_in
from actions.subjects import decline
from actions.telling import case_understood, named_by_case
from actions.turn import Turn, plain_words, reviewed
from procedures_kb.text import fold, strip_marks

_I = r"(?:em|toi|minh|chi|anh|chau|con|bac|co|chu|tui|tao|ban|y|e|t|m)"
_LEAD = re.compile(
    rf"^(?:(?:a|o|ay|u|ua|da|oi|thoi|chet|khong|xin loi|sorry|khoan|khoan da|dau|dau co|roi|the)\b ?)*(?:{_I} )?(?:bi )?"
    rf"(?:(?:noi|go|ghi|viet|hoi|danh|bam|hieu|chon)? ?(?:nham|lon|sai)\b|khong phai (?:{_I}|the|vay|cai do|chuyen do|a)\b"
    rf"|y (?:cua )?{_I} (?:la|noi|muon|hoi|can|bao)\b|dau co\b)"
)
_DENIED_LAST = re.compile(
    r"\b(?:chu (?:co )?(?:khong|dau) (?:phai|hoi|can|noi|lam|muon)|chu khong|dau phai|dau co (?:hoi|noi))(?: la| ve| hoi| chuyen| viec)* "
)
_DENIED_FIRST = re.compile(
    r"\bkhong (?:phai|hoi|can|noi)(?: la| ve| chuyen| viec)* (.+?) (?:ma|ma la|nhung la|phai la)\b"
)


NEXT_FROM = 0.02  # probability from which the next procedures are offered when the sure one is denied


GUESS_FROM = 0.08  # probability from which a procedure is asked about when the one at hand is denied


class Parts(msgspec.Struct, frozen=True):
    """Where in the plain text the denied part stands."""

    start: int
    end: int

    def holds(self, name: Named) -> bool:
        return self.start <= name.start and name.end <= self.end


def denied_part(plain: str) -> Parts:
    """The part of a message that names what is not meant; empty at the end when there is none."""
    if match := _DENIED_FIRST.search(plain):
        return Parts(match.start(1), match.end(1))
    if match := _DENIED_LAST.search(plain):
        return Parts(match.end(), len(plain))
    return Parts(len(plain), len(plain))


# "Ý em là …": what is meant comes next.
_MEANS = re.compile(r"\by (?:toi|em|minh|tui|chau|anh|chi|co|bac|tao) (?:noi |muon noi |hoi )?la\b")


def is_correction(turn: Turn) -> bool:
    """Whether a message outside a form says that something else was meant."""
    text = turn.plain
    comma = re.match(
        r"^(?:a |da |o )?khong(?: phai)?\s*,\s*(?:em|toi|minh|y|chi|anh|chau)\b", strip_marks(fold(turn.text))
    )
    return bool(_LEAD.match(text) or comma or (turn.intent == "correct" and _DENIED_LAST.search(text)))


def correct_subject(turn: Turn) -> bool:
    """Answer about what was really meant, or ask which. Whether the message corrects the subject."""
    memory, heard = turn.memory, turn.understanding
    if not is_correction(turn) or open_consent(turn):
        return False
    denied = denied_part(strip_marks(heard.text))
    names = named_in(turn)
    meant = [name for name in names if not denied.holds(name)]
    if (says := _MEANS.search(strip_marks(heard.text))) and (after := [n for n in meant if n.start >= says.end()]):
        meant = after[:1]  # "ý tôi là tách khẩu, vợ chồng tôi ly hôn rồi": what follows is told besides
    refused = {code for name in names if denied.holds(name) for code in name.codes}
    aspects = asked_by(turn) or [aspect for aspect in memory.aspects if aspect != "overview"] or memory.wanted or None
    if (left := _offered_left(turn, denied)) is not None:
        turn.quiet_change = True
        if len(left) == 1:
            answer(turn, left[0], aspects)
        else:
            ask_among(turn, left)
        return True
    if meant and not {code for name in meant for code in name.codes} - {memory.procedure}:
        meant = []  # "à không, có khai sinh rồi, muốn bản sao" names only what is at hand, and so means something else
    current = reviewed(memory.procedure) if memory.procedure else None
    another = heard.verdict == "sure" and heard.candidates[0] != memory.procedure
    told = case_understood(turn, current) if current else None
    if current and told and told.id != memory.case and (not another or named_by_case(turn, told)):
        turn.quiet_change = True
        choose_case(turn, current.code, told.id)
        return True
    if meant:
        codes = codes_in(turn, meant)
        decline(turn, [code for code in refused if code not in codes])
        turn.quiet_change = True
        bearers = [code for code in meant[-1].codes if code not in refused]
        called = strip_marks(heard.text)[meant[-1].start : meant[-1].end]
        offered = [choice for choice in memory.offered if choice.kind == "procedure"]
        bearing = [choice.value for choice in offered if called in plain_words(choice.label)]
        if len(bearing) > 1:  # the name stands in several of the choices: it does not tell them apart
            ask_among(turn, bearing)
            return True
        ranked = [item.code for item in heard.ranking if item.code in heard.candidates]
        if len(bearers) > 1 and heard.verdict != "sure" and memory.procedure not in bearers:
            ask_among(turn, [*(c for c in ranked if c in bearers), *(c for c in bearers if c not in ranked)][:3])
        else:
            answer(turn, _chosen(turn, codes, bearers), aspects)
        return True
    if clear := clear_in_context(turn):
        turn.quiet_change = True
        answer(turn, clear, aspects)
        return True
    wrong = [memory.procedure] if memory.procedure else []
    others = [item for item in heard.ranking if item.code in heard.candidates and item.code not in {*refused, *wrong}]
    if not others and heard.verdict == "sure":  # sure of the very one that is denied: the next ones are meant
        others = [
            item for item in heard.ranking if item.code not in {*refused, *wrong} and item.probability >= NEXT_FROM
        ]
    if heard.verdict == "unsure":  # said to be something else: better a guess that is asked about than the old subject
        others = [
            i for i in heard.ranking if i.reviewed and i.code not in {*refused, *wrong} and i.probability >= GUESS_FROM
        ]
        if not others or not wrong:
            return False
    if not others:
        return False
    decline(turn, [*refused, *wrong])
    turn.quiet_change = True
    if heard.verdict == "sure" and others[0].code in heard.candidates:
        answer(turn, others[0].code, aspects)
    else:
        ask_which(turn, others)
    return True


def _offered_left(turn: Turn, denied: Parts) -> list[str] | None:
    """What is left of the offered procedures when the denied words tell some of them; None when they tell none or all."""
    offered = [choice for choice in turn.memory.offered if choice.kind == "procedure"]
    words = set(turn.plain[denied.start : denied.end].split()) - {"lam", "dang", "ky", "cai", "phai", "la"}
    hits = {choice.value: len(words & set(plain_words(choice.label).split())) for choice in offered}
    most = max(hits.values(), default=0)
    refused = [code for code, count in hits.items() if count == most]
    if not most or len(refused) == len(offered):
        return None
    decline(turn, refused)
    return [choice.value for choice in offered if choice.value not in refused]


def _chosen(turn: Turn, codes: list[str], bearers: list[str]) -> str:
    """Of several names that are meant the last counts; of several bearers of a name the one the linker is sure of."""
    sure = turn.understanding.candidates[:1] if turn.understanding.verdict == "sure" else []
    if sure and sure[0] in bearers:
        return sure[0]
    return codes[-1] if codes[-1] in bearers or not bearers else bearers[0]
