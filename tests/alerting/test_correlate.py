"""A situation stays one thing while its root is suspected, found, confirmed, cleared and outlived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from alerting.correlate import Timing, Unbound, correlate, next_turn
from alerting.model import Severity, Situation
from impact.model import Health, Root

T0 = datetime(2026, 1, 1, tzinfo=UTC)


def root(ci: str, *explains: str, own: Sequence[str] | None = None, confirmed: bool = True) -> Root:
    """A root that names itself by the alert ``ci`` unless ``own`` says otherwise."""
    named = frozenset([ci] if own is None else own)
    return Root(
        ci_id=ci, confirmed=confirmed, proven=True, severity=4, effect=Health.DOWN, own=named,
        explains=named | frozenset(explains), evidence=(), since=T0,
    )  # fmt: skip


class Play:
    """Correlates step by step at given seconds."""

    def __init__(self) -> None:
        self.open: dict[str, Situation] = {}
        self.all: dict[str, Situation] = {}

    def at(
        self,
        second: float,
        roots: Sequence[Root] = (),
        also_active: Sequence[str] = (),
        unbound: Sequence[Unbound] = (),
    ) -> Mapping[str, Situation]:
        active = {key for r in roots for key in r.explains} | set(also_active) | {k for u in unbound for k in u.keys}
        found = correlate(
            list(self.open.values()), roots, unbound, active=frozenset(active), now=self.time(second), timing=Timing()
        )
        self.all.update(found)
        self.open = {k: s for k, s in found.items() if s.resolved_at is None and s.merged_into is None}
        return found

    @staticmethod
    def time(second: float) -> datetime:
        return T0 + timedelta(seconds=second)

    @property
    def roots(self) -> list[str | None]:
        return sorted((s.root_ci for s in self.open.values()), key=str)

    @property
    def only(self) -> Situation:
        assert len(self.open) == 1
        return next(iter(self.open.values()))


def test_a_root_and_its_symptoms_are_one_situation() -> None:
    play = Play()
    play.at(0, [root("switch", "vm1", "vm2")])
    assert play.only.members == ("switch", "vm1", "vm2")
    assert play.only.confirmed_at == T0


def test_a_suspicion_that_is_confirmed_stays_the_same_situation() -> None:
    play = Play()
    play.at(0, [root("switch", "vm1", "vm2", own=(), confirmed=False)])
    before = play.only.situation_id
    play.at(3, [root("switch", "vm1", "vm2")])
    assert play.only.situation_id == before
    assert play.only.confirmed


def test_a_root_that_turns_up_after_its_symptoms_takes_the_situation_over() -> None:
    play = Play()
    play.at(0, [root("vm1")])
    before = play.only.situation_id
    play.at(2, [root("server", "vm1")])
    assert play.only.situation_id == before
    assert play.only.root_ci == "server"
    assert play.only.root_history == ("vm1",)


def test_two_situations_that_turn_out_to_be_one_go_on_as_the_older() -> None:
    play = Play()
    play.at(0, [root("vm1")])
    older = play.only.situation_id
    play.at(1, [root("vm1"), root("vm2")])
    play.at(2, [root("server", "vm1", "vm2")])
    assert play.only.situation_id == older
    assert set(play.only.members) == {"server", "vm1", "vm2"}
    assert [s.merged_into for s in play.all.values() if s.situation_id != older] == [older]


def test_independent_roots_stay_apart() -> None:
    play = Play()
    play.at(0, [root("switch", "vm1"), root("disk")])
    assert play.roots == ["disk", "switch"]


def test_it_resolves_when_the_root_was_clear_for_the_hold_time() -> None:
    play = Play()
    play.at(0, [root("switch")])
    play.at(10)
    play.at(24.9)
    assert len(play.open) == 1
    play.at(25)
    assert play.open == {}


def test_a_root_that_comes_back_within_the_hold_time_starts_it_anew() -> None:
    play = Play()
    play.at(0, [root("switch")])
    play.at(10)
    play.at(20, [root("switch")])
    play.at(21)
    play.at(26)
    assert len(play.open) == 1


def test_a_member_that_is_active_keeps_it_open_and_is_no_situation_of_its_own_for_five_minutes() -> None:
    play = Play()
    play.at(0, [root("switch", "vm1")])
    play.at(10, [root("vm1")])
    play.at(60, [root("vm1")])
    assert play.roots == ["switch"]
    play.at(310, [root("vm1")])
    play.at(310.1, [root("vm1")])
    assert play.roots == ["vm1"]


def test_while_an_alert_waits_for_an_answer_nothing_is_cleared() -> None:
    play = Play()
    play.at(0, [root("switch")])
    play.at(30, also_active=["switch"])
    play.at(60, also_active=["switch"])
    assert play.only.clear_since is None


def test_each_new_member_starts_the_settle_time_anew_up_to_thirty_seconds() -> None:
    play = Play()
    play.at(0, [root("pdu", own=(), confirmed=False)])
    assert play.only.settles_at == play.time(10)
    play.at(8, [root("pdu", "a", own=(), confirmed=False)])
    assert play.only.settles_at == play.time(18)
    play.at(16, [root("pdu", "a", "b", own=(), confirmed=False)])
    play.at(24, [root("pdu", "a", "b", "c", own=(), confirmed=False)])
    assert play.only.settles_at == play.time(30)


def test_unbound_alerts_are_a_situation_without_a_root_until_they_find_their_ci() -> None:
    play = Play()
    stray = Unbound(source="prom", resource="host9", keys=frozenset({"x"}), severity=Severity.CRITICAL)
    play.at(0, unbound=[stray])
    before = play.only
    assert (before.root_ci, before.unbound_resource) == (None, "host9")
    play.at(5, [root("x")])
    assert (play.only.situation_id, play.only.root_ci) == (before.situation_id, "x")


def test_time_alone_ends_a_hold() -> None:
    play = Play()
    play.at(0, [root("switch")])
    play.at(10)
    assert next_turn(list(play.open.values()), play.time(11), Timing()) == play.time(25)


def test_what_a_root_explained_while_it_was_worse_is_no_situation_of_its_own_at_once() -> None:
    """The server answers again, the alert of its application is still on its way out."""
    play = Play()
    play.at(0, [root("server", "app")])
    play.at(10, [root("server"), root("app")])
    assert play.roots == ["server"]
    play.at(311, [root("server"), root("app")])
    assert play.roots == ["app", "server"]


def test_a_suspicion_that_proves_wrong_holds_nobody_back() -> None:
    play = Play()
    play.at(0, [root("pdu", "a", "b", own=(), confirmed=False)])
    play.at(3, [root("a"), root("b")])
    assert play.roots == ["a", "b"]


def test_what_lingers_after_a_repair_raises_no_new_suspicion() -> None:
    play = Play()
    play.at(0, [root("switch", "vm1", "vm2", "vm3")])
    play.at(10, [root("cluster", "vm1", "vm2", "vm3", own=(), confirmed=False)])
    assert play.roots == ["switch"]


def test_a_root_that_turns_out_worse_takes_over_older_and_younger_symptoms() -> None:
    play = Play()
    play.at(0, [root("app-a")])
    play.at(1, [root("app-a"), root("server", own=["disk"])])
    play.at(2, [root("app-a"), root("server", own=["disk"]), root("app-b")])
    oldest = min(play.open.values(), key=lambda s: s.opened_at)
    play.at(3, [root("server", "app-a", "app-b", own=["disk", "silent"])])
    assert play.only.situation_id == oldest.situation_id
    assert set(play.only.members) == {"disk", "silent", "app-a", "app-b"}


def test_a_told_incident_whose_root_changes_waits_before_it_tells_of_a_mere_suspicion() -> None:
    play = Play()
    play.at(0, [root("sw", "a")])
    play.at(3600, [root("x", "sw", "a", confirmed=False, own=())])
    assert play.only.root_ci == "x"
    assert play.only.settles_at == Play.time(3610)
    play.at(3605, [root("x", "sw", "a", "b", confirmed=False, own=())])
    assert play.only.settles_at == Play.time(3610)  # a new member does not shorten it


def test_a_root_whose_alert_is_active_again_is_not_clear_while_it_is_looked_into() -> None:
    play = Play()
    play.at(0, [root("sw")])
    play.at(10)
    play.at(15, also_active=["sw"])
    play.at(24)
    play.at(25)
    assert play.only.clear_since == Play.time(24)


def test_time_alone_ends_the_wait_of_what_outlives_its_root() -> None:
    play = Play()
    play.at(0, [root("sw", "app")])
    play.at(20, [root("sw"), root("app")])
    due = next_turn(list(play.open.values()), Play.time(20), Timing())
    assert due == Play.time(320)
    play.at(321, [root("sw"), root("app")])
    assert play.roots == ["app", "sw"]


def test_a_new_unbound_alert_starts_the_settle_time_anew() -> None:
    play = Play()
    one = Unbound(source="p", resource="r", keys=frozenset("a"), severity=Severity.MAJOR)
    play.at(0, unbound=[one])
    play.at(8, unbound=[Unbound(source="p", resource="r", keys=frozenset("ab"), severity=Severity.MAJOR)])
    assert play.only.settles_at == Play.time(18)
