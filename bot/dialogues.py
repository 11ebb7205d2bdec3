"""Playing dialogue rows against the running product and judging each turn (row format: design section 11)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from ruamel.yaml import YAML

from bot.nlu.evaluation import read_rows


class Expect(msgspec.Struct, forbid_unknown_fields=True):
    """What a turn must do; every field is optional."""

    code: str | None = None
    code_alt: list[str] = []
    codes: list[str] = []
    aspects: list[str] = []
    clarify: bool | None = None
    case: str | None = None
    must_contain: list[str] = []
    must_not_contain: list[str] = []
    act: str | None = None
    reason: str | None = None
    kind: str | None = None  # some message is of this kind of the answer contract
    answers: list[str] = []  # codes answered in this turn, in order
    compared_with: str | None = None
    not_offered: list[str] = []  # codes that may be neither offered nor answered
    differs: bool = False  # not word for word what was said the turn before
    shorter: bool = False  # shorter than what was said the turn before


class Turn(msgspec.Struct, forbid_unknown_fields=True):
    user: str
    expect: Expect = msgspec.field(default_factory=Expect)


class Dialogue(msgspec.Struct, forbid_unknown_fields=True):
    id: str = ""
    name: str = ""
    turns: list[Turn] = []


class TurnResult(msgspec.Struct):
    """A judged turn; no faults = as expected."""

    dialogue: str
    number: int
    user: str
    faults: list[str]
    said: str


def read_dialogues(path: Path) -> list[Dialogue]:
    """Dialogues of a JSON-lines or YAML file. Raises RowFault naming file and line."""
    if path.suffix in (".yml", ".yaml"):
        rows = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return msgspec.convert(rows, list[Dialogue])
    return read_rows(path, Dialogue)


def play(dialogue: Dialogue, say: Callable[[str, str], list[dict[str, Any]]]) -> list[TurnResult]:
    """Say every turn as one new sender and judge the replies."""
    sender = f"dialogue-{uuid.uuid4().hex}"
    results: list[TurnResult] = []
    for number, turn in enumerate(dialogue.turns, 1):
        messages = say(turn.user, sender)
        text = "\n".join(message.get("text", "") for message in messages)
        before = results[-1].said if results else ""
        faults = judge(turn.expect, messages) + _against_before(turn.expect, text, before)
        results.append(TurnResult(dialogue.id or dialogue.name, number, turn.user, faults, text))
    return results


def _against_before(expect: Expect, text: str, before: str) -> list[str]:
    faults = ["says the same again"] if expect.differs and text == before else []
    if expect.shorter and len(text) >= len(before):
        faults.append(f"{len(text)} characters, not shorter than {len(before)}")
    return faults


def judge(expect: Expect, messages: list[dict[str, Any]]) -> list[str]:
    """What is not as expected, in words."""
    customs = [message.get("custom") or {} for message in messages]
    text = "\n".join(message.get("text", "") for message in messages)
    answer = next((c for c in customs if c.get("kind") == "answer"), None)
    clarify = next((c for c in customs if c.get("kind") == "clarify"), None)
    faults: list[str] = []
    allowed = [code for code in (expect.code, *expect.code_alt) if code]
    if allowed:
        found = answer["procedure"]["code"] if answer else None
        found = found or next((c["submission"]["procedure"] for c in customs if "submission" in c), None)
        listed = [candidate["code"] for candidate in clarify["candidates"]] if clarify else []
        # Asking back between the right one and others is fine; answering a wrong one is not.
        if found not in allowed and not set(allowed) & set(listed):
            faults.append(f"procedure {found or listed or 'none'}, expected {allowed}")
    if expect.aspects and answer and not set(expect.aspects) <= set(answer["aspects"]):
        faults.append(f"aspects {answer['aspects']}, expected {expect.aspects}")
    if expect.clarify:
        listed = [candidate["code"] for candidate in clarify["candidates"]] if clarify else []
        if not clarify:
            faults.append("did not ask which procedure")
        elif expect.codes and not set(expect.codes) & set(listed):
            faults.append(f"offered {listed}, expected some of {expect.codes}")
    if expect.case and (not answer or (answer.get("case") or {}).get("id") != expect.case):
        faults.append(f"case {(answer or {}).get('case')}, expected {expect.case}")
    faults += [f"does not say {part!r}" for part in expect.must_contain if part.lower() not in text.lower()]
    faults += [f"says {part!r}" for part in expect.must_not_contain if part.lower() in text.lower()]
    if expect.act and not _did(expect.act, customs, text, bool(allowed)):
        faults.append(f"act {expect.act} expected, kinds {[(c.get('kind'), c.get('reason')) for c in customs]}")
    if expect.kind and not any(c.get("kind") == expect.kind for c in customs):
        faults.append(f"kind {expect.kind} expected, got {[c.get('kind') for c in customs]}")
    answered = [c["procedure"]["code"] for c in customs if c.get("kind") == "answer"]
    if expect.answers and answered != expect.answers:
        faults.append(f"answered {answered}, expected {expect.answers}")
    if expect.compared_with and (answer or {}).get("compared_with") != expect.compared_with:
        faults.append(f"compared with {(answer or {}).get('compared_with')}, expected {expect.compared_with}")
    offered = [candidate["code"] for c in customs for candidate in c.get("candidates", [])]
    faults += [f"offers {code}" for code in expect.not_offered if code in [*offered, *answered]]
    if expect.reason and not any(c.get("reason") == expect.reason for c in customs):
        faults.append(f"reason {expect.reason} expected, got {[c.get('reason') for c in customs]}")
    return faults


def _did(act: str, customs: list[dict[str, Any]], text: str, names_procedure: bool) -> bool:
    kinds = {c.get("kind") for c in customs}
    seen = {c.get("reason") for c in customs}
    match act:
        case "start_form":
            return bool(kinds & {"consent", "form"})
        case "status_lookup":
            return "status" in kinds
        case "handoff":
            return "handoff" in kinds
        case "cancel":
            return bool(seen & {"cancelled", "nothing_open", "declined"}) or "dừng" in text.lower()
        case "correct":
            # A field put right in the form; or a subject put right, which is answered anew (the code is judged by itself).
            subject = names_procedure and bool(kinds & {"answer", "clarify"})
            return subject or ("form" in kinds and "đã sửa" in text) or "sửa mục" in text
        case "resume":
            return bool(kinds & {"form", "review", "consent"})
        case "decline_personal_data":
            # The citizen declines to have data kept, or the assistant declines data typed into the chat.
            return bool(seen & {"declined", "personal_data"})
        case "out_of_scope":
            return "answer" not in kinds and bool(kinds & {"fallback", "notice", "smalltalk"})
        case "greet":
            return "greeting" in seen
    return False


def report(results: list[TurnResult]) -> dict[str, Any]:
    """Turns as expected, dialogues as expected."""
    good = sum(not result.faults for result in results)
    names = {result.dialogue for result in results}
    broken = {result.dialogue for result in results if result.faults}
    return {
        "dialogues": len(names),
        "dialogues_as_expected": len(names - broken),
        "turns": len(results),
        "turns_as_expected": round(good / len(results), 4) if results else 0.0,
    }


def failures(results: list[TurnResult]) -> list[str]:
    return [
        f"{r.dialogue} turn {r.number} {json.dumps(r.user, ensure_ascii=False)}: {'; '.join(r.faults)}"
        for r in results
        if r.faults
    ]
