"""How processes wait for a server's board: with one connection for all of them on a machine, and none of their own.

The processes of one user and one login share a folder (see `waiting_folder`), in which each has its bell (see `bell`).
One of them holds a lock on a file there. A thread of that process keeps a connection, listens for all of them and rings
their bells. When the process ends, however it ends, the next one gets the lock.

That process keeps the connection of its own, too: mostly it is the only one that waits. Measured on a loaded machine, a
look at the board takes 17 ms with a connection that is there, and 54 ms with a new one (by TCP with a password 14 and
88). The one that listens cannot do both: the server sends it no notification while it is in a transaction, so a look
that waits for a lock would keep all others asleep.
"""

from __future__ import annotations

import _thread
import contextlib
import fcntl
import os
import select
import time
import zlib

from .. import interrupts
from ..errors import QuestError
from .bell import Bell, listeners, ring

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

CHANNEL = "acolytes_quest"
_CONTROL = "+"  # the bell of the thread; no agent has such a name
_SLOTS = 2  # of the processes that wait, so many look at the board at once
_LOOK_SECONDS = 5.0  # processes that were killed are noticed after this time
_PAUSE_SECONDS = 0.5
_SLOT_PAUSE_SECONDS = 0.01


def key(name: str) -> int:
    """Return a name as a signed number of 32 bits. Two names with the same number are woken or locked together."""
    return zlib.crc32(name.encode()) - 2**31


def take_slot(folder: str, deadline: float) -> int | None:
    """Wait until few others who wait look at the board; return the file to close afterwards.

    None after `deadline`, and where there can be no file.
    """
    while True:
        interrupts.check()
        for number in range(_SLOTS):
            try:
                handle = _opened(folder, f"slot{number}")
            except OSError:
                return None
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return handle
            os.close(handle)
        if time.monotonic() >= deadline:
            return None
        time.sleep(_SLOT_PAUSE_SECONDS)


class Ringer:
    """Takes part in the election, in a thread of its own. `connect` makes its connection, `attend` is SQL for a name.

    `attend` returns the statement that shows other machines that somebody listens as an agent with an ear, or no longer
    does.
    """

    def __init__(
        self, folder: str, connect: Callable[[], Any], attend: Callable[[str, str, bool], str], lost: Any
    ) -> None:
        self.is_elected = False
        self._folder = folder
        self._connect = connect
        self._attend = attend
        self._lost = (QuestError, OSError, lost)
        self._has_stopped = False
        self._woken, self._wake = os.pipe()
        _thread.start_new_thread(self._run, ())

    def stop(self) -> None:
        """Let another process do it, if this one does."""
        self._has_stopped = True
        os.close(self._wake)
        ring(self._folder, [_CONTROL])

    def _run(self) -> None:
        with contextlib.suppress(OSError):
            lock = _opened(self._folder, "lock")
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.is_elected = True
            while not self._has_stopped:
                with contextlib.suppress(*self._lost), contextlib.closing(self._connect()) as connection:
                    self._listen(connection)
                if not self._has_stopped:  # the connection broke: let all of them look, and see what they find
                    ring(self._folder, _waiting(self._folder))
                    select.select([self._woken], [], [], _PAUSE_SECONDS)
            os.close(lock)
        os.close(self._woken)

    def _listen(self, connection: Any) -> None:
        shown: set[tuple[str, str]] = set()
        control = Bell(self._folder, _CONTROL)
        try:
            connection.execute(f"LISTEN {CHANNEL}")
            ring(self._folder, _waiting(self._folder))  # what came before this was heard by nobody
            while not self._has_stopped:
                waiting = listeners(self._folder)
                changes = [(*one, True) for one in waiting - shown] + [(*one, False) for one in shown - waiting]
                if changes:
                    connection.execute("".join(self._attend(*change) for change in changes))
                shown = waiting
                control.wait(_LOOK_SECONDS, [connection.fileno(), self._woken])
                keys = {notice.payload for notice in connection.notifies(timeout=0)}
                if keys:
                    ring(self._folder, [name for name in _waiting(self._folder) if str(key(name)) in keys])
        finally:
            control.close()


def tell_ringer(folder: str) -> None:
    """Let the process that listens look again who waits."""
    ring(folder, [_CONTROL])


def _waiting(folder: str) -> set[str]:
    with contextlib.suppress(OSError):
        return {name.partition("@")[0] for name in os.listdir(folder) if "@" in name} - {_CONTROL}
    return set()


def _opened(folder: str, name: str) -> int:
    return os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
