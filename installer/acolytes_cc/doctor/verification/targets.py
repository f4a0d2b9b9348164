"""Where the client has to be started so that it reads the files: in their projects, and with their plugins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from acolytes_cc.definitions.kinds import placed_kind
from acolytes_cc.definitions.places import place_of


@dataclass
class Targets:
    """The files by what loads them.

    Attributes:
        projects: The folder in which the client is started, and the files that it then may read.
        plugins: The root of a plugin, and its files.
        marketplaces: The root of a marketplace, and its file.
        user: The files of the user's own configuration.
        elsewhere: Files that lie where the client reads none.
    """

    projects: dict[Path, list[str]] = field(default_factory=dict)
    plugins: dict[Path, list[str]] = field(default_factory=dict)
    marketplaces: dict[Path, list[str]] = field(default_factory=dict)
    user: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


def find_targets(files: Iterable[str], named: Sequence[str], config: Path) -> Targets:
    """Sort ``files`` by what loads them.

    Args:
        files: The files.
        named: The paths that the user named: the client is started in a folder among them.
        config: The user's configuration folder.
    """
    targets = Targets()
    folders = {Path(os.path.abspath(path)) for path in named if os.path.isdir(path)}
    for file in files:
        path = Path(os.path.abspath(file))
        kind, place = placed_kind(path), place_of(str(path.parent))
        if kind is None:
            targets.elsewhere.append(file)
        elif path.is_relative_to(config) and kind not in ("plugin", "marketplace"):
            targets.user.append(file)
        elif kind == "marketplace":
            targets.marketplaces.setdefault(path.parent.parent, []).append(file)
        elif place.kind == "plugin" and kind != "memory":
            targets.plugins.setdefault(Path(place.root), []).append(file)
        elif place.kind == "claude":
            targets.projects.setdefault(Path(place.root).parent, []).append(file)
        else:
            targets.projects.setdefault(_project_of(path.parent, folders), []).append(file)
    return targets


def _project_of(folder: Path, folders: set[Path]) -> Path:
    """Where a user would start the client to have it read a file of ``folder``."""
    return next((above for above in (folder, *folder.parents) if above in folders or _is_project(above)), folder)


def _is_project(folder: Path) -> bool:
    return any((folder / name).exists() for name in (".git", ".claude"))
