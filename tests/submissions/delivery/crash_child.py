"""One life of a process that submits drafts and delivers them; it ends at a named point, or when it is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

from bot.keys import Keys
from bot.settings import Settings
from bot.submissions import dossier_tables, outbox
from bot.submissions.delivery.case_system import CaseSystem
from bot.submissions.store import Drafts
from procedures_kb.form_model import forms
from tests.submissions.dossier import complete, fill

PACE = outbox.Pace(attempt=0.5, settle=0.4, first_wait=0.02, longest_wait=0.1, idle=0.01)
POINTS = [
    "submit begun", "submit before commit", "submit committed", "before claim", "claimed", "before looking", "looked",
    "before sending", "answered", "before commit", "committed",
]  # fmt: skip
FORM = "trich_luc_ho_tich"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def drafts_at(path: str) -> Drafts:
    return Drafts(Path(path), Keys(b"k" * 32), "case_system")


def new_draft(drafts: Drafts) -> str:
    form = forms()[FORM]
    draft = drafts.offer(form.procedure, form.id, 1, "web:crash", "web")
    drafts.consent(draft, "web")
    draft.content = fill(form, complete(FORM))
    drafts.save(draft, "citizen", "filled")
    return draft.id


def life(path: str, settings: Settings, draft_id: str, deadly: str, number: int) -> None:
    """Submit ``draft_id`` (none when empty) and deliver until nothing waits; die at the ``number``-th time of ``deadly``."""
    left = number

    def reached(point: str) -> None:
        nonlocal left
        if point == deadly:
            left -= 1
            if left <= 0:
                die()

    outbox.reached = reached
    inside = dossier_tables.leave_draft_state

    def leaving(connection: sqlite3.Connection, draft_id: str, delivery: str, at: str) -> None:
        reached("submit begun")
        inside(connection, draft_id, delivery, at)
        reached("submit before commit")

    dossier_tables.leave_draft_state = leaving
    asyncio.run(_live(path, settings, draft_id, reached))


async def _live(path: str, settings: Settings, draft_id: str, reached: Callable[[str], None]) -> None:
    drafts = drafts_at(path)
    if draft_id:
        draft = drafts.get(draft_id)
        if draft.state in ("open", "returned"):
            drafts.submit(draft)
        reached("submit committed")
    plugin = CaseSystem(settings)
    worker = outbox.Outbox(drafts, plugin, PACE)
    while worker.counts().get("waiting"):
        await worker.work()
        await asyncio.sleep(0.005)
    await plugin.close()
