"""The HTTP server: uvicorn on a socket of ours, inside of our loop, stopped by us."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import NoReturn

import structlog
import uvicorn
from starlette.types import ASGIApp

from faultpath.errors import PortInUseError, ServerEndedError

BACKLOG = 1024

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the hub, which stops more than HTTP."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises:
        PortInUseError: another process has it, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    it = socket.socket(family, socket.SOCK_STREAM)
    it.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        it.bind((host, port))
        it.listen(BACKLOG)
    except OSError as error:
        it.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"port {port} of {host} is in use by another process; stop it or set http.port (FAULTPATH_HTTP__PORT)"
            ) from None
        raise PortInUseError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    it.setblocking(False)
    return it


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that answers at ``url``."""

    url: str
    task: asyncio.Task[None]

    async def ended(self) -> NoReturn:
        """Wait until the server ends by itself, which it should not.

        Raises:
            ServerEndedError: it did.
        """
        await asyncio.wait((self.task,))
        raise _why_ended(self.task)


@asynccontextmanager
async def serving(
    app: ASGIApp, sock: socket.socket, *, stop_timeout_s: float, before_stop: Callable[[], None]
) -> AsyncIterator[Serving]:
    """Serve while inside.

    Args:
        app: what is served.
        sock: bound and listening; closed at the end.
        stop_timeout_s: how long open requests may take to end.
        before_stop: called first at the end, to let go of streams that would never end by themselves.

    Raises:
        ServerEndedError: the server did not come up.
    """
    server = _Server(_config(app, stop_timeout_s))
    host, port = sock.getsockname()[:2]
    task = asyncio.create_task(server.serve(sockets=[sock]), name="http")
    ready = asyncio.create_task(server.answers.wait())
    try:
        await asyncio.wait((task, ready), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            raise _why_ended(task)
        yield Serving(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}", task)
    finally:
        ready.cancel()
        before_stop()
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)
        sock.close()


def _config(app: ASGIApp, stop_timeout_s: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        # else whoever connects from this machine, and all behind a proxy on it, could name an address of their choice
        proxy_headers=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=65,
        timeout_graceful_shutdown=max(1, round(stop_timeout_s)),
    )


def _why_ended(task: asyncio.Task[None]) -> ServerEndedError:
    error = task.exception()
    log.error("http_ended", error=repr(error), exc_info=error)
    return ServerEndedError(f"the HTTP server ended: {error or 'nobody told it to'}")
