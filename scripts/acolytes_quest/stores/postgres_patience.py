"""How long a command waits for the server: a frozen one, or a network that forwards nothing, never reports an error.

The server bounds the wait for a lock. Everything else is bounded here, in the client: each statement, and the connect.
"""

from __future__ import annotations

import contextlib
import math
import select
import time

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

GRACE_SECONDS = 2.0  # for the last statement of a wait, and for the answer of a server that gives up a lock itself
_LONG_SECONDS = 600.0
_LOOK_SECONDS = 0.1


class Patience:
    """The patience of one board. `busy` is that of a plain statement, in seconds."""

    def __init__(self, busy: float) -> None:
        self.busy = busy
        self._end: float | None = None
        self._is_long = False

    def end_by(self, deadline: float) -> None:
        """Let everything end by about `deadline` (time.monotonic), but not before a plain statement would end."""
        self._end = max(deadline, time.monotonic() + self.busy)

    def deadline(self) -> float:
        """Return until when to wait for a server that is away."""
        now = time.monotonic()
        return now + self.busy if self._end is None else max(self._end, now + GRACE_SECONDS)

    def of_a_statement(self) -> float:
        """Return how many seconds the next statement may take."""
        if self._is_long:
            return _LONG_SECONDS
        left = math.inf if self._end is None else max(0.0, self._end - time.monotonic())
        return min(self.busy, left) + GRACE_SECONDS

    def may_go_on(self) -> bool:
        """Whether a wait goes on, so that it is worth to connect again."""
        return self._end is not None and time.monotonic() < self._end

    @contextlib.contextmanager
    def for_long_work(self) -> Iterator[None]:
        """Wait long for what takes long on a large board."""
        self._is_long = True
        try:
            yield
        finally:
            self._is_long = False


def connection_class(psycopg: Any, patience: Patience) -> Any:
    """Return psycopg's class of connections, whose waits end as `patience` says. Then the connection is closed."""

    class BoundedConnection(psycopg.Connection):  # type: ignore[misc]  # the class is an argument
        def wait(self, gen: Any, interval: float = _LOOK_SECONDS, timeout: float | None = None) -> Any:
            if timeout is not None:  # a look for notifications
                return super().wait(gen, interval, timeout)
            limit = patience.of_a_statement()
            deadline = time.monotonic() + limit
            poll = select.poll()
            try:
                wanted = next(gen)
                while True:
                    poll.register(self.pgconn.socket, wanted & 1 | (wanted & 2) << 1)  # POLLIN is 1, POLLOUT is 4
                    left = deadline - time.monotonic()
                    if left <= 0:
                        self.pgconn.finish()
                        raise psycopg.errors.ConnectionTimeout(f"no answer within {limit:.0f} s")
                    ready = poll.poll(math.ceil(min(interval or _LOOK_SECONDS, left) * 1000))
                    event = ready[0][1] if ready else 0
                    failed = event & ~(select.POLLIN | select.POLLOUT)
                    wanted = gen.send(wanted if failed else event & 1 | (event & select.POLLOUT) >> 1)
            except StopIteration as end:
                return end.value

    return BoundedConnection
