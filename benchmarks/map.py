"""Maps of a cone of 10,000 CIs: how long each part takes, how many marks are drawn, and how heavy the answer is.

A core switch with access switches, servers on links, machines and applications on servers that need each other,
services and their users on those. The core is down. Times are of one thread; the answer is compressed as the hub does
it.

python -m benchmarks.map [CIS]
"""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from benchmarks.figures import Times, heading, shown
from benchmarks.machine import describe
from cmdb.catalogue import Catalogue
from cmdb.columns.fill import columns_of
from cmdb.model import CI, Relation, Snapshot
from faultpath.api.impact_map import body_of, map_out
from faultpath.api.shapes import Names
from faultpath.graph_view import GraphView
from faultpath.map.arrangement import Arrangement
from faultpath.map.facts import facts_of_ci
from faultpath.map.model import Direction, Facts, Question
from faultpath.map.picture import Drawn, draw, draw_tidied
from faultpath.map.scene import Lexicon, Scene
from faultpath.questions import Moment
from impact.graph import compile_graph
from impact.model import Health
from impact.vocabulary import vocabulary_of

CIS = 10_000
RUNS = 7
SERVERS_A_SWITCH = 24
A_TEAM = 6
NEEDS = 5
"""Applications of one team need those of it that came before."""

T0 = datetime(2026, 1, 1, tzinfo=UTC)
# of one server: its link, a machine, an application, and every fifth a service with offering and department
A_SERVER = 4 + 3 / 5


class Estate:
    """The CIs and relations of one core with all that hangs on it."""

    def __init__(self, cis: int) -> None:
        self.cis: list[CI] = []
        self.relations: list[Relation] = []
        self.applications: list[str] = []
        self.core = self._ci("Switch", "core", anchor=True)
        servers = int(cis / (A_SERVER + 2 / SERVERS_A_SWITCH))
        for number in range(-(-servers // SERVERS_A_SWITCH)):
            switch = self._ci("Switch", f"access-{number:04}")
            self._cable(self.core, switch)
            for place in range(min(SERVERS_A_SWITCH, servers - number * SERVERS_A_SWITCH)):
                self._server(number * SERVERS_A_SWITCH + place, switch)

    def _server(self, number: int, switch: str) -> None:
        server = self._ci("Server", f"server-{number:05}")
        machine = self._ci("VirtualMachine", f"vm-{number:05}")
        application = self._ci("Application", f"app-{number:05}")
        self._cable(switch, server)
        self._rel(machine, "HOSTED_ON", server)
        self._rel(application, "RUNS_ON", machine)
        self.applications.append(application)
        for other in self.applications[number - number % A_TEAM : number][-NEEDS:]:
            self._rel(application, "DEPENDS_ON", other)
        if number % 5 == 0:
            service = self._ci("BusinessService", f"service-{number:05}", tier=1 + number % 4)
            offering, department = (
                self._ci("Offering", f"offer-{number:05}"),
                self._ci("Department", f"dept-{number:05}"),
            )
            self._rel(service, "DEPENDS_ON", application)
            self._rel(offering, "PART_OF", service)
            self._rel(department, "USES", offering)

    def _ci(self, cls: str, name: str, **attributes: bool | int) -> str:
        ci_id = f"01M88PC4{len(self.cis) * 2654435761 % 2**64:018X}"  # as long as a real one, and as mixed
        self.cis.append(CI(ci_id=ci_id, cls=cls, name=name, attributes=attributes))
        return ci_id

    def _rel(self, start: str, verb: str, end: str, **attributes: str) -> None:
        self.relations.append(Relation(from_id=start, type=verb, to_id=end, attributes=attributes))

    def _cable(self, a: str, b: str) -> None:
        link = self._ci("Link", f"link-{len(self.cis):05}")
        ports = [self._ci("Port", f"port-{len(self.cis):05}") for _ in range(2)]
        for port, device in zip(ports, (a, b), strict=True):
            self._rel(port, "PORT_OF", device)
        self._rel(ports[0], "CONNECTS_TO", ports[1], link=link)


def scene_of(estate: Estate) -> Scene:
    catalogue = Catalogue.load()
    columns = columns_of(Snapshot(revision=1, cis=tuple(estate.cis), relations=tuple(estate.relations)))
    moment = Moment(
        at=T0,
        view=GraphView(columns, catalogue.is_a),
        graph=compile_graph(columns, vocabulary_of(catalogue)),
        faults={estate.core: Health.DOWN},
    )
    return Scene.of(moment, Lexicon.of(catalogue))


def fresh(scene: Scene) -> Scene:
    """The same scene without what was asked of it before."""
    return Scene.of(scene.moment, scene.lexicon, scene.state)


class Measured:
    """One question, asked again and again."""

    def __init__(self, scene: Scene, ci_id: str, question: Question) -> None:
        self.scene, self.ci_id, self.question = scene, ci_id, question

    def facts(self) -> Facts:
        return facts_of_ci(self.scene, self.ci_id, self.question)

    def body(self, drawn: Drawn) -> bytes:
        names = Names(self.scene.view)
        return body_of(map_out(drawn.picture, self.question, names, self.scene.graph, None), "gzip")[0]

    def lines(self, title: str) -> Iterator[str]:
        first = draw(self.facts(), self.question, Arrangement(), T0)
        body = self.body(first)
        cis, marks = len(first.picture.facts.things), len(first.picture.marks)
        yield (
            f"{title}: {cis:,} CIs in {marks:,} marks, {len(first.picture.wires):,} wires; "
            f"{len(gzip.decompress(body)) / 1000:,.0f} kB, compressed {len(body) / 1000:,.0f} kB"
        )
        facts = self.facts()
        parts: dict[str, Callable[[], object]] = {
            "facts": self.facts,
            "first picture": lambda: draw(facts, self.question, Arrangement(), T0),
            "next picture": lambda: draw(facts, self.question, first.arrangement, T0),
            "tidied": lambda: draw_tidied(facts, self.question, first.arrangement, T0),
            "answer": lambda: self.body(first),
            "facts, nothing known yet": lambda: facts_of_ci(fresh(self.scene), self.ci_id, self.question),
            "all, first": lambda: self.body(draw(self.facts(), self.question, Arrangement(), T0)),
            "all, next": lambda: self.body(draw(self.facts(), self.question, first.arrangement, T0)),
        }
        for name, part in parts.items():
            times = Times()
            for _ in range(RUNS):
                times.run(part)
            yield shown(f"  {name}", times)


def main() -> int:
    cis = int(sys.argv[1]) if len(sys.argv) > 1 else CIS
    estate = Estate(cis)
    times = Times()
    scene = times.run(lambda: scene_of(estate))
    print(f"{describe()}; load {os.getloadavg()[0]:.2f}; {len(estate.cis):,} CIs, {len(estate.relations):,} relations")
    print(heading())
    print(shown("graph compiled, state worked out", times))
    service = next(ci.ci_id for ci in estate.cis if ci.cls == "BusinessService")
    for title, ci_id, question in (
        ("who is hurt by the core", estate.core, Question()),
        ("the same, each CI by itself", estate.core, Question(grouped=False)),
        ("the same, three hops", estate.core, Question(hops=3)),
        ("what a service stands on", service, Question(direction=Direction.DOWN)),
    ):
        for line in Measured(scene, ci_id, question).lines(title):
            print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
