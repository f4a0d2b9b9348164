"""The verb backup: the whole board as one file, made while others use the board."""

from __future__ import annotations

import os

from ..call import Reply, VerbCall
from ..errors import RefusalError
from ..framing import visible
from ..new_file import new_file

TYPE_CHECKING = False  # `typing` itself would cost start-up time on every turn
if TYPE_CHECKING:
    from collections.abc import Mapping

_COUNTED = ("quest", "turn", "message", "event")


def run(call: VerbCall) -> Reply:
    """Write the backup, then read it again. The exit code is 1 when the board, and so the backup, is damaged."""
    from ..stores.backup import Contents

    path = os.path.abspath(os.path.join(call.cwd, call.options.out))
    call.board.check_backup(path)
    with new_file(path, replace=call.options.force) as new:
        call.board.copy_to(new)
        contents = Contents(new)
    data = {"file": path, "bytes": os.stat(path).st_size, **counts(contents.rows), "damage": contents.damage}
    lines = [f"damage: {visible(line)}" for line in contents.damage]
    checked = "it has the same damage as the board" if lines else "it was read again, and is complete"
    return Reply(
        data, f"the board is in {visible(path)}: {listed(contents.rows)}; {checked}", *lines, exit_code=int(bool(lines))
    )


def read(call: VerbCall, name: str) -> tuple[str, dict[str, int]]:
    """Return the path of a backup, and its counts. Refuse a file that is none, or that is damaged."""
    from ..stores.backup import Contents

    path = os.path.abspath(os.path.join(call.cwd, name))
    if not os.path.isfile(path):
        raise RefusalError(f"{path} is not a file: name a file that backup has written")
    contents = Contents(path)
    if contents.damage:
        raise RefusalError(f"{path} is damaged ({contents.damage[0]}): restore an older backup")
    return path, contents.rows


def counts(rows: Mapping[str, int]) -> dict[str, int]:
    """Return the counts for JSON, such as `quests`."""
    return {f"{name}s": rows[name] for name in _COUNTED}


def listed(rows: Mapping[str, int]) -> str:
    """Return the counts for a reader."""
    from ..framing import counted

    return ", ".join(counted(rows[name], name) for name in _COUNTED)
