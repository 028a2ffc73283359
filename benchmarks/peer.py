"""The peer: Prometheus Alertmanager, mailing each alert at once, for the same posts and the same mail server."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson
import yaml

from benchmarks.hub import START_S, free_port
from faultpath.demo.process import Child

NAMES = ("prometheus-alertmanager", "alertmanager")  # Debian's, upstream's


def installed() -> str | None:
    """The path of an Alertmanager; ``None`` if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def as_api_v2(alerts: Sequence[dict[str, Any]]) -> bytes:
    """Alerts as POST /api/v2/alerts takes them: an end that is not there is left out."""
    kept = ("labels", "annotations", "startsAt", "generatorURL")
    return orjson.dumps(
        [
            {**{name: one[name] for name in kept}, **({"endsAt": one["endsAt"]} if one["status"] == "resolved" else {})}
            for one in alerts
        ]
    )


class Alertmanager:
    """One of its own in a folder. It groups nothing and waits for nothing; only critical alerts are mailed."""

    def __init__(self, child: Child, port: int) -> None:
        self.child = child
        self.port = port

    @classmethod
    async def start(cls, program: str, folder: Path, smtp_port: int) -> Alertmanager:
        port, config = free_port(), folder / "alertmanager.yml"
        config.write_text(yaml.safe_dump(_config(smtp_port)), encoding="utf-8")
        command = [
            program, f"--config.file={config}", f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error",
        ]  # fmt: skip
        child = await Child.start("alertmanager", command, log=folder / "alertmanager.log", cwd=folder)
        async with asyncio.timeout(START_S), httpx.AsyncClient() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"http://127.0.0.1:{port}/-/ready")).is_success:
                        return cls(child, port)
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        await self.child.stop()


def _config(smtp_port: int) -> dict[str, Any]:
    mail = {
        "to": "oncall@example.test", "from": "alertmanager@example.test", "smarthost": f"127.0.0.1:{smtp_port}",
        "require_tls": False, "send_resolved": True,
        "headers": {"Subject": "{{ .Status }} {{ .CommonLabels.fault }}"}, "html": "", "text": "{{ .CommonLabels }}",
    }  # fmt: skip
    route = {"matchers": ['severity="critical"'], "receiver": "mail"}
    return {
        "route": {
            "receiver": "none", "group_by": ["..."], "group_wait": "0s", "group_interval": "1s",
            "repeat_interval": "1h", "routes": [route],
        },
        "receivers": [{"name": "none"}, {"name": "mail", "email_configs": [mail]}],
    }  # fmt: skip
