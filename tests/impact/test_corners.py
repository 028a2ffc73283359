"""Where two findings meet: after a restart, on one CI, on a redundant way, and when no cause is one alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from impact.model import Assessment, Complaint, ComplaintKind, DeviceSigns, Health, PortSign, Signs
from tests.impact.kit import Graph, alert, assess, at, health, no_answer, port_down, roots, signs

DEVICES = ("core", "sw", "dist", "s")


def line() -> Graph:
    """The hub – core – sw – s with a second way core – dist – sw; CRM stands on s."""
    g = Graph()
    g.ci("MonitoringHub", "hub")
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "sw", "dist")
    g.ci("Server", "s")
    for one, other in [("hub", "core"), ("core", "sw"), ("core", "dist"), ("dist", "sw"), ("sw", "s")]:
        g.cable(one, other)
    g.ci("Application", "app")
    g.rel("app", "RUNS_ON", "s")
    g.ci("BusinessService", "CRM", tier=1)
    g.rel("CRM", "DEPENDS_ON", "app")
    return g


def just_started() -> Signs:
    """Every device is being asked for the first time."""
    return Signs(devices=dict.fromkeys(DEVICES, DeviceSigns()), asking=frozenset(DEVICES))


def hint(ci: str, effect: Health = Health.DOWN) -> Complaint:
    unproven = alert(ci, ComplaintKind.HINT, effect=effect, source="snmp-trap")
    return replace(unproven, authenticated=False, proven=False)


@pytest.mark.parametrize("complaint", [no_answer("sw"), port_down("core:sw"), alert("s")])
def test_after_a_start_nobody_is_blamed_before_the_first_answers(complaint: Complaint) -> None:
    found = assess(line(), [complaint], just_started())
    assert found.roots == ()
    assert found.pending == {complaint.key}


def test_after_a_start_nobody_is_suspected_who_is_still_being_asked() -> None:
    g = line()
    g.ci("Server", "t", "u")
    g.cable("sw", "t")
    g.cable("sw", "u")
    silent = signs(silent=["s", "t", "u"]).devices
    seen = Signs(devices={**silent, "sw": DeviceSigns(), "core": DeviceSigns()}, asking=frozenset(["sw", "core"]))
    assert assess(g, [no_answer("s"), no_answer("t"), no_answer("u")], seen).roots == ()


def test_a_device_that_nobody_ever_heard_holds_up_no_verdict() -> None:
    g = line()
    seen = signs(alive=["core", "sw", "dist"])
    seen = replace(seen, devices={**seen.devices, "s": DeviceSigns()})
    assert roots(assess(g, [alert("s")], seen)) == {"s": True}


def test_the_hub_itself_is_a_way_to_nobody() -> None:
    """A lost broker session lies on the hub's CI; it explains no switch."""
    session = alert("hub", effect=Health.DEGRADED, since=3600.0, source="mqtt:plant")
    seen = signs(alive=["core", "dist"], silent=["sw", "s"], ports={"core:sw": False}, asked=3700.0)
    found = assess(line(), [session, no_answer("sw")], seen, now=3701.0)
    assert roots(found) == {"hub": True, "sw": True}
    assert [hit.ci_id for hit in found.impacts["sw"].services] == ["CRM"]
    assert found.impacts["hub"].services == ()


def test_a_host_on_two_switches_leads_from_neither_to_the_other() -> None:
    g = Graph()
    g.ci("MonitoringHub", "hub")
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "a", "x", "b")
    g.ci("Hypervisor", "host")
    for one, other in [("hub", "core"), ("core", "a"), ("a", "x"), ("x", "b"), ("host", "a"), ("host", "b")]:
        g.cable(one, other)
    seen = signs(alive=["core", "a", "x", "host"], silent=["b"], ports={"x:b": False}, began=20.0, asked=30.0)
    found = assess(g, [alert("host", effect=Health.DEGRADED), no_answer("b", 20.0)], seen, now=31.0)
    assert roots(found) == {"b": True, "host": True}


def test_a_hub_with_a_second_way_is_not_blind() -> None:
    g = line()
    g.ci("Switch", "x")
    g.cable("hub", "x")
    seen = signs(alive=["core"], silent=["x", "sw", "s", "dist"], ports={"core:sw": False, "core:dist": False})
    found = assess(g, [no_answer("x"), no_answer("sw"), no_answer("dist")], seen)
    assert roots(found)["sw"]
    assert roots(found)["x"] is False
    assert health(found)["CRM"] == "down"


def test_a_service_that_only_all_causes_together_hit_is_carried_by_each_of_them() -> None:
    g = Graph()
    g.ci("Cluster", "c", requirements={"hosts": {"rule": "k_of_n", "k": 2}})
    g.ci("BusinessService", "CRM", tier=1)
    g.rel("CRM", "RUNS_ON", "c")
    for host in "wxyz":
        g.ci("Hypervisor", host)
        g.rel("c", "HAS_MEMBER", host, group="hosts")
    g.ci("Server", "elsewhere")
    found = assess(g, [alert(ci) for ci in ("w", "x", "y", "z", "elsewhere")])
    carried = {root: [hit.state for hit in impact.services] for root, impact in found.impacts.items()}
    assert carried == {"w": [3], "x": [3], "y": [3], "z": [3], "elsewhere": []}


def branch(unrelated: int) -> Assessment:
    """Both ways from a branch to headquarters are cut, amid so many faults elsewhere."""
    g = Graph()
    g.ci("Site", "hq", "branch")
    g.ci("Switch", "core", "edge", anchor=True)
    g.ci("Switch", "w1", "w2")
    for way in ("w1", "w2"):
        g.cable("core", way)
        g.cable(way, "edge")
    g.rel("core", "LOCATED_IN", "hq")
    g.rel("edge", "LOCATED_IN", "branch")
    g.ci("Server", "s")
    g.cable("core", "s")
    g.ci("BusinessService", "CRM", tier=1)
    g.rel("CRM", "RUNS_ON", "s")
    g.ci("Offering", "use")
    g.rel("use", "PART_OF", "CRM")
    for person, site in (("ann", "hq"), ("bob", "branch")):
        g.ci("Person", person)
        g.rel(person, "LOCATED_IN", site)
        g.rel(person, "USES", "use")
    g.ci("Server", *(f"u{n}" for n in range(unrelated)))
    return assess(g, [alert("w1--edge"), alert("w2--edge"), *(alert(f"u{n}") for n in range(unrelated))])


@pytest.mark.parametrize("unrelated", [0, 5])
def test_a_site_that_is_cut_off_is_carried_by_the_cuts_however_much_else_is_broken(unrelated: int) -> None:
    found = branch(unrelated)
    carrying = {root for root, impact in found.impacts.items() if impact.services}
    assert carrying == {"w1--edge", "w2--edge"}
    assert found.impacts["w1--edge"].cannot_work == {"bob"}


def test_how_firmly_something_is_believed_is_said_of_its_worst_effect() -> None:
    disk = replace(alert("s", effect=Health.AT_RISK, severity=1), key="disk")
    (root,) = assess(line(), [disk, hint("s")], signs(alive=["core", "sw", "dist", "s"])).roots
    assert (root.effect, root.confirmed, root.proven) == (Health.DOWN, False, False)
    assert root.evidence[0].code == "reported_by"
    (root,) = assess(line(), [disk], signs(alive=["core", "sw", "dist", "s"])).roots
    assert (root.effect, root.confirmed, root.proven) == (Health.AT_RISK, True, True)


@pytest.mark.parametrize("key", ["a", "z"])
def test_a_lesser_alert_on_a_link_hides_no_cut_in_whatever_order(key: str) -> None:
    g = Graph()
    g.ci("MonitoringHub", "hub")
    g.ci("Switch", "core", anchor=True)
    g.ci("Switch", "sw")
    g.cable("hub", "core")
    g.cable("core", "sw")
    lossy = replace(alert("core--sw", effect=Health.AT_RISK, severity=2), key=key)
    found = assess(g, [lossy, port_down("core:sw")], signs(alive=["core", "sw"]))
    assert health(found)["core--sw"] == "down"
    assert found.roots[0].own == {key, "port_down@core:sw"}


def test_another_monitor_that_cannot_reach_the_far_end_hides_no_cut() -> None:
    seen = signs(alive=DEVICES, ports={"core:sw": False, "sw:core": False})
    found = assess(line(), [no_answer("sw", source="prom"), port_down("core:sw")], seen)
    assert roots(found)["core--sw"]
    assert health(found)["core--sw"] == "down"


def test_what_failed_while_a_link_was_still_up_is_not_its_symptom() -> None:
    cut = PortSign(up=False, at=at(3700), since=at(3600), was_up_at=at(3590))
    seen = replace(signs(alive=DEVICES, asked=3700.0), ports={"core:sw": cut, "sw:core": cut})
    crashed, told = alert("app"), [port_down("core:sw", 3600.0), port_down("sw:core", 3600.0)]
    assert roots(assess(line(), [crashed, *told], seen, now=3701.0)) == {"app": True, "core--sw": True}
    unseen = replace(seen, ports=dict.fromkeys(seen.ports, replace(cut, was_up_at=None)))
    assert roots(assess(line(), [crashed, *told], unseen, now=3701.0)) == {"core--sw": True}


def test_what_was_confirmed_before_a_restart_stays_a_root_when_its_server_dies_later() -> None:
    dead = DeviceSigns(silent_since=at(3610), last_failed_start=at(3611))
    seen = replace(signs(alive=["core", "sw", "dist"], asked=3700.0), ports={})
    seen = replace(seen, devices={**seen.devices, "s": dead})
    crashed = replace(alert("app"), confirmed_at=at(11))
    assert roots(assess(line(), [crashed, no_answer("s", 3610.0)], seen, now=3701.0)) == {"app": True, "s": True}
    never = replace(crashed, confirmed_at=None)
    assert roots(assess(line(), [never, no_answer("s", 3610.0)], seen, now=3701.0)) == {"s": True}


def test_an_unproven_word_about_a_port_is_about_its_link() -> None:
    said = hint("core:sw")
    (root,) = assess(line(), [said], signs(alive=DEVICES)).roots
    assert (root.ci_id, root.confirmed, root.proven) == ("core--sw", False, False)


def test_people_are_found_through_groups_in_groups_and_in_each_service_of_an_offering() -> None:
    g = Graph()
    g.ci("BusinessService", "CRM", "ERP", tier=1)
    g.ci("Offering", "use")
    g.rel("use", "PART_OF", "CRM", "ERP")
    g.ci("Department", "sales")
    g.ci("Team", "inner")
    g.ci("Person", "bob")
    g.rel("bob", "MEMBER_OF", "inner")
    g.rel("inner", "MEMBER_OF", "sales")
    g.rel("sales", "USES", "use", "use")
    g.ci("Server", "one", "two")
    g.rel("CRM", "DEPENDS_ON", "one")
    g.rel("ERP", "DEPENDS_ON", "two")
    for server in ("one", "two"):
        found = assess(g, [alert(server)])
        assert found.impacts[server].cannot_work == {"bob"}
