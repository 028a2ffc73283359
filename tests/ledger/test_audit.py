"""The audit trail notices what was changed behind its back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ledger import audit
from ledger.audit import Act
from ledger.engine import Ledger

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def filled(path: Path) -> Ledger:
    ledger = Ledger.open(path / "ledger.db")
    for number in range(3):
        with ledger.begin() as connection:
            act = Act(
                actor="ann", address="127.0.0.1", act="token.create", object=f"t{number}", after={"scope": "read"}
            )
            assert audit.record(connection, act, at=NOON) == number + 1
    return ledger


def test_an_untouched_chain_is_intact(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    with ledger.read() as connection:
        assert audit.verify(connection).intact
        assert [row.act.object for row in audit.page(connection, before=3)] == ["t1", "t0"]
    ledger.close()


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit SET actor = 'bob' WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 3),
        ("DELETE FROM audit WHERE number = 1", 2),
    ],
)
def test_tampering_is_found_and_located(tmp_path: Path, tampering: str, broken_at: int) -> None:
    ledger = filled(tmp_path)
    with ledger.begin() as connection:
        connection.execute(text(tampering))
        assert audit.verify(connection).broken_at == broken_at
    ledger.close()
