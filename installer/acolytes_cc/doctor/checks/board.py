"""The quest board of the project, when there is one: private, whole, and of a version that is known."""

from __future__ import annotations

import os
import runpy
import stat
from collections.abc import Iterator

from acolytes_cc.doctor.finding import Finding, Result
from acolytes_cc.doctor.subject import Subject
from acolytes_cc.install.boards import find_board
from acolytes_cc.install.places import package_path


def board(subject: Subject) -> Iterator[Result]:
    """Looks at the file's header only: opening a database may write beside it."""
    path = find_board(subject.cwd)
    if path is None or not os.path.lexists(path):
        return
    again = "restore it from a backup, or move it away: `acolytes-quest create` makes a new one"
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            yield Finding("board", "error", "the quest board is no file", "move it away", str(path))
            return
        header = path.read_bytes()[:100]
    except OSError as error:
        fix = "let your user read it and its folder"
        yield Finding("board", "error", f"the quest board cannot be read: {error.strerror}", fix, str(path))
        return
    if path.stat().st_mode & 0o077:
        message = f"others can read the quest board (mode {path.stat().st_mode & 0o777:o})"
        yield Finding("board", "warning", message, f"chmod 600 {path}", str(path))
    schema = runpy.run_path(str(package_path("acolytes_quest") / "stores" / "schema.py"))
    # https://sqlite.org/fileformat.html: the user version is at 60, the application id at 68
    version, application = (int.from_bytes(header[at : at + 4], "big") for at in (60, 68))
    if header and not header.startswith(b"SQLite format 3\0"):
        yield Finding("board", "error", "the quest board is no database", again, str(path))
    elif header and application != schema["APPLICATION_ID"]:
        fix = "move it away, or set ACOLYTES_QUEST_DB elsewhere"
        yield Finding("board", "error", "another program's database lies where the quest board is", fix, str(path))
    elif header and version > schema["VERSION"]:
        message = f"the quest board is of a newer version (schema {version}, known here: {schema['VERSION']})"
        yield Finding("board", "error", message, "update acolytes", str(path))
