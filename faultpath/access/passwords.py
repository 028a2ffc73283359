"""Password hashing with argon2id, in a small executor of its own: one hash takes tens of milliseconds and 64 MB."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

WORKERS = 2


class Passwords:
    """Hashes and checks passwords off the loop. `close` ends its threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="argon2")
        # checked for names that do not exist, so that the time of an answer tells nothing
        self._nobody = self._hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._hasher.hash, password)

    async def matches(self, password: str, kept: str | None) -> bool:
        """Whether the password belongs to the hash kept; false, in the same time, if there is no hash."""
        checked = await asyncio.get_running_loop().run_in_executor(
            self._executor, self._verify, kept or self._nobody, password
        )
        return checked and kept is not None

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
