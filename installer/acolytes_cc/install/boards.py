"""The quest boards that an uninstall can know of: they hold the user's work, and only ``--purge`` takes them away."""

from __future__ import annotations

import contextlib
import re
import runpy
import subprocess
from dataclasses import dataclass
from pathlib import Path

from acolytes_cc.install.places import BOARD, MANIFEST, Places, base_interpreter, package_path

_FIND = (
    "import os, sys; sys.path.insert(0, sys.argv[1]); from acolytes_quest.location import find_board;"
    "sys.stdout.write(find_board(os.getcwd(), os.environ))"
)
# what the board itself keeps beside its file; what else lies there is somebody else's
_BESIDE = re.compile(r"-(wal|shm|journal|lock|new(-wal|-shm)?|v\d+-backup(-new)?)")


@dataclass(frozen=True)
class Board:
    """A quest board, which is one file and some beside it."""

    path: Path

    @property
    def files(self) -> list[Path]:
        """What a purge takes away, the board itself last: while it is there, the purge can be done again."""
        folder, name = self.path.parent, self.path.name
        beside = [
            path
            for path in sorted(folder.iterdir())
            if path.name.startswith(name) and _BESIDE.fullmatch(path.name[len(name) :]) and path.is_file()
        ]
        ignore = folder / ".gitignore"  # as the board makes it, in a folder that is its own
        is_own = folder.parts[-2:] == (".claude", "acolytes") and _reads(ignore) == b"*\n"
        return [*beside, *([ignore] if is_own else []), self.path]

    @property
    def is_anothers(self) -> bool:
        """Whether it lies in the state of an installation, which would lose it."""
        return (self.path.parents[1] / MANIFEST).is_file()

    def is_in(self, places: Places) -> bool:
        """Whether it lies in the state of the installation at ``places``, so that it can go in the same change."""
        return self.path == places.target / BOARD

    def silence(self) -> None:
        """Take away the bells, which nobody needs in order to wait: what rings is a hint."""
        bells = self.path.with_name(f"{self.path.name}-bells")
        with contextlib.suppress(OSError):
            for bell in [] if bells.is_symlink() else bells.iterdir():
                if bell.is_fifo():
                    bell.unlink()
            bells.rmdir()

    def purge(self) -> None:
        """Delete it for good, and its folder where nothing else is in it. Raises OSError."""
        self.silence()
        for path in self.files:
            path.unlink()
        with contextlib.suppress(OSError):
            self.path.parent.rmdir()


def known_boards(places: Places) -> list[Board]:
    """The board in our own state; in user scope also the one that a command in the current folder would use.

    The boards of other projects nobody knows. One counts only where its file says itself that it is one.
    """
    paths = [places.target / BOARD]
    here = find_board() if places.scope == "user" else None
    if here and here.resolve() != paths[0].resolve():
        paths.append(here)
    return [Board(path) for path in paths if is_board(path)]


def find_board(cwd: Path | None = None) -> Path | None:
    """Where the scripts look for the board of ``cwd`` (default: the current folder).

    They are a program of their own, so they are asked as one.
    """
    command = [str(base_interpreter()), "-B", "-I", "-S", "-c", _FIND, str(package_path("acolytes_quest").parent)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    return Path(done.stdout) if done.returncode == 0 and done.stdout else None


def is_board(path: Path) -> bool:
    """Whether the file, and no link to one, is a quest board."""
    header = b"" if path.is_symlink() else _reads(path)
    schema = runpy.run_path(str(package_path("acolytes_quest") / "stores" / "schema.py"))
    # https://sqlite.org/fileformat.html: the application id is at 68
    return header.startswith(b"SQLite format 3\0") and int.from_bytes(header[68:72], "big") == schema["APPLICATION_ID"]


def _reads(path: Path) -> bytes:
    """The first 100 bytes of a file; nothing for what is none, or cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as stream:
            return stream.read(100)
    except OSError:
        return b""
