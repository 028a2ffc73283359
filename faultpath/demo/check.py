"""Expected against found: a failure is played, and what the hub makes of it is compared with the truth file."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from faultpath.demo.known import visible
from faultpath.demo.stage import Stage, discover_again
from faultpath.demo.truth import Expectation, Failure

CONFIRMED_S = 40.0
"""Longest wait for an incident whose root the hub can confirm by asking."""

SUSPECTED_S = 60.0
"""With the settle time of a root that stays suspected."""

QUIET_S = 9.0
"""How long nothing must happen where nothing is expected."""

STRAY_S = 1.5
"""After the expected was seen: time for what should not come."""

RESTORED_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One comparison. ``expected`` and ``found`` are plain values."""

    name: str
    expected: Any
    found: Any

    @property
    def ok(self) -> bool:
        return bool(self.expected == self.found)

    def difference(self) -> list[tuple[str, Any]]:
        """What to show of a wrong one; of long lists only what is missing and what is too much."""
        if isinstance(self.expected, list) and isinstance(self.found, list):
            missing = [item for item in self.expected if item not in self.found]
            extra = [item for item in self.found if item not in self.expected]
            return [("missing", missing), ("too much", extra)]
        return [("expected", self.expected), ("found", self.found)]


@dataclass(slots=True, kw_only=True)
class Play:
    """One failure on its way: what is expected, and the incident that turned out to be it."""

    failure: Failure
    expect: Expectation | None
    root_ci: str | None
    number: int | None = None
    opened_after_s: float | None = None

    @property
    def incident_due(self) -> bool:
        return self.expect is not None and self.expect.incident


async def check_discovery(stage: Stage) -> list[Check]:
    """All that is visible is there, nothing else is, and a second run changes nothing."""
    checks = [
        Check(name=f"discovery: {what}", expected=[], found=found)
        for what, found in visible(stage.truth, stage.inventory).items()
    ]
    before = (await stage.hub.get("/graph/revision"))["stored"]
    await discover_again(stage.hub)
    after = (await stage.hub.get("/graph/revision"))["stored"]
    return [*checks, Check(name="discovery: revision after a second run", expected=before, found=after)]


class Trial:
    """Plays failures that share nothing at the same time, restores them, and compares."""

    def __init__(self, stage: Stage, failures: Sequence[Failure], *, storm: str | None = None) -> None:
        self.stage = stage
        self.storm = storm
        self.plays = [
            Play(failure=f, expect=f.expect, root_ci=stage.root_ci(f.expect) if f.expect else None) for f in failures
        ]
        self.checks: list[Check] = []
        self.judged = False  # from then on each play keeps the incident that it has
        self.listed: dict[int, dict[str, Any]] = {}
        self.details: dict[int, dict[str, Any]] = {}

    async def run(self) -> list[Check]:
        self.baseline = await self._newest_number()
        self.mails_before = len(self.stage.mail.mails)
        began = time.monotonic()
        await self._fail()
        await self._wait_for_incidents(began)
        await asyncio.sleep(STRAY_S)
        await self._read()
        self._compare()
        self.judged = True
        await self._restore()
        return self.checks

    async def _newest_number(self) -> int:
        page = await self.stage.hub.get("/incidents", limit=1)
        return max((item["number"] for item in page["items"]), default=0)

    async def _fail(self) -> None:
        ids = [play.failure.id for play in self.plays]
        if self.storm is not None:
            await self.stage.estate.do(cmd="storm", id=self.storm, also=[one for one in ids if one != self.storm])
        else:
            await self.stage.estate.do(cmd="fail", ids=ids)

    async def _wait_for_incidents(self, began: float) -> None:
        due = [play for play in self.plays if play.incident_due]
        patience = max(
            [QUIET_S if any(not p.incident_due for p in self.plays) else 0.0]
            + [CONFIRMED_S if p.expect and p.expect.confirmed else SUSPECTED_S for p in due]
        )
        while time.monotonic() - began < patience:
            await self._look()
            for play in due:
                if play.number is not None and play.opened_after_s is None:
                    play.opened_after_s = time.monotonic() - began
            quiet = time.monotonic() - began >= QUIET_S or len(due) == len(self.plays)
            if quiet and all(self._seems_done(play) for play in due):
                await self._read()
                if all(self._as_expected(play) for play in due):
                    return
            await asyncio.sleep(0.25)

    async def _look(self) -> None:
        """Fetch the list of this trial's incidents, and find each play its own by the root."""
        self.listed = {}
        async for item in self.stage.hub.pages("/incidents", limit=100):
            if item["number"] <= self.baseline:
                break
            if item["duplicate_of"] is None:
                self.listed[item["number"]] = item
        roots = {item["root"]["id"]: number for number, item in self.listed.items() if item["root"]}
        for play in self.plays:
            if not self.judged:
                play.number = roots.get(play.root_ci) if play.root_ci else None

    async def _read(self) -> None:
        """Fetch all of each incident: heavy for the hub, so only where the list says that it is worth it."""
        await self._look()
        self.details = {number: await self.stage.hub.get(f"/incidents/{number}") for number in self.listed}

    def _seems_done(self, play: Play) -> bool:
        """What the list and the mail server tell without asking the hub for everything."""
        if play.number is None or play.expect is None:
            return False
        item = self.listed[play.number]
        told = self._told(play.number, "open") == self._to_tell(play.expect)
        return told and (item["confirmed"], item["priority"]) == (play.expect.confirmed, play.expect.priority)

    def _as_expected(self, play: Play) -> bool:
        return all(check.ok for check in self._of(play))

    def _compare(self) -> None:
        for play in self.plays:
            self.checks += self._of(play)
        expected = sum(play.incident_due for play in self.plays)
        names = "+".join(play.failure.id for play in self.plays)
        stray = [
            d["title"]["code"] + " " + str(d["title"]["args"])
            for n, d in self.details.items()
            if n not in self._taken()
        ]
        self.checks.append(
            Check(name=f"{names}: incidents", expected=(expected, []), found=(len(self._taken()), stray))
        )
        for play in self.plays:
            told = play.expect.told if play.expect and play.incident_due else ()
            self.stage.capped |= {one.email for one in told if one.role == "user"}

    def _taken(self) -> set[int]:
        return {play.number for play in self.plays if play.number is not None}

    def _of(self, play: Play) -> list[Check]:
        expect, name = play.expect, play.failure.id
        if expect is None or not expect.incident:
            return [Check(name=f"{name}: no incident", expected=None, found=play.number)]
        if play.number is None:
            return [Check(name=f"{name}: incident with root {expect.root.name}", expected="open", found="none")]
        detail = self.details[play.number]
        found = {
            "confirmed": detail["confirmed"],
            "severity": detail["severity"],
            "priority": detail["priority"],
            "services": {row["service"]["name"]: row["state"] for row in detail["services"]},
            "cannot work": self._people(detail, "down"),
            "limited": self._people(detail, "degraded"),
            "told": self._told(play.number, "open"),
        }
        wanted = {
            "confirmed": expect.confirmed,
            "severity": expect.severity,
            "priority": expect.priority,
            "services": expect.services,
            "cannot work": sorted(expect.cannot_work),
            "limited": sorted(expect.limited),
            "told": self._to_tell(expect),
        }
        checks = [Check(name=f"{name}: {what}", expected=wanted[what], found=found[what]) for what in wanted]
        if expect.remedy:
            remedies = {(one["code"], one["document"], one["section"]) for one in detail["remedies"]}
            want = (expect.remedy.code, expect.remedy.document, expect.remedy.section)
            checks.append(Check(name=f"{name}: remedy", expected=True, found=want in remedies))
        return checks

    def _people(self, detail: dict[str, Any], state: str) -> list[str]:
        emails = self.stage.inventory.emails
        rows = detail["people"]["items"]
        return sorted(emails.get(row["person"]["id"], row["person"]["name"]) for row in rows if row["state"] == state)

    def _told(self, number: int, happening: str) -> list[tuple[str, str, str]]:
        return sorted((m.to, m.role, m.language) for m in self.stage.mail.about([number], happening))

    def _to_tell(self, expect: Expectation) -> list[tuple[str, str, str]]:
        """Whom the rules name, less the users who had their opening mail of this hour."""
        return sorted(
            (one.email, one.role, one.language)
            for one in expect.told
            if one.role != "user" or one.email not in self.stage.capped
        )

    async def _restore(self) -> None:
        told = {play.failure.id: self._told(play.number, "open") for play in self.plays if play.number is not None}
        began = time.monotonic()
        await self.stage.estate.do(cmd="restore", ids=[play.failure.id for play in self.plays])
        while time.monotonic() - began < RESTORED_S:
            await self._look()
            if all(check.ok for check in self._over(told)):
                break
            await asyncio.sleep(0.25)
        await asyncio.sleep(0.5)
        await self._look()
        self.checks += [*self._over(told), self._strangers()]

    def _strangers(self) -> Check:
        """Mails about anything else than what is expected, from beginning to end, and a second opening to anybody."""
        news = self.stage.mail.mails[self.mails_before :]
        strange = [f"{m.happening} {m.to}: {m.subject}" for m in news if m.number not in self._taken()]
        strange += [f"worse {m.to}: {m.subject}" for m in news if m.happening == "worse"]
        name = "+".join(play.failure.id for play in self.plays)
        return Check(name=f"{name}: mails that nobody should get", expected=[], found=strange)

    def _over(self, told: dict[str, list[tuple[str, str, str]]]) -> list[Check]:
        checks = []
        for play in self.plays:
            if play.number is None:
                continue
            name = play.failure.id
            state = self.listed.get(play.number, {"state": "gone"})["state"]
            checks.append(Check(name=f"{name}: after the repair", expected="resolved", found=state))
            checks.append(
                Check(name=f"{name}: told of the end", expected=told[name], found=self._told(play.number, "resolved"))
            )
        return checks
