"""The composition root: the only place that names concrete adapters. Builds the house, runs it, takes it down.

Built in order and taken down in reverse (`AsyncExitStack`): ledger, graph, channels, hub, collectors under the
supervisor, HTTP. What is away when the hub starts (Neo4j, a broker, the mail relay) does not stop it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
import uvloop

from alerting.correlate import Timing
from alerting.errors import AlertingError
from alerting.evidence import Evidence
from alerting.faultcodes import FaultCatalogue
from alerting.intake import Parser
from alerting.mapping import load_mapping, load_traps
from alerting.store import AlertBook
from alerting.topics import load_topics
from cmdb.catalogue import Catalogue
from cmdb.errors import CmdbError
from cmdb.graph.neo4j import Neo4jGraphStore
from cmdb.graph.sqlite import SqliteGraphStore
from cmdb.store import GraphStore
from collectors.mqtt.collector import MqttCollector
from collectors.mqtt.model import Broker
from collectors.snmp import gufo, pysnmp_session
from collectors.snmp.poller import Poller
from collectors.snmp.session import SessionFactory
from collectors.snmp.watch import Rhythm
from faultpath import __version__
from faultpath.access.passwords import Passwords
from faultpath.access.sessions import SessionBook
from faultpath.access.tokens import TokenBook
from faultpath.access.users import Users
from faultpath.api.app import build_app
from faultpath.api.deps import ApiState
from faultpath.api.stream import ChangeStream
from faultpath.discovering import DiscoveryDesk
from faultpath.errors import FaultpathError, SettingsError
from faultpath.graph_access import GraphAccess
from faultpath.graph_file import GraphFile
from faultpath.housekeeping import Housekeeping
from faultpath.hub import Hub
from faultpath.importing import Importer
from faultpath.logs import configure
from faultpath.map.desk import MapDesk
from faultpath.metrics import Metrics
from faultpath.polling import Rounds, TrapPort
from faultpath.questions import Past
from faultpath.secrets import SecretBox, write_private
from faultpath.server import Serving, bind, serving
from faultpath.settings import BrokerSettings, Settings, secret_text
from faultpath.supervisor import Supervisor
from faultpath.telling import LatestDirectory, Tellers
from faultpath.vault import Vault
from faultpath.watching import Parts
from ledger.clock import Clock, SystemClock
from ledger.engine import Ledger
from ledger.errors import LedgerError
from ledger.inbox import Inbox
from ticket_bridge.incidents.desk import Desk
from ticket_bridge.notices.deliver import Deliverer
from ticket_bridge.notices.smtp import SmtpChannel
from ticket_bridge.settings import MailSettings

SETUP_FILE = "setup-token"
GRAPH_FILE = "graph.columns"
STOP_S = 10.0
FIRST_LOOK_S = 3.0
CONSOLE = Path(__file__).parents[1] / "web" / "dist"
SESSIONS: Mapping[str, SessionFactory] = {"gufo": gufo.open_session, "pysnmp": pysnmp_session.open_session}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A hub that runs. ``url`` is where its API is; ``serving`` is what answers there."""

    serving: Serving
    state: ApiState
    hub: Hub
    trap_port: TrapPort | None

    @property
    def url(self) -> str:
        return self.serving.url


def run(settings: Settings) -> None:
    """Run the hub until SIGINT or SIGTERM.

    Raises:
        FaultpathError: it cannot start; the text is one clear line.
    """
    configure(settings.log.level, settings.log.format)
    try:
        uvloop.run(_run_until_told(settings))
    except (LedgerError, CmdbError, AlertingError) as error:
        raise FaultpathError(str(error)) from None
    except OSError as error:  # a file of the data directory, or one that a setting names
        raise FaultpathError(f"{error.filename or 'the system'}: {error.strerror or error}") from None


async def _run_until_told(settings: Settings) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    async with running(settings) as house:
        log.info("hub_ready", url=house.url, version=__version__)
        await _first(told.wait(), house.serving.ended())
        log.info("hub_stops")


async def _first(*happenings: Coroutine[Any, Any, Any]) -> None:
    """Wait until one of these ends; what it raises is raised here."""
    tasks = [asyncio.create_task(one) for one in happenings]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()


@asynccontextmanager
async def running(settings: Settings, clock: Clock | None = None) -> AsyncIterator[House]:
    """A hub that runs while inside.

    Raises:
        PortInUseError: the port to listen on is taken.
        LedgerLockedError, StoreLockedError: another hub has the same files.
        SettingsError, SecretsError, CatalogueError, AlertingError: a file that the settings name is wrong.
        StoreUnusableError: the graph is no graph of ours, or its address is none.
    """
    settings = settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
    _make_usable(settings.data_dir)
    async with AsyncExitStack() as stack:
        sock = bind(settings.http.host, settings.http.port)
        stack.callback(sock.close)
        yield await _Builder(settings, clock or SystemClock(), stack).build(sock)


def _make_usable(data_dir: Path) -> None:
    name = "setting data_dir (FAULTPATH_DATA_DIR)"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{name}: {data_dir} cannot be made a folder: {error.strerror}") from None
    if not os.access(data_dir, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(f"{name}: {data_dir} cannot be written to; give it to the hub's user")


class _Builder:
    """Builds the parts in order; what must be taken down goes onto the stack."""

    def __init__(self, settings: Settings, clock: Clock, stack: AsyncExitStack) -> None:
        self.settings = settings
        self.clock = clock
        self.stack = stack
        self.catalogue = Catalogue.load(settings.catalogue.classes)
        self.topics = load_topics(settings.catalogue.topics)
        self.supervisor = Supervisor(clock=clock)
        self.evidence = Evidence()
        self.directory = LatestDirectory()
        self.stream = ChangeStream()
        self.open_session: SessionFactory = SESSIONS[settings.snmp.session]
        self.brokers: dict[str, MqttCollector] = {}

    async def build(self, sock: socket.socket) -> House:
        """Everything, started."""
        self.ledger = Ledger.open(self.settings.sqlite_path(self.settings.ledger.url))
        self.stack.callback(self.ledger.close)
        self.inbox = Inbox(self.ledger, max_waiting=self.settings.intake.max_waiting)
        self.graph = GraphAccess(self._graph_opener(), self.settings.graph.retry_s)
        self.stack.push_async_callback(self.graph.close)
        await self.graph.look_first(FIRST_LOOK_S)
        self.vault = Vault(self.ledger, self.clock, self._box())
        self.vault.credentials()  # a wrong key is told now, in one line, and not at the first poll
        self.hub = self._hub()
        self.graph.loaded = lambda: self.hub.view.revision if self.hub.view else None
        self.mail = self._mail()
        channels = {"mail": self.mail} if self.mail else {}
        self.deliverer = Deliverer(self.ledger, channels, self.clock, concurrency=self.settings.smtp.connections)
        self.poller = self._poller()
        self.tellers = Tellers(self.hub, self.stream, self.deliverer, self.directory, Rounds(self.poller, self.vault))
        self.trap_port = self._trap_port()
        state = self._api_state()
        await self._start(state)
        served = await self.stack.enter_async_context(
            serving(
                build_app(state),
                sock,
                stop_timeout_s=self.settings.http.stop_timeout_s,
                before_stop=self.stream.close,
            )
        )
        return House(serving=served, state=state, hub=self.hub, trap_port=self.trap_port)

    def _graph_opener(self) -> Callable[[], GraphStore]:
        graph = self.settings.graph
        if graph.url.startswith("sqlite:///"):
            path = self.settings.sqlite_path(graph.url)
            return lambda: SqliteGraphStore(path)
        password = secret_text(graph.password, graph.password_file, "graph.password_file")
        if password is None:
            raise SettingsError("setting graph.password_file (or graph.password): is needed for a Neo4j graph")
        return lambda: Neo4jGraphStore(
            graph.url, user=graph.user, password=password, labels=self.catalogue.chain, database=graph.database
        )

    def _box(self) -> SecretBox:
        secrets = self.settings.secrets
        if secrets.key is not None:
            return SecretBox.from_text(secrets.key.get_secret_value())
        return SecretBox.from_file(self.settings.in_data_dir(secrets.key_file))

    def _hub(self) -> Hub:
        files, timing = self.settings.catalogue, self.settings.situations
        parser = Parser(
            alertmanager=load_mapping("alertmanager", files.mappings),
            traps=load_traps(files.traps),
            topics=self.topics,
            fault_codes=FaultCatalogue.load(files.faults),
        )
        desk = Desk(
            self.ledger,
            self.directory,
            self.clock,
            policy=self.settings.incidents,
            notices=self.settings.notices,
            mail=self._mail_settings(),
        )
        return Hub(
            ledger=self.ledger,
            inbox=self.inbox,
            parser=parser,
            book=AlertBook(self.ledger),
            evidence=self.evidence,
            desk=desk,
            graph=self.graph,
            catalogue=self.catalogue,
            clock=self.clock,
            graph_file=GraphFile(self.settings.data_dir / GRAPH_FILE),
            timing=Timing(
                settle=timedelta(seconds=timing.settle_s),
                settle_most=timedelta(seconds=timing.settle_max_s),
                hold=timedelta(seconds=timing.hold_s),
                outlive=timedelta(seconds=timing.outlive_s),
            ),
        )

    def _mail_settings(self) -> MailSettings:
        smtp = self.settings.smtp
        return MailSettings(
            host=smtp.host or "127.0.0.1",
            port=smtp.port or 25,
            security=smtp.security,
            username=smtp.username,
            password=secret_text(smtp.password, smtp.password_file, "smtp.password_file"),
            sender=smtp.sender,
            message_id_domain=smtp.message_id_domain,
            link_base=self.settings.http.public_url,
            time_zone=smtp.time_zone,
            connections=smtp.connections,
            timeout_s=smtp.timeout_s,
        )

    def _mail(self) -> SmtpChannel | None:
        if self.settings.smtp.host is None:
            return None
        channel = SmtpChannel(self._mail_settings())
        self.stack.push_async_callback(channel.close)
        return channel

    def _poller(self) -> Poller:
        snmp = self.settings.snmp
        poller = Poller(
            open_session=self.open_session,
            evidence=self.evidence,
            submit=self.inbox.put,
            clock=self.clock,
            rhythm=Rhythm(
                interval_s=snmp.poll_interval_s,
                trouble_interval_s=min(snmp.trouble_interval_s, snmp.poll_interval_s),
                timeout_s=snmp.timeout_s,
                retries=snmp.tries - 1,
            ),
            timed_out=self.hub.timed_out,
        )
        self.hub.asker = poller
        return poller

    def _trap_port(self) -> TrapPort | None:
        snmp = self.settings.snmp
        if not (snmp.enabled and snmp.traps.enabled):
            return None
        engine_id = own_engine_id(self.settings.data_dir)
        return TrapPort(snmp.traps, engine_id, self.vault, self.inbox.put, self.clock)

    def _collect(self, broker: BrokerSettings) -> Callable[[], Awaitable[None]]:
        """A worker for one broker; each start has a collector of its own, since a link is used once."""
        given = Broker(
            name=broker.name,
            host=broker.host,
            port=broker.port,
            protocol=broker.protocol,
            client_id=broker.client_id,
            username=broker.username,
            password=secret_text(broker.password, broker.password_file, f"mqtt.brokers ({broker.name})"),
            tls=broker.tls,
            ca_file=broker.ca_file,
            trusted=broker.trusted,
            ci=broker.ci,
            keepalive_s=broker.keepalive_s,
            session_expiry_s=broker.session_expiry_s,
            lost_after_s=broker.lost_after_s,
            catch_up_s=broker.catch_up_s,
        )

        async def run() -> None:
            collector = self.brokers[given.name] = MqttCollector(
                given,
                topics=self.topics,
                submit=self.inbox.put,
                evidence=self.evidence,
                index=lambda: self.hub.index,
                clock=self.clock,
                standing=self.hub.book.active().values(),
            )
            await collector.run()

        return run

    def _api_state(self) -> ApiState:
        importer = Importer(self.graph, self.catalogue, self.clock)
        parts = self._parts()
        metrics = Metrics()
        parts.expose(metrics, __version__)
        return ApiState(
            settings=self.settings,
            clock=self.clock,
            ledger=self.ledger,
            inbox=self.inbox,
            graph=self.graph,
            hub=self.hub,
            past=Past(
                self.graph, self.catalogue, self.ledger, self.clock, timedelta(days=self.settings.retention.health_days)
            ),
            maps=MapDesk(self.ledger, self.clock, self.catalogue),
            acted=self.tellers.acted,
            vault_changed=self.vault_changed,
            users=self._users(),
            sessions=SessionBook(self.ledger, self.clock, timedelta(hours=self.settings.access.session_hours)),
            tokens=TokenBook(self.ledger, self.clock),
            stream=self.stream,
            metrics=metrics,
            supervisor=self.supervisor,
            importer=importer,
            discovery=self._discovery(importer),
            ready=parts.away,
            started_at=self.clock.now(),
            version=__version__,
            warnings=self._warnings(),
            console=self._console(),
        )

    def _console(self) -> Path | None:
        dist = self.settings.console.dist
        if dist is None:
            return CONSOLE if CONSOLE.is_dir() else None
        if not (dist / "index.html").is_file():
            raise SettingsError(
                f"setting console.dist (FAULTPATH_CONSOLE__DIST): {dist} holds no index.html; "
                "build the console, or take the setting out"
            )
        return dist

    def _users(self) -> Users:
        access = self.settings.access
        passwords = Passwords()
        self.stack.callback(passwords.close)
        users = Users(
            self.ledger,
            self.clock,
            passwords,
            setup_file=self.settings.data_dir / SETUP_FILE,
            tries=access.sign_in_tries,
            window_s=access.sign_in_window_s,
        )
        if users.open_setup():
            log.info("setup_open", token_file=str(users.setup_file), remedy="open the console, or `faultpath setup`")
        return users

    def _parts(self) -> Parts:
        return Parts(
            ledger=self.ledger,
            inbox=self.inbox,
            graph=self.graph,
            hub=self.hub,
            supervisor=self.supervisor,
            stream=self.stream,
            poller=self.poller,
            traps=self.trap_port,
            brokers=lambda: list(self.brokers.values()),
            mail=self.mail,
        )

    def _discovery(self, importer: Importer) -> DiscoveryDesk:
        async def changed() -> None:
            await self.hub.graph_changed()
            self.vault_changed()

        return DiscoveryDesk(
            vault=self.vault,
            importer=importer,
            catalogue=self.catalogue,
            sessions=self.open_session,
            clock=self.clock,
            changed=changed,
        )

    def vault_changed(self) -> None:
        """Credentials or ranges changed: poll what can be polled, hear whom may be heard."""
        self.tellers.refresh_rounds()
        if self.trap_port:
            self.trap_port.credentials_changed()

    def _warnings(self) -> list[str]:
        found = []
        if self.settings.smtp.host is None:
            found.append("no mail relay is set (smtp.host): notices are refused")
        if not self.settings.snmp.enabled:
            found.append("SNMP is switched off (snmp.enabled): nobody asks the devices")
        return found

    async def _start(self, state: ApiState) -> None:
        """All workers under the supervisor; stopping cancels them, and waits for so long."""
        add = self.supervisor.add
        add("graph", self.graph.keep_open)
        add("hub", self.hub.run)
        add("deliverer", self.deliverer.run)
        if self.settings.snmp.enabled:
            add("poller", self.poller.run)
        if self.trap_port:
            add("traps", self.trap_port.run)
        for broker in self.settings.mqtt.brokers:
            add(f"mqtt-{broker.name}", self._collect(broker))
        keeper = Housekeeping(
            self.ledger,
            self.inbox,
            self.hub.book,
            state.tokens,
            clock=self.clock,
            retention=self.settings.retention,
        )
        add("housekeeping", keeper.run)
        workers = asyncio.create_task(self.supervisor.run(), name="supervisor")
        self.stack.push_async_callback(_stop, workers, STOP_S)
        self.stack.push_async_callback(state.discovery.stop)


async def _stop(task: asyncio.Task[None], within_s: float) -> None:
    """Cancel and wait, but not for ever: what holds on longer is left behind, and said."""
    task.cancel()
    _, pending = await asyncio.wait((task,), timeout=within_s)
    if pending:
        log.error("stop_timed_out", within_s=within_s)


def own_engine_id(data_dir: Path) -> bytes:
    """The hub's own SNMP engine id, made once: senders of informs keep keys for it (RFC 3411, 5: format 5, octets).

    Raises:
        FaultpathError: its file holds something else.
    """
    path = data_dir / "snmp-engine-id"
    if not path.exists():
        # 0x80000000 | enterprise number of net-snmp's sample (8072), which stands for "no number of our own"
        write_private(path, (bytes.fromhex("80001f8805") + os.urandom(8)).hex() + "\n")
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        raise FaultpathError(
            f"{path} holds no engine id; put it back from a backup, or remove it for a new one"
        ) from None
