"""Notices on the wire: a real desk, a real outbox, a real SMTP server."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from structlog.testing import capture_logs

from ledger import outbox
from ledger.clock import SystemClock
from ledger.outbox import OutboxEntry, OutboxState
from tests.ticket_bridge.scenario import DOWN, Office
from tests.ticket_bridge.sink import Sink, eventually
from ticket_bridge.notices.channel import Channel, Delivered, Outcome, RetryLater
from ticket_bridge.notices.deliver import Deliverer
from ticket_bridge.notices.smtp import SmtpChannel
from ticket_bridge.settings import MailSettings

OLGA, NINA = "olga@example.test", "nina@example.test"
QUICK = (0.02, 0.05)
HOUR_S = 3600


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    place = Office(tmp_path, clock=SystemClock())
    yield place
    place.ledger.close()


@asynccontextmanager
async def delivering(office: Office, sink: Sink, **settings: object) -> AsyncIterator[Deliverer]:
    mail = MailSettings.model_validate({"host": "127.0.0.1", "port": sink.port, "timeout_s": 30.0} | settings)
    channel = SmtpChannel(mail)
    worker = Deliverer(office.ledger, {"mail": channel}, SystemClock(), backoff_s=QUICK)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await channel.close()


def crm_dies(office: Office) -> None:
    office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
    office.evaluate()


async def settled(office: Office, *states: OutboxState) -> None:
    """Until every message of the outbox is in one of these states."""
    await eventually(lambda: set(counted(office)) <= set(states))


def counted(office: Office) -> dict[OutboxState, int]:
    with office.ledger.read() as connection:
        return dict(outbox.counts(connection))


async def test_a_notice_is_on_the_wire_soon_after_the_decision(office: Office) -> None:
    async with Sink() as sink, delivering(office, sink) as worker:
        await asyncio.sleep(0.05)
        crm_dies(office)
        decided = time.monotonic()
        worker.wake()
        taken = await sink.until(2)
        assert max(one.at for one in taken) - decided < 5  # nothing polls: without the wake it would never go
        await settled(office, OutboxState.SENT)
    assert office.happened(1).count("notice_sent") == 2


async def test_the_mail_says_what_and_why_and_hangs_together(office: Office) -> None:
    office.staff.chinese.add("nina")
    async with Sink() as sink, delivering(office, sink) as worker:
        crm_dies(office)
        worker.wake()
        await sink.until(2)
        await settled(office, OutboxState.SENT)
        office.faults["s-srv"].resolves()
        office.evaluate()
        worker.wake()
        await sink.until(4)
    opening, end = sink.to(OLGA)
    assert opening["Subject"] == "[P1] crm down: srv does not answer (INC-1)"
    assert "you own crm" in opening.get_content()
    assert "https://hub.example.test/incidents/1" in opening.get_content()
    assert opening["Message-ID"] == office.mail_to("olga").message_id
    assert opening["Auto-Submitted"] == "auto-generated"
    marks = [opening[f"X-Faultpath-{what}"] for what in ("Incident", "Happening", "Role")]
    assert marks == ["1", "open", "service_owner"]
    assert end["In-Reply-To"] == opening["Message-ID"]
    assert end["References"].split() == [opening["References"], opening["Message-ID"]]
    in_chinese = sink.to(NINA)[0]
    assert (opening["Content-Language"], in_chinese["Content-Language"]) == ("en", "zh")
    assert in_chinese["Subject"] == "[P1] crm 中断：srv 无应答（INC-1）"
    assert "受影响人员" in in_chinese.get_content()


async def test_an_encoded_word_in_a_name_is_no_header_on_the_wire(office: Office) -> None:
    name = "=?utf-8?q?db1=0D=0ABcc:_evil@x=0D=0A=0D=0AText?="
    office.fault("srv", confirmed=True).hits(name, DOWN, owner="olga")
    office.evaluate()
    async with Sink() as sink, delivering(office, sink):
        await sink.until(2)
    (mail,) = sink.to(OLGA)
    assert "Bcc" not in mail
    assert mail["Subject"] == f"[P1] = {name[1:]} down: srv does not answer (INC-1)"
    assert mail["X-Faultpath-Incident"] == "1"
    assert mail.get_content().startswith(f"{name} down: srv does not answer.")


async def test_a_relay_that_wants_time_gets_it(office: Office) -> None:
    async with Sink(answers={OLGA: ["451 later", "451 later"]}) as sink, delivering(office, sink) as worker:
        crm_dies(office)
        worker.wake()
        await settled(office, OutboxState.SENT)
        assert sink.asked[OLGA] == 3
        assert len(sink.to(OLGA)) == 1
    assert office.happened(1).count("notice_retried") == 1, "the timeline says once that it did not go at once"


async def test_who_is_refused_is_named_and_delays_nobody(office: Office) -> None:
    async with Sink(always={OLGA: "550 no such user"}) as sink, delivering(office, sink) as worker:
        crm_dies(office)
        worker.wake()
        await settled(office, OutboxState.SENT, OutboxState.REFUSED)
        assert [one.recipient for one in sink.taken] == [NINA]
        refusal = next(one for one in office.timeline(1) if one.what.code == "notice_refused")
        assert refusal.what.args["person"] == "olga"
        assert "550" in str(refusal.what.args["error"])
        office.faults["s-srv"].resolves()
        office.evaluate()
        worker.wake()
        await sink.until(2)
    assert [one.recipient for one in sink.taken] == [NINA, NINA], "who never heard of it hears of no end"


async def test_a_relay_that_is_away_loses_nothing_and_is_reported_once(office: Office) -> None:
    async with Sink() as gone:
        port = gone.port
    with capture_logs() as logs:
        async with delivering(office, gone) as worker:
            crm_dies(office)
            worker.wake()
            await eventually(lambda: office.happened(1).count("notice_retried") == 2)
            async with Sink(port=port) as sink:
                await sink.until(2)
                await settled(office, OutboxState.SENT)
    assert said_of_the_relay(logs) == ["mail.relay_lost", "mail.relay_back"]


def said_of_the_relay(logs: Sequence[Mapping[str, Any]]) -> list[str]:
    return [log["event"] for log in logs if log["event"].startswith("mail.")]


async def test_a_wrong_password_waits_for_the_operator(office: Office) -> None:
    async with Sink(password="right") as sink:
        port = sink.port
        channel = SmtpChannel(MailSettings(port=port, username="hub", password="wrong"))
        with capture_logs() as logs:
            async with working(office, channel):
                crm_dies(office)
                await eventually(lambda: office.happened(1).count("notice_retried") == 2)
                await eventually(lambda: all(office.mail_to(one).attempts > 1 for one in ("olga", "nina")))
                assert not channel.available  # stands on /readyz
                assert set(counted(office)) <= {OutboxState.WAITING, OutboxState.SENDING}
                sink.password = "wrong"  # the operator makes it the right one
                await settled(office, OutboxState.SENT)
                assert channel.available
        await channel.close()
    assert said_of_the_relay(logs) == ["mail.relay_lost", "mail.relay_back"]
    assert next(log["error"] for log in logs if log["event"] == "mail.relay_lost").startswith("535 ")


@dataclass
class Particular(Sink):
    """A sink that does not take mail from everybody."""

    refused_sender: str = ""

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, _s: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == self.refused_sender:
            return "550 not from you"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"


async def test_a_sender_that_the_relay_refuses_is_a_loss_of_the_relay(office: Office) -> None:
    async with Particular(refused_sender="hub@refused.test") as sink:
        channel = SmtpChannel(MailSettings(port=sink.port, sender="hub@refused.test"))
        with capture_logs() as logs:
            async with working(office, channel):
                crm_dies(office)
                await eventually(lambda: all(office.mail_to(one).attempts > 1 for one in ("olga", "nina")))
                assert not channel.available
                sink.refused_sender = ""
                await settled(office, OutboxState.SENT)
        await channel.close()
    assert said_of_the_relay(logs) == ["mail.relay_lost", "mail.relay_back"]


async def test_without_the_encryption_that_is_asked_for_nothing_is_sent(office: Office) -> None:
    async with Sink() as sink, delivering(office, sink, security="starttls") as worker:
        crm_dies(office)
        worker.wake()
        await eventually(lambda: office.happened(1).count("notice_retried") == 2)
        assert not sink.taken


async def test_without_a_relay_the_timeline_says_so(office: Office) -> None:
    worker = Deliverer(office.ledger, {}, SystemClock())
    running = asyncio.create_task(worker.run())
    crm_dies(office)
    worker.wake()
    await settled(office, OutboxState.REFUSED)
    running.cancel()
    refusal = next(one for one in office.timeline(1) if one.what.code == "notice_refused")
    assert refusal.what.args["error"] == "there is no channel mail"


async def test_a_few_connections_carry_many_mails(office: Office) -> None:
    crowd = [f"user-{number}" for number in range(60)]
    async with Sink() as sink, delivering(office, sink) as worker:
        office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga", users=crowd)
        office.evaluate()
        worker.wake()
        await sink.until(62)
        assert sink.connections <= 4
        assert len({one.mail["Message-ID"] for one in sink.taken}) == 62


async def test_a_kept_connection_that_the_relay_dropped_is_replaced(office: Office) -> None:
    async with Sink() as sink, delivering(office, sink) as worker:
        crm_dies(office)
        worker.wake()
        await settled(office, OutboxState.SENT)
        sink.hang_up()
        office.faults["s-srv"].resolves()
        office.evaluate()
        worker.wake()
        await sink.until(4)
        await settled(office, OutboxState.SENT)
    assert "notice_retried" not in office.happened(1)


async def test_an_answer_that_got_lost_marks_the_repeat(office: Office) -> None:
    async with Sink(hang_s=1.0) as sink, delivering(office, sink, timeout_s=0.3) as worker:
        crm_dies(office)
        worker.wake()
        await sink.until(2)
        await eventually(lambda: all(office.mail_to(one).possibly_repeated for one in ("olga", "nina")))
        sink.hang_s = 0.0
        await settled(office, OutboxState.SENT)
        first, repeat = sink.to(OLGA)[0], sink.to(OLGA)[-1]
    assert first["Message-ID"] == repeat["Message-ID"]
    assert first.as_bytes() == repeat.as_bytes()
    assert office.mail_to("olga").possibly_repeated


class Scripted:
    """A channel that does with each person's mail what the script says, call by call, and takes it after that."""

    def __init__(self, **script: list[Outcome | Exception]) -> None:
        self.script = script
        self.asked: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def deliver(self, entry: OutboxEntry) -> Outcome:
        self.asked.append(entry.key.stakeholder)
        await self.gate.wait()
        lines = self.script.get(entry.key.stakeholder)
        said = lines.pop(0) if lines else Delivered()
        if isinstance(said, Exception):
            raise said
        return said

    async def close(self) -> None:
        pass


@asynccontextmanager
async def working(office: Office, channel: Channel) -> AsyncIterator[Deliverer]:
    worker = Deliverer(office.ledger, {"mail": channel}, office.clock, backoff_s=QUICK)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_send_that_raises_harms_no_neighbour_and_is_not_repeated_for_ever(office: Office) -> None:
    crm_dies(office)
    channel = Scripted(olga=[RuntimeError("boom")] * 9)
    with capture_logs() as logs:
        async with working(office, channel):
            await settled(office, OutboxState.SENT, OutboxState.REFUSED)
    assert sorted(channel.asked) == ["nina", "olga", "olga"]
    refusal = next(one for one in office.timeline(1) if one.what.code == "notice_refused")
    assert refusal.what.args["error"] == "RuntimeError: boom"
    assert [log["message_id"] for log in logs if log["event"] == "notices.send_raised"] == [
        office.mail_to("olga").message_id
    ] * 2


async def test_a_send_that_raised_once_is_sent_and_may_be_a_repeat(office: Office) -> None:
    crm_dies(office)
    async with working(office, Scripted(olga=[RuntimeError("boom")])):
        await settled(office, OutboxState.SENT)
    assert office.mail_to("olga").possibly_repeated
    assert not office.mail_to("nina").possibly_repeated


async def test_a_send_that_raises_while_the_worker_stops_harms_no_neighbour(office: Office) -> None:
    crm_dies(office)
    channel = Scripted(olga=[RuntimeError("boom")])
    channel.gate.clear()
    async with working(office, channel):
        await eventually(lambda: len(channel.asked) == 2)
        asyncio.get_running_loop().call_later(0.05, channel.gate.set)
    assert office.mail_to("nina").state is OutboxState.SENT
    assert office.mail_to("olga").state is OutboxState.WAITING


async def test_the_patience_with_a_held_mail_begins_with_its_release(tmp_path: Path) -> None:
    rows = [{"role": "user", "happenings": ["open"], "least_state": "down", "ask_above": 1}]
    office = Office(tmp_path, notices={"who_is_told": rows})
    office.fault("srv", confirmed=True).hits("crm", DOWN, users=["ute", "udo"])
    office.evaluate()
    office.at(25 * HOUR_S)
    with office.ledger.begin() as connection:
        office.desk.release(connection, 1, "anna")
    channel = Scripted(ute=[RetryLater(reason="451 later")] * 999)
    async with working(office, channel) as worker:
        await eventually(lambda: channel.asked.count("ute") == 1 and OutboxState.SENDING not in counted(office))
        assert counted(office) == {OutboxState.WAITING: 1, OutboxState.SENT: 1}
        office.at(48 * HOUR_S)
        worker.wake()
        await eventually(lambda: channel.asked.count("ute") == 2 and OutboxState.SENDING not in counted(office))
        assert office.mail_to("ute").state is OutboxState.WAITING
        office.at(49 * HOUR_S)
        worker.wake()
        await settled(office, OutboxState.SENT, OutboxState.REFUSED)
    assert office.mail_to("ute").last_error == "given up: 451 later"
    office.ledger.close()


async def test_an_end_never_overtakes_its_opening(office: Office) -> None:
    async with Sink(answers={OLGA: ["451 later"] * 3}, hang_s=0.0) as sink, delivering(office, sink) as worker:
        crm_dies(office)
        with office.ledger.begin() as connection:
            entry = office.mail_to("olga")
            outbox.begin_sending(connection, entry.key)
            outbox.retry_at(connection, entry.key, SystemClock().now(), error="lost", possibly_repeated=True)
        office.faults["s-srv"].resolves()
        office.evaluate()
        worker.wake()
        await eventually(lambda: len(sink.to(OLGA)) == 2)
    assert [mail["Subject"][:4] for mail in sink.to(OLGA)] == ["[P1]", "[Res"]


CHILD = """
import asyncio, sys
from pathlib import Path
from ledger.clock import SystemClock
from ticket_bridge.notices.deliver import Deliverer
from ticket_bridge.notices.smtp import SmtpChannel
from ticket_bridge.settings import MailSettings
from tests.ticket_bridge.scenario import DOWN, Office

async def main(directory, port):
    office = Office(Path(directory), clock=SystemClock())
    if not office.desk.live:
        office.fault("srv", confirmed=True).hits("crm", DOWN, owner="olga").on_call("nina")
        office.evaluate()
    channel = SmtpChannel(MailSettings(port=int(port)))
    worker = Deliverer(office.ledger, {"mail": channel}, SystemClock(), concurrency=1)
    await worker.run()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("boundary", "mails_to_olga"), [("between-decision-and-outbox", 1), ("before-send:2", 1), ("after-send:2", 2)]
)
async def test_killed_anywhere_nothing_is_lost_and_at_most_one_is_repeated(
    tmp_path: Path, boundary: str, mails_to_olga: int
) -> None:
    async with Sink() as sink:

        async def child(**environment: str) -> asyncio.subprocess.Process:
            return await asyncio.create_subprocess_exec(
                sys.executable, "-c", CHILD, str(tmp_path), str(sink.port), env={**os.environ, **environment}
            )

        killed = await child(FAULTPATH_KILL_AT=boundary)
        assert await asyncio.wait_for(killed.wait(), 30) == -signal.SIGKILL
        again = await child()
        await eventually(lambda: len(sink.to(NINA)) >= 1 and len(sink.to(OLGA)) >= mails_to_olga, within_s=30)
        await asyncio.sleep(0.3)
        again.kill()
        await again.wait()
    assert len(sink.to(NINA)) == 1
    assert len(sink.to(OLGA)) == mails_to_olga
    assert len({mail["Message-ID"] for mail in sink.to(OLGA)}) == 1
    office = Office(tmp_path, clock=SystemClock())
    assert office.mail_to("olga").possibly_repeated == ("send" in boundary)
    assert [one.number for one in office.desk.live] == [1]
    office.ledger.close()
