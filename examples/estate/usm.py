"""The user-based security model, agent's side: RFC 3414 (HMAC-SHA-96, engine, time window) and RFC 3826 (AES-128).

An :class:`Engine` is authoritative: it opens requests addressed to it and seals what it sends. What it cannot open it
answers with the report that the RFC names, or not at all.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from examples.estate import ber
from examples.estate.ber import BerError, Oid, Reader

AUTH, PRIV, REPORTABLE = 0x01, 0x02, 0x04
SECURITY_MODEL_USM = 3
DIGEST_SIZE = 12
TIME_WINDOW_S = 150  # RFC 3414, 2.2.3
MIN_PASSWORD = 8  # RFC 3414, 11.2

_USM_STATS: Oid = (1, 3, 6, 1, 6, 3, 15, 1, 1)
UNSUPPORTED_LEVEL, NOT_IN_TIME, UNKNOWN_USER, UNKNOWN_ENGINE, WRONG_DIGEST, DECRYPTION = range(1, 7)


@lru_cache(maxsize=256)
def password_key(password: str) -> bytes:
    """Ku of RFC 3414, A.2.2: SHA-1 over a megabyte of the repeated password."""
    if len(password) < MIN_PASSWORD:
        raise ValueError(f"a password needs {MIN_PASSWORD} characters")
    raw = password.encode()
    return hashlib.sha1((raw * (1_048_576 // len(raw) + 1))[:1_048_576], usedforsecurity=False).digest()


def localised_key(password: str, engine_id: bytes) -> bytes:
    """Kul of RFC 3414, 2.6: the user's key at one engine. 20 bytes; AES-128 takes the first 16 (RFC 3826, 1.2)."""
    key = password_key(password)
    return hashlib.sha1(key + engine_id + key, usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class UsmUser:
    """A user with authPriv rights: SHA for authentication, AES-128 for privacy."""

    name: str
    auth_password: str = field(repr=False)
    priv_password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that was addressed to this engine and is genuine, and what its answer needs."""

    message_id: int
    user: UsmUser
    level: int  # of AUTH | PRIV
    max_size: int  # bytes that the sender takes
    context_engine: bytes
    context_name: bytes
    pdu: Reader


@dataclass(slots=True)
class _Header:
    message_id: int
    max_size: int
    flags: int
    engine_id: bytes
    boots: int
    seconds: int
    user: bytes
    digest_at: int
    digest: bytes
    salt: bytes


class Engine:
    """One authoritative SNMP engine with its id, boots, clock and users.

    ``up_s`` gives the seconds since the device has started; its owner raises ``boots`` when it starts anew.

    ``open`` gives an :class:`Opened` request, the bytes of a report, or ``None`` where RFC 3414 wants silence.
    Raises :class:`~examples.estate.ber.BerError` for what is no SNMPv3 message.
    """

    def __init__(
        self, engine_id: bytes, users: Iterable[UsmUser], *, boots: int = 1, up_s: Callable[[], int] | None = None
    ) -> None:
        self.engine_id = engine_id
        self.boots = boots
        self._users = {user.name.encode(): user for user in users}
        self._keys: dict[bytes, tuple[bytes, bytes]] = {}
        self._up_s = up_s or _since_now()
        # RFC 3826, 3.1.1: the salt never repeats under one key; counting from the time of start keeps it so.
        self._salts = itertools.count(time.time_ns())
        self._message_ids = itertools.count(1)
        self.stats = [0] * 7

    @property
    def seconds(self) -> int:
        """snmpEngineTime: seconds since ``boots`` last rose."""
        return self._up_s()

    def _user_keys(self, user: UsmUser) -> tuple[bytes, bytes]:
        name = user.name.encode()
        if name not in self._keys:
            auth = localised_key(user.auth_password, self.engine_id)
            self._keys[name] = (auth, localised_key(user.priv_password, self.engine_id)[:16])
        return self._keys[name]

    # -- incoming ---------------------------------------------------------------------------------------------------

    def open(self, datagram: bytes) -> Opened | bytes | None:
        header, scoped = _read_header(datagram)
        user = self._users.get(header.user)
        wrong = self._fault_of(datagram, header, user)
        if wrong or user is None:
            return self._report(header, wrong, user if wrong == NOT_IN_TIME else None)
        level = header.flags & (AUTH | PRIV)
        try:
            body = self._decrypted(scoped, header, user) if level & PRIV else scoped.sequence()
            engine, name = body.octets(), body.octets()
        except BerError:
            return self._report(header, DECRYPTION, user)
        return Opened(header.message_id, user, level, header.max_size, engine, name, body)

    def _fault_of(self, datagram: bytes, header: _Header, user: UsmUser | None) -> int:
        """What is wrong with a request, in the order of RFC 3414, 3.2; 0 if nothing is."""
        if header.engine_id != self.engine_id:
            return UNKNOWN_ENGINE
        if user is None:
            return UNKNOWN_USER
        if not header.flags & AUTH or header.flags & ~(AUTH | PRIV | REPORTABLE):
            return UNSUPPORTED_LEVEL
        if not self._genuine(datagram, header, user):
            return WRONG_DIGEST
        late = header.boots != self.boots or abs(header.seconds - self.seconds) > TIME_WINDOW_S
        return NOT_IN_TIME if late else 0

    def _genuine(self, datagram: bytes, header: _Header, user: UsmUser) -> bool:
        if len(header.digest) != DIGEST_SIZE:
            return False
        at = header.digest_at
        blank = datagram[:at] + bytes(DIGEST_SIZE) + datagram[at + DIGEST_SIZE :]
        return hmac.compare_digest(_digest(self._user_keys(user)[0], blank), header.digest)

    def _decrypted(self, scoped: Reader, header: _Header, user: UsmUser) -> Reader:
        if len(header.salt) != 8:
            raise BerError("a salt of another size than 8 bytes")
        cipher = _aes(self._user_keys(user)[1], header.boots, header.seconds, header.salt)
        crypt = cipher.decryptor()
        return Reader(crypt.update(scoped.octets()) + crypt.finalize()).sequence()

    # -- outgoing ---------------------------------------------------------------------------------------------------

    def answer(self, opened: Opened, pdu: bytes) -> bytes:
        """The sealed response to a request, at its own level."""
        scoped = ber.sequence(ber.octets(opened.context_engine), ber.octets(opened.context_name), pdu)
        return self._seal(opened.message_id, opened.user, opened.level, scoped)

    def notification(self, user: UsmUser, pdu: bytes) -> bytes:
        """A sealed trap: this engine is authoritative for what it sends unasked (RFC 3414, 1.5.1)."""
        scoped = ber.sequence(ber.octets(self.engine_id), ber.octets(b""), pdu)
        return self._seal(next(self._message_ids) & 0x7FFFFFFF, user, AUTH | PRIV, scoped)

    def _report(self, header: _Header, stat: int, user: UsmUser | None) -> bytes | None:
        self.stats[stat] += 1
        if not header.flags & REPORTABLE:
            return None
        counter = ber.unsigned(ber.COUNTER32, self.stats[stat])
        bound = ber.sequence(ber.varbind((*_USM_STATS, stat, 0), counter))
        pdu = ber.sequence(ber.integer(0), ber.integer(0), ber.integer(0), bound, tag=ber.REPORT)
        scoped = ber.sequence(ber.octets(self.engine_id), ber.octets(b""), pdu)
        # RFC 3414, 3.2.7: only the time report is authenticated, so that the sender may trust the time in it.
        return self._seal(header.message_id, user, AUTH if stat == NOT_IN_TIME and user else 0, scoped)

    def _seal(self, message_id: int, user: UsmUser | None, level: int, scoped: bytes) -> bytes:
        salt, name, keys = b"", b"", (b"", b"")
        seconds = self.seconds
        if user is not None:
            name, keys = user.name.encode(), self._user_keys(user)
        if level & PRIV:
            salt = (next(self._salts) & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big")
            crypt = _aes(keys[1], self.boots, seconds, salt).encryptor()
            scoped = ber.octets(crypt.update(scoped) + crypt.finalize())
        blank = bytes(DIGEST_SIZE) if level & AUTH else b""
        tail = ber.octets(blank) + ber.octets(salt)
        parameters = ber.sequence(
            ber.octets(self.engine_id), ber.integer(self.boots), ber.integer(seconds), ber.octets(name), tail
        )
        flags, size = ber.octets(bytes((level,))), ber.integer(65507)
        globals_ = ber.sequence(ber.integer(message_id), size, flags, ber.integer(SECURITY_MODEL_USM))
        message = ber.sequence(ber.integer(3), globals_, ber.octets(parameters), scoped)
        if not level & AUTH:
            return message
        at = len(message) - len(scoped) - len(tail) + 2  # the digest's 12 bytes stand behind its tag and length
        return message[:at] + _digest(keys[0], message) + message[at + DIGEST_SIZE :]


def _since_now() -> Callable[[], int]:
    started = time.monotonic()
    return lambda: int(time.monotonic() - started)


def _digest(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha1")[:DIGEST_SIZE]


def _aes(key: bytes, boots: int, seconds: int, salt: bytes) -> Cipher[CFB]:
    """AES-128-CFB with the IV of RFC 3826, 3.1.2.1: engine boots, engine time, salt."""
    return Cipher(AES(key), CFB(boots.to_bytes(4, "big") + seconds.to_bytes(4, "big") + salt))


def _read_header(datagram: bytes) -> tuple[_Header, Reader]:
    """The clear part of an SNMPv3 message (RFC 3412, 6; RFC 3414, 2.4) and a reader that stands at its data."""
    outer = Reader(datagram)
    message = outer.sequence()
    outer.finish()
    if message.integer() != 3:
        raise BerError("not SNMPv3")
    globals_ = message.sequence()
    message_id, max_size, flags, model = (
        globals_.integer(),
        globals_.integer(),
        globals_.octets(),
        globals_.integer(),
    )
    if len(flags) != 1 or model != SECURITY_MODEL_USM or message_id < 0:
        raise BerError("another security model or odd flags")
    parameters = message.inner(ber.OCTETS)[1].sequence()
    engine_id, boots, seconds, user = (
        parameters.octets(),
        parameters.integer(),
        parameters.integer(),
        parameters.octets(),
    )
    _, start, end = parameters.header(ber.OCTETS)
    salt = parameters.octets()
    if boots < 0 or seconds < 0:
        raise BerError("negative engine boots or time")
    digest = datagram[start:end]
    return _Header(message_id, max_size, flags[0], engine_id, boots, seconds, user, start, digest, salt), message
