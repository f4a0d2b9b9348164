"""What other programs may rely on: where a board is, what its file looks like, and which rules the hooks hold.

The installer and the doctor import this module, and nothing else of this package. It opens no database.
"""

from __future__ import annotations

import re

from .errors import UnavailableError
from .hooks.switch import RULES as HOOK_RULES
from .hooks.switch import SWITCH as HOOK_SWITCH_VARIABLE
from .location import DB_VARIABLE, FOLDER, NAME, URL_VARIABLE, find_board
from .stores.schema import APPLICATION_ID
from .stores.schema import VERSION as SCHEMA_VERSION
from .verb_table import VERBS

__all__ = [
    "APPLICATION_ID",
    "BELLS_SUFFIX",
    "DB_VARIABLE",
    "FOLDER",
    "HEADER_BYTES",
    "HOOK_RULES",
    "HOOK_SWITCH_VARIABLE",
    "IGNORE_TEXT",
    "NAME",
    "SCHEMA_VERSION",
    "URL_VARIABLE",
    "VERBS",
    "BoardHeader",
    "UnavailableError",
    "find_board",
    "is_beside",
    "read_header",
]

HEADER_BYTES = 100  # of a board's file, what `read_header` needs
BELLS_SUFFIX = "-bells"  # of the folder beside the board's file in which waiting processes are woken
IGNORE_TEXT = b"*\n"  # of the .gitignore in a folder that the board made for itself

_BESIDE = re.compile(r"-(wal|shm|journal|lock|new(-wal|-shm)?|(v\d+-backup|replaced-\w+)(-new)?)")


class BoardHeader:
    """The start of an SQLite file: which program's it is, and the version of its tables."""

    __slots__ = ("application_id", "schema_version")

    def __init__(self, application_id: int, schema_version: int) -> None:
        self.application_id = application_id
        self.schema_version = schema_version

    @property
    def is_board(self) -> bool:
        """Whether the file is a quest board, of any version."""
        return self.application_id == APPLICATION_ID

    @property
    def is_newer(self) -> bool:
        """Whether the board was made by a newer version of this package, which alone can use it."""
        return self.schema_version > SCHEMA_VERSION


def read_header(header: bytes) -> BoardHeader | None:
    """Return what the first HEADER_BYTES of a file say; None when the file is not an SQLite database.

    Source: https://sqlite.org/fileformat.html, section 1.3, The Database Header.
    """
    if len(header) < HEADER_BYTES or not header.startswith(b"SQLite format 3\0"):
        return None
    return BoardHeader(int.from_bytes(header[68:72], "big"), int.from_bytes(header[60:64], "big"))


def is_beside(board: str, name: str) -> bool:
    """Whether a file `name` in the board's folder was made by the board, whose file is called `board`.

    Such files are SQLite's own, the lock of the writers, and copies from before an upgrade or a restore.

    >>> is_beside("quests.db", "quests.db-wal"), is_beside("quests.db", "notes.md")
    (True, False)
    >>> is_beside("quests.db", "quests.db-replaced-20260131T120000Z"), is_beside("quests.db", "quests.db-mine")
    (True, False)
    """
    return name.startswith(board) and _BESIDE.fullmatch(name[len(board) :]) is not None
