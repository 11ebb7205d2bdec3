"""Reading an uploaded form whose files may be large: plain fields first, the token compared before any file is read.

Files stay in memory, one at a time; nothing is written to disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.csrf import FIELD, check_token
from bot.gateway.incoming import Rejected
from bot.limits import Limit
from bot.submissions.photos.opening import LARGEST, Unusable, too_large

UPLOADS = web.AppKey("uploads", Limit)
LARGEST_FORM = 5 * LARGEST  # bytes of a whole form: five of the largest files
LONGEST_FIELD = 2_000


class Upload:
    """One posted multipart form. Iterate over :meth:`files` to its end, or leave it; what is not read is dropped."""

    def __init__(self, request: web.Request) -> None:
        self._request = request.clone(client_max_size=LARGEST_FORM)
        self.fields: dict[str, str] = {}

    async def files(self) -> AsyncIterator[bytes]:
        """Every file that is not empty.

        Raises:
            Unusable: a file is too large, or the form is, or too many came in a short time; the sentence says so.
            Rejected: no form.
        """
        if self._request.content_type != "multipart/form-data":
            raise Rejected("wrong_type")
        if (self._request.content_length or 0) > LARGEST_FORM:
            raise Unusable(too_large(self._request.content_length or 0))
        if not await self._request.app[UPLOADS].allows(f"upload:{self._request.match_info.get('draft', '')}"):
            raise Unusable("Anh/chị gửi nhiều tệp trong chốc lát quá. Chờ một phút rồi gửi tiếp giúp em.")
        checked = False
        try:
            reader = await self._request.multipart()
            while (part := await reader.next()) is not None:
                if not isinstance(part, aiohttp.BodyPartReader):
                    raise Rejected("wrong_type")
                if part.filename is None:
                    self.fields[part.name or ""] = (await _read(part, LONGEST_FIELD)).decode("utf-8", "replace")
                    continue
                if not checked:
                    await check_token(self._request, self.fields.get(FIELD))
                    checked = True
                data = await _read(part, LARGEST)
                if data:
                    yield data
        except (HttpProcessingError, aiohttp.ClientPayloadError, ValueError, AssertionError) as fault:
            if isinstance(fault, Unusable):
                raise
            raise Unusable("Tệp tải lên chưa hết, có thể do mất mạng. Anh/chị gửi lại giúp em.") from None
        except web.HTTPRequestEntityTooLarge:
            raise Unusable(too_large(LARGEST_FORM)) from None
        if not checked:
            await check_token(self._request, self.fields.get(FIELD))


async def _read(part: aiohttp.BodyPartReader, most: int) -> bytes:
    """The part's bytes, up to ``most``. Raises Unusable when there are more."""
    kept = bytearray()
    while chunk := await part.read_chunk(65_536):
        kept += chunk
        if len(kept) > most:
            size = int(part.headers.get("Content-Length", "0") or 0)
            raise Unusable(too_large(max(size, len(kept) + 1)))
    return bytes(kept)
