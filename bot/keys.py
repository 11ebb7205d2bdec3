"""The key of the house: encryption at rest (AES-GCM), keyed hashes and the internal token.

The 32-byte key comes from ``MOTCUA_KEY`` or from ``var/key`` (mode 600), made at first start with a warning.
Each use gets its own key derived from it, so that one table's key tells nothing of another's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.settings import SettingError, Settings

log = logging.getLogger(__name__)
_NONCE = 12  # bytes, the size AES-GCM is made for


class CannotDecrypt(ValueError):
    """The key is not the one the data were written with, or the data were changed."""


class Box:
    """Encrypts and decrypts bytes for one purpose; the context (a table row's id, say) is bound to the text."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Return nonce + ciphertext of ``plain``; only the same ``context`` opens it."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Inverse of :meth:`seal`.

        Raises:
            CannotDecrypt: wrong key, wrong context or changed bytes.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise CannotDecrypt(
                "the stored data cannot be opened with this key; check MOTCUA_KEY or var/key"
            ) from error


class Keys:
    """Derives the keys of every purpose from the one master key."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def derive(self, purpose: str) -> bytes:
        """32 bytes for ``purpose`` (HKDF-SHA256)."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"motcua/{purpose}".encode()).derive(self._master)

    def box(self, purpose: str) -> Box:
        return Box(self.derive(purpose))

    def digest(self, purpose: str, value: str) -> str:
        """Keyed hash (hex) by which a value can be found again without being stored."""
        return hmac.new(self.derive(purpose), value.encode(), hashlib.sha256).hexdigest()


def write_private(path: Path, content: bytes) -> None:
    """Write ``content`` to a file only this user can read (mode 600), never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load(settings: Settings) -> Keys:
    """The keys of this installation; makes ``var/key`` at the first start.

    Raises:
        SettingError: the key is not base64 of 32 bytes.
    """
    path = settings.var / "key"
    if settings.key:
        text, where = settings.key, "MOTCUA_KEY"
    else:
        if not path.exists():
            write_private(path, base64.b64encode(secrets.token_bytes(32)))
            log.warning(
                "made a new encryption key in %s: back it up, without it drafts cannot be read (or set MOTCUA_KEY)",
                path,
            )
        text, where = path.read_text(), str(path)
    try:
        master = base64.b64decode(text, validate=True)
    except binascii.Error:
        master = b""
    if len(master) != 32:
        raise SettingError(f"{where}: base64 of exactly 32 bytes was expected; make one with: openssl rand -base64 32")
    return Keys(master)


def internal_token(settings: Settings) -> str:
    """The secret that gateway, workers and action server show one another."""
    if settings.internal_token:
        return settings.internal_token
    path = settings.var / "internal-token"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32).encode())
    return path.read_text()
