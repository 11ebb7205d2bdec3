"""How times grow: a turn with the length of the session, linking with the size of the knowledge base."""

from __future__ import annotations

import json
import random
import statistics
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence

import msgspec

from bot.benchmark.load import CONVERSATION
from bot.nlu.link_document import LinkDocument

EVENTS_PER_TURN = 6  # message, two slots, action, reply, listen
SESSIONS = (10, 100, 1_000)  # events
RECORDS = (100, 1_000, 5_670, 60_000)
TOO_MANY = 429  # HTTP status of the rate limit
AROUND = 8  # turns measured at each length


def turns_by_session_length(url: str) -> dict[int, float]:
    """Median milliseconds of a turn when one sender's conversation has about 10, 100 and 1,000 events."""
    sender = uuid.uuid4().hex
    times: list[float] = []
    for number in range(max(SESSIONS) // EVENTS_PER_TURN + AROUND):
        body = json.dumps({"sender": sender, "message": CONVERSATION[number % len(CONVERSATION)]}).encode()
        request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
        while True:
            started = time.perf_counter()
            try:
                with urllib.request.urlopen(request, timeout=60) as response:
                    response.read()
                break
            except urllib.error.HTTPError as refusal:  # one sender may write only so fast; the waiting is not measured
                if refusal.code != TOO_MANY:
                    raise
                time.sleep(0.5)
        times.append((time.perf_counter() - started) * 1000)
    starts = {events: max(1, events // EVENTS_PER_TURN - AROUND // 2) for events in SESSIONS}
    return {events: round(statistics.median(times[start : start + AROUND]), 1) for events, start in starts.items()}


def many(documents: Sequence[LinkDocument], count: int) -> list[LinkDocument]:
    """``count`` link documents: the real ones first, then variants whose names exchange words with one another."""
    chance = random.Random(0)
    made = list(documents[:count])
    words = [word for item in documents for word in item.name.split()]
    while len(made) < count:
        item = documents[len(made) % len(documents)]
        name = " ".join(chance.choice(words) if chance.random() < 0.3 else word for word in item.name.split())
        made.append(
            LinkDocument(f"9.{len(made):06d}", name, name, (name, *item.phrases[1:3]), for_hanoi=item.for_hanoi)
        )
    return made


def linking_by_records(documents: Sequence[LinkDocument], rows: Sequence[str]) -> list[dict[str, float]]:
    """Seconds to build the index, to take a publication over, and milliseconds of a look-up, by number of records."""
    from bot.nlu.link_index import LinkIndex
    from bot.nlu.normalise import normalise
    from bot.nlu.ranking import link

    found = []
    for count in RECORDS:
        given = many(documents, count)
        started = time.perf_counter()
        index = LinkIndex(given)
        built = time.perf_counter() - started
        changed = [
            msgspec.structs.replace(item, questions=(*item.questions, "hỏi thêm")) if item.reviewed else item
            for item in given
        ]
        started = time.perf_counter()
        LinkIndex(changed, before=index)
        again = time.perf_counter() - started
        times = []
        for text in rows:
            begun = time.perf_counter()
            link(index, normalise(text))
            times.append((time.perf_counter() - begun) * 1000)
        found.append({
            "records": count, "build_s": round(built, 2), "rebuild_s": round(again, 2),
            "p50_ms": round(statistics.median(times), 2), "p95_ms": round(statistics.quantiles(times, n=100)[94], 2),
        })  # fmt: skip
    return found
