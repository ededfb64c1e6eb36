"""The web server's threads, with an end to waiting: a request that hardly moves loses its connection, not a thread.

Gunicorn waits for the rest of a request as long as it takes, so that a stranger who sends one byte a second would
hold a thread for ever. Here a request has `GRACE` seconds, and one more for each `LEAST_RATE` bytes that came: a
photograph over a poor line arrives, a trickle does not. Answers are not limited: a wall's stream stays open.
"""

from __future__ import annotations

import errno
import socket
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

GRACE = 20.0
"""Seconds for a request to arrive, beside what its size allows."""
LEAST_RATE = 1024
"""Bytes a second."""


class Patient:
    """A connection that reads for as long as the request moves, and is a socket in all else."""

    def __init__(self, sock: socket.socket, grace: float) -> None:
        self._sock, self._grace = sock, grace
        self.begin()

    def begin(self) -> None:
        """A new request may take its time from now."""
        self._began, self._came = time.monotonic(), 0

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As a socket's; ConnectionResetError when the request is too slow, as if the sender had gone."""
        own = self._sock.gettimeout()
        left = self._began + self._grace + self._came / LEAST_RATE - time.monotonic()
        try:
            self._sock.settimeout(max(left, 0.001) if own is None else min(own, max(left, 0.001)))
            found = self._sock.recv(size, flags)
        except TimeoutError:
            if own is not None and own < left:
                raise
            raise ConnectionResetError(errno.ECONNRESET, "the request came too slowly") from None
        finally:
            self._sock.settimeout(own)
        self._came += len(found)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's worker of threads, reading through such connections."""

    grace = GRACE

    def handle(self, conn: Any) -> Any:
        """One request on a connection, in a thread."""
        if not isinstance(conn.sock, Patient):
            conn.sock = Patient(conn.sock, self.grace)
        conn.sock.begin()
        return super().handle(conn)
