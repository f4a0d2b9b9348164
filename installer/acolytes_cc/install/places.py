"""Where things lie: the configuration folder, our state in it, and the application's own folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from acolytes_cc.errors import Exit, UserError

Scope = Literal["user", "project"]

MANIFEST = "acolytes/manifest.json"
IGNORE = "acolytes/.gitignore"
BOARD = "acolytes/quests.db"
BASELINE = "baseline"
CONFLICTS = "conflicts"
# what a user may edit; everything else of ours is a program
DEFINITIONS = ("agents/", "skills/")


@dataclass(frozen=True)
class Places:
    """The folders of one installation.

    ``target`` is the configuration folder itself (``~/.claude``, or ``.claude`` of a project); what the manifest names
    is relative to it.
    """

    scope: Scope
    target: Path

    @property
    def state(self) -> Path:
        return self.target / "acolytes"

    @property
    def settings(self) -> Path:
        # From a subfolder the client reads a project's settings.local.json only, and ours carry absolute paths,
        # which a file that gets committed must not.
        return self.target / ("settings.json" if self.scope == "user" else "settings.local.json")


def find_places(scope: Scope, target: str | None) -> Places:
    """The places for ``scope``; without ``target`` the client's own folder for it.

    Raises UserError where project scope is asked for outside a git working tree, and on native Windows.
    """
    if sys.platform == "win32":
        raise UserError("native Windows is not supported yet: run it inside WSL", Exit.CANNOT)
    if target is not None:
        return Places(scope, _checked(target))
    if scope == "project":
        return Places(scope, _checked(str(_git_root() / ".claude")))
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    return Places(scope, _checked(configured or str(Path.home() / ".claude")))


def data_home() -> Path:
    """The application's own folder: its environment (when bootstrap made it) and the launchers of its commands."""
    base = os.environ.get("XDG_DATA_HOME", "")
    # the specification of XDG_DATA_HOME: a relative path is to be ignored
    home = (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "acolytes"
    if ":" in str(home):
        raise UserError(f"{home} cannot stand on PATH because of its colon: set XDG_DATA_HOME to another folder")
    return home


def base_interpreter() -> Path:
    """The interpreter below any virtual environment: it outlives ours, and starts without site packages.

    Not resolved further: a package manager keeps a stable link to it and moves what the link leads to.
    """
    return Path(getattr(sys, "_base_executable", "") or sys.executable)


def package_path(name: str) -> Path:
    """The folder of one of our own import packages."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"the package {name} is missing beside acolytes_cc: install acolytes-cc anew", Exit.CANNOT)
    return Path(spec.submodule_search_locations[0])


def _git_root() -> Path:
    try:
        done = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, check=False)
    except FileNotFoundError:
        raise UserError("--scope project needs git, which is not on PATH", Exit.CANNOT) from None
    if done.returncode:
        raise UserError("--scope project needs a git working tree: go into one, or name the folder with --target")
    return Path(os.fsdecode(done.stdout.removesuffix(b"\n")))


def _checked(path: str) -> Path:
    """The absolute path; UserError for one that cannot be written into definitions and settings."""
    if not path:
        raise UserError("--target is empty: name the configuration folder")
    try:
        found = os.path.abspath(Path(path).expanduser())
        found.encode()
    except RuntimeError as error:
        raise UserError(f"--target {path}: {error}") from None
    except UnicodeEncodeError:
        raise UserError(f"{os.fsencode(path)!r} is not valid UTF-8, which the client's files must be") from None
    if not found.isprintable():
        raise UserError(f"{found!r} has characters that cannot be printed: name another folder with --target")
    return Path(found)
