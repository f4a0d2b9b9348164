"""Where everything is: the configuration folder, our state in it, and the application's own folder."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from acolytes_cc.errors import Exit, UserError

Scope = Literal["user", "project"]

# relative to the target
MANIFEST = "acolytes/manifest.json"
IGNORE = "acolytes/.gitignore"
SETTINGS = ("settings.json", "settings.local.json")
"""those of the user scope, and of the project scope"""
BOARD = "acolytes/quests.db"
DEFINITIONS = ("agents/", "skills/")
"""What a user may edit; everything else of ours is a program."""

# relative to our state folder
BASELINE = "baseline"
CONFLICTS = "conflicts"


class Places(NamedTuple):
    """The folders of one installation.

    ``target`` is the configuration folder itself: ``~/.claude``, or ``.claude`` of a project. The paths in the manifest
    are relative to it.
    """

    scope: Scope
    target: Path

    @property
    def state(self) -> Path:
        """Our state folder."""
        return self.target / "acolytes"

    @property
    def settings(self) -> Path:
        """The client's settings file that gets our hook entries.

        In a project that is settings.local.json. Our entries have absolute paths, which must not be in a file that gets
        committed. Below the project's root the client also reads no other settings file of the project.
        """
        return self.target / SETTINGS[self.scope == "project"]


def find_places(scope: Scope, target: str | None) -> Places:
    """The places for ``scope``; without ``target``, those of the client's own folder.

    Raises:
        UserError: On native Windows; for root with the home of another user; and with project scope outside a git
            working tree.
    """
    if sys.platform == "win32":
        raise UserError("native Windows is not supported: run this inside WSL", Exit.CANNOT)
    _refuse_home_of_another()
    if target is not None:
        return Places(scope, _checked(target))
    if scope == "project":
        return Places(scope, _checked(str(_git_root() / ".claude")))
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    return Places(scope, _checked(configured or str(Path.home() / ".claude")))


def location_arguments(places: Places) -> str:
    """The options that make a command use this installation, after a space; empty for the usual one."""
    scope = "" if places.scope == "user" else " --scope project"
    try:
        usual = find_places(places.scope, None).target
    except UserError:
        usual = None
    return scope if usual == places.target else f"{scope} --target {shlex.quote(str(places.target))}"


def data_home() -> Path:
    """The application's own folder: its environment (when bootstrap made it) and the launchers of its commands."""
    base = os.environ.get("XDG_DATA_HOME", "")
    # the XDG specification says that a relative path must be ignored
    home = (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "acolytes"
    if ":" in str(home):
        raise UserError(f"{home} has a colon and cannot be on PATH: set XDG_DATA_HOME to another folder")
    return home


def base_interpreter() -> Path:
    """The interpreter that our virtual environment was made from: it stays when that is removed, and starts faster.

    Links are not resolved: a package manager keeps the link and changes what it leads to.
    """
    return Path(getattr(sys, "_base_executable", "") or sys.executable)


def package_path(name: str) -> Path:
    """The folder of one of our own import packages."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"the Python package {name} is missing: install acolytes-cc again", Exit.CANNOT)
    return Path(spec.submodule_search_locations[0])


def _refuse_home_of_another() -> None:
    """Refuse to work as root in a user's home: its files would be root's, and that user could change nothing of them.

    installer/setting_up/commands.py refuses the same before anything of this is there.
    """
    home = Path.home()
    if os.geteuid() == 0 and home.exists() and home.stat().st_uid != 0:
        raise UserError(
            f"you are root, but {home} belongs to another user: run this as that user, without sudo", Exit.CANNOT
        )


def _git_root() -> Path:
    try:
        process = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, check=False)
    except FileNotFoundError:
        raise UserError("--scope project needs git, which is not on PATH", Exit.CANNOT) from None
    if process.returncode:
        raise UserError("--scope project needs a git working tree: change to one, or name the folder with --target")
    return Path(os.fsdecode(process.stdout.removesuffix(b"\n")))


def _checked(path: str) -> Path:
    """The absolute path; UserError for one that cannot be written into definitions and settings."""
    if not path:
        raise UserError("--target is empty: name the configuration folder")
    try:
        absolute = os.path.abspath(Path(path).expanduser())
        absolute.encode()
    except RuntimeError as error:
        raise UserError(f"--target {path}: {error}") from None
    except UnicodeEncodeError:
        raise UserError(f"{os.fsencode(path)!r} is not valid UTF-8: name another folder with --target") from None
    if not absolute.isprintable():
        raise UserError(f"{absolute!r} has characters that cannot be printed: name another folder with --target")
    return Path(absolute)
