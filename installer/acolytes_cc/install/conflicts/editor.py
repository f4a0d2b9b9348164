"""Let the user settle clashes in an editor: in a copy with conflict markers, never in the installed file."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from acolytes_cc.dialogue import confirmed
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.conflicts.files import FileConflicts
from acolytes_cc.install.conflicts.open_clashes import Version
from acolytes_cc.install.conflicts.resolution import Marked, with_markers
from acolytes_cc.install.disk.clashes import Clash
from acolytes_cc.install.merging.parts import Unmergeable, read_parts
from acolytes_cc.signals import scratch_folder, signals_held


@contextlib.contextmanager
def edited(file: FileConflicts, clashes: Sequence[Clash], *, is_interactive: bool) -> Iterator[bytes]:
    """The file as the user leaves it in the editor.

    When the body of the ``with`` or a check fails, the user's text is kept, and the UserError names its place. A signal
    leaves it, too, and a line on standard error names its place.

    Raises:
        UserError: There is no editor, or the text still has a marker or a frontmatter that nobody can read.
    """
    editor = _editor()
    marked = with_markers(file.users, file.theirs, clashes)
    with scratch_folder("acolytes-resolve-") as folder:
        copy = folder / Path(file.path).name
        copy.write_bytes(marked.content)
        try:
            while True:
                _run([*editor, str(copy)])
                problem = _problem(copy.read_bytes(), marked, file)
                if not problem or not (is_interactive and confirmed(f"{problem}. Edit again?", default=True)):
                    break
            if problem:
                raise UserError(f"nothing was changed, because {problem}", Exit.FINDINGS)
            yield copy.read_bytes()
        except UserError as error:
            kept = _kept(copy, marked)
            message = f"{error}; your text is in {kept}"
            raise UserError(message, error.code) if kept else error from None
        except BaseException:
            if kept := _kept(copy, marked):
                print(f"acolytes: your text is in {kept}", file=sys.stderr)
            raise


def _kept(copy: Path, marked: Marked) -> Path | None:
    """Where the user's text stays after all, with what the editor left beside it; None where there is none."""
    left = [path for path in copy.parent.iterdir() if path != copy or copy.read_bytes() != marked.content]
    if not left:
        return None
    folder = Path(tempfile.mkdtemp(prefix="acolytes-resolve-"))
    for path in left:
        path.rename(folder / path.name)
    return folder / copy.name if copy in left else folder


def _editor() -> list[str]:
    for name in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(os.environ.get(name, ""))
        except ValueError as error:
            raise UserError(f"${name} cannot be read ({error}): correct it") from None
        if words:
            return words
    raise UserError("--edit needs an editor: set $EDITOR, for example `export EDITOR=nano`")


def _run(command: list[str]) -> None:
    try:
        with signals_held() as waiting:  # else the editor would be killed, with what is not yet saved
            code = subprocess.run(command, check=False).returncode
            waiting[:] = [number for number in waiting if number != signal.SIGINT]  # Ctrl-C was the editor's
    except OSError as error:
        message = f"cannot start the editor {command[0]}: {error.strerror}: set $EDITOR to another one"
        raise UserError(message, Exit.CANNOT) from None
    if code:
        raise UserError(f"nothing was changed, because the editor {command[0]} ended with {code}", Exit.CANNOT)


def _problem(content: bytes, marked: Marked, file: FileConflicts) -> str | None:
    """Why the text cannot be written, as the end of a sentence."""
    if line := marked.left_marker(content):
        return f"line {line} still is a conflict marker"
    if Version(file.users).parts and not (written := Version(content)).parts:
        parts = read_parts(written.text)
        reason = parts if isinstance(parts, Unmergeable) else parts.keys
        return f"the frontmatter {reason.reason if isinstance(reason, Unmergeable) else 'cannot be read'}"
    return None
