"""Signs of life: runs of answers, silences, and who is told."""

from __future__ import annotations

from alerting.evidence import Evidence
from impact.model import DeviceSigns
from tests.alerting.kit import at


def signs(evidence: Evidence) -> DeviceSigns:
    found = evidence.device("A")
    assert found is not None
    return found


def test_a_run_of_answers_has_a_start_and_an_end() -> None:
    evidence = Evidence()
    evidence.answered("A", at(1))
    evidence.answered("A", at(2))
    assert signs(evidence) == DeviceSigns(answering_since=at(1), last_answer=at(2))
    evidence.timed_out("A", at(3))
    assert signs(evidence).silent_since == at(3)
    evidence.failed("A", at(3), at(6))
    assert signs(evidence) == DeviceSigns(last_answer=at(2), silent_since=at(3), last_failed_start=at(3))
    evidence.answered("A", at(9))
    assert signs(evidence) == DeviceSigns(answering_since=at(9), last_answer=at(9), last_failed_start=at(3))


def test_an_answer_at_the_second_try_breaks_no_run() -> None:
    evidence = Evidence()
    evidence.answered("A", at(1))
    evidence.timed_out("A", at(2))
    evidence.answered("A", at(3))
    assert signs(evidence) == DeviceSigns(answering_since=at(1), last_answer=at(3))


def test_a_late_packet_ends_no_silence() -> None:
    evidence = Evidence()
    evidence.timed_out("A", at(5))
    evidence.answered("A", at(4))
    assert signs(evidence).silent_since == at(5)


def test_a_failure_that_an_answer_overtook_is_only_noted() -> None:
    evidence = Evidence()
    evidence.answered("A", at(9))
    evidence.failed("A", at(3), at(6))
    assert signs(evidence).silent_since is None
    assert signs(evidence).last_failed_start == at(3)


def test_whoever_listens_is_told_of_what_may_change_a_verdict() -> None:
    told: list[int] = []
    evidence = Evidence(on_change=lambda: told.append(1))

    def changes() -> int:
        count = len(told)
        told.clear()
        return count

    evidence.answered("A", at(1))
    assert changes() == 1
    evidence.answered("A", at(2))
    evidence.port_read("P", up=True, at=at(2))
    assert changes() == 1  # the port's first reading; one more answer says nothing new
    evidence.port_read("P", up=True, at=at(3))
    assert changes() == 0
    evidence.timed_out("B", at(3))
    assert changes() == 1
    evidence.answered("A", at(4))  # it answered after B fell silent
    evidence.port_read("P", up=True, at=at(4))
    assert changes() == 2


def test_questions_nest() -> None:
    evidence = Evidence()
    evidence.asking("A")
    evidence.asking("A")
    evidence.asked_done("A")
    assert evidence.signs().asking == {"A"}
    evidence.asked_done("A")
    evidence.asked_done("A")
    assert evidence.signs().asking == frozenset()


def test_older_readings_of_a_port_do_not_count() -> None:
    evidence = Evidence()
    evidence.port_read("P", up=False, at=at(5))
    evidence.port_read("P", up=True, at=at(4))
    port = evidence.port("P")
    assert port is not None
    assert not port.up
    evidence.forget("P")
    assert evidence.port("P") is None
