"""Reading the outside of a message, and the keys of USM, against the examples of the RFCs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp.header import Header, MalformedMessageError, peek
from collectors.snmp.session import AuthProtocol
from collectors.snmp.usm import localized_key

# GetRequest of v2c, community "public", sysUpTime.0
ASK = bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010103000500")


def test_a_message_of_v2c() -> None:
    assert peek(ASK) == Header(version="2c", community=b"public")


def test_the_longer_form_of_a_length() -> None:
    assert peek(b"\x30\x82\x00\x26" + ASK[2:]) == peek(ASK)


@given(st.integers(0, len(ASK) - 1))
def test_a_message_that_is_cut_off_is_none(at: int) -> None:
    try:
        peek(ASK[:at])
    except MalformedMessageError:
        return
    raise AssertionError("taken for a message")


@given(st.binary(max_size=200))
def test_nothing_but_the_one_error_comes_out(noise: bytes) -> None:
    for message in (noise, b"\x30\x81" + bytes([min(len(noise), 255)]) + noise, ASK[:5] + noise):
        try:
            peek(message)
        except MalformedMessageError:
            continue


def test_localized_keys_of_the_rfc() -> None:
    """RFC 3414 A.3.1 and A.3.2: passphrase maplesyrup, engine 00…02."""
    engine = bytes.fromhex("000000000000000000000002")
    assert localized_key(AuthProtocol.MD5, "maplesyrup", engine).hex() == "526f5eed9fcce26f8964c2930787d82b"
    assert localized_key(AuthProtocol.SHA, "maplesyrup", engine).hex() == "6695febc9288e36282235fc7151f128497b38f3f"
