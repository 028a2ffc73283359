"""Situations: one root and the alerts that it explains, kept the same thing over time.

The assessment says anew each time which roots there are; here each of them is recognised in a situation that is
already open, so that a root that turns up after its symptoms, or a suspicion that is confirmed, stays one situation.
Pure: the clock is an argument, storage is `alerting.situations`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerting.model import Severity, Situation
from cmdb.model import new_ulid
from impact.model import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long to wait for what.

    ``settle``: before notices of an unconfirmed root go; started anew by each member, ``settle_most`` in all.
    ``hold``: before a clear root is believed. ``outlive``: before a member that stays becomes a situation of its own.
    """

    settle: timedelta = timedelta(seconds=10)
    settle_most: timedelta = timedelta(seconds=30)
    hold: timedelta = timedelta(seconds=15)
    outlive: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbound:
    """Active alerts of one (source, resource) that no CI was found for."""

    source: str
    resource: str
    keys: frozenset[str]
    severity: Severity


class _Correlation:
    def __init__(self, known: Sequence[Situation], active: frozenset[str], now: datetime, timing: Timing) -> None:
        self.known = {s.situation_id: s for s in sorted(known, key=lambda s: (s.opened_at, s.situation_id))}
        self.active = active
        self.now = now
        self.timing = timing
        self.taken: dict[str, Root] = {}  # situation id → the root it stands for now

    def open(self) -> list[Situation]:
        return [s for s in self.known.values() if s.resolved_at is None and s.merged_into is None]

    def place(self, roots: Sequence[Root]) -> None:
        """Find each root its situation: the one that has this root already, one that it takes over, or a new one."""
        by_root = {s.root_ci: s for s in self.open() if s.root_ci is not None}
        waiting = []
        for root in roots:
            if root.ci_id in by_root:
                self.taken[by_root[root.ci_id].situation_id] = root
            else:
                waiting.append(root)
        loose = [s for s in self.open() if s.situation_id not in self.taken]
        for root in waiting:
            former = next((s for s in loose if s.situation_id not in self.taken and self._takes_over(root, s)), None)
            if former is not None:
                self._re_root(former, root)
            elif not self._outlives(root):
                self._start(root)
        self._gather([s.situation_id for s in loose if s.situation_id not in self.taken])
        holders = Counter(key for root in self.taken.values() for key in root.explains)
        for situation_id, root in self.taken.items():
            if self.known[situation_id].merged_into is None:
                self._refresh(situation_id, root, holders)

    def _gather(self, loose: Sequence[str]) -> None:
        """Merge what a root explains too into the root's own situation."""
        for situation_id, root in list(self.taken.items()):
            stays = situation_id
            for other in loose:
                free = other not in self.taken and self.known[other].merged_into is None
                if free and self._takes_over(root, self.known[other]):
                    stays = self._merge(stays, other)

    def _takes_over(self, root: Root, situation: Situation) -> bool:
        """Whether what this situation was about is now explained by that root."""
        if root.explains.isdisjoint(situation.members):
            return False
        still = [key for key in situation.own if key in self.active]
        if still:
            return root.explains.issuperset(still)
        if situation.own:
            return False
        return any(key in root.explains for key in situation.members if key in self.active)

    def _outlives(self, root: Root) -> bool:
        """A member that stays after its root has cleared, or eased, waits before it is a situation of its own."""
        for situation in self.open():
            if situation.confirmed_at is None and situation.clear_since is None:
                continue  # who was only suspected has explained nothing
            since = situation.clear_since or situation.outlived_since or self.now
            voices = root.own or root.explains  # who is only suspected has no alert of its own
            if voices and voices <= set(situation.members) and self.now - since < self.timing.outlive:
                return True
        return False

    def _start(self, root: Root) -> None:
        situation = Situation(
            situation_id=new_ulid(),
            root_ci=root.ci_id,
            confirmed=False,
            proven=root.proven,
            severity=Severity(root.severity),
            members=(),
            evidence=(),
            opened_at=self.now,
            settles_at=self.now + self.timing.settle,
        )
        self.known[situation.situation_id] = situation
        self.taken[situation.situation_id] = root

    def _re_root(self, situation: Situation, root: Root) -> None:
        history = situation.root_history + ((situation.root_ci,) if situation.root_ci else ())
        settles = self.now + self.timing.settle  # another root is another finding: what is only suspected waits again
        if self.now < situation.settles_at:
            settles = min(settles, situation.opened_at + self.timing.settle_most)
        self.known[situation.situation_id] = replace(
            situation, root_ci=root.ci_id, root_history=history, clear_since=None, confirmed_at=None,
            settles_at=settles, unbound_source=None, unbound_resource=None,
        )  # fmt: skip
        self.taken[situation.situation_id] = root

    def _merge(self, one: str, other: str) -> str:
        """The older of the two goes on; its id."""
        older, younger = sorted((self.known[one], self.known[other]), key=lambda s: (s.opened_at, s.situation_id))
        root = self.taken.pop(one)
        self.known[younger.situation_id] = replace(younger, merged_into=older.situation_id, resolved_at=self.now)
        if older.situation_id != one:
            self._re_root(older, root)
        self.taken[older.situation_id] = root
        kept = self.known[older.situation_id]
        self.known[older.situation_id] = replace(kept, members=_joined(kept.members, younger.members))
        return older.situation_id

    def _refresh(self, situation_id: str, root: Root, holders: Mapping[str, int]) -> None:
        """Bring a situation up to what its root is now. Other roots' members (``holders``: by how many) leave it."""
        before = self.known[situation_id]
        kept = [key for key in before.members if holders.get(key, 0) <= (key in root.explains)]
        own = tuple(sorted(root.own))
        outlives = any(key in self.active and key not in root.explains for key in kept)
        members = _joined(own, tuple(sorted(root.explains)), tuple(kept))
        settles = before.settles_at
        if set(members) - set(before.members) and not root.confirmed:
            settles = max(settles, self._settles(before))
        self.known[situation_id] = replace(
            before,
            confirmed=root.confirmed,
            confirmed_at=(before.confirmed_at or self.now) if root.confirmed else None,
            proven=root.proven,
            severity=Severity(root.severity),
            own=own,
            members=members,
            evidence=root.evidence,
            settles_at=settles,
            clear_since=None,
            outlived_since=(before.outlived_since or self.now) if outlives else None,
        )

    def _settles(self, situation: Situation) -> datetime:
        """A new member starts the settling anew, up to the most."""
        return min(self.now + self.timing.settle, situation.opened_at + self.timing.settle_most)

    def place_unbound(self, groups: Sequence[Unbound]) -> None:
        places = {(s.unbound_source, s.unbound_resource): s for s in self.open() if s.root_ci is None}
        for group in groups:
            before = places.get((group.source, group.resource))
            members = tuple(sorted(group.keys))
            if before is None:
                before = Situation(
                    situation_id=new_ulid(), root_ci=None, confirmed=False, proven=True, severity=group.severity,
                    own=members, members=members, evidence=(), opened_at=self.now,
                    settles_at=self.now + self.timing.settle,
                    unbound_source=group.source, unbound_resource=group.resource,
                )  # fmt: skip
            settles = self._settles(before) if group.keys - set(before.members) else before.settles_at
            self.known[before.situation_id] = replace(
                before, own=members, members=_joined(members, before.members), severity=group.severity,
                settles_at=max(settles, before.settles_at), clear_since=None,
            )  # fmt: skip

    def start_holds(self, roots: Sequence[Root]) -> None:
        """Note since when the root of a situation does not complain any more."""
        blamed = {root.ci_id for root in roots}
        for situation in self.open():
            if situation.root_ci in blamed:
                continue
            # A root that was only suspected has no alert of its own: those who complained speak for it.
            voices = situation.own or situation.members
            clear = not any(key in self.active for key in voices)
            since = (situation.clear_since or self.now) if clear else None
            if since != situation.clear_since:
                self.known[situation.situation_id] = replace(situation, clear_since=since)

    def end_holds(self) -> None:
        """Resolve what was clear long enough. Members that stay active keep it open, up to the outlive time."""
        for situation in self.open():
            since = situation.clear_since
            if since is None:
                continue
            waited = self.now - since
            lingering = any(key in self.active for key in situation.members)
            if waited >= self.timing.hold and (not lingering or waited >= self.timing.outlive):
                self.known[situation.situation_id] = replace(situation, resolved_at=self.now)


def _joined(*parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for part in parts for key in part))


def correlate(
    known: Sequence[Situation],
    roots: Sequence[Root],
    unbound: Sequence[Unbound],
    *,
    active: frozenset[str],
    now: datetime,
    timing: Timing,
) -> Mapping[str, Situation]:
    """The situations after this assessment, by id; those not in need of change are returned as they were.

    Args:
        known: the open situations.
        roots: the roots of the present assessment.
        unbound: active alerts without a CI, grouped by (source, resource).
        active: fingerprints of all active alerts, pending ones included.
        now: the hub's clock.
        timing: settle, hold and outlive times.
    """
    work = _Correlation(known, active, now, timing)
    work.start_holds(roots)
    work.place(sorted(roots, key=lambda r: (r.since, r.ci_id)))
    work.place_unbound(unbound)
    work.end_holds()
    return work.known


def next_turn(situations: Sequence[Situation], now: datetime, timing: Timing) -> datetime | None:
    """When the passage of time alone changes something: the end of a hold, of a settling, of an outliving."""
    times = []
    for s in situations:
        if s.clear_since is not None:
            times.append(s.clear_since + timing.hold)
            times.append(s.clear_since + timing.outlive)
        if s.outlived_since is not None:
            times.append(s.outlived_since + timing.outlive)
        if not s.confirmed:
            times.append(s.settles_at)
    return min((t for t in times if t > now), default=None)
