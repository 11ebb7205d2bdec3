"""Writing first to a person on Zalo: free of charge for two days after their last message, later only by template.

research/zalo.md 3.7: a consultation message may follow the person's last act by seven days and costs nothing for 48 hours.
After the free window an approved template is used when the operator has one; else nothing is sent.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Literal, Protocol

from bot.channels.zalo.client import Outcome, ZaloClient
from bot.channels.zalo.store import Outgoing, ZaloStore

FREE = 48 * 3600.0  # seconds after the person's last act
LATE = 2 * 3600.0  # seconds an event may reach us late: Zalo repeats for so long
TOLD: dict[Outcome, Literal["sent", "later", "closed", "unknown"]] = {
    Outcome.SENT: "sent", Outcome.WAIT: "later", Outcome.STOP: "closed", Outcome.REFUSED: "closed", Outcome.UNKNOWN: "unknown",
}  # fmt: skip


class Telling(Protocol):
    """What is to be told (bot.submissions.news.Telling)."""

    @property
    def address(self) -> str: ...
    @property
    def heard_at(self) -> float: ...
    @property
    def procedure(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def text(self) -> str: ...


class Announcer:
    """Tells one piece of news at a time. It neither waits nor tries again: whoever calls it does."""

    def __init__(
        self, store: ZaloStore, client: ZaloClient, counters: Counter[str], template: str,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._store, self._client, self._counters = store, client, counters
        self._template, self._clock = template, clock

    async def tell(
        self, telling: Telling, leaving: Callable[[], None]
    ) -> Literal["sent", "later", "closed", "unknown"]:  # fmt: skip
        """Send it once. See bot.submissions.news.Channel."""
        user = self._store.user(telling.address)
        free = self._clock() - telling.heard_at < FREE - LATE
        if not free and not self._template:
            return "closed"
        if self._store.person_is_talking(user):
            return "later"  # an officer is writing to them in the account's chat
        kept: list[Outgoing] = []

        def about_to_leave() -> None:
            leaving()
            if not kept:
                kept.append(self._store.first_words(user, telling.text))

        if free:
            result = await self._client.send_text(telling.address, telling.text, about_to_leave)
        else:
            values = {"thu_tuc": telling.procedure, "trang_thai": telling.state, "duong_dan": telling.url}
            result = await self._client.send_template(telling.address, self._template, values, about_to_leave)
        told = TOLD[result.outcome]
        self._counters[f"news_{told}"] += 1
        for message in kept:
            if told == "sent":
                self._store.settle(message, "sent", result.message_id)
            else:
                self._store.settle(message, "unknown" if told == "unknown" else "dropped")
        return told
