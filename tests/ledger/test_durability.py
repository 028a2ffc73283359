"""What survives: kill -9 at each boundary of the intake, and the disk synced before the answer."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.engine import Ledger
from ledger.inbox import Inbox

COUNT, LAST = 20, 7


def run(directory: Path, *before: str, kill_at: str = "") -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-m", "tests.ledger.killed", str(directory), str(COUNT)]
    environment = os.environ | {"FAULTPATH_KILL_AT": kill_at}
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("boundary", "answered", "kept"),
    [
        ("after-receipt", LAST - 1, LAST - 1),
        ("after-inbox-commit", LAST - 1, LAST),
        ("before-answer", LAST - 1, LAST),
        ("after-answer", LAST, LAST),
    ],
)
def test_nothing_answered_is_lost(tmp_path: Path, boundary: str, answered: int, kept: int) -> None:
    ended = run(tmp_path, kill_at=f"{boundary}:{LAST}")
    assert ended.returncode == -signal.SIGKILL
    answers = [int(line.split()[0]) for line in ended.stdout.splitlines()]
    ledger = Ledger.open(tmp_path / "ledger.db")  # the lock died with its owner
    found = [int(row.body) for row in Inbox(ledger).read(0, COUNT)]
    ledger.close()
    assert answers == list(range(answered))
    assert found == list(range(kept))


@pytest.mark.skipif(shutil.which("strace") is None, reason="no strace; Debian: apt-get install strace")
def test_the_disk_is_synced_before_each_answer(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    ended = run(tmp_path, "strace", "-f", "-y", "-e", "trace=fdatasync,fsync,write,pwrite64", "-o", str(trace))
    assert ended.returncode == 0, ended.stderr
    calls = trace.read_text().splitlines()
    synced = written = False
    answers = 0
    for call in calls:
        if re.search(r"pwrite64\(\d+<[^>]*ledger\.db-wal>", call):
            written, synced = True, False
        elif re.search(r"f(data)?sync\(\d+<[^>]*ledger\.db-wal>\)\s*= 0", call):
            synced = True
        elif re.search(r'write\(1<[^>]*>, "\d+ \d+\\n"', call):
            assert written, "an answer without a write to the log"
            assert synced, "an answer before the sync"
            answers += 1
            written = synced = False
    assert answers == COUNT
