"""What rules read outside the files of a run: skills, configuration and a repository around them.

Each look is noted, so that the cache can tell whether a run would see the same again.
"""

from __future__ import annotations

import os
from pathlib import Path

from acolytes_cc.definitions.definition import SIZE_LIMIT
from acolytes_cc.definitions.files import read_bytes

# ~/.claude.json of a busy user has some megabytes
_LIMIT = SIZE_LIMIT * 16


class Surroundings:
    """A view of the disk that notes which paths were looked at.

    Attributes:
        seen: The paths whose existence counted. They are absolute.
        read_paths: The paths whose content counted.
    """

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.read_paths: set[str] = set()
        self._contents: dict[str, bytes] = {}

    def exists(self, path: Path) -> bool:
        """Return whether there is a file or folder at ``path``."""
        return os.path.exists(self._noted(path))  # pathlib raises for a NUL in the name

    def is_file(self, path: Path) -> bool:
        """Return whether there is a regular file at ``path``."""
        return os.path.isfile(self._noted(path))

    def is_executable(self, path: Path) -> bool:
        """Return whether the user may run the file at ``path``."""
        return os.access(self._noted(path), os.X_OK)

    def read(self, path: Path) -> bytes:
        """Return the content of the file at ``path``; nothing for one that cannot be read."""
        name = str(path)
        if name not in self._contents:
            self.read_paths.add(name)
            try:
                self._contents[name] = read_bytes(path, _LIMIT)
            except (OSError, ValueError):
                self._contents[name] = b""
        return self._contents[name]

    def _noted(self, path: Path) -> str:
        name = str(path)
        self.seen.add(name)
        return name
