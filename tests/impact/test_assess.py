"""The rules of docs/explanation/semantics.md, sections 3 to 5, on graphs that fit into a head."""

from __future__ import annotations

from dataclasses import replace

import pytest

from impact.model import Complaint, DeviceSigns, Health
from tests.impact.kit import Graph, alert, assess, at, health, no_answer, port_down, roots, signs


def office() -> Graph:
    """Hub on core1; two cores, a distribution switch on both, an access switch on it with servers a and b."""
    g = Graph()
    g.ci("Site", "hq", "branch")
    g.ci("MonitoringHub", "hub")
    g.ci("Switch", "core1", "core2", anchor=True)
    g.ci("Switch", "dist", "acc")
    g.ci("Server", "a", "b")
    for one, other in [("hub", "core1"), ("core1", "core2"), ("core1", "dist"), ("core2", "dist"), ("dist", "acc")]:
        g.cable(one, other)
    g.cable("acc", "a")
    g.cable("acc", "b")
    g.rel("core1", "LOCATED_IN", "hq")
    g.rel("core2", "LOCATED_IN", "hq")
    g.ci("Application", "crm-app")
    g.rel("crm-app", "RUNS_ON", "a")
    g.ci("BusinessService", "CRM", tier=1)
    g.ci("BusinessService", "Orders", tier=2)
    g.rel("CRM", "DEPENDS_ON", "crm-app")
    g.rel("Orders", "INTEGRATES_WITH", "CRM")
    g.ci("Offering", "crm-use")
    g.rel("crm-use", "PART_OF", "CRM")
    g.ci("Department", "sales")
    g.ci("Person", "ann", "bob")
    g.rel("sales", "USES", "crm-use")
    g.rel("sales", "LOCATED_IN", "hq")
    g.rel("ann", "MEMBER_OF", "sales")
    g.rel("bob", "MEMBER_OF", "sales")
    g.rel("bob", "USES", "crm-use")
    g.ci("Team", "ops")
    g.rel("ops", "OWNS", "a", "acc", "dist", "core1", "core2")
    g.rel("ann", "ON_CALL_FOR", "ops")
    g.rel("bob", "HEAD_OF", "sales")
    return g


ALL = ["core1", "core2", "dist", "acc", "a", "b"]


def test_a_dead_server_takes_its_service_down_and_everyone_counts_once() -> None:
    seen = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a"], ports={"acc:a": False})
    found = assess(office(), [no_answer("a"), port_down("acc:a")], seen)
    assert roots(found) == {"a": True}
    assert health(found)["CRM"] == "down"
    assert health(found)["Orders"] == "degraded"
    impact = found.impacts["a"]
    assert impact.cannot_work == {"ann", "bob"}
    assert {s.ci_id: s.path for s in impact.services}["CRM"] == ("a", "crm-app", "CRM")
    assert found.roots[0].explains == {"no_answer@a", "port_down@acc:a"}
    assert {(s.person_id, s.role) for s in impact.stakeholders} >= {("ann", "on_call"), ("bob", "department_head")}


def test_before_blame_the_hub_asks_whoever_has_not_answered_since() -> None:
    stale = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a"], asked=9.0)
    found = assess(office(), [no_answer("a")], stale)
    assert found.roots == ()
    assert found.pending == {"no_answer@a"}
    assert "acc" in found.ask


def test_a_port_that_reads_up_says_that_only_the_agent_is_silent() -> None:
    seen = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a"], ports={"acc:a": True})
    found = assess(office(), [no_answer("a")], seen)
    assert health(found)["a"] == "at_risk"
    assert found.roots[0].severity == 1


def test_a_second_source_outweighs_the_port() -> None:
    seen = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a"], ports={"acc:a": True})
    found = assess(office(), [no_answer("a"), alert_of("a")], seen)
    assert health(found)["a"] == "down"


def alert_of(ci: str) -> Complaint:
    return replace(no_answer(ci, source="prom"), key=f"prom@{ci}")


def test_what_is_behind_a_dead_switch_is_its_symptom() -> None:
    seen = signs(alive=["core1", "core2", "dist"], silent=["acc", "a", "b"], ports={"dist:acc": False})
    found = assess(office(), [no_answer("acc"), no_answer("a"), no_answer("b"), port_down("dist:acc")], seen)
    assert roots(found) == {"acc": True}
    assert len(found.roots[0].explains) == 4
    assert health(found)["a"] == "down"  # isolated
    assert found.health["a"].own is Health.OK


def test_a_cut_cable_between_two_that_answer_is_the_root() -> None:
    seen = signs(alive=ALL, ports={"core1:dist": False, "dist:core1": False})
    found = assess(office(), [port_down("core1:dist"), port_down("dist:core1")], seen)
    assert roots(found) == {"core1--dist": True}
    assert health(found)["dist"] == "at_risk"
    assert health(found)["CRM"] == "at_risk"
    assert found.impacts["core1--dist"].services[0].lost_redundancy


def test_one_of_two_cores_is_survived() -> None:
    seen = signs(alive=["core1", "dist", "acc", "a", "b"], silent=["core2"], ports={"core1:core2": False})
    found = assess(office(), [no_answer("core2"), port_down("dist:core2")], seen)
    assert roots(found) == {"core2": True}
    assert health(found)["CRM"] == "at_risk"
    assert found.impacts["core2"].cannot_work == frozenset()


def test_all_silent_at_once_may_be_the_hubs_own_link() -> None:
    found = assess(office(), [no_answer(x) for x in ALL], signs(silent=ALL))
    assert roots(found) == {"core1": False}
    assert found.roots[0].evidence[0].code == "hub_link"
    assert health(found).get("CRM") is None
    assert health(found)["a"] == "unknown"


def test_answers_from_behind_say_that_the_first_hop_lives() -> None:
    seen = signs(alive=["core2", "dist", "acc", "a", "b"], silent=["core1"])
    found = assess(office(), [no_answer("core1")], seen)
    assert health(found)["core1"] == "at_risk"


def test_a_neighbour_that_has_just_come_back_blames_nobody_yet() -> None:
    seen = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a"], ports={"acc:a": False})
    back = {**seen.devices, "acc": replace(seen.devices["acc"], answering_since=at(13))}
    found = assess(office(), [no_answer("a")], replace(seen, devices=back))
    assert found.roots == ()
    assert found.ask == {"a"}


def test_two_independent_roots_stay_two() -> None:
    g = office()
    g.ci("Server", "far")
    g.cable("dist", "far")
    seen = signs(alive=["core1", "core2", "dist", "far"], silent=["acc", "a", "b"], ports={"dist:acc": False})
    disk = alert("far", effect=Health.AT_RISK)
    found = assess(g, [no_answer("acc"), no_answer("a"), disk], seen)
    assert set(roots(found)) == {"acc", "far"}


@pytest.mark.parametrize(("dead", "word"), [(1, "at_risk"), (2, "down")])
def test_a_cluster_needs_k_of_n(dead: int, word: str) -> None:
    g = office()
    g.ci("Cluster", "cl", requirements={"m": {"rule": "k_of_n", "k": 1}})
    g.ci("Hypervisor", "h1", "h2")
    g.rel("cl", "HAS_MEMBER", "h1", "h2", group="m")
    g.ci("VirtualMachine", "vm")
    g.rel("vm", "HOSTED_ON", "cl")
    found = assess(g, [alert(f"h{i + 1}") for i in range(dead)])
    assert health(found)["vm"] == word


def test_power_does_not_come_over_the_network() -> None:
    g = office()
    g.ci("Pdu", "pdu")
    g.cable("acc", "pdu")
    g.ci("Server", "fed")
    g.cable("dist", "fed")
    g.rel("fed", "POWERED_BY", "pdu")
    seen = signs(alive=["core1", "core2", "dist", "fed"], silent=["acc", "pdu"], ports={"dist:acc": False})
    found = assess(g, [no_answer("acc"), no_answer("pdu")], seen)
    assert health(found)["pdu"] == "down"
    assert "fed" not in health(found)
    dead = assess(g, [alert("pdu")])
    assert health(dead)["fed"] == "down"


def test_the_people_of_a_cut_off_site_cannot_work_and_the_service_is_limited() -> None:
    g = office()
    g.ci("Firewall", "fw", anchor=True)
    g.cable("core1", "fw")
    g.rel("fw", "LOCATED_IN", "branch")
    g.ci("Department", "shop")
    g.ci("Person", "cho")
    g.rel("shop", "USES", "crm-use")
    g.rel("shop", "LOCATED_IN", "branch")
    g.rel("cho", "MEMBER_OF", "shop")
    seen = signs(alive=[*ALL, "fw"], ports={"core1:fw": False})
    found = assess(g, [port_down("core1:fw")], seen)
    impact = found.impacts["core1--fw"]
    assert impact.cannot_work == {"cho"}
    assert {s.ci_id: s.state.word for s in impact.services} == {"CRM": "degraded"}


def test_many_complaints_raise_suspicion_of_a_provider_that_says_nothing() -> None:
    g = office()
    g.ci("Server", "c", "d")
    g.cable("acc", "c")
    g.cable("acc", "d")
    behind = ["a", "b", "c", "d"]
    seen = signs(alive=["core1", "core2", "dist"], silent=behind)
    devices = {**seen.devices, "acc": DeviceSigns(answering_since=at(0), last_answer=at(9))}
    found = assess(g, [no_answer(x) for x in behind], replace(seen, devices=devices))
    assert roots(found) == {"acc": False}
    assert found.roots[0].evidence[0].code == "suspected_share"
    assert "acc" in found.ask


def test_an_unreachable_virtual_machine_is_unknown_not_down_when_its_host_cannot_be_judged() -> None:
    g = office()
    g.ci("VirtualMachine", "vm")
    g.rel("vm", "HOSTED_ON", "a")
    found = assess(g, [*(no_answer(x) for x in ALL), no_answer("vm", source="prom")], signs(silent=ALL))
    assert roots(found) == {"core1": False}
    assert health(found)["vm"] == "unknown"


def test_a_power_supply_comes_before_what_it_feeds_although_it_is_managed_over_it() -> None:
    g = office()
    g.ci("Ups", "ups")
    g.ci("Pdu", "pdu1", "pdu2")
    g.rel("pdu1", "POWERED_BY", "ups")
    g.rel("acc", "POWERED_BY", "pdu1", "pdu2", group="power")
    g.cable("acc", "ups")
    g.cable("acc", "pdu1")
    ports = {"acc:ups": False, "acc:pdu1": False}
    seen = signs(alive=["core1", "core2", "dist", "acc", "a", "b"], silent=["ups", "pdu1"], ports=ports)
    found = assess(g, [no_answer("ups"), no_answer("pdu1")], seen)
    assert roots(found) == {"ups": True}
    assert health(found)["acc"] == "at_risk"


def test_a_switch_that_a_dual_homed_host_still_sees_was_cut_off_not_hung() -> None:
    g = office()
    g.ci("Switch", "acc2")
    g.cable("dist", "acc2")
    g.ci("Hypervisor", "twin")
    g.cable("acc", "twin")
    g.cable("acc2", "twin")
    alive = ["core1", "core2", "dist", "acc2", "twin"]
    seen = signs(alive=alive, silent=["acc", "a", "b"], ports={"dist:acc": False, "twin:acc": True, "acc2:twin": True})
    found = assess(g, [no_answer("acc"), no_answer("a"), no_answer("b"), port_down("dist:acc")], seen)
    assert roots(found) == {"dist--acc": False}
    assert len(found.roots[0].explains) == 4
    assert health(found)["CRM"] == "down"


def test_a_cut_off_power_supply_makes_nothing_that_it_feeds_a_symptom() -> None:
    g = office()
    g.ci("Pdu", "pdu")
    g.cable("acc", "pdu")
    g.ci("Server", "fed")
    g.cable("dist", "fed")
    g.rel("fed", "POWERED_BY", "pdu")
    seen = signs(alive=["core1", "core2", "dist", "fed"], silent=["acc", "pdu"], ports={"dist:acc": False})
    disk = alert("fed", effect=Health.AT_RISK)
    found = assess(g, [no_answer("acc"), no_answer("pdu"), disk], seen)
    assert roots(found) == {"acc": True, "fed": True}


def test_a_suspicion_elsewhere_puts_nothing_on_an_independent_fault() -> None:
    g = office()
    g.ci("Server", "c", "far")
    g.cable("acc", "c")
    g.cable("dist", "far")
    behind = ["a", "b", "c"]
    seen = signs(alive=["core1", "core2", "dist", "far"], silent=behind)
    devices = {**seen.devices, "acc": DeviceSigns(answering_since=at(0), last_answer=at(9))}
    disk = alert("far", effect=Health.AT_RISK)
    found = assess(g, [*(no_answer(x) for x in behind), disk], replace(seen, devices=devices))
    assert roots(found) == {"acc": False, "far": True}
    assert found.impacts["far"].services == ()
    assert {s.ci_id for s in found.impacts["acc"].services} == {"CRM", "Orders"}


def test_nobody_is_blamed_while_the_complaint_of_what_it_stands_on_is_on_its_way() -> None:
    g = office()
    g.ci("Pdu", "pdu")
    g.cable("dist", "pdu")
    g.rel("a", "POWERED_BY", "pdu")
    ports = {"acc:a": False, "dist:pdu": False}
    seen = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a", "pdu"], ports=ports)
    assert assess(g, [no_answer("a")], seen).roots == ()
    assert roots(assess(g, [no_answer("a"), no_answer("pdu")], seen)) == {"pdu": True}


def test_after_a_repair_stale_silence_says_nothing_of_an_agent() -> None:
    """The switch is back and its ports are up; what hangs on it has not been asked again yet."""
    seen = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a"], ports={"acc:a": True})
    back = {**seen.devices, "acc": replace(seen.devices["acc"], answering_since=at(13))}
    found = assess(office(), [no_answer("a")], replace(seen, devices=back))
    assert found.roots == ()
    assert found.ask == {"a"}


def test_a_device_that_answers_again_is_no_root_while_its_alert_is_on_its_way_out() -> None:
    found = assess(office(), [no_answer("a")], signs(alive=ALL))
    assert found.roots == ()
    assert found.pending == {"no_answer@a"}


def test_a_port_that_has_just_come_up_blames_no_agent_before_it_was_asked_again() -> None:
    seen = signs(alive=["core1", "core2", "dist", "acc", "b"], silent=["a"], ports={"acc:a": True})
    fresh = {port: replace(sign, since=at(13)) for port, sign in seen.ports.items()}
    found = assess(office(), [no_answer("a")], replace(seen, ports=fresh))
    assert found.roots == ()
    assert found.ask == {"a"}


def test_an_application_whose_server_has_just_come_back_is_not_blamed_at_once() -> None:
    seen = signs(alive=ALL)
    back = {**seen.devices, "a": replace(seen.devices["a"], answering_since=at(14))}
    posted = no_answer("crm-app", source="prom")
    assert assess(office(), [posted], replace(seen, devices=back)).roots == ()
    assert roots(assess(office(), [posted], replace(seen, devices=back), now=60)) == {"crm-app": True}
