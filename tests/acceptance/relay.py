"""A TCP port that leads to a real server while it is open, so that the server seems to go away and come back."""

from __future__ import annotations

import contextlib
import socket
import threading

from tests.acceptance.hub import free_port


class Relay:
    """``127.0.0.1:port`` → ``to``. Closed at first, so that connections are refused."""

    def __init__(self, to: tuple[str, int]) -> None:
        self.port = free_port()
        self._to = to
        self._listener: socket.socket | None = None
        self._ends: list[socket.socket] = []

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self) -> None:
        """Refuse from now on, and cut what is open."""
        for one in (*self._ends, *([self._listener] if self._listener else [])):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._ends.clear()
        self._listener = None

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._to)
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
