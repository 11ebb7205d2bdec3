"""Where a dossier is: those of this conversation at once, others by their code and the last digits of the phone given in them.

What is shown comes from our own record, which the follower keeps true; where no case system is connected the answer
says so. An unknown code and wrong digits get the same answer.
"""

from __future__ import annotations

import re
from typing import Any

from actions.asking import payload
from actions.dossier_questions import ask_for_news
from actions.form_messages import address, drafts
from actions.turn import Turn, sentences
from bot import settings
from bot.submissions import dossier_view
from bot.submissions.dossier_code import fault_of, is_dossier_code, squeezed
from bot.submissions.dossier_tables import SENDS_NOTHING
from bot.submissions.dossiers import Dossier, Dossiers, TooManyTries
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Draft
from procedures_kb.store import today

__all__ = ["is_dossier_code", "status", "submitted_sentence"]
# With blanks where dashes belong, and anything that is meant as a code but is none.
_SPACED = re.compile(
    r"\b((?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,3})[\s-]+(\d{6})[\s-]+(\d{3,6})\b", re.ASCII
)
_LOOKS_LIKE_CODE = re.compile(r"\b[A-Z0-9][A-Z0-9.]*\d*-\d{2,8}-?\d*\b")
_DIGITS = re.compile(r"(?<![\d.\-])(?:0\d{5})?(\d{4})(?![\d.\-]|/\d)", re.ASCII)  # four digits, or a whole phone number
_SHOWN_AT_ONCE = 3


def submitted_sentence() -> str:
    """Name of what is said when a draft was submitted: brought to a counter, or being delivered."""
    return "submitted" if settings.load().delivery in SENDS_NOTHING else "submitted_delivering"


def status(turn: Turn) -> None:
    """Answer about the code of the message, else about this conversation's own dossiers, else ask for a code."""
    code, rest = _code_and_rest(turn)
    connected = settings.load().delivery not in SENDS_NOTHING
    if code is None:
        own = Dossiers(drafts()).of_sender(turn.sender) if connected else []
        if own:
            return _show_own(turn, own)
        name = "status_ask_connected" if connected else "status_ask"
        return turn.say(sentences()[name], {"kind": "status", "error": "no_code"})
    if fault := fault_of(code, today()):
        return _malformed(turn, code, fault)
    if not connected:
        dossier: dict[str, Any] = {"code": code, "state": None, "steps": [], "due_on": None}
        about = {"kind": "status", "dossier": dossier, "error": "not_connected"}
        return turn.say(sentences()["status_code"].format(code=code), about)
    own = [one for one in Dossiers(drafts()).of_sender(turn.sender) if one.facts.code == code]
    if own:
        return _show_own(turn, own)
    _by_proof(turn, code, rest)


def _code_and_rest(turn: Turn) -> tuple[str | None, str]:
    """The code of the message as it is printed on paper, and the message without it."""
    text = squeezed(turn.text)
    if match := _SPACED.search(text):
        return "-".join(match.groups()), text.replace(match[0], " ")
    if match := _LOOKS_LIKE_CODE.search(text):
        return match[0], text.replace(match[0], " ")
    return turn.entity("dossier_code"), text


def _malformed(turn: Turn, code: str, fault: str) -> None:
    day = code.split("-")[1] if "-" in code else ""
    said = f"{day[4:6]}/{day[2:4]}/20{day[:2]}"
    name = {"shape": "status_bad_code", "no_day": "status_no_such_day", "future": "status_future"}[fault]
    turn.say(sentences()[name].format(code=code, day=said), {"kind": "status", "error": "malformed"})


def _by_proof(turn: Turn, code: str, rest: str) -> None:
    digits = _DIGITS.search(rest)
    if digits is None:
        text = sentences()["status_prove"].format(code=code)
        return turn.say(text, {"kind": "status", "error": "proof_needed"})
    try:
        found = Dossiers(drafts()).proved(code, digits[1], turn.sender)
    except TooManyTries:
        return turn.say(sentences()["status_too_many"], {"kind": "status", "error": "too_many"})
    if found is None:
        return turn.say(sentences()["status_no_match"], {"kind": "status", "error": "no_match"})
    # Four digits open the state, not the dossier: no link, and not the officer's own words, which may name the person.
    _show(turn, found, drafts().get(found.draft), own=False)


def _show_own(turn: Turn, own: list[Dossier]) -> None:
    if len(own) == 1:
        return _show(turn, own[0], drafts().get(own[0].draft), own=True)
    lines, buttons = [], []
    for dossier in own[:_SHOWN_AT_ONCE]:
        draft = drafts().get(dossier.draft)
        lines.append(_line(dossier, draft))
        buttons.append((f"{dossier_view.words().open} {draft.reference or ''}".strip(), address(turn, draft)))
    first = drafts().get(own[0].draft)
    turn.say("\n".join(lines), {"kind": "status", "dossier": _about(own[0], first)}, buttons)


def _show(turn: Turn, dossier: Dossier, draft: Draft, own: bool) -> None:
    words, about = dossier_view.words(), _shown(dossier, draft)
    lines = [_line(dossier, draft), about.says, about.due]
    for told in about.told:
        lines += [told.plain, words.told.format(said=told.said) if told.said and own else ""]
        if about.state == "returned" and told.labels:
            lines.append(words.reopens.format(labels="; ".join(told.labels)))
    if about.state == "returned" and not own:
        lines.append(words.correct_where)
    lines.append(about.checked)
    buttons = []
    if own:
        buttons = _own_buttons(turn, draft, about.state)
        Dossiers(drafts()).said(draft.id)
    text = "\n".join(line for line in lines if line)
    turn.say(text, {"kind": "status", "dossier": _about(dossier, draft)}, buttons)
    if own:
        ask_for_news(turn, draft)


def _own_buttons(turn: Turn, draft: Draft, state: str) -> list[tuple[str, str]]:
    """To the page; a returned one is corrected here as well, except inside Zalo."""
    words, url = dossier_view.words(), address(turn, draft)
    if state != "returned":
        return [(words.open, url)]
    if turn.channel == "zalo":
        return [(words.correct_now, url)]
    return [(words.correct_now, payload("resume", procedure=draft.procedure)), (words.correct, url)]


def _line(dossier: Dossier, draft: Draft) -> str:
    words, label = dossier_view.words(), _shown(dossier, draft).label.lower()
    title, code = form_of_draft(draft).title, dossier.facts.code
    if code:
        return words.line.format(title=title, code=code, label=label)
    return words.line_without_code.format(title=title, reference=draft.reference, label=label)


def _shown(dossier: Dossier, draft: Draft) -> dossier_view.Shown:
    return dossier_view.shown(dossier, Dossiers(drafts()).history(dossier.draft), draft.procedure, today())


def _about(dossier: Dossier, draft: Draft) -> dict[str, Any]:
    """The contract's ``dossier``."""
    about = _shown(dossier, draft)
    return {
        "code": about.code or None, "state": about.state, "national": about.national, "label": about.label,
        "steps": [{"at": at, "label": label} for at, _, label in about.steps],
        "due_on": about.due_on.isoformat() if about.due_on else None, "late": about.late,
    }  # fmt: skip
