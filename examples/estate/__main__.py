"""Runs the simulated company as a process: ``python -m examples.estate --seed 7 --dir var/estate``.

Writes what a hub is given (``model.yaml``, ``access.json``, ``fault-codes.yaml``) and what it must conclude
(``truth.json``) into the directory, starts the broker, the agents and the devices, says so in one line of JSON, and
then does what comes in on stdin (see ``control.py``) until ``stop``, the end of stdin, SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path

from examples.estate import broker as brokers
from examples.estate.control import Control, Json
from examples.estate.export import write_all
from examples.estate.generate import generate
from examples.estate.model import Estate
from examples.estate.world import World

FILES_TIMEOUT_S = 600.0
MAX_LINE = 1024 * 1024


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.estate", description="The simulated company.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=1, help="1 is a company of 400 people")
    parser.add_argument("--dir", type=Path, required=True, help="where its files go")
    parser.add_argument("--block", type=int, default=77, help="addresses 127.BLOCK.y.z; 0: one address, own ports")
    parser.add_argument("--one-address", action="store_true", help="all agents on 127.0.0.1, each on its own port")
    parser.add_argument("--broker", choices=("auto", "mosquitto", "aedes"), default="auto")
    parser.add_argument("--use-broker", metavar="HOST:PORT", help="a broker that runs already")
    parser.add_argument("--broker-user", default="estate")
    parser.add_argument("--broker-password-file", type=Path)
    files = parser.add_mutually_exclusive_group()
    files.add_argument("--files-only", action="store_true", help="write the files and end")
    files.add_argument("--no-files", action="store_true", help="start at once, with the files of an earlier run")
    return parser.parse_args()


def _generate(args: argparse.Namespace) -> Estate:
    one_address = args.one_address or args.block == 0
    return generate(args.seed, args.size, block=args.block or 77, one_address=one_address)


def main() -> int:
    """Returns 0 after an orderly end, 1 if something did not come up."""
    args = _arguments()
    os.umask(0o077)  # the files hold communities and passwords
    args.dir.mkdir(parents=True, exist_ok=True)
    if args.files_only:
        write_all(_generate(args), args.dir)
        return 0
    try:
        asyncio.run(_run(args))
    except (OSError, TimeoutError, brokers.BrokerError, FilesError) as error:
        print(f"estate: {error}", file=sys.stderr)
        return 1
    return 0


class FilesError(RuntimeError):
    """The process that writes the files has failed; it has said why on stderr."""


async def _run(args: argparse.Namespace) -> None:
    started = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        files = None if args.no_files else await _write_files(stack)
        broker = await _broker(args)
        stack.push_async_callback(broker.stop)
        world = World(_generate(args), broker, args.dir)
        stack.push_async_callback(world.stop)
        await world.start()
        up_s = time.monotonic() - started
        if files is not None and await asyncio.wait_for(files.wait(), FILES_TIMEOUT_S) != 0:
            raise FilesError("the files could not be written")
        _say(_ready(args, world, broker, up_s, time.monotonic() - started))
        await _obey(Control(world), stop)


async def _write_files(stack: contextlib.AsyncExitStack) -> asyncio.subprocess.Process:
    """The truth takes some seconds of computing: another process does it while everything starts."""
    command = (sys.executable, "-m", "examples.estate", *sys.argv[1:], "--files-only")
    process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL, stdout=sys.stderr)
    stack.callback(_end, process)
    return process


def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()


async def _broker(args: argparse.Namespace) -> brokers.Broker:
    if args.use_broker is None:
        return await brokers.start(args.dir, kind=args.broker)
    if args.broker_password_file is None:
        raise brokers.BrokerError("--use-broker needs --broker-password-file")
    return brokers.given(args.use_broker, args.broker_user, args.broker_password_file.read_text().strip())


def _ready(args: argparse.Namespace, world: World, broker: brokers.Broker, up_s: float, ready_s: float) -> Json:
    """The first line on stdout. ``broker`` is what an MQTT client needs; its password stands in a file."""
    return {
        "ok": True,
        "event": "ready",
        "directory": str(args.dir.resolve()),
        "agents": len(world.snmp),
        "mqtt_devices": len(world.iot),
        "broker": broker.settings(args.dir.resolve()),
        "broker_kind": broker.kind,
        "agents_up_s": round(up_s, 2),
        "ready_s": round(ready_s, 2),
    }


async def _obey(control: Control, stop: asyncio.Event) -> None:
    """Does each line of stdin until its end, ``stop`` or a signal."""
    reader = asyncio.StreamReader(limit=MAX_LINE)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    signalled = asyncio.create_task(stop.wait())
    try:
        while not control.stopped.is_set():
            line = asyncio.create_task(reader.readline())
            await asyncio.wait({line, signalled}, return_when=asyncio.FIRST_COMPLETED)
            if not line.done() or not (text := line.result()):
                line.cancel()
                return
            _say(control.do(text.decode("utf-8", "replace")))
    finally:
        signalled.cancel()
        transport.close()


def _say(answer: Json) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    sys.exit(main())
