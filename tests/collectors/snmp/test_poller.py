"""The poller with the real evidence, against snmpd over a line that can be bad. Time is real and short."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from alerting.evidence import Evidence
from collectors.snmp import gufo
from collectors.snmp.poller import Poller
from collectors.snmp.reading import Finding, PollTarget
from collectors.snmp.watch import Rhythm
from ledger.clock import SystemClock
from ledger.errors import InboxFullError
from ledger.inbox import Signal
from tests.collectors.snmp.conftest import PUBLIC, WATCH, Snmpd
from tests.collectors.snmp.relay import Address, Relay

OPER = "1.3.6.1.2.1.2.2.1.8"
ADMIN = "1.3.6.1.2.1.2.2.1.7"
OUTPUT = "1.3.6.1.2.1.33.1.4.1.0"
TRY_S = 0.2
SLOW = Rhythm(interval_s=3600, trouble_interval_s=3600, timeout_s=TRY_S)
QUICK = Rhythm(interval_s=0.2, trouble_interval_s=0.1, timeout_s=TRY_S)


class Desk:
    """A poller with all that it speaks to; ``inbox`` is what it submitted, in short form."""

    def __init__(self, rhythm: Rhythm) -> None:
        self.evidence = Evidence()
        self.bodies: list[dict[str, Any]] = []
        self.full = False
        self.timed_out: list[tuple[str, float]] = []
        self.poller = Poller(
            open_session=gufo.open_session,
            evidence=self.evidence,
            submit=self.submit,
            clock=SystemClock(),
            rhythm=rhythm,
            timed_out=lambda ci_id: self.timed_out.append((ci_id, time.monotonic())),
        )

    async def submit(self, signals: Sequence[Signal]) -> None:
        await asyncio.sleep(0)
        if self.full:
            raise InboxFullError(retry_after_s=0.1)
        self.bodies += [json.loads(signal.body) for signal in signals]
        assert all((s.source, s.kind, s.authenticated) == ("snmp", "poll", True) for s in signals)

    @property
    def inbox(self) -> list[tuple[str, str, str]]:
        return [(body["check"], body["port"] or body["ci"], body["state"]) for body in self.bodies]

    async def until(self, seen: Callable[[], object], *, within_s: float = 5.0) -> None:
        async with asyncio.timeout(within_s):
            while not seen():  # noqa: ASYNC110  the agent's side has no event to wait for
                await asyncio.sleep(0.005)

    async def heard(self, *ci_ids: str, within_s: float = 5.0) -> None:
        """Wait for the first answer of each."""
        devices = self.evidence.device
        await self.until(lambda: all((d := devices(c)) and d.last_answer for c in ci_ids), within_s=within_s)

    async def asked(self, *ci_ids: str) -> None:
        """Ask, and wait for the end of the question."""
        assert self.poller.ask(ci_ids) == frozenset(ci_ids)
        await self.until(lambda: not self.evidence.signs().asking & set(ci_ids))


@asynccontextmanager
async def desk(*targets: PollTarget, rhythm: Rhythm = SLOW) -> AsyncIterator[Desk]:
    it = Desk(rhythm)
    it.poller.set_targets(targets)
    running = asyncio.create_task(it.poller.run())
    try:
        yield it
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def device(address: Address, ci_id: str = "sw1", **more: Any) -> PollTarget:
    return PollTarget(ci_id=ci_id, name=ci_id, host=address[0], port=address[1], credential=PUBLIC, **more)


PORTS = {1001: "sw1-p1", 1002: "sw1-p2"}


@pytest.fixture
def healthy(snmpd: Snmpd) -> Iterator[Snmpd]:
    """The agent with both ports up and the UPS on the mains, before and after."""

    def reset() -> None:
        for if_index in PORTS:
            snmpd.set(f"{OPER}.{if_index}", 1)
            snmpd.set(f"{ADMIN}.{if_index}", 1)
        snmpd.set(OUTPUT, 3)

    reset()
    yield snmpd
    reset()


async def test_a_healthy_device_is_asked_at_once_and_says_nothing_new(healthy: Snmpd) -> None:
    async with Relay(healthy.address) as line, desk(device(line.address, ports=PORTS, ups=True)) as it:
        await it.until(lambda: it.evidence.port("sw1-p2"))
        await it.asked("sw1")  # by then the first question has come to its end
        signs = it.evidence.device("sw1")
        assert signs is not None
        assert signs.last_answer is not None
        assert signs.silent_since is None
        assert {p: s.up for p, s in it.evidence.signs().ports.items()} == {"sw1-p1": True, "sw1-p2": True}
        assert it.inbox == []
        assert len(line.arrivals) == 2  # one request carries a whole question


async def test_silence_is_three_requests_and_is_said_once(healthy: Snmpd) -> None:
    async with Relay(healthy.address) as line, desk(device(line.address)) as it:
        await it.heard("sw1")
        line.dead = True
        line.arrivals.clear()
        before, asked_at = SystemClock().now(), time.monotonic()
        it.poller.ask(["sw1"])
        assert "sw1" in it.evidence.signs().asking
        await it.until(lambda: it.timed_out)
        assert it.timed_out[0][1] - asked_at == pytest.approx(TRY_S, abs=0.1)
        signs = it.evidence.device("sw1")
        assert signs is not None
        assert signs.silent_since is not None
        assert (signs.silent_since - before).total_seconds() == pytest.approx(0, abs=0.05)  # when it was sent
        assert signs.last_failed_start is None
        assert it.inbox == []

        await it.until(lambda: it.inbox)
        assert time.monotonic() - asked_at == pytest.approx(3 * TRY_S, abs=0.15)
        assert it.inbox == [("snmp-answer", "sw1", "active")]
        await it.until(lambda: not it.evidence.signs().asking)
        signs = it.evidence.device("sw1")
        assert signs is not None
        assert signs.last_failed_start == signs.silent_since
        assert signs.answering_since is None
        assert len(line.arrivals) == 3

        await it.asked("sw1")
        assert it.inbox == [("snmp-answer", "sw1", "active")]
        line.dead = False
        await it.asked("sw1")
        assert it.inbox == [("snmp-answer", "sw1", "active"), ("snmp-answer", "sw1", "cleared")]
        signs = it.evidence.device("sw1")
        assert signs is not None
        assert signs.silent_since is None


async def test_one_lost_request_is_evidence_but_no_silence(healthy: Snmpd) -> None:
    async with Relay(healthy.address) as line, desk(device(line.address)) as it:
        await it.heard("sw1")
        line.lose = 1
        await it.asked("sw1")
        assert [ci_id for ci_id, _ in it.timed_out] == ["sw1"]
        signs = it.evidence.device("sw1")
        assert signs is not None
        assert signs.silent_since is None
        assert signs.last_failed_start is None
        assert it.inbox == []


async def test_a_turn_that_times_out_becomes_a_question_under_way(healthy: Snmpd) -> None:
    async with Relay(healthy.address) as line, desk(device(line.address), rhythm=QUICK) as it:
        await it.heard("sw1")
        line.dead = True
        await it.until(lambda: it.timed_out)
        assert it.evidence.signs().asking == {"sw1"}
        await it.until(lambda: it.inbox)
        await it.until(lambda: not it.evidence.signs().asking)


async def test_a_dead_device_delays_nobody(healthy: Snmpd, refused: Address) -> None:
    living = [device(healthy.address, f"alive-{n}") for n in range(20)]
    dead = [device(refused, f"dead-{n}") for n in range(200)]
    async with desk(*dead, *living, rhythm=Rhythm(interval_s=3600, trouble_interval_s=3600)) as it:
        await it.heard(*(t.ci_id for t in living), within_s=0.9)
        assert it.timed_out == []


async def test_five_hundred_questions_at_once(healthy: Snmpd, refused: Address) -> None:
    """400 answer soon; 100 dead ones cost three seconds, all together."""
    living = [device(healthy.address, f"alive-{n}", ports=PORTS) for n in range(400)]
    dead = [device(refused, f"dead-{n}") for n in range(100)]
    async with desk(*living, *dead, rhythm=Rhythm(interval_s=3600, trouble_interval_s=3600)) as it:
        await it.until(lambda: len(it.inbox) == len(dead), within_s=8)
        it.poller.ask(t.ci_id for t in living + dead)
        start = time.monotonic()
        await it.until(lambda: not any(c.startswith("alive") for c in it.evidence.signs().asking), within_s=3)
        await it.until(lambda: not it.evidence.signs().asking, within_s=5)
        assert time.monotonic() - start == pytest.approx(3.0, abs=0.7)
        assert {name for _, name, _ in it.inbox} == {t.ci_id for t in dead}


async def test_many_asks_during_a_question_become_one_more(healthy: Snmpd) -> None:
    async with Relay(healthy.address) as line, desk(device(line.address)) as it:
        await it.heard("sw1")
        line.delay_s = 0.1
        line.arrivals.clear()
        it.poller.ask(["sw1"])
        await it.until(lambda: line.arrivals)
        for _ in range(50):
            it.poller.ask(["sw1"])
        await it.until(lambda: not it.evidence.signs().asking)
        assert len(line.arrivals) == 2


async def test_only_devices_under_watch_can_be_asked(healthy: Snmpd) -> None:
    async with desk(device(healthy.address)) as it:
        assert it.poller.ask(["sw1", "nobody"]) == {"sw1"}


async def test_a_linked_port_goes_down_and_comes_back(healthy: Snmpd) -> None:
    async with desk(device(healthy.address, ports=PORTS)) as it:
        await it.asked("sw1")
        healthy.set(f"{OPER}.1001", 2)
        await it.asked("sw1")
        await it.asked("sw1")
        assert it.inbox == [("if-oper-status", "sw1-p1", "active")]
        assert it.bodies[0]["args"] == {"if_index": 1001, "oper": "down", "admin": "up"}
        sign = it.evidence.port("sw1-p1")
        assert sign is not None
        assert not sign.up
        healthy.set(f"{OPER}.1001", 1)
        await it.asked("sw1")
        assert it.inbox[1:] == [("if-oper-status", "sw1-p1", "cleared")]


async def test_a_port_found_down_at_first_is_reported(healthy: Snmpd) -> None:
    healthy.set(f"{OPER}.1002", 7)  # lowerLayerDown
    async with desk(device(healthy.address, ports=PORTS)) as it:
        await it.asked("sw1")
        assert it.inbox == [("if-oper-status", "sw1-p2", "active")]


async def test_a_port_that_its_administrator_shut_is_no_fault(healthy: Snmpd) -> None:
    async with desk(device(healthy.address, ports=PORTS)) as it:
        healthy.set(f"{OPER}.1001", 2)
        await it.asked("sw1")
        healthy.set(f"{ADMIN}.1001", 2)
        await it.asked("sw1")
        assert it.inbox == [("if-oper-status", "sw1-p1", "active"), ("if-oper-status", "sw1-p1", "cleared")]
        sign = it.evidence.port("sw1-p1")
        assert sign is not None
        assert not sign.up  # it carries nothing all the same


async def test_states_that_say_nothing_change_nothing(healthy: Snmpd) -> None:
    async with desk(device(healthy.address, ports={**PORTS, 4711: "no-such-port"})) as it:
        healthy.set(f"{OPER}.1001", 5)  # dormant
        await it.asked("sw1")
        assert it.inbox == []
        assert set(it.evidence.signs().ports) >= {"sw1-p2"}
        assert "no-such-port" not in it.evidence.signs().ports


async def test_a_ups_on_battery(healthy: Snmpd) -> None:
    async with desk(device(healthy.address, ups=True)) as it:
        await it.asked("sw1")
        for source in (5, 5, 3):
            healthy.set(OUTPUT, source)
            await it.asked("sw1")
        assert it.inbox == [("ups-output", "sw1", "active"), ("ups-output", "sw1", "cleared")]
        assert it.bodies[0]["args"] == {"output_source": "battery"}


async def test_a_finding_that_the_inbox_refused_is_submitted_later(healthy: Snmpd) -> None:
    async with desk(device(healthy.address, ports=PORTS), rhythm=QUICK) as it:
        it.full = True
        healthy.set(f"{OPER}.1001", 2)
        await it.until(lambda: it.poller.counts.submits_failed > 1)
        it.full = False
        await it.until(lambda: it.inbox)
        assert it.inbox == [("if-oper-status", "sw1-p1", "active")]


async def test_the_end_of_an_alert_of_before_the_restart(healthy: Snmpd) -> None:
    it = Desk(SLOW)
    it.poller.set_targets([device(healthy.address, ports=PORTS)])
    it.poller.resume("sw1", Finding(check="snmp-answer", port=None, active=True))
    it.poller.resume("sw1", Finding(check="if-oper-status", port="sw1-p1", active=True))
    running = asyncio.create_task(it.poller.run())
    await it.until(lambda: len(it.inbox) == 2)
    assert set(it.inbox) == {("snmp-answer", "sw1", "cleared"), ("if-oper-status", "sw1-p1", "cleared")}
    running.cancel()


async def test_what_is_no_longer_watched_ends(healthy: Snmpd, refused: Address) -> None:
    healthy.set(f"{OPER}.1001", 2)
    healthy.set(f"{OPER}.1002", 2)
    async with desk(device(healthy.address, ports=PORTS), device(refused, "sw2")) as it:
        await it.until(lambda: len(it.inbox) == 3)
        it.bodies.clear()
        it.poller.set_targets([device(healthy.address, ports={1001: "sw1-p1"})])
        await it.until(lambda: len(it.inbox) == 2)
        assert set(it.inbox) == {("if-oper-status", "sw1-p2", "cleared"), ("snmp-answer", "sw2", "cleared")}
        await it.asked("sw1")
        assert it.evidence.device("sw2") is None
        assert it.evidence.port("sw1-p2") is None
        assert not it.evidence.signs().asking
        assert len(it.inbox) == 2


async def test_a_new_address_is_asked_at_once(healthy: Snmpd, refused: Address) -> None:
    async with desk(device(refused)) as it:
        await it.until(lambda: it.inbox)
        it.poller.set_targets([device(healthy.address)])
        await it.until(lambda: len(it.inbox) == 2)
        assert it.inbox[1] == ("snmp-answer", "sw1", "cleared")


async def test_a_new_address_counts_even_if_the_target_changes_once_more(healthy: Snmpd) -> None:
    async with Relay(healthy.address) as before, Relay(healthy.address) as after, desk(device(before.address)) as it:
        await it.asked("sw1")
        it.poller.set_targets([device(after.address)])
        it.poller.set_targets([device(after.address, ports=PORTS)])  # before a question could be put there
        await it.until(lambda: it.evidence.port("sw1-p1"))
        assert after.arrivals


async def test_silence_of_what_never_answered_says_nothing(refused: Address) -> None:
    async with desk(device(refused, answered_before=False)) as it:
        await it.asked("sw1")
        signs = it.evidence.device("sw1")
        assert it.inbox == []
        assert it.timed_out == []
        assert signs is None or signs.silent_since is None


async def test_who_refuses_lives(healthy: Snmpd) -> None:
    stranger = PollTarget(
        ci_id="sw1",
        name="sw1",
        host=healthy.address[0],
        port=healthy.address[1],
        credential=type(WATCH)(user="nobody", auth=WATCH.auth, auth_secret=WATCH.auth_secret),
    )
    async with desk(stranger) as it:
        await it.asked("sw1")
        signs = it.evidence.device("sw1")
        assert signs is not None
        assert signs.last_answer is not None
        assert signs.silent_since is None
        assert it.poller.counts.questions_refused
        assert it.inbox == []


async def test_a_name_cannot_be_asked(healthy: Snmpd) -> None:
    async with desk(device(("no.such.host", 161))) as it:
        await it.asked("sw1")
        signs = it.evidence.device("sw1")
        assert signs is not None
        assert not signs.pollable
        it.poller.set_targets([device(healthy.address)])
        await it.asked("sw1")
        signs = it.evidence.device("sw1")
        assert signs is not None
        assert signs.pollable
