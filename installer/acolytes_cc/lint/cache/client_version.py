"""Which client is on PATH: its version chooses the facts that the rules judge by.

Imports next to nothing: a call whose answer is remembered runs through here.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_FILE = "client-version"


def client_on_path() -> str | None:
    """Where ``claude`` is, with all links followed; None when it is not on PATH."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        program = os.path.join(folder, "claude")
        if folder and os.path.isfile(program) and os.access(program, os.X_OK):
            return os.path.realpath(program)
    return None


def identity(program: str) -> str:
    """Changes when the program does."""
    info = os.stat(program)
    return f"{program} {info.st_size} {info.st_mtime_ns}"


def version_on_path(notes: Path | None) -> str | None:
    """The version of the client on PATH, None when there is none that says it.

    It takes half a second to say so: the folder ``notes`` keeps its answer for as long as it is the same program.
    """
    program = client_on_path()
    if program is None:
        return None
    known = _noted(notes, program) if notes else None
    if known:
        return known
    version = _ask(program)
    if version and notes:
        _note(notes, program, version)
    return version


def _ask(program: str) -> str | None:
    import re
    import subprocess

    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    found = re.match(r"\d+\.\d+\.\d+", done.stdout.strip())
    return found[0] if found else None


def _noted(notes: Path, program: str) -> str | None:
    try:
        identified, _, version = (notes / _FILE).read_text("utf-8").rpartition("\n")
    except (OSError, ValueError):
        return None
    return version if identified == identity(program) and version.replace(".", "").isdecimal() else None


def _note(notes: Path, program: str, version: str) -> None:
    from acolytes_cc.lint.atomic_write import replace_content
    from acolytes_cc.lint.cache.store import private

    try:
        if private(notes):
            replace_content(notes / _FILE, f"{identity(program)}\n{version}".encode("utf-8", "surrogateescape"))
    except OSError:
        return
