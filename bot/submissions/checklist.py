"""What the citizen of one draft brings to the counter, by the knowledge base as it is now."""

from __future__ import annotations

import functools

from bot import settings
from bot.submissions.store import Draft
from procedures_kb.facts import facts
from procedures_kb.store import Store, UnknownProcedure, today


@functools.cache
def _knowledge() -> Store:
    return Store(settings.load().kb_path)


def papers_to_bring(draft: Draft) -> tuple[list[str], list[str]]:
    """(papers to bring, papers not needed since a database holds them), for filing in person."""
    try:
        procedure = _knowledge().get(draft.procedure).procedure
    except UnknownProcedure:
        procedure = None
    if procedure is None:
        return ["Tờ khai đã ký", "Căn cước (xuất trình)"], []
    bring: list[str] = []
    waived: list[str] = []
    for item in facts(procedure, "documents", today())["items"]:
        if item.get("channels") and "in_person" not in item["channels"]:
            continue
        if item.get("waiver"):
            waived.append(item["name"])
            continue
        name = item["name"] + (" (chỉ xuất trình)" if item["kind"] == "present" else "")
        bring.append(name + (f" – {item['condition']}" if item.get("condition") else ""))
    return bring, waived
