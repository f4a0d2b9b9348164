"""The quest board of the project, if there is one: private, undamaged, and of a version that can be read."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator

from acolytes_cc.doctor import remedies
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFinding, CheckResult
from acolytes_cc.install.disk.boards import find_board
from acolytes_quest import contract


def board(inspection: Inspection) -> Iterator[CheckResult]:
    """Check the file's header only: opening a database may write beside it."""
    path = find_board(inspection.cwd)
    if path is None or not os.path.lexists(path):
        return
    quoted = shlex.quote(str(path))
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            away = (remedies.move_away(path),)
            yield CheckFinding("board", "error", "the quest board is not a file", "move it away", str(path), away)
            return
        content = path.read_bytes()[: contract.HEADER_BYTES]
    except OSError as error:
        message = f"the quest board cannot be read: {error.strerror}"
        fix = "give your user access to it and its folder"
        commands: tuple[str, ...] = (f"chmod u+rwx {shlex.quote(str(path.parent))}", f"chmod 600 {quoted}")
        if path.is_symlink():
            fix, commands = "it is a link: bring back the file that it leads to, or move the link away", ()
        yield CheckFinding("board", "error", message, fix, str(path), commands)
        return
    header = contract.read_header(content)
    is_board = not content or (header is not None and header.is_board)  # another file is to be moved away
    if is_board and path.stat().st_mode & 0o077:
        message = f"others can read the quest board (mode {path.stat().st_mode & 0o777:o})"
        yield CheckFinding("board", "warning", message, f"chmod 600 {path}", str(path), (f"chmod 600 {quoted}",))
    if content and header is None:
        fix = "restore it from a backup, or move it away: `acolytes-quest create` makes a new one"
        yield CheckFinding("board", "error", "the quest board is not a database", fix, str(path))
    elif header and not header.is_board:
        fix = "move it away, or set ACOLYTES_QUEST_DB to another path"
        message = "the database of another program is at the path of the quest board"
        yield CheckFinding("board", "error", message, fix, str(path))
    elif header and header.is_newer:
        version, newest = header.schema_version, contract.SCHEMA_VERSION
        message = f"a newer acolytes made the quest board (schema {version}; this version reads up to {newest})"
        yield CheckFinding("board", "error", message, "update acolytes", str(path))
