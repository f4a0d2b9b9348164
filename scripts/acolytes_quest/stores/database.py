"""The file of a board: create it, open it, recognise it, and report its errors in one line."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat

from ..errors import NoBoardError, RefusalError, UnavailableError
from ..location import in_own_folder
from . import disk, schema

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Iterator

_BUILD_SECONDS = 10.0  # how long to wait for a lock on a file that no other process uses yet


def address(path: str) -> str:
    """Return the path as a URI for SQLite. A name of a file may be no UTF-8, which a text for SQLite must be."""
    quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    if not quoted.isascii():
        quoted = "".join(chr(byte) if byte < 0x80 else f"%{byte:02x}" for byte in os.fsencode(quoted))
    return f"file:{quoted}"


def connect(path: str, mode: str, busy: float) -> sqlite3.Connection:
    """Open the file: `mode` is ro or rw; `busy` is how many seconds to wait for a lock."""
    connection = sqlite3.connect(f"{address(path)}?mode={mode}", uri=True, timeout=busy, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    if mode == "rw":
        connection.text_factory = decoded
        connection.execute("PRAGMA secure_delete = ON")  # overwrites what is deleted
    return connection


def decoded(text: bytes) -> str:
    """Return a text of the file. Each byte that is no UTF-8 becomes half a surrogate, which no other text can hold."""
    return text.decode("utf-8", "surrogateescape")


def make_folder(path: str) -> None:
    """Create the folder, private and ignored by git. An existing folder that is not the board's own is not changed."""
    folder = os.path.dirname(path)
    above = folder
    while not os.path.isdir(above) and above != os.path.dirname(above):
        above = os.path.dirname(above)
    _check_disk(path, os.stat(above).st_dev)
    if above == folder and not in_own_folder(path):
        return
    if not os.path.isdir(folder):
        os.makedirs(folder, 0o700, exist_ok=True)  # another creator may have been faster
        os.chmod(folder, 0o700)  # whatever the umask says
    ignore = os.path.join(folder, ".gitignore")
    if not os.path.exists(ignore):
        with open(ignore, "w", encoding="ascii") as file:
            file.write("*\n")


def build(path: str) -> None:
    """Create an empty board under another name first, so that no process ever sees half of one."""
    new = path + "-new"
    for leftover in (new, new + "-wal", new + "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(leftover)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with contextlib.closing(connect(new, "rw", _BUILD_SECONDS)) as connection:
        if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
            raise UnavailableError(
                f"the board {path} would be on a disk without shared memory: set ACOLYTES_QUEST_DB to a file elsewhere"
            )
        connection.execute("BEGIN IMMEDIATE")
        for statement in schema.statements():
            connection.execute(statement)
        connection.execute("COMMIT")
    os.replace(new, path)


def size(path: str) -> int | None:
    """Return the size of the board in bytes; None when there is no file.

    Raises:
        UnavailableError: The file cannot be examined, or is not a regular file.
    """
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnavailableError(
            f"cannot use the board {path}: {error.strerror}; let your user read its folder"
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise UnavailableError(
            f"cannot use the board {path}: it is not a regular file; move it away or set ACOLYTES_QUEST_DB"
        )
    _check_disk(path, status.st_dev)
    return status.st_size


def check(connection: sqlite3.Connection, path: str) -> int:
    """Return the version of a board. Refuse another program's database, and a board of a newer version."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if application != schema.APPLICATION_ID:
        raise RefusalError(
            f"{path} is the database of another program, not a quest board: set ACOLYTES_QUEST_DB elsewhere"
        )
    if version > schema.VERSION:
        raise UnavailableError(
            f"the board {path} was made by a newer version (schema {version},"
            f" this program reads up to {schema.VERSION}): update acolytes"
        )
    return version


def read_only(path: str) -> UnavailableError:
    """Return the error for a change of a board that can only be read."""
    return UnavailableError(
        f"the board {path} is read-only here, and this command must write: let your user write the file and its folder,"
        " or work on a copy (acolytes-quest backup)"
    )


def no_board(path: str) -> NoBoardError:
    """Return the error for a place without a board."""
    return NoBoardError(f"no board here: {path} does not exist or is empty; `acolytes-quest create` makes it")


def _check_disk(path: str, device: int) -> None:
    """Refuse a place that is not on a disk of this machine. A device without a major number may be a share."""
    if not os.major(device):
        from .mounts import check_local

        check_local(path, device)


@contextlib.contextmanager
def translated(path: str, busy: float) -> Iterator[None]:
    """Turn the errors of the database into one line that says how to fix them."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        translation = _translate(str(error), path, busy)
        if translation is None:
            raise
        raise translation from None
    except UnicodeEncodeError:  # what callers give has been checked: this was read from the board
        raise _damaged(path, "a name in it is not valid UTF-8") from None


def _translate(error: str, path: str, busy: float) -> Exception | None:
    """Return the error with what the user can do about it; None when it shows a bug."""
    if "locked" in error:
        return UnavailableError(
            f"the board {path} is locked: another process held it for over {busy:g} s; try again, or end that process"
        )
    if "not a database" in error:
        return RefusalError(
            f"{path} is not a quest board (it is not an SQLite file): move it away or set ACOLYTES_QUEST_DB"
        )
    if "unable to open" in error or "readonly" in error:
        return UnavailableError(
            f"cannot use the board {path} ({error}): it must be a file, in a folder, that your user may write"
        )
    if "is full" in error or ("disk" in error and disk.is_full(path)):
        return disk.full(path, sure=disk.is_full(path))
    if "malformed" in error:
        return _damaged(path, error)
    if "disk" in error:
        return UnavailableError(
            f"the disk of the board {path} fails, or your user's quota on it is used up ({error}): nothing was changed;"
            " make room or move the board to another disk, and then look for damage with acolytes-quest check"
        )
    return None


def _damaged(path: str, why: str) -> UnavailableError:
    return UnavailableError(f"the board {path} is damaged ({why}): move it away, then restore a backup")
