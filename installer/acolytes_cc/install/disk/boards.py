"""The quest boards that an uninstall can find: they hold the user's work, and only ``--purge`` deletes them."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import NamedTuple

from acolytes_cc.install.disk.places import BOARD, MANIFEST, Places
from acolytes_quest import contract


class BoardFile(NamedTuple):
    """A quest board, which is one file and some beside it."""

    path: Path

    @property
    def files(self) -> list[Path]:
        """What a purge deletes, the board itself last: while it is there, the purge can be repeated."""
        folder, name = self.path.parent, self.path.name
        beside = [path for path in sorted(folder.iterdir()) if contract.is_beside(name, path.name) and path.is_file()]
        ignore = folder / ".gitignore"
        is_boards_folder = folder.parts[-2:] == tuple(contract.FOLDER.split("/"))
        is_boards_ignore = is_boards_folder and _first_bytes(ignore) == contract.IGNORE_TEXT
        return [*beside, *([ignore] if is_boards_ignore else []), self.path]

    @property
    def has_other_owner(self) -> bool:
        """Whether it is in the state folder of an installation."""
        return (self.path.parents[1] / MANIFEST).is_file()

    def is_in(self, places: Places) -> bool:
        """Whether it is in the state folder of the installation at ``places``, and can go in the same transaction."""
        return self.path == places.target / BOARD

    def remove_bells(self) -> None:
        """Remove the pipes that wake waiting processes; these also look at the board from time to time."""
        bells = self.path.with_name(f"{self.path.name}{contract.BELLS_SUFFIX}")
        with contextlib.suppress(OSError):
            for bell in [] if bells.is_symlink() else bells.iterdir():
                if bell.is_fifo():
                    bell.unlink()
            bells.rmdir()

    def purge(self) -> None:
        """Delete it permanently, and its folder where nothing else is in it. Raises OSError."""
        self.remove_bells()
        for path in self.files:
            path.unlink()
        with contextlib.suppress(OSError):
            self.path.parent.rmdir()


def existing_boards(places: Places) -> list[BoardFile]:
    """The board in our own state folder; in user scope also the one of the current folder.

    The boards of other projects cannot be found. A file counts only where its header is a board's.
    """
    paths = [places.target / BOARD]
    current = find_board() if places.scope == "user" else None
    if current and current.resolve() != paths[0].resolve():
        paths.append(current)
    return [BoardFile(path) for path in paths if is_board(path)]


def find_board(cwd: Path | None = None) -> Path | None:
    """Where the board of ``cwd`` (default: the current folder) is, or would be; None where it can be no file."""
    try:
        return Path(contract.find_board(str(cwd) if cwd else os.getcwd(), os.environ))
    except (contract.UnavailableError, OSError):
        return None


def is_board(path: Path) -> bool:
    """Whether the file is a quest board; a link to one is not."""
    header = contract.read_header(b"" if path.is_symlink() else _first_bytes(path))
    return header is not None and header.is_board


def _first_bytes(path: Path) -> bytes:
    """The start of a file; empty where there is no file, and where it cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as stream:
            return stream.read(contract.HEADER_BYTES)
    except OSError:
        return b""
