"""What an answer computes for this citizen beside the quoted facts: the day a result is due, the points near them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from actions.turn import Turn, knowledge
from procedures_kb.model import PlaceKind, Procedure
from procedures_kb.points import points
from procedures_kb.rules.competence import competence, nearest, question
from procedures_kb.rules.deadlines import day_in_words, deadlines
from procedures_kb.store import HANOI
from procedures_kb.units import resolve, units

NEAR = 2  # points named in an answer


def due_now(procedure: Procedure, case: str | None) -> list[dict[str, Any]]:
    """When the first time limit ends for a dossier handed in now; empty when none is stated or the time is unsure."""
    now = dt.datetime.now(HANOI)
    found = [due for due in deadlines(procedure, now, case) if due.confidence == "checked"][:1]
    return [
        {"day": day_in_words(due.on), "on": due.on.isoformat(), "at": f"{due.at:%H:%M}" if due.at else None,
         "condition": due.condition, "steps": due.steps}
        for due in found
    ]  # fmt: skip


def places_near(turn: Turn, procedure: Procedure, case: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Points near the ward the citizen named (now or before), and the question to put when the ward is not clear.

    Returns:
        Points as plain values for the ``place`` facts, and a question or None.
    """
    said = resolve(turn.understanding.text) if not turn.is_button else None
    if said and said.units and not said.question:
        turn.memory.unit = said.units[0]
    elif said and said.units and said.question:
        return [], question(said)
    if not turn.memory.unit:
        return [], None
    known = points(knowledge())
    now = dt.datetime.now(HANOI)
    unit = turn.memory.unit
    places = [
        place
        for place in competence(procedure, known.values(), now.date(), units()[unit].full_name, case)
        if place.place.kind is not PlaceKind.other
    ]
    receiving = {identifier for place in places for identifier in place.received_by}
    found = nearest([point for point in known.values() if point.id in receiving], unit, now, NEAR)
    return [
        {"point": msgspec.to_builtins(near.point), "distance_km": near.distance, "open_now": near.state.open_now,
         "until": f"{near.state.until:%H:%M}" if near.state.until else None,
         "reopens": f"{near.state.reopens:%H:%M} {day_in_words(near.state.reopens.date())}" if near.state.reopens else None,
         "directions": near.directions}
        for near in found
        if near.point.unit == unit or near.distance is not None
    ], None  # fmt: skip
