"""Loopback addresses that one run of the tests has to itself, also when several run on one machine."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FLAG_PORT = 16098
"""One below that of `faultpath demo`, which holds a block in the same way."""


@contextmanager
def held_block(blocks: Iterable[int]) -> Iterator[int]:
    """The first second octet of 127/8 that no other run holds; an estate has no device at the address that holds it."""
    for block in blocks:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flag:
            try:
                flag.bind((f"127.{block}.255.254", _FLAG_PORT))
            except OSError:
                continue
            yield block
            return
    pytest.fail("no free block of addresses")


@contextmanager
def the_one_address(within_s: float = 200.0) -> Iterator[None]:
    """127.0.0.1 with the fixed ports that an estate on one address has: one run after the other."""
    with (Path(tempfile.gettempdir()) / f"faultpath-one-address-{os.getuid()}.lock").open("ab") as lock:
        end = time.monotonic() + within_s
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                assert time.monotonic() < end, f"another run has had the one address for {within_s:.0f} s"
                time.sleep(0.1)
            else:
                break
        yield
