"""A turn sent twice is answered once: a page that lost the reply sends the same turn id again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cachetools import TTLCache

from bot.channels.base import Message

REMEMBERED = 10_000
FOR_SECONDS = 300.0


class AnsweredTurns:
    """Remembers the answers of recent turns by session and turn id."""

    def __init__(self) -> None:
        self._answers: TTLCache[str, asyncio.Future[list[Message]]] = TTLCache(REMEMBERED, FOR_SECONDS)

    async def once(self, key: str, say: Callable[[], Awaitable[list[Message]]]) -> list[Message]:
        """The answer of the turn ``key``, asked for at most once; a failed turn may be asked again. "" = no key."""
        if not key:
            return await say()
        known = self._answers.get(key)
        if known is None:
            known = self._answers[key] = asyncio.ensure_future(say())
        try:
            return await asyncio.shield(known)
        except Exception:
            self._answers.pop(key, None)
            raise
