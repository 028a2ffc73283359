"""Who is at fault: what each complaint says of its CI once the hub has asked around (SEMANTICS 4).

A time-out is evidence about a path. A silent CI is down only if a healthy way from the hub to it exists and nothing
contradicts; else it is unreachable, or only its agent is silent. Before anything is blamed, everything that it stands
on has been asked; until then the complaint is pending.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from impact.cabling import Cable
from impact.graph import CompiledGraph
from impact.model import Complaint, ComplaintKind, DeviceSigns, Health, Reason, Signs
from impact.propagate import Propagation
from impact.state import State, evaluate

WARNING, MAJOR, CRITICAL = 1, 3, 4
REQUEST_TIMEOUT = timedelta(seconds=1)
"""Of the poller: a sign of life counts against our own silence only when it is younger than the first time-out."""

RECOVERY_GRACE = timedelta(seconds=30)
"""How long a thing that we cannot ask may take to report back after its neighbour answers again."""


class Answer(Enum):
    ALIVE = "alive"
    SILENT = "silent"
    PENDING = "pending"
    UNASKED = "unasked"


@dataclass(kw_only=True)
class Fault:
    """Something that is broken by itself, as far as is known."""

    node: int
    effect: Health
    severity: int
    confirmed: bool
    since: datetime
    proven: bool = True
    keys: set[str] = field(default_factory=set)
    evidence: list[Reason] = field(default_factory=list)
    suspected_share: float | None = None
    confirmed_at: datetime | None = None


@dataclass
class Verdicts:
    """What the complaints come to. ``symptoms`` are complaints that blame something else than their own CI."""

    faults: dict[int, Fault] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)
    symptoms: dict[str, int] = field(default_factory=dict)  # complaint key → node it sits on
    pending: dict[str, int] = field(default_factory=dict)
    waiting_since: list[datetime] = field(default_factory=list)
    ask: set[int] = field(default_factory=set)
    blind: bool = False


class Judge:
    """Judges all active complaints at one moment. Use `judge`."""

    def __init__(self, graph: CompiledGraph, complaints: Iterable[Complaint], signs: Signs, now: datetime) -> None:
        self.graph = graph
        self.net = graph.network
        self.now = now
        self.signs = {graph.index[ci]: s for ci, s in signs.devices.items() if ci in graph.index}
        self.ports = {graph.index[ci]: s for ci, s in signs.ports.items() if ci in graph.index}
        self.asking = {graph.index[ci] for ci in signs.asking if ci in graph.index}
        self.verdicts = Verdicts()
        self.silent: dict[int, list[Complaint]] = {}
        self.others: list[tuple[int, Complaint]] = []
        for complaint in sorted(complaints, key=lambda c: c.key):
            node = graph.index.get(complaint.ci_id)
            if node is None:
                continue
            if complaint.kind is ComplaintKind.NO_ANSWER:
                self.silent.setdefault(node, []).append(complaint)
            else:
                self.others.append((node, complaint))

    def run(self) -> Verdicts:
        for node, complaints in self.silent.items():
            if node in self.net or node in self.signs:
                self._silent_device(node, complaints)
        for node, complaint in self.others:
            if complaint.kind is ComplaintKind.PORT_DOWN:
                self._port_down(node, complaint)
            else:
                self._reported(node, complaint)
        self._silent_rest([n for n in self.silent if n not in self.net and n not in self.signs])
        return self.verdicts

    # What the hub knows of others

    def answer(self, node: int, since: datetime) -> Answer:
        """Whether a CI has answered a question that was put after ``since``."""
        signs = self.signs.get(node)
        if signs is None or not signs.pollable:
            return Answer.UNASKED
        if signs.last_answer is None and signs.silent_since is None:
            return Answer.PENDING if self._first_asked(node) else Answer.UNASKED
        if signs.silent_since is not None:
            # Its own complaint may still be on its way through the inbox; nobody else is blamed before it is in.
            done = _question_failed(signs) and node in self.silent
            return Answer.SILENT if done else Answer.PENDING
        return Answer.ALIVE if signs.last_answer is not None and signs.last_answer >= since else Answer.PENDING

    def _first_asked(self, node: int) -> bool:
        """Whether the first question to it since the start is under way: nothing is known yet, and will be soon."""
        signs = self.signs.get(node)
        heard = signs is not None and (signs.last_answer is not None or signs.silent_since is not None)
        return node in self.asking and not heard

    def settled(self, node: int, since: datetime) -> bool:
        """Whether all that this CI stands on was asked after ``since``; asks whoever was not."""
        waiting = [n for n in self.graph.scope(node) if n != node and self.answer(n, since) is Answer.PENDING]
        self.verdicts.ask.update(waiting)
        return not waiting

    def _alive_behind(self, node: int, since: datetime) -> int | None:
        """A device that answers although every way from the hub to it passes this one."""
        if node not in self.net.transit:
            return None
        tree = self.net.hub_dominators
        for other in sorted(self.signs):
            if other != node and tree.dominates(node, other) and self.answer(other, since) is Answer.ALIVE:
                return other
        return None

    # Silence of devices

    def _silent_device(self, node: int, complaints: list[Complaint]) -> None:
        signs = self.signs.get(node)
        began = min(c.since for c in complaints)
        if self._first_asked(node):
            self._wait(node, complaints)
            return
        if signs is not None and signs.silent_since is not None:
            began = signs.silent_since
        elif signs is not None and signs.pollable and signs.last_answer is not None:
            if all(self._own(c) for c in complaints):
                self._wait(node, complaints)  # it answers: the end of our own finding is on its way through the inbox
            elif signs.last_answer >= began:
                self._agent_silent(node, complaints, "answers_hub", {"device": self.graph.name(node)})
            else:
                self._wait(node, complaints, ask=[node])
            return
        own_question = signs is not None and signs.pollable and signs.silent_since is not None
        proof = began + REQUEST_TIMEOUT if own_question else began
        behind = self._alive_behind(node, proof)
        if behind is not None and not self._asked_after(node, behind, complaints):
            self._wait(node, complaints, ask=[node])
        elif behind is not None:
            args = {"device": self.graph.name(node), "behind": self.graph.name(behind)}
            self._agent_silent(node, complaints, "alive_behind", args)
        elif not self.settled(node, proof):
            self._wait(node, complaints)
        else:
            self._by_neighbours(node, complaints, proof)

    def _by_neighbours(self, node: int, complaints: list[Complaint], proof: datetime) -> None:
        near = [(cable, cable.other(node)) for cable in self.net.at.get(node, ())]
        answers = {far: self.answer(far, proof) for _, far in near if far != self.net.hub}
        alive = [(cable, far) for cable, far in near if answers.get(far) is Answer.ALIVE]
        read = [(cable, far, self.ports.get(cable.port_of(far))) for cable, far in alive]
        if stale := [far for _, far, port in read if port is not None and port.at < proof]:
            self._wait(node, complaints, ask=stale)
            return
        up = [(cable, far) for cable, far, port in read if port is not None and port.up]
        waiting = [far for far, answer in answers.items() if answer is Answer.PENDING]
        if up and len({c.source for c in complaints}) < 2:
            self._lives(node, complaints, up, [pair for pair in alive if pair not in up])
        elif not alive and waiting:
            self._wait(node, complaints, ask=waiting)
        elif alive:
            self._down_by_neighbour(node, complaints, alive)
        else:
            self._nobody_answers(node, complaints, proof, answers)

    def _lives(
        self,
        node: int,
        complaints: list[Complaint],
        up: Sequence[tuple[Cable, int]],
        others: Sequence[tuple[Cable, int]],
    ) -> None:
        """A port beside it is up, so it lives. Is there a way over which it could answer, or are its links cut?"""
        cable, far = next((pair for pair in up if pair[1] in self.net.transit), up[0])
        args = {"device": self.graph.name(node), "upstream": self.graph.name(far), "port": self._port(cable, far)}
        cut = [pair for pair in others if pair[1] in self.net.transit]
        port = self.ports[cable.port_of(far)]
        if not self._asked_after(node, far, complaints, up_since=port.since):
            self._wait(node, complaints, ask=[node])
            return
        if far in self.net.transit or not cut:
            self._agent_silent(node, complaints, "port_up_at", args)
            return
        for broken, near in cut:
            where = Reason(code="port_down_at", args=self._place(near, broken))
            evidence = [where, Reason(code="port_up_at", args=args)]
            self._fault(broken.link, complaints, severity=MAJOR, confirmed=False, evidence=evidence, named=False)
        self.verdicts.unknown.add(node)
        self.verdicts.symptoms.update(dict.fromkeys((c.key for c in complaints), node))

    def _down_by_neighbour(self, node: int, complaints: list[Complaint], alive: Sequence[tuple[Cable, int]]) -> None:
        """Somebody beside it answers. It was down only if it stayed silent after that neighbour was back."""
        witness = next((pair for pair in alive if self._asked_after(node, pair[1], complaints)), None)
        if witness is None:
            self._wait(node, complaints, ask=[node])
            return
        cable, far = witness
        args = {"device": self.graph.name(node), "upstream": self.graph.name(far)}
        evidence = [Reason(code="silent_upstream_answers", args=args)]
        port = self.ports.get(cable.port_of(far))
        if port is not None and not port.up and len(self.net.at[node]) == 1:
            where = {"device": self.graph.name(far), "port": self._port(cable, far)}
            evidence.append(Reason(code="port_down_at", args=where))
        self._fault(node, complaints, confirmed=True, evidence=evidence)

    def _asked_after(
        self, node: int, neighbour: int, complaints: list[Complaint], *, up_since: datetime | None = None
    ) -> bool:
        """Whether it stayed silent after that neighbour, and the neighbour's port to it, were back."""
        times = [t for t in (self.signs[neighbour].answering_since, up_since) if t is not None]
        if not times:
            return True
        back, signs = max(times), self.signs.get(node)
        if signs is not None and signs.pollable:
            return signs.last_failed_start is not None and signs.last_failed_start >= back
        since = signs.silent_since if signs is not None and signs.silent_since else min(c.since for c in complaints)
        return since >= back or self.now - back > RECOVERY_GRACE

    def _recovering(self, node: int, since: datetime) -> bool:
        """Whether something that it stands on has come back since, so that its own all-clear may be on its way."""
        for other in self.graph.scope(node):
            signs = self.signs.get(other)
            back = signs.answering_since if signs is not None else None
            if back is not None and back > since and self.now - back <= RECOVERY_GRACE:
                return True
        return False

    def _nobody_answers(
        self,
        node: int,
        complaints: list[Complaint],
        proof: datetime,
        answers: dict[int, Answer],
    ) -> None:
        name, near = self.graph.name(node), [(cable, cable.other(node)) for cable in self.net.at.get(node, ())]
        if any(far == self.net.hub for _, far in near):
            # the hub sees nothing only if nobody at all answers; else it is this one way of several
            self.verdicts.blind |= not any(self.answer(other, proof) is Answer.ALIVE for other in self.signs)
            self._fault(node, complaints, confirmed=False, evidence=[Reason(code="hub_link", args={"device": name})])
        elif not near:
            self._fault(
                node, complaints, confirmed=False, evidence=[Reason(code="no_way_known", args={"device": name})]
            )
        elif any(answers.get(far) is Answer.UNASKED and far in self.net.transit for _, far in near):
            reported = any(c.authenticated and not self._own(c) for c in complaints)
            self._fault(node, complaints, confirmed=reported, evidence=[_reported_by(c) for c in complaints])
        else:
            self.verdicts.unknown.add(node)
            self.verdicts.symptoms.update(dict.fromkeys((c.key for c in complaints), node))

    @staticmethod
    def _own(complaint: Complaint) -> bool:
        return complaint.source == "snmp"

    # Ports, reports, and what has no place in the network

    def _port_down(self, port: int, complaint: Complaint) -> None:
        end = self.net.by_port.get(port)
        if end is None:
            self.verdicts.symptoms[complaint.key] = port
            return
        near, cable = end
        far = cable.other(near)
        signs = self.signs.get(far)
        known = self.verdicts.faults.get(cable.link)
        answers = signs is not None and signs.last_answer is not None and signs.last_answer >= complaint.since
        if known is not None and known.effect == Health.DOWN and not self._is_silent(near):
            known.keys.add(complaint.key)
        elif self._first_asked(near) or self._first_asked(far):
            self._wait(port, [complaint])
        elif self._is_silent(near) or self._is_silent(far) or (far in self.silent and not answers):
            self.verdicts.symptoms[complaint.key] = port
        elif signs is None or (signs.last_answer is None and signs.silent_since is None):
            evidence = [Reason(code="port_down_at", args=self._place(near, cable)), *_doubts(complaint)]
            self._fault(far, [complaint], confirmed=False, evidence=evidence, proven=complaint.proven)
        elif answers:
            args = {"a": self.graph.name(near), "b": self.graph.name(far)}
            evidence = [Reason(code="both_ends_answer", args=args), *_doubts(complaint)]
            self._fault(cable.link, [complaint], confirmed=complaint.proven, evidence=evidence, proven=complaint.proven)
        else:
            self._wait(port, [complaint], ask=[far] if signs.pollable else [])

    def _place(self, device: int, cable: Cable) -> dict[str, str]:
        return {"device": self.graph.name(device), "port": self._port(cable, device)}

    def _is_silent(self, node: int) -> bool:
        signs = self.signs.get(node)
        return signs is not None and signs.silent_since is not None and _question_failed(signs)

    def _reported(self, node: int, complaint: Complaint) -> None:
        """A fault that a source names, or a hint of unproven origin."""
        if complaint.kind is ComplaintKind.HINT and not complaint.counts:
            self._wait(node, [complaint], ask=[node])
            return
        if complaint.kind is ComplaintKind.HINT and node in self.net.by_port:
            self._port_down(node, complaint)
            return
        if complaint.effect >= Health.DEGRADED and not self.settled(node, complaint.since):
            self._wait(node, [complaint])
            return
        evidence = [_reported_by(complaint), *_doubts(complaint)]
        self._fault(
            node,
            [complaint],
            effect=complaint.effect,
            severity=complaint.severity,
            confirmed=complaint.authenticated and complaint.proven,
            proven=complaint.proven,
            evidence=evidence,
        )

    def _silent_rest(self, nodes: list[int]) -> None:
        """Things that no probe of ours reaches (virtual machines, applications): their needs decide."""
        ready = []
        for node in sorted(nodes, key=lambda n: (len(self.graph.scope(n)), n)):
            if self.settled(node, min(c.since for c in self.silent[node])):
                ready.append(node)
            else:
                self._wait(node, self.silent[node])
        if not ready:
            return
        known, feared = self._bounds()
        for node in ready:
            complaints = self.silent[node]
            if known.needed(node) == Health.DOWN:
                self.verdicts.symptoms.update(dict.fromkeys((c.key for c in complaints), node))
            elif feared.needed(node) == Health.DOWN:
                self.verdicts.unknown.add(node)
                self.verdicts.symptoms.update(dict.fromkeys((c.key for c in complaints), node))
            elif self._recovering(node, min(c.since for c in complaints)):
                self._wait(node, complaints)
            else:
                reported = any(c.authenticated for c in complaints) and known.needed(node) < Health.DEGRADED
                self._fault(node, complaints, confirmed=reported, evidence=[_reported_by(complaints[0])])
                known.add({node: Health.DOWN})
                feared.add({node: Health.DOWN})

    def _bounds(self) -> tuple[Propagation, Propagation]:
        """The health of everything if the unknown were all well, and if it were all down."""
        own = self.state_of_faults()
        unknown = dict.fromkeys(self.verdicts.unknown, Health.DOWN)
        feared = Propagation(self.graph)
        feared.add(own.spread.own | unknown, own.spread.network)
        return own.spread, feared

    def state_of_faults(self) -> State:
        own = {fault.node: fault.effect for fault in self.verdicts.faults.values()}
        return evaluate(self.graph, own, network_known=not self.verdicts.blind)

    # Findings

    def _agent_silent(self, node: int, complaints: list[Complaint], code: str, args: dict[str, str]) -> None:
        evidence = [Reason(code="agent_silent", args={"device": self.graph.name(node)}), Reason(code=code, args=args)]
        self._fault(node, complaints, effect=Health.AT_RISK, severity=WARNING, confirmed=True, evidence=evidence)

    def _fault(
        self,
        node: int,
        complaints: Sequence[Complaint],
        *,
        confirmed: bool,
        evidence: Sequence[Reason],
        effect: Health = Health.DOWN,
        severity: int | None = None,
        proven: bool = True,
        named: bool = True,
    ) -> None:
        """Note a fault. ``named`` false: the complaints are about something else, and will be given to a root."""
        worst = max(c.severity for c in complaints) if severity is None else severity
        since = min(c.since for c in complaints)
        known = [c.confirmed_at for c in complaints if c.confirmed_at is not None] if named else []
        found = Fault(
            node=node, effect=effect, severity=worst, confirmed=confirmed, proven=proven, since=since,
            keys={c.key for c in complaints} if named else set(), evidence=list(evidence),
            confirmed_at=min(known, default=None),
        )  # fmt: skip
        before = self.verdicts.faults.get(node)
        self.verdicts.faults[node] = found if before is None else _joined(before, found)

    def _wait(self, node: int, complaints: Sequence[Complaint], ask: Iterable[int] = ()) -> None:
        self.verdicts.pending.update(dict.fromkeys((c.key for c in complaints), node))
        self.verdicts.waiting_since.extend(c.since for c in complaints)
        self.verdicts.ask.update(ask)

    def _port(self, cable: Cable, device: int) -> str:
        port = self.graph.cis[cable.port_of(device)]
        return str(port.attributes.get("if_name", port.name))


def _joined(one: Fault, other: Fault) -> Fault:
    """Two findings about one CI. How firmly it is believed is said of the worse effect, not of the lesser beside it."""
    worse, less = (other, one) if other.effect > one.effect else (one, other)
    alike = worse.effect == less.effect
    return Fault(
        node=worse.node,
        effect=worse.effect,
        severity=max(worse.severity, less.severity),
        confirmed=worse.confirmed or (alike and less.confirmed),
        proven=worse.proven or (alike and less.proven),
        since=min(worse.since, less.since),
        keys=worse.keys | less.keys,
        evidence=[*worse.evidence, *(reason for reason in less.evidence if reason not in worse.evidence)],
        confirmed_at=min((at for at in (worse.confirmed_at, less.confirmed_at) if at is not None), default=None),
    )


def _doubts(complaint: Complaint) -> list[Reason]:
    return [] if complaint.proven else [Reason(code="unproven", args={"source": complaint.source})]


def _question_failed(signs: DeviceSigns) -> bool:
    if not signs.pollable:
        return True
    return (
        signs.last_failed_start is not None
        and signs.silent_since is not None
        and signs.last_failed_start >= signs.silent_since
    )


def _reported_by(complaint: Complaint) -> Reason:
    return Reason(code="reported_by", args={"source": complaint.source, "check": complaint.check})


def judge(graph: CompiledGraph, complaints: Iterable[Complaint], signs: Signs, now: datetime) -> Verdicts:
    """Judge all active complaints by the hub's own evidence at one moment. ``now`` is the hub's clock."""
    return Judge(graph, complaints, signs, now).run()
