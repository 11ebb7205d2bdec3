"""How often one sender, address or officer may do something. In memory per process; a proxy in front guards against more."""

from __future__ import annotations

from aiolimiter import AsyncLimiter
from cachetools import TTLCache

REMEMBERED = 50_000  # keys kept at once


class Limit:
    """A leaky bucket per key (aiolimiter): ``many`` tries in ``seconds``, then one more each ``seconds / many``."""

    def __init__(self, many: int, seconds: float) -> None:
        self._many, self._seconds = many, seconds
        self._buckets: TTLCache[str, AsyncLimiter] = TTLCache(REMEMBERED, ttl=seconds * 2)

    async def allows(self, key: str) -> bool:
        """Take one try; False when none is free now."""
        if not self.left(key):
            return False
        await self.count(key)
        return True

    def left(self, key: str) -> bool:
        """Whether another try is free now."""
        return self._bucket(key).has_capacity()

    async def count(self, key: str) -> None:
        """Count one try. Call only after :meth:`left`, or it waits."""
        await self._bucket(key).acquire()

    def _bucket(self, key: str) -> AsyncLimiter:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = AsyncLimiter(self._many, self._seconds)
        self._buckets[key] = bucket  # written again so that a bucket in use does not run out of its time to live
        return bucket
