"""What the link index needs to know of one procedure, out of its record in the knowledge base."""

from __future__ import annotations

import msgspec

from bot.nlu.views import Spelt, spell
from procedures_kb.core_terms import core_term
from procedures_kb.everyday_names import everyday_names
from procedures_kb.known_names import known_names
from procedures_kb.store import Entry

NOT_FOR_HANOI = frozenset({"another province's own procedure", "internal procedure, not for citizens"})
LONGEST_RESULT = 120  # characters of an imported record's result that are worth indexing
KNOWN_FREQUENCY = 3  # how often citizens need a procedure that is recognised before anybody has reviewed it


class LinkDocument(msgspec.Struct, frozen=True):
    """One procedure: its names, what is asked about it, and what else is known."""

    code: str
    name: str
    short_name: str
    phrases: tuple[str, ...]
    questions: tuple[str, ...] = ()
    reviewed: bool = False
    frequency: int = 0
    for_hanoi: bool = True  # False: ministry only, another province's own procedure, or internal
    more: tuple[str, ...] = ()  # field, results, papers


def document(entry: Entry) -> LinkDocument:
    """The link document of one record."""
    if entry.procedure is not None:
        procedure = entry.procedure
        case_names = tuple(case.label for case in procedure.cases if not case.moves_to)
        return LinkDocument(
            procedure.code, procedure.name, procedure.short_name,
            (procedure.name, procedure.short_name, core_term(procedure.short_name), *procedure.aliases, *case_names),
            tuple(procedure.example_questions), True, procedure.frequency,
            more=(procedure.field, *(result.name for result in procedure.results), *(c.name for c in procedure.components)),
        )  # fmt: skip
    name = entry.name.removeprefix("Thủ tục ")
    record = entry.imported
    for_hanoi = record is None or not (NOT_FOR_HANOI & set(record.doubts) or record.level == ["ministry"])
    known = known_names().get(entry.code)
    return LinkDocument(
        entry.code, entry.name, name,
        (name, *(known.aliases if known else ()), *everyday_names().get(entry.code, ())),
        frequency=KNOWN_FREQUENCY if known else 0, for_hanoi=for_hanoi,
        more=(record.field, record.texts.get("result", "")[:LONGEST_RESULT]) if record else (),
    )  # fmt: skip


def bag(item: LinkDocument, spelt: dict[str, Spelt]) -> dict[str, float]:
    """The terms of all that is known of a procedure, without marks, with their weights.

    ``spelt`` holds the words of texts that were read already.
    """
    found: dict[str, float] = {}
    for texts, weight, pairs in (
        ((item.name, *item.phrases), 1.0, True),
        (item.questions, 0.7, True),
        (item.more, 0.25, False),
    ):
        for text in texts:
            words = spelt.get(text) or spell(text)
            for term in words.terms if pairs else words.plain:
                found[term] = found.get(term, 0.0) + weight
    return found
