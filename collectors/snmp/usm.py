"""Keys and digests of the User-based Security Model (RFC 3414 A.2, RFC 7860), for the receiver of notifications.

The receiver checks a digest itself before it makes room for an engine that it has not met: strangers cost no memory.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from collectors.snmp.header import Header
from collectors.snmp.session import AuthProtocol, UserV3
from ledger.clock import Clock

_HASH = {
    AuthProtocol.MD5: "md5",
    AuthProtocol.SHA: "sha1",
    AuthProtocol.SHA224: "sha224",
    AuthProtocol.SHA256: "sha256",
    AuthProtocol.SHA384: "sha384",
    AuthProtocol.SHA512: "sha512",
}
_DIGEST_OCTETS = {
    AuthProtocol.MD5: 12,
    AuthProtocol.SHA: 12,
    AuthProtocol.SHA224: 16,
    AuthProtocol.SHA256: 24,
    AuthProtocol.SHA384: 32,
    AuthProtocol.SHA512: 48,
}
_STRETCH = 1_048_576  # octets of repeated passphrase, RFC 3414 A.2

WINDOW_S = 150  # RFC 3414, 2.2.3
_LATCHED = 2**31 - 1  # an engine that has used up its boots is never in time again


@lru_cache(maxsize=1024)
def master_key(auth: AuthProtocol, passphrase: str) -> bytes:
    """The key that follows from a passphrase alone; costs about a millisecond, so it is remembered."""
    text = passphrase.encode()
    stretched = (text * (_STRETCH // len(text) + 1))[:_STRETCH]
    return hashlib.new(_HASH[auth], stretched).digest()


def localized_key(auth: AuthProtocol, passphrase: str, engine_id: bytes) -> bytes:
    """The key for one engine: no two engines share it."""
    key = master_key(auth, passphrase)
    return hashlib.new(_HASH[auth], key + engine_id + key).digest()


def is_genuine(message: bytes, header: Header, user: UserV3) -> bool:
    """Whether the message carries the digest that this user's key gives (RFC 3414 section 6.3.2)."""
    start, end = header.digest
    if user.auth is None or end - start != _DIGEST_OCTETS[user.auth]:
        return False
    key = localized_key(user.auth, user.auth_secret, header.engine_id)
    blank = message[:start] + bytes(end - start) + message[end:]
    expected = hmac.new(key, blank, _HASH[user.auth]).digest()[: end - start]
    return hmac.compare_digest(expected, message[start:end])


class Timeliness:
    """The clocks of other engines, so that an old genuine message cannot be replayed (RFC 3414 section 3.2.7 b).

    pysnmp 7.1 takes each message's own clock over before it compares, which lets every replay pass. What is known here
    begins with the first genuine message after our start.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._engines: dict[bytes, tuple[int, int, float]] = {}  # boots, newest time, and our clock at that moment

    def in_time(self, header: Header) -> bool:
        """Whether a genuine message is fresh; if it is the newest of its engine, the engine's clock is set by it."""
        if header.boots == _LATCHED:
            return False
        now = self._clock.monotonic()
        boots, time_s, at = self._engines.get(header.engine_id, (-1, 0, now))
        if header.boots < boots or (header.boots == boots and header.time_s < time_s + (now - at) - WINDOW_S):
            return False
        if (header.boots, header.time_s) > (boots, time_s):
            self._engines[header.engine_id] = (header.boots, header.time_s, now)
        return True
