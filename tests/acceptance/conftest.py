"""A hub that was set up once for all of these tests; each test has copies of its data, and real servers beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.hub import HubProcess, Prepared, prepare
from tests.acceptance.mail import MailServer
from tests.cmdb.conftest import neo4j_server
from tests.collectors.mqtt.conftest import mosquitto
from tests.collectors.snmp.conftest import snmpd

__all__ = ["mosquitto", "neo4j_server", "snmpd"]

NewHub = Callable[..., HubProcess]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def new_hub(prepared: Prepared, tmp_path: Path) -> Iterator[NewHub]:
    """Makes hubs on copies of the prepared data, not started; they end with the test."""
    made: list[HubProcess] = []

    def new(**settings: Any) -> HubProcess:
        made.append(HubProcess.on(prepared, tmp_path / f"hub-{len(made)}", **settings))
        return made[-1]

    yield new
    for hub in made:
        hub.discard()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()
