"""Taking the newest release of another installation over HTTP."""

from __future__ import annotations

import asyncio
import logging

import aiohttp

from procedures_kb import releases
from procedures_kb.store import Store

log = logging.getLogger(__name__)


async def pull(session: aiohttp.ClientSession, address: str, store: Store, etag: str = "") -> str:
    """Take the newest release of another installation, if there is a newer one.

    Args:
        address: base address of the installation (``https://…``).
        etag: what the last answer was marked with; nothing is fetched when it is still the newest.

    Returns:
        The mark of the release that is in force now.

    Raises:
        ReleaseFault: the file was refused; ``store`` is as before.
        aiohttp.ClientError: the other machine did not answer well.
    """
    headers = {"If-None-Match": etag} if etag else {}
    async with session.get(f"{address.rstrip('/')}/api/v1/release/file", headers=headers) as response:
        if response.status == 304:
            return etag
        response.raise_for_status()
        packed = bytearray()
        async for piece in response.content.iter_chunked(1 << 16):
            packed += piece
            if len(packed) > releases.LARGEST_FILE:
                raise releases.ReleaseFault(f"larger than {releases.LARGEST_FILE:,} bytes")
    # A connection of its own: the transaction must not hold up the gateway's answers.
    if await asyncio.to_thread(_apply, bytes(packed), store, address):
        log.warning("release %d taken from %s", store.release(), address)
    return str(response.headers.get("ETag", ""))


def _apply(packed: bytes, store: Store, address: str) -> bool:
    own = Store(store.path)
    try:
        return releases.apply(own, releases.read(packed), f"pull {address}")
    finally:
        own.close()
