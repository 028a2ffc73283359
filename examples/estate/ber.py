"""BER as SNMP uses it (X.690 as restricted by RFC 3417, section 8): definite lengths, low tags, nothing else.

Encoding gives whole TLVs as bytes, so that an agent can keep its answers ready made. Decoding is strict: whatever runs
past its bounds, has an indefinite length or a number wider than SNMP allows raises :class:`BerError`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

INTEGER = 0x02
OCTETS = 0x04
NULL = 0x05
OID = 0x06
SEQUENCE = 0x30
# RFC 3416, section 3: the application-wide types and the exceptions of a varbind.
IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
COUNTER64 = 0x46
NO_SUCH_OBJECT = b"\x80\x00"
NO_SUCH_INSTANCE = b"\x81\x00"
END_OF_MIB_VIEW = b"\x82\x00"
NULL_TLV = b"\x05\x00"

# RFC 3416, section 3: the protocol data units.
GET = 0xA0
GET_NEXT = 0xA1
RESPONSE = 0xA2
SET = 0xA3
GET_BULK = 0xA5
INFORM = 0xA6
TRAP_V2 = 0xA7
REPORT = 0xA8

MAX_SUB_ID = 0xFFFFFFFF  # RFC 3416: a sub-identifier has at most 32 bits …
MAX_SUB_IDS = 128  # … and a name at most 128 of them.

Oid = tuple[int, ...]


class BerError(ValueError):
    """The bytes are no SNMP message: cut short, too long, or of another shape."""


def parse_oid(text: str) -> Oid:
    """``"1.3.6.1"`` or ``".1.3.6.1"`` as a tuple; raises ``ValueError`` for anything else."""
    return tuple(int(part) for part in text.lstrip(".").split("."))


def dotted(oid: Iterable[int]) -> str:
    return ".".join(map(str, oid))


def encode_length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    body = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(body),)) + body


def tlv(tag: int, content: bytes) -> bytes:
    return bytes((tag,)) + encode_length(len(content)) + content


def integer(value: int) -> bytes:
    """INTEGER in two's complement with as few bytes as it needs."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return tlv(INTEGER, value.to_bytes(size, "big", signed=True))


def unsigned(tag: int, value: int) -> bytes:
    """Counter32, Gauge32, TimeTicks or Counter64, wrapped at its width as the real counters are."""
    value &= 0xFFFFFFFFFFFFFFFF if tag == COUNTER64 else 0xFFFFFFFF
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value: bytes | str) -> bytes:
    return tlv(OCTETS, value.encode() if isinstance(value, str) else value)


def ip_address(text: str) -> bytes:
    return tlv(IP_ADDRESS, bytes(int(part) for part in text.split(".")))


def sequence(*parts: bytes, tag: int = SEQUENCE) -> bytes:
    return tlv(tag, b"".join(parts))


@lru_cache(maxsize=4096)
def _sub_id(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | (value & 0x7F))
    return bytes(reversed(out))


def oid(name: Oid) -> bytes:
    """OBJECT IDENTIFIER; the first two numbers share a byte (X.690, 8.19.4)."""
    if len(name) < 2:  # the empty name of a first GETNEXT is written 0.0
        name = (*name, *(0,) * (2 - len(name)))
    return tlv(OID, _sub_id(name[0] * 40 + name[1]) + b"".join(map(_sub_id, name[2:])))


def varbind(name: Oid, value: bytes) -> bytes:
    """One name and its encoded value as they stand in a response."""
    return sequence(oid(name), value)


class Reader:
    """Reads TLVs from front to back inside of fixed bounds. Every method raises :class:`BerError` on bad input."""

    __slots__ = ("data", "end", "pos")

    def __init__(self, data: bytes, pos: int = 0, end: int | None = None) -> None:
        self.data = data
        self.pos = pos
        self.end = len(data) if end is None else end

    @property
    def done(self) -> bool:
        return self.pos >= self.end

    def peek(self) -> int:
        """The next tag, not consumed."""
        if self.done:
            raise BerError("ends where a tag should stand")
        return self.data[self.pos]

    def header(self, tag: int | None = None) -> tuple[int, int, int]:
        """(tag, start, end) of the next TLV's content; moves behind it."""
        found = self.peek()
        if tag is not None and found != tag:
            raise BerError(f"tag {found:#04x} where {tag:#04x} should stand")
        start, size = self._length(self.pos + 1)
        if start + size > self.end:
            raise BerError(f"{size} bytes announced, {self.end - start} left")
        self.pos = start + size
        return found, start, start + size

    def _length(self, pos: int) -> tuple[int, int]:
        if pos >= self.end:
            raise BerError("ends where a length should stand")
        first = self.data[pos]
        if first < 0x80:
            return pos + 1, first
        count = first & 0x7F
        if not 1 <= count <= 4:
            raise BerError("indefinite or oversized length")
        if pos + 1 + count > self.end:
            raise BerError("ends inside of a length")
        return pos + 1 + count, int.from_bytes(self.data[pos + 1 : pos + 1 + count], "big")

    def content(self, tag: int) -> bytes:
        _, start, end = self.header(tag)
        return self.data[start:end]

    def inner(self, tag: int | None = None) -> tuple[int, Reader]:
        """The next TLV as a reader of its own, with its tag."""
        found, start, end = self.header(tag)
        return found, Reader(self.data, start, end)

    def sequence(self) -> Reader:
        return self.inner(SEQUENCE)[1]

    def integer(self) -> int:
        """A signed INTEGER of at most 32 bits (RFC 3416: Integer32 is all that a message's own fields use)."""
        content = self.content(INTEGER)
        if not 1 <= len(content) <= 5:
            raise BerError(f"an INTEGER of {len(content)} bytes")
        return int.from_bytes(content, "big", signed=True)

    def octets(self) -> bytes:
        return self.content(OCTETS)

    def oid(self) -> Oid:
        return decode_oid(self.content(OID))

    def value(self) -> tuple[int, bytes]:
        """(tag, content) of any value."""
        tag, start, end = self.header()
        return tag, self.data[start:end]

    def finish(self) -> None:
        """Raises unless everything was read: bytes behind the last element are no part of any message."""
        if not self.done:
            raise BerError(f"{self.end - self.pos} bytes left over")


def decode_oid(content: bytes) -> Oid:
    """The numbers of an OBJECT IDENTIFIER's content."""
    if not content or content[-1] & 0x80:
        raise BerError("an OBJECT IDENTIFIER that does not end")
    numbers: list[int] = []
    value = 0
    for byte in content:
        value = (value << 7) | (byte & 0x7F)
        if value > MAX_SUB_ID + 80:  # the first byte may hold 2 * 40 more than a plain sub-identifier
            raise BerError("a sub-identifier wider than 32 bits")
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if len(numbers) >= MAX_SUB_IDS:
        raise BerError("a name of more than 128 numbers")
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - 40 * first, *numbers[1:])


def decode_value(tag: int, content: bytes) -> int | bytes | Oid | None:
    """A value as Python has it: numbers as int, names as tuple, text and addresses as bytes, the rest ``None``."""
    if tag == INTEGER:
        return int.from_bytes(content, "big", signed=True)
    if tag in (COUNTER32, GAUGE32, TIME_TICKS, COUNTER64):
        return int.from_bytes(content, "big")
    if tag == OID:
        return decode_oid(content)
    return content if tag in (OCTETS, IP_ADDRESS) else None
