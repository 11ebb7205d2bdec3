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
from collections.abc import Iterable, Mapping, Sequence
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
    """Encrypts and decrypts bytes for one purpose; the context (a table row's id, say) is bound to the text.

    Sealed with ``key``; what was sealed with one of the ``older`` keys is opened too, while keys are being changed.
    """

    def __init__(self, key: bytes, *older: bytes) -> None:
        self._ciphers = [AESGCM(each) for each in (key, *older)]

    def seal(self, plain: bytes, context: str) -> bytes:
        """Return nonce + ciphertext of ``plain``; only the same ``context`` opens it."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._ciphers[0].encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Inverse of :meth:`seal`.

        Raises:
            CannotDecrypt: wrong key, wrong context or changed bytes.
        """
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
            except (InvalidTag, ValueError):
                continue
        raise CannotDecrypt("the stored data cannot be opened with this key; check MOTCUA_KEY or var/key")


class Keys:
    """Derives the keys of every purpose from the one master key.

    Args:
        master: what is sealed and derived with.
        hashing: keys of keyed hashes that stay when the master changes, by purpose: a hash cannot be made again without
            what was hashed.
        older: masters of before, for opening only.
    """

    def __init__(self, master: bytes, hashing: Mapping[str, bytes] | None = None, older: Sequence[bytes] = ()) -> None:
        self._master, self._hashing, self._older = master, dict(hashing or {}), tuple(older)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for ``purpose`` (HKDF-SHA256)."""
        return _derived(self._master, purpose)

    def derive_all(self, purpose: str) -> list[bytes]:
        """The key of ``purpose`` and those it had before, newest first."""
        return [_derived(master, purpose) for master in (self._master, *self._older)]

    def box(self, purpose: str) -> Box:
        return Box(*self.derive_all(purpose))

    def digest(self, purpose: str, value: str) -> str:
        """Keyed hash (hex) by which a value can be found again without being stored."""
        key = self._hashing.get(purpose) or self.derive(purpose)
        return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()

    def successor(self, master: bytes, hashed: Iterable[str]) -> Keys:
        """The keys after a change: a new master; the hash keys of ``hashed`` purposes stay as they are."""
        return Keys(
            master, {purpose: self._hashing.get(purpose) or self.derive(purpose) for purpose in hashed}, [self._master]
        )

    def alone(self) -> Keys:
        """The same keys without those of before."""
        return Keys(self._master, self._hashing)

    def written(self) -> str:
        """As the key file holds them: the master, then a line for each hash key that stays."""
        lines = [base64.b64encode(self._master).decode()]
        lines += [f"hash {purpose} {base64.b64encode(key).decode()}" for purpose, key in sorted(self._hashing.items())]
        return "\n".join(lines) + "\n"


def _derived(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"motcua/{purpose}".encode()).derive(master)


def write_private(path: Path, content: bytes) -> None:
    """Write ``content`` to a file only this user can read (mode 600), never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read(text: str, where: str) -> Keys:
    """The keys written in a file or in ``MOTCUA_KEY`` (there ``;`` stands for the line ends).

    Raises:
        SettingError: a line is not what :meth:`Keys.written` writes.
    """
    first, *rest = [line.strip() for line in text.replace(";", "\n").splitlines() if line.strip()] or [""]
    hashing: dict[str, bytes] = {}
    for line in rest:
        word, _, pair = line.partition(" ")
        purpose, _, key = pair.partition(" ")
        if word != "hash":
            raise SettingError(
                f"{where}: after the key only lines 'hash PURPOSE KEY' may stand; restore it from its backup"
            )
        hashing[purpose] = _32_bytes(key, where)
    return Keys(_32_bytes(first, where), hashing)


def _32_bytes(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise SettingError(f"{where}: base64 of exactly 32 bytes was expected; make one with: openssl rand -base64 32")
    return key


def load(settings: Settings) -> Keys:
    """The keys of this installation; makes ``var/key`` at the first start.

    While keys are being changed (``./motcua keys rotate``) the next or the old ones stand beside it: all of them open.

    Raises:
        SettingError: the key is not base64 of 32 bytes.
    """
    path = settings.var / "key"
    if settings.key:
        current = read(settings.key, "MOTCUA_KEY")
    else:
        if not path.exists():
            write_private(path, base64.b64encode(secrets.token_bytes(32)))
            log.warning(
                "made a new encryption key in %s: back it up, without it drafts cannot be read (or set MOTCUA_KEY)",
                path,
            )
        current = read(path.read_text(), str(path))
    older = [read(file.read_text(), str(file)) for file in [settings.var / "key.old"] if file.exists()]
    coming = settings.var / "key.next"
    if coming.exists():
        older, current = [current, *older], read(coming.read_text(), str(coming))
    masters = [keys._master for keys in older if keys._master != current._master]
    return Keys(current._master, current._hashing, masters)


def internal_token(settings: Settings) -> str:
    """The secret that gateway, workers and action server show one another."""
    if settings.internal_token:
        return settings.internal_token
    path = settings.var / "internal-token"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32).encode())
    return path.read_text()
