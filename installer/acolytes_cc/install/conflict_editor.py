"""Let the user settle clashes in an editor: in a copy with conflict markers, never in the installed file."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.clashes import Clash
from acolytes_cc.install.conflicts import FileConflicts
from acolytes_cc.install.frontmatter_parts import Unmergeable, read_parts
from acolytes_cc.install.open_clashes import Version
from acolytes_cc.install.resolution import Marked, with_markers


@contextlib.contextmanager
def edited(file: FileConflicts, clashes: Sequence[Clash], *, is_interactive: bool) -> Iterator[bytes]:
    """The file as the user leaves it in the editor.

    When the body of the ``with`` or a check fails, the user's text is kept, and the UserError names its place.

    Raises:
        UserError: There is no editor, or the text still has a marker or a frontmatter that nobody can read.
    """
    editor = _editor()
    marked = with_markers(file.users, file.theirs, clashes)
    folder = Path(tempfile.mkdtemp(prefix="acolytes-resolve-"))
    copy = folder / Path(file.path).name
    copy.write_bytes(marked.content)
    try:
        while True:
            _run([*editor, str(copy)])
            problem = _problem(copy.read_bytes(), marked, file)
            if not problem or not (is_interactive and click.confirm(f"{problem}. Edit again?", default=True)):
                break
        if problem:
            raise UserError(f"nothing was changed, because {problem}", Exit.FINDINGS)
        yield copy.read_bytes()
    except UserError as error:
        if not copy.is_file() or copy.read_bytes() == marked.content:
            shutil.rmtree(folder)
            raise
        message = f"{error}; your text is in {copy}"
        raise UserError(message, error.code) from None
    else:
        shutil.rmtree(folder)


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
        code = subprocess.run(command, check=False).returncode
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
