"""What was found in a file with the same content before, in ``${XDG_CACHE_HOME:-~/.cache}/acolytes/lint``.

A cache is never a reason to fail: one that cannot be read, or written, is none.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from acolytes_cc.lint.cache.answers import folder

if TYPE_CHECKING:
    import sqlite3

_FILE = "verdicts.sqlite"
_TABLE = "CREATE TABLE IF NOT EXISTS verdict (key BLOB PRIMARY KEY, day INTEGER, data BLOB) WITHOUT ROWID"
# About 200 MB for definitions that have much wrong with them
_MOST_ENTRIES = 40_000
_SECONDS_A_DAY = 86_400


class Cache:
    """Verdicts by key; to be used in a ``with`` block, whose end writes. With no folder it keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._database: sqlite3.Connection | None = None
        self._new: list[tuple[bytes, bytes]] = []
        self._used: list[bytes] = []

    def __bool__(self) -> bool:
        return self.folder is not None

    def __enter__(self) -> Cache:
        if self.folder and private(self.folder):
            with self._quiet():
                self._database = _open(self.folder / _FILE)
        return self

    def get(self, key: bytes) -> bytes | None:
        """The data that was kept under ``key``."""
        if self._database:
            with self._quiet():
                for (data,) in self._database.execute("SELECT data FROM verdict WHERE key = ?", (key,)):
                    return bytes(data)
        return None

    def note(self, key: bytes, data: bytes | None) -> None:
        """Keep new data under a key; None when what is there was used."""
        if data is None:
            self._used.append(key)
        elif self._database:
            self._new.append((key, data))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        # At once and at the end: whoever else reads waits no longer than for this.
        with self._quiet():
            if self._database:
                _write(self._database, self._new, self._used)
        if self._database:
            self._database.close()
            self._database = None

    @contextlib.contextmanager
    def _quiet(self) -> Iterator[None]:
        """Without a cache from here on, when something is wrong with it."""
        import sqlite3

        try:
            yield
        except sqlite3.OperationalError:
            self._database = None  # busy, full, read-only
        except sqlite3.DatabaseError:
            self._database = None
            if self.folder:  # it is broken: the next run begins a new one
                (self.folder / _FILE).unlink(missing_ok=True)


def cache_folder() -> Path:
    """Where the linter's cache is."""
    return Path(folder())


def private(folder: Path) -> bool:
    """Make ``folder`` when it is not there, closed to others; whether it can be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError:
        return False
    return True


def _open(file: Path) -> sqlite3.Connection:
    import sqlite3

    database = sqlite3.connect(file, timeout=1)
    # Its loss costs nothing, so it need not reach the disk.
    database.execute("PRAGMA synchronous = OFF")
    database.execute(_TABLE)
    return database


def _write(database: sqlite3.Connection, new: list[tuple[bytes, bytes]], used: list[bytes]) -> None:
    """Keep what is new, note what was used today, and forget the oldest when there is too much."""
    today = int(time.time()) // _SECONDS_A_DAY
    with database:
        rows = ((key, today, data) for key, data in new)
        database.executemany("INSERT OR REPLACE INTO verdict VALUES (?, ?, ?)", rows)
        database.executemany(
            "UPDATE verdict SET day = ? WHERE key = ? AND day <> ?", ((today, key, today) for key in used)
        )
        (count,) = next(database.execute("SELECT count(*) FROM verdict"))
        if new and count > _MOST_ENTRIES:
            oldest = "SELECT key FROM verdict ORDER BY day LIMIT ?"
            database.execute(f"DELETE FROM verdict WHERE key IN ({oldest})", (count - _MOST_ENTRIES * 3 // 4,))
