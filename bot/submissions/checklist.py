"""What the citizen of one draft brings to the counter, by the knowledge base as it is now: the verdict in two short lists."""

from __future__ import annotations

from bot.submissions.completeness import Line, State, verdict_of
from bot.submissions.draft_form import form_of_draft
from bot.submissions.store import Draft
from procedures_kb.store import today


def papers_to_bring(draft: Draft) -> tuple[list[str], list[str]]:
    """(papers to bring, papers not needed since a database holds them), for filing in person."""
    lines = verdict_of(draft, form_of_draft(draft), today()).lines
    bring = [_said(line) for line in lines if line.state is not State.database]
    return bring, [line.name for line in lines if line.state is State.database]


def _said(line: Line) -> str:
    text = line.name + (" (chỉ xuất trình)" if line.only_shown else "")
    text += f" – {line.condition}" if line.condition else ""
    return text + (f" ({line.note.rstrip('.')})" if line.note and line.state is State.bring else "")
