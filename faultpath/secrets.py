"""Sealing of secrets (communities, keys, passwords) before they are written to the ledger: AES-256-GCM.

The key is 32 bytes in base64, from the environment or from a file of mode 0600 that is made at the first start. A
sealed secret is ``1 || nonce (12 bytes) || ciphertext and tag``; the context (table and row) is authenticated, so that
a sealed value cannot be moved to another row.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from faultpath.errors import SecretsError

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, durably, never readable to others in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


class SecretBox:
    """Seals and opens secrets under one key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise SecretsError(f"the key must be {KEY_BYTES} bytes in base64, not {len(key)}")
        self._aead = AESGCM(key)

    @classmethod
    def from_text(cls, text: str) -> SecretBox:
        """A box under a key in base64.

        Raises:
            SecretsError: it is not base64 or has the wrong length.
        """
        try:
            return cls(base64.b64decode(text.strip(), validate=True))
        except binascii.Error:
            raise SecretsError("the key is not base64") from None

    @classmethod
    def from_file(cls, path: Path) -> SecretBox:
        """A box under the key in a file; the file is made when it does not exist.

        Raises:
            SecretsError: others may read the file, or it holds no key.
        """
        if not path.exists():
            write_private(path, base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretsError(f"{path} can be read by others; set its mode to 0600")
        try:
            return cls.from_text(path.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise SecretsError(f"{path} cannot be read: {error}") from None

    def seal(self, secret: str, context: str) -> bytes:
        """Encrypt a secret for one place, e.g. ``credential/01J…``."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._aead.encrypt(nonce, secret.encode(), context.encode())

    def open(self, sealed: bytes, context: str) -> str:
        """Decrypt what `seal` wrote for the same context.

        Raises:
            SecretsError: another key or context, or the bytes were changed.
        """
        if sealed[:1] != VERSION:
            raise SecretsError(f"the sealed secret of {context} has an unknown form")
        nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, body, context.encode()).decode()
        except InvalidTag:
            raise SecretsError(f"the secret of {context} cannot be opened with this key") from None
