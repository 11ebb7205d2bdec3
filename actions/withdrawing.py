"""Taking back a submission that was made ("rút hồ sơ", "thôi không nộp nữa"): asked once whether it is meant, then done."""

from __future__ import annotations

import re

from actions.form_messages import address, drafts
from actions.turn import Choice, Turn, sentences
from bot.submissions import dossier_view
from bot.submissions.dossiers import Dossier, Dossiers
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import UnknownDraft
from bot.submissions.withdrawing import may_be_withdrawn, office_of, withdraw

MOST_WORDS = 12  # a longer message tells or asks something else
SHOWN = 3  # dossiers to choose from
# "Rút hồ sơ gốc" moves a vehicle's file, "rút bảo hiểm" is a procedure: neither takes a submission back.
_NAMED = re.compile(r"\brut (?:lai )?(?:cai |bo |to )?(?:ho so|don|to khai)\b(?! goc| xe| bao hiem| bhxh)")
_NO_LONGER = re.compile(
    r"\b(?:khong|ko|k|thoi|khoi) (?:muon |can |co )?nop (?:ho so |don )?nua\b|\bthoi (?:khong|ko|k|khoi) nop\b|\bhuy (?:viec )?nop\b"
)


def names_withdrawal(turn: Turn) -> bool:
    """Whether the words ask in so many words to take a submission back."""
    return not turn.is_button and turn.word_count <= MOST_WORDS and bool(_NAMED.search(turn.plain))


def withdrawal(turn: Turn) -> bool:
    """Ask whether the person's submission is to be taken back. Whether the message is about that."""
    if not names_withdrawal(turn) and not (turn.word_count <= MOST_WORDS and _NO_LONGER.search(turn.plain)):
        return False
    own = Dossiers(drafts()).of_sender(turn.sender)
    open_ = [dossier for dossier in own if may_be_withdrawn(dossier)]
    if code := turn.entity("dossier_code"):
        open_ = [dossier for dossier in open_ if dossier.facts.code == code] or open_
    if len(open_) == 1:
        _confirm(turn, open_[0])
    elif open_:
        _which(turn, open_)
    elif own and names_withdrawal(turn):
        _say(turn, own[0], "too_late")
    else:
        return False
    return True


def _confirm(turn: Turn, dossier: Dossier) -> None:
    draft = drafts().get(dossier.draft)
    text = sentences()["withdraw_confirm"].format(title=form_of_draft(draft).title, reference=draft.reference)
    buttons = [("Rút hồ sơ", "/affirm"), ("Không rút", "/deny")]
    about = {"kind": "status", "dossier": {"code": dossier.facts.code or None, "state": dossier.state}}
    turn.say(text, about, buttons, [Choice("withdraw", draft.id, "Rút hồ sơ")])


def _which(turn: Turn, open_: list[Dossier]) -> None:
    lines, buttons = [sentences()["withdraw_which"]], []
    for dossier in open_[:SHOWN]:
        draft = drafts().get(dossier.draft)
        lines.append(f"- {form_of_draft(draft).title}, mã phiếu {draft.reference}")
        buttons.append((f"{dossier_view.words().open} {draft.reference}", address(turn, draft)))
    turn.say("\n".join(lines), {"kind": "status"}, buttons, [])


def settle(turn: Turn, draft_id: str, agreed: bool) -> None:
    """Yes takes it back; no leaves it."""
    if not agreed:
        return turn.say(sentences()["withdraw_not"], {"kind": "status"}, [], [])
    try:
        outcome = withdraw(drafts(), draft_id)
        dossier = Dossiers(drafts()).get(draft_id)
    except UnknownDraft:
        dossier = None
    if dossier is None:
        turn.notice("nothing_open", sentence="finished_elsewhere")
        return
    _say(turn, dossier, outcome)


def _say(turn: Turn, dossier: Dossier, outcome: str) -> None:
    draft = drafts().get(dossier.draft)
    sentence = dossier_view.words().withdrawn[outcome]  # type: ignore[index]
    text = sentence.format(office=office_of(form_of_draft(draft), draft))
    about = {"kind": "status", "dossier": {"code": dossier.facts.code or None, "state": dossier.state}}
    turn.say(text, about, [(dossier_view.words().open, address(turn, draft))], [])
