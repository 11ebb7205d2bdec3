"""How fast one sender or address may ask. In memory per gateway; a proxy in front guards against more."""

from __future__ import annotations

from aiolimiter import AsyncLimiter
from cachetools import TTLCache

REMEMBERED = 50_000  # keys kept at once


class Limit:
    """A leaky bucket per key (aiolimiter), forgotten when unused.

    Args:
        many: how many are allowed in ``seconds``.
    """

    def __init__(self, many: int, seconds: float) -> None:
        self._many, self._seconds = many, seconds
        self._buckets: TTLCache[str, AsyncLimiter] = TTLCache(REMEMBERED, ttl=seconds * 2)

    async def allows(self, key: str) -> bool:
        """Take one place; False when none is free now."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = AsyncLimiter(self._many, self._seconds)
        if not bucket.has_capacity():
            return False
        await bucket.acquire()
        return True
