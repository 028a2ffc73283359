"""A hub that cannot start says why in one line and leaves alone what is there."""

from __future__ import annotations

import socket

from tests.acceptance.conftest import NewHub
from tests.acceptance.hub import HubProcess, eventually


def refused(hub: HubProcess) -> str:
    """Start a hub that will not start: what it says."""
    hub.launch()
    assert hub.dead() == 1, hub.last_words()
    said = [line for line in hub.last_words().splitlines() if not line.startswith("{")]
    assert len(said) == 1, said
    return said[0]


def test_a_port_in_use_is_named_with_the_way_out(new_hub: NewHub) -> None:
    hub = new_hub()
    with socket.create_server(("127.0.0.1", hub.http_port)):
        said = refused(hub)
    assert f"port {hub.http_port} of 127.0.0.1 is in use" in said
    assert "FAULTPATH_HTTP__PORT" in said
    hub.start()  # nothing of its data was touched
    eventually(lambda: hub.away() == {})
    assert hub.items("/cis", query="orders-db")


def test_a_trap_port_in_use_is_missed_by_itself_and_taken_once_it_is_free(new_hub: NewHub) -> None:
    hub = new_hub()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", hub.trap_port))
        hub.start()
        assert "Address already in use" in eventually(lambda: hub.away().get("traps", ""))
        assert hub.post({"check": "disk", "resource": "spare.example.test"}).status_code == 202
        assert hub.alert(text="disk")["ci"]["name"] == "spare"
    eventually(lambda: hub.away() == {})


def test_a_second_hub_on_the_same_files_is_sent_away_and_the_first_goes_on(new_hub: NewHub) -> None:
    first, second = new_hub().start(), new_hub()
    second.settings["data_dir"] = str(first.folder / "data")
    said = refused(second)
    assert f"is in use by another hub (process {first.pid})" in said
    assert "choose another data directory" in said
    assert first.post({"check": "disk", "resource": "spare.example.test"}).status_code == 202
    first.alert(text="disk")
    first.discard()  # killed: its lock dies with it
    second.start()
    assert second.alert(text="disk")["occurrences"] == 1
