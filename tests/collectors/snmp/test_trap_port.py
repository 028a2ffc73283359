"""The trap port through changes of the vault: it is opened anew only for other credentials."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from collectors.snmp.session import CommunityV2c
from faultpath.access.model import Principal
from faultpath.polling import TrapPort
from faultpath.secrets import SecretBox
from faultpath.settings import TrapSettings
from faultpath.vault import Vault
from ledger.clock import SystemClock
from ledger.engine import Ledger
from ledger.inbox import Signal
from tests.collectors.snmp.test_traps import HUB

ANN = Principal(actor="user:ann", scopes=frozenset({"admin"}), address="127.0.0.1", credential_id="ann")


async def taken(_: Sequence[Signal]) -> None:
    pass


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[tuple[TrapPort, Vault]]:
    ledger = Ledger.open(folder / "ledger.db")
    vault = Vault(ledger, SystemClock(), SecretBox.from_file(folder / "key"))
    vault.put(ANN, "site", CommunityV2c(community="traps"))
    port = TrapPort(TrapSettings(port=0), HUB, vault, taken, SystemClock())
    running = asyncio.create_task(port.run())
    await turns()
    try:
        yield port, vault
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        ledger.close()


async def turns() -> None:
    """More turns of the loop than it takes to close the port and open it."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_what_changes_no_credential_leaves_the_port_open(tmp_path: Path) -> None:
    async with listening(tmp_path) as (port, vault):
        before = port.receiver
        assert before is not None
        for _ in range(3):
            port.credentials_changed()
            await turns()
        vault.put(ANN, "site", CommunityV2c(community="traps"))  # the same, sealed anew
        port.credentials_changed()
        await turns()
        assert port.receiver is before


async def test_a_new_credential_is_heard_at_once(tmp_path: Path) -> None:
    async with listening(tmp_path) as (port, vault):
        before = port.receiver
        vault.put(ANN, "other", CommunityV2c(community="more"))
        port.credentials_changed()
        await turns()
        assert port.receiver is not before
        assert port.receiver is not None
        assert port.receiver._communities == {b"traps", b"more"}
