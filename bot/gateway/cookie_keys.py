"""The keys of the session cookie: sealed with the newest, opened with those of before too while keys are being changed."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken


class CookieKeys(Fernet):
    """One key that stands for several; the newest comes first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        newest, *older = [base64.urlsafe_b64encode(key) for key in keys]
        super().__init__(newest)
        self._older = [Fernet(key) for key in older]

    def decrypt(self, token: bytes | str, ttl: int | None = None) -> bytes:
        """Raises InvalidToken when none of the keys opens it, or it is older than ``ttl`` seconds."""
        try:
            return super().decrypt(token, ttl)
        except InvalidToken:
            for key in self._older:
                try:
                    return key.decrypt(token, ttl)
                except InvalidToken:
                    continue
            raise
