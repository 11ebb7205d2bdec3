"""Stating the facts of one procedure, for the citizen's case as far as it is known."""

from __future__ import annotations

from typing import Any, cast

import msgspec

from actions.asked import asked_by
from actions.asking import ask_again, payload
from actions.computing import due_now, places_near
from actions.subjects import change_in_words, take_up
from actions.telling import case_known, case_understood
from actions.turn import Choice, Turn, knowledge, reviewed, sentences
from actions.wording import answer_text, lower_first, title
from procedures_kb.facts import ASPECTS, Aspect, case_changes_answer, facts, unsure
from procedures_kb.model import Procedure
from procedures_kb.store import Entry, UnknownProcedure, today

ASPECT_BUTTONS = {
    "documents": "Giấy tờ cần có",
    "fee": "Lệ phí",
    "duration": "Bao lâu có kết quả",
    "place": "Nộp ở đâu",
    "online": "Làm trực tuyến",
}


def answer(turn: Turn, code: str, aspects: list[str] | None = None) -> None:
    """State the facts of the asked aspects, for the citizen's case as far as it is known."""
    memory = turn.memory
    try:
        entry = knowledge().get(code)
    except UnknownProcedure:
        return ask_again(turn)
    left_another = take_up(turn, entry.code)
    memory.repeated = 0
    if entry.procedure is None:
        return _answer_imported(turn, entry, left_another)
    procedure = entry.procedure
    told = None if turn.is_button or turn.case_settled else case_understood(turn, procedure)
    if told and told.id != memory.case:
        if told.moves_to:
            return choose_case(turn, code, told.id)
        memory.case = told.id
    if memory.case is None and not turn.case_settled and (known := case_known(turn, procedure)):
        memory.case = known.id
    heard_aspects = asked_by(turn) or memory.wanted or ["overview"]
    memory.wanted = []
    asked = cast(list[Aspect], [a for a in (aspects or heard_aspects) if a in ASPECTS])
    memory.aspects = list(asked)
    on = today()
    case = next((c for c in procedure.cases if c.id == memory.case), None)
    held = {aspect: facts(procedure, aspect, on, case.id if case else None) for aspect in asked}
    where_question = None
    if "duration" in held:
        held["duration"]["if_filed_now"] = due_now(procedure, case.id if case else None)
    if "place" in held:
        near, where_question = places_near(turn, procedure, case.id if case else None)
        held["place"] = [*held["place"], *near]
    doubtful = unsure(procedure, asked, on, case.id if case else None)
    text = answer_text(procedure, held, case.label if case else None)
    if left_another and (change := change_in_words(turn, procedure.short_name)):
        text = f"{change}\n\n{text}"
    if doubtful:
        text += "\n" + sentences()["unsure_fact"]
    if where_question:
        text += "\n\n" + where_question
    custom: dict[str, Any] = {
        "kind": "answer",
        "procedure": {"code": procedure.code, "name": procedure.name, "title": title(procedure)},
        "aspects": asked,
        "facts": held,
        "sources": [msgspec.to_builtins(source) for source in procedure.sources],
        "release": entry.release,
        "confidence": _probability(turn, code),
        "unsure": doubtful,
    }
    if case:
        custom["case"] = {"id": case.id, "label": case.label}
    if any(isinstance(values, dict) and "by_case" in values for values in held.values()):
        custom["cases"] = [{"id": c.id, "label": c.label} for c in procedure.cases]
    buttons, offer = _next_steps(procedure, asked)
    turn.say(text, custom, buttons, offer)
    if case is None and memory.case_asked != code and case_changes_answer(procedure, asked, on):
        memory.case_asked = code
        ask_case(turn, procedure)


def _next_steps(procedure: Procedure, asked: list[Aspect]) -> tuple[list[tuple[str, str]], list[Choice]]:
    buttons: list[tuple[str, str]] = []
    offer: list[Choice] = []
    if any(form.submission for form in procedure.forms):
        buttons.append(("Làm luôn giúp tôi", payload("start_submission", procedure=procedure.code)))
        offer.append(Choice("start", procedure.code, "Làm luôn giúp tôi"))
    for aspect, label in ASPECT_BUTTONS.items():
        if aspect not in asked and len(buttons) < 4:
            buttons.append((label, payload("ask_procedure", procedure=procedure.code, aspect=aspect)))
    return buttons, offer


def _probability(turn: Turn, code: str) -> float:
    return next((round(item.probability, 3) for item in turn.understanding.ranking if item.code == code), 1.0)


def _answer_imported(turn: Turn, entry: Entry, left_another: bool) -> None:
    """An imported record is recognised and pointed to, never stated as certain."""
    record = entry.imported
    assert record is not None
    url = record.url or "https://dichvucong.gov.vn"
    words = sentences()
    change = change_in_words(turn, lower_first(entry.name)) if left_another else None
    text = f"{change}\n\n" if change else ""
    text += words["imported"].format(name=entry.name, code=entry.code) + " " + words["imported_where"].format(url=url)
    custom = {
        "kind": "answer",
        "procedure": {"code": entry.code, "name": entry.name},
        "aspects": turn.understanding.aspects or ["overview"],
        "facts": {},
        "sources": [{"title": entry.name, "url": url, "decision": record.decision, "verified_on": None}],
        "release": entry.release,
        "confidence": _probability(turn, entry.code),
        "imported": True,
    }
    turn.memory.aspects = []
    turn.say(text, custom, [("Gặp cán bộ", "/handoff")], [])


def ask_case(turn: Turn, procedure: Procedure) -> None:
    question = procedure.case_question or sentences()["case_question_default"]
    listed = "\n".join(f"{number}. {case.label}" for number, case in enumerate(procedure.cases, 1))
    turn.say(
        f"{question}\n{listed}",
        {
            "kind": "case_question",
            "procedure": {"code": procedure.code, "name": procedure.name},
            "cases": [{"id": case.id, "label": case.label} for case in procedure.cases],
        },
        [(case.label, payload("choose", procedure=procedure.code, case=case.id)) for case in procedure.cases],
        [Choice("case", case.id, case.label) for case in procedure.cases],
    )


def choose_case(turn: Turn, code: str, case_id: str) -> None:
    """Answer again for one case; a case that is really another procedure moves there."""
    procedure = reviewed(code)
    case = next((c for c in procedure.cases if c.id == case_id), None) if procedure else None
    if procedure is None or case is None:
        return answer(turn, code)
    take_up(turn, code)
    if not case.moves_to:  # else the one that is left keeps the case it had
        turn.memory.case = case.id
    told_before = [aspect for aspect in turn.memory.aspects if aspect != "overview"]
    aspects = asked_by(turn) or turn.memory.wanted or told_before or ["documents"]
    turn.case_settled = True
    if not case.moves_to:
        return answer(turn, code, aspects)
    try:
        name = knowledge().get(case.moves_to).name
    except UnknownProcedure:
        turn.memory.case = None
        return answer(turn, code, aspects)
    before = len(turn.messages)
    turn.quiet_change = True  # the sentence below says where it goes
    take_up(turn, case.moves_to)
    target = reviewed(case.moves_to)
    told = case_understood(turn, target) if target and not turn.is_button else None
    if told and not told.moves_to:
        turn.memory.case = told.id
    answer(turn, case.moves_to, aspects)
    moved = sentences()["case_moves"].format(name=name)
    turn.messages[before]["text"] = f"{moved}\n\n{turn.messages[before]['text']}"
