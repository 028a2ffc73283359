"""How long from the confirming signal to the notice on the wire, over many separate faults under alert noise.

    python -m benchmarks.signal_to_notice [--faults 300] [--rate 1000] [--seconds 150] [--no-peer]

Starts a real hub on its embedded default, imports a generated company, posts faults amid noise as Alertmanager's
webhook does, and takes the time at which a real SMTP server has each mail. Prints the circumstances too.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from benchmarks import load, peer
from benchmarks.company import Company
from benchmarks.hub import HubProcess
from benchmarks.load import Connection, Tally
from benchmarks.machine import Cpu, describe, percentile
from benchmarks.sink import Arrival, Sink

GOAL_S = 1.0
LASTS_S = 10.0
"""How long a fault stays; with the hub's hold time of 15 s it is live for 25 s."""

DRAIN_S = 60.0
"""How long is waited for the last notices."""


@dataclass(slots=True)
class Watch:
    """The hub's queues while it was measured, every two seconds."""

    inbox: list[float] = field(default_factory=list)
    outbox: list[float] = field(default_factory=list)
    live: list[float] = field(default_factory=list)

    def note(self, figures: Mapping[str, float]) -> None:
        self.inbox.append(figures.get("faultpath_inbox_waiting", 0.0))
        self.outbox.append(figures.get('faultpath_notices{state="waiting"}', 0.0))
        self.live.append(sum(v for name, v in figures.items() if name.startswith("faultpath_incidents_live")))


def main() -> int:
    """Returns 0 if every fault was told and the goal was met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=150.0, help="over which the faults are spread")
    parser.add_argument("--rate", type=float, default=1000.0, help="noise, in alerts a second")
    parser.add_argument("--services", type=int, default=400)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-peer", action="store_true", help="leave Alertmanager out")
    parser.add_argument("--profile", type=Path, help="write cProfile's figures of the hub there (it gets slower)")
    args = parser.parse_args()
    if args.faults > args.services:
        parser.error("each fault needs a service of its own: --faults is at most --services")
    return uvloop.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    print(f"machine      {describe()}, {time.strftime('%Y-%m-%d', time.gmtime())}")
    print(
        f"load         {args.faults} faults over {args.seconds:.0f} s, each {LASTS_S:.0f} s long; "
        f"noise {args.rate:.0f} alerts/s (20 % alone, 80 % in batches of {load.BATCH}; 70 % info, 5 % warning, "
        f"25 % minor without a CI; {load.FLIPS:.0%} change state, the rest repeats)"
    )
    print(f"connections  {args.connections} HTTP keep-alive for noise, 4 for faults; loopback")
    good = await _measure_hub(args)
    program = None if args.no_peer else peer.installed()
    if program is None:
        print("peer         left out: " + ("as asked" if args.no_peer else "Alertmanager is not installed"))
    else:
        await _measure_peer(program, args)
    return 0 if good else 1


async def _measure_hub(args: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory(prefix="faultpath-bench-") as name:
        async with _sink() as sink:
            hub = await HubProcess.start(Path(name), sink.port, args.profile)
            try:
                return await _hub_run(args, hub, sink)
            finally:
                await hub.stop()


async def _hub_run(args: argparse.Namespace, hub: HubProcess, sink: Sink) -> bool:
    done = await hub.import_model(Company(services=args.services).yaml())
    secret = await hub.token("bench")
    size = await hub.metrics()
    print(
        f"hub          {size['faultpath_cis']:.0f} CIs, {done['relations_put']} relations, "
        f"{len(load.pool(args.services))} standing alerts; embedded graph and ledger (SQLite, WAL, synchronous=FULL), "
        "answered after the commit"
    )

    def connect() -> Connection:
        return Connection(hub.port, "/api/v1/intake/alertmanager", secret)

    await load.play(list(load.standing_posts(args.services)), connect, 4, load.webhook)
    await _calm(hub)
    watch, before, own = Watch(), Cpu.of(hub.pid), time.process_time()
    watching = asyncio.create_task(_look(hub, watch))
    began = time.perf_counter()
    faults, noise = await _play(args, connect, load.webhook, lambda: _told_by_hub(sink.arrivals))
    spent, took = Cpu.of(hub.pid).since(before), time.perf_counter() - began
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    told = _told_by_hub(sink.arrivals)
    good = _report("hub", args.faults, faults, noise, told)
    print(
        f"             CPU {spent.process:.1f} s of the hub, {time.process_time() - own:.1f} s of load and mail "
        f"server, {spent.machine:.1f} s of the machine with all that ran beside, in {took:.1f} s; "
        f"waiting in the inbox p95 {percentile(watch.inbox, 0.95):.0f}, most {max(watch.inbox, default=0):.0f}; "
        f"in the outbox most {max(watch.outbox, default=0):.0f}; live incidents most {max(watch.live, default=0):.0f}; "
        f"{len(sink.arrivals)} mails"
    )
    return good


async def _measure_peer(program: str, args: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="faultpath-peer-") as name:
        async with _sink() as sink:
            manager = await peer.Alertmanager.start(program, Path(name), sink.port)
            try:
                print("alertmanager in memory (it answers before anything is on disk), group_wait 0s, one mail a fault")

                def connect() -> Connection:
                    return Connection(manager.port, "/api/v2/alerts", "")

                await load.play(list(load.standing_posts(args.services)), connect, 4, peer.as_api_v2)
                before, began = Cpu.of(manager.child.process.pid), time.perf_counter()
                faults, noise = await _play(args, connect, peer.as_api_v2, lambda: _told_by_peer(sink.arrivals))
                spent = Cpu.of(manager.child.process.pid).since(before)
                _report("alertmanager", args.faults, faults, noise, _told_by_peer(sink.arrivals))
                print(
                    f"             CPU {spent.process:.1f} s of Alertmanager, {spent.machine:.1f} s of the machine, "
                    f"in {time.perf_counter() - began:.1f} s; {len(sink.arrivals)} mails"
                )
            finally:
                await manager.stop()


@contextlib.asynccontextmanager
async def _sink() -> AsyncIterator[Sink]:
    sink = Sink()
    await sink.start()
    try:
        yield sink
    finally:
        await sink.stop()


async def _play(
    args: argparse.Namespace, connect: Callable[[], Connection], encode: load.Encode, told: Callable[[], Told]
) -> tuple[Tally, Tally]:
    """Faults and noise at once, each over connections of its own; then wait for the notices that are still due."""
    whole = args.seconds + LASTS_S
    faults, noise = await asyncio.gather(
        load.play(
            list(
                load.fault_posts(Company(services=args.services).apart(args.faults), args.seconds, LASTS_S, args.seed)
            ),
            connect,
            4,
            encode,
        ),
        load.play(
            list(load.noise_posts(args.rate, whole, args.services, args.seed)), connect, args.connections, encode
        ),
    )
    end = time.perf_counter() + DRAIN_S
    while len(told()) < args.faults and time.perf_counter() < end:  # noqa: ASYNC110 - mails come in by themselves
        await asyncio.sleep(0.2)
    return faults, noise


async def _calm(hub: HubProcess) -> None:
    """Wait until what was posted is merged and decided."""
    while (await hub.metrics())["faultpath_inbox_waiting"]:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.2)
    await asyncio.sleep(2.0)


async def _look(hub: HubProcess, watch: Watch) -> None:
    while True:
        watch.note(await hub.metrics())
        await asyncio.sleep(2.0)


# Who was told when

Told = Mapping[int, Sequence[float]]
"""Fault → when each of its mails was there."""


def _told_by_hub(arrivals: Sequence[Arrival]) -> Told:
    """The opening notices of each fault; its service's owner, who has only this one, says which incident it is."""
    opened = [one for one in arrivals if one.happening == "open"]
    fault_of = {one.incident: int(one.to[6:10]) for one in opened if one.to.startswith("owner-")}
    told: dict[int, list[float]] = {}
    for one in opened:
        if one.incident in fault_of:
            told.setdefault(fault_of[one.incident], []).append(one.at)
    return told


def _told_by_peer(arrivals: Sequence[Arrival]) -> Told:
    told: dict[int, list[float]] = {}
    for one in arrivals:
        state, _, fault = one.subject.partition(" ")
        if state == "firing" and fault.isdecimal():
            told.setdefault(int(fault), []).append(one.at)
    return told


def _report(who: str, count: int, faults: Tally, noise: Tally, told: Told) -> bool:
    """Print what was reached; whether all were told and the goal was met."""
    first = [min(told[n]) - at for n, at in faults.sent.items() if n in told]
    last = [max(told[n]) - at for n, at in faults.sent.items() if n in told]
    acknowledged = [min(told[n]) - at for n, at in faults.answered.items() if n in told]
    print(f"{who:<12} {len(first)} of {count} faults told; errors {faults.errors + noise.errors}")
    print(f"             confirming alert sent → first notice at the mail server   {_spread(first)}")
    print(f"             confirming alert sent → last of its opening notices       {_spread(last)}")
    print(f"             confirming alert answered (2xx) → first notice            {_spread(acknowledged)}")
    print(f"             post → 2xx, noise                                          {_spread(noise.answers_s)}")
    print(
        f"             noise {noise.alerts} alerts in {noise.posts} posts; "
        f"latest post {max(noise.late_s, faults.late_s) * 1000:.0f} ms after its time"
    )
    met = len(first) == count and percentile(first, 0.95) < GOAL_S
    if who == "hub":
        print(f"             goal p95 < {GOAL_S:.0f} s: {'met' if met else 'NOT met'}")
    return met


def _spread(seconds: Sequence[float]) -> str:
    parts = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    return "  ".join(f"{name} {percentile(seconds, share) * 1000:7.1f} ms" for name, share in parts)


if __name__ == "__main__":
    sys.exit(main())
