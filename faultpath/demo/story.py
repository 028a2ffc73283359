"""The four scenes in plain words, as they happen."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from faultpath.demo.stage import Stage

WAIT_S = 45.0
RESTORED_S = 60.0
WORDS = {"down": "DOWN", "degraded": "LIMITED", "at_risk": "at risk", "ok": "OK", "unknown": "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One scene: what is said before, and which failures of the truth file happen."""

    number: str
    title: str
    happens: str
    storm: bool = False


SCENES = (
    Scene(number="1", title="The CRM's server dies", happens="{target} stops answering, its switch port goes down."),
    Scene(number="2", title="A cooling unit reports fault code E4 over MQTT", happens="{target} reports E4."),
    Scene(
        number="3", title="One of two core switches fails", happens="{target} stops answering; the other carries on."
    ),
    Scene(
        number="4",
        title="An access switch fails and 500 alerts arrive in 10 seconds",
        happens="{target} dies without a word; in the same second a disk fills up elsewhere.",
        storm=True,
    ),
)


async def tell(stage: Stage, console: Console) -> bool:
    """Play the scenes one after another; whether each led to the incidents that it should."""
    good = True
    for scene in SCENES:
        console.rule(f"[bold]Scene {scene.number}: {scene.title}[/bold]")
        good &= await _Telling(stage, console, scene).play()
    return good


class _Telling:
    def __init__(self, stage: Stage, console: Console, scene: Scene) -> None:
        self.stage, self.console, self.scene = stage, console, scene
        truth = stage.truth
        self.failures = [truth.failure(truth.scenes[scene.number])]
        if scene.storm:
            self.failures.append(truth.failure(truth.scene4_unrelated))

    def say(self, text: str) -> None:
        self.console.print(f"  [dim]+{time.monotonic() - self.began:4.1f} s[/dim] {text}")

    async def play(self) -> bool:
        baseline = await self._newest()
        self.began = time.monotonic()
        self.say(self.scene.happens.format(target=f"[bold]{self._target()}[/bold]"))
        first, *others = [failure.id for failure in self.failures]
        if self.scene.storm:
            await self.stage.estate.do(cmd="storm", id=first, also=others)
        else:
            await self.stage.estate.do(cmd="fail", id=first)
        opened = await self._watch(baseline)
        await asyncio.sleep(11.0 if self.scene.storm else 0.5)
        await self._mail_is_out()
        for number in opened:
            self._explain(await self.stage.hub.get(f"/incidents/{number}"))
        self.began = time.monotonic()
        self.say("repaired.")
        await self.stage.estate.do(cmd="restore", ids=[failure.id for failure in self.failures])
        return await self._resolved(opened) and len(opened) == len(self.failures)

    def _target(self) -> str:
        expect = self.failures[0].expect
        return expect.root.name if expect else self.failures[0].target

    async def _newest(self) -> int:
        page = await self.stage.hub.get("/incidents", limit=1)
        return max((item["number"] for item in page["items"]), default=0)

    async def _watch(self, baseline: int) -> list[int]:
        """Say each incident when it opens and each root when it is confirmed, until all have told somebody."""
        said: dict[int, bool] = {}
        while time.monotonic() - self.began < WAIT_S:
            page = await self.stage.hub.get("/incidents", limit=20)
            fresh = [i for i in page["items"] if i["number"] > baseline and i["duplicate_of"] is None]
            for item in reversed(fresh):
                self._say_once(item, said)
            told = {mail.number for mail in self.stage.mail.mails if mail.happening == "open"}
            if len(fresh) >= len(self.failures) and all(i["confirmed"] and i["number"] in told for i in fresh):
                return sorted(item["number"] for item in fresh)
            await asyncio.sleep(0.1)
        return sorted(said)

    def _say_once(self, item: dict[str, Any], said: dict[int, bool]) -> None:
        number, confirmed = item["number"], item["confirmed"]
        root = item["root"]["name"] if item["root"] else "no known CI"
        if number not in said:
            state = "confirmed" if confirmed else "suspected"
            self.say(f"[bold red]INC-{number}[/bold red] opens by itself: root [bold]{root}[/bold], {state}")
        elif confirmed and not said[number]:
            self.say(f"INC-{number}: the hub has asked for itself, root [bold]{root}[/bold] confirmed")
        said[number] = confirmed

    def _explain(self, detail: dict[str, Any]) -> None:
        number = detail["number"]
        say = self.console.print
        say(f"\n  [bold]INC-{number}  P{detail['priority']}[/bold]  {detail['root']['name'] if detail['root'] else ''}")
        for row in detail["services"]:
            path = " → ".join(step["name"] for step in row["path"])
            say(f"    {WORDS[row['state']]:8} {row['service']['name']} (tier {row['tier']})   [dim]{path}[/dim]")
        people = detail["people"]
        say(f"    {people['cannot_work']} people cannot work, {people['limited']} are limited; each counted once")
        symptoms = max(0, len(detail["members"]) - 1)
        say(f"    {len(detail['members'])} alerts in it, {symptoms} of them symptoms")
        for one in detail["remedies"]:
            where = f"({one['document']}, {one['section']})"
            say(f"    {one['code']}: {one['meaning'].get('en')} {one['remedy'].get('en')} {where}")
        self._mails(number, "open", "told")

    def _mails(self, number: int, happening: str, word: str) -> None:
        mails = self.stage.mail.about([number], happening)
        roles: dict[str, int] = {}
        for mail in mails:
            roles[f"{mail.role} ({mail.language})"] = roles.get(f"{mail.role} ({mail.language})", 0) + 1
        listed = ", ".join(f"{count} {role}" for role, count in sorted(roles.items())) or "nobody"
        self.console.print(f"    {word}: {listed}")
        if mails:
            self.console.print(f"    [dim]{mails[0].subject}[/dim]")

    async def _mail_is_out(self) -> None:
        """Wait until no mail came for a moment."""
        for _ in range(40):
            before = len(self.stage.mail.mails)
            await asyncio.sleep(0.5)
            if len(self.stage.mail.mails) == before:
                return

    async def _resolved(self, numbers: list[int]) -> bool:
        while time.monotonic() - self.began < RESTORED_S:
            states = [(await self.stage.hub.get(f"/incidents/{number}"))["state"] for number in numbers]
            if states and all(state == "resolved" for state in states):
                await self._mail_is_out()
                self.say("resolved: " + ", ".join(f"INC-{number}" for number in numbers))
                for number in numbers:
                    self._mails(number, "resolved", f"INC-{number} told of the end")
                return True
            await asyncio.sleep(0.2)
        self.say("[red]not resolved in time[/red]")
        return False
