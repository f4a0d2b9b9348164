"""The environment's numbers: $ACOLYTES_QUEST_LEASE, $ACOLYTES_QUEST_BUSY and $ACOLYTES_QUEST_POLL, in seconds."""

from __future__ import annotations

from . import engine
from .errors import RefusalError

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping


def open_board(path: str, environ: Mapping[str, str], *, busy: float | None = None) -> engine.Board:
    """Return the board at `path` with the environment's lease, patience with a busy board (unless given) and poll."""
    return engine.Board(
        path,
        lease=_seconds(environ, "ACOLYTES_QUEST_LEASE", engine.LEASE_SECONDS),
        busy=busy or _seconds(environ, "ACOLYTES_QUEST_BUSY", engine.BUSY_SECONDS),
        poll=_seconds(environ, "ACOLYTES_QUEST_POLL", engine.POLL_SECONDS),
    )


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    given = environ.get(name)
    if not given:
        return default
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise RefusalError(f"{name}={given!a}: give seconds, a number above 0, or unset it")
    return seconds
