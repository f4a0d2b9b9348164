"""Run the server until the user ends it. The main thread waits at the board and tells the open pages of changes."""

from __future__ import annotations

import contextlib
import signal
import threading
import time

from .. import interrupts
from ..errors import QuestError
from ..stores.engine import WATCHER

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from ..stores.engine import Board
    from .server import Server

_LISTEN_AGAIN_SECONDS = 60.0  # so that it finds a board that has taken the place of another
_PAUSE_SECONDS = 0.2  # before it listens again; also where that fails at once
_NO_POLL = 1e6  # seconds; the server is never shut down from another thread


def run(server: Server, board: Board) -> None:
    """Serve until SIGINT or SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupts.interrupt)  # a job in the background would ignore Ctrl-C's signal
    threading.Thread(target=server.serve_forever, args=(_NO_POLL,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            with contextlib.suppress(QuestError):  # the board is away: the page says so, and this tries again
                _listen(server, board)
            board.close()
            interrupts.check()
            time.sleep(_PAUSE_SECONDS)
    server.server_close()


def _listen(server: Server, board: Board) -> None:
    with board.listen(WATCHER) as listener:
        again = time.monotonic() + _LISTEN_AGAIN_SECONDS
        server.hub.ring()
        while (remaining := again - time.monotonic()) > 0:
            listener.wait(remaining)
            server.hub.ring()
