"""Tells every open page that the board has changed: one pair of sockets for each, so that nobody polls."""

from __future__ import annotations

import contextlib
import select
import socket
import threading

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STREAMS = 64


class Stream:
    """What one open page waits for."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client
        self._ear, self._mouth = socket.socketpair()
        for end in (self._ear, self._mouth):
            end.settimeout(0)

    def wait(self) -> bool:
        """Wait for a change; return False when the page has been closed."""
        ready = select.select([self._ear, self._client], [], [])[0]
        if self._client in ready and not self._client.recv(1024):
            return False
        if self._ear in ready:
            self._ear.recv(4096)
        return True

    def ring(self) -> None:
        """Wake the one who waits. It never blocks."""
        with contextlib.suppress(OSError):  # full: it rings already
            self._mouth.send(b"!")

    def close(self) -> None:
        """Close both ends."""
        self._ear.close()
        self._mouth.close()


class Hub:
    """The open pages."""

    def __init__(self) -> None:
        self._streams: set[Stream] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def stream(self, client: socket.socket) -> Iterator[Stream | None]:
        """Wait for changes on behalf of the page at `client`; None when too many pages are open."""
        with self._lock:
            if len(self._streams) >= MOST_STREAMS:
                stream = None
            else:
                stream = Stream(client)
                self._streams.add(stream)
        try:
            yield stream
        finally:
            if stream is not None:
                with self._lock:
                    self._streams.discard(stream)
                    stream.close()

    def ring(self) -> None:
        """Tell every page."""
        with self._lock:
            for stream in self._streams:
                stream.ring()
