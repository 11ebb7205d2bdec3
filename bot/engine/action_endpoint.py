"""The worker's way to the action server: one kept-open session, and patience while it is being restarted."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import msgspec
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

PATIENCE = 12.0  # seconds; a restarted action server answers after about two
PAUSE = 0.2


class PatientEndpoint(EndpointConfig):
    """Stock Rasa opens a session per call and gives a turn up when the server is not there for a moment.

    A call is repeated only when it could not be delivered, or the server died with it in hand; our actions write
    each turn in one transaction, so a repeated call finds either everything or nothing done.
    """

    _session: aiohttp.ClientSession | None = None

    async def request(  # type: ignore[override]
        self, method: str = "post", subpath: str | None = None, content_type: str | None = None, compress: bool = False,
        **kwargs: Any,
    ) -> Any:  # fmt: skip
        """POST the call. Raises rasa's ClientResponseError for an error answer, aiohttp's errors when time is up."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        body = msgspec.json.encode(kwargs["json"])
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while True:
            try:
                async with self._session.post(
                    self.url,
                    data=body,
                    params=self.combine_parameters({}),
                    headers={"Content-Type": "application/json"},
                ) as response:
                    content = await response.read()
                    if response.status >= 400:
                        raise ClientResponseError(response.status, response.reason or "", content.decode())
                    return msgspec.json.decode(content)
            except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                if loop.time() > deadline:
                    raise
                await asyncio.sleep(PAUSE)
