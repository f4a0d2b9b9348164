"""The application's own folder: launchers of its commands, and who uses them.

``${XDG_DATA_HOME:-~/.local/share}/acolytes`` holds ``bin`` (what goes on PATH), ``hook`` (runs one of our hooks for
definitions that may carry no absolute path), ``venv`` (when bootstrap made it) and ``users.json``.
"""

from __future__ import annotations

import contextlib
import json
import shlex
import shutil
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.places import base_interpreter, data_home, package_path
from acolytes_cc.install.transaction import make_folders, replace
from acolytes_cc.resources import data_path


@dataclass
class Users:
    """``users.json``: the targets that use the application, and the folders that were made for it, parents first."""

    targets: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    @property
    def living(self) -> list[str]:
        """A target that was deleted by hand uses nothing any more."""
        return [target for target in self.targets if Path(target).is_dir()]


def users() -> Users:
    """Who uses the application; nobody where there is no record. UserError for a record that cannot be read."""
    path = data_home() / "users.json"
    try:
        found = Users(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return Users()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}", Exit.CANNOT) from None
    except (ValueError, TypeError, RecursionError):
        raise _no_record(path) from None
    if not all(isinstance(part, list) and all(isinstance(one, str) for one in part) for part in vars(found).values()):
        raise _no_record(path)
    return found


def add_user(target: Path) -> None:
    """Write the launchers, where they differ, and note that ``target`` uses them."""
    home = data_home()
    known = users()
    try:
        known.folders += map(str, make_folders(home / "bin"))
        for path, text in _launchers(home).items():
            if not path.is_file() or path.read_text("utf-8") != text:
                replace(path, text.encode(), 0o755)
        if str(target) not in known.targets:
            known.targets.append(str(target))
            _write(home, known)
    except OSError as error:
        raise UserError(f"nothing was installed: {error.filename or home}: {error.strerror}", Exit.CANNOT) from None


def remove_user(target: Path, *, with_environment: bool = True) -> str:
    """Forget ``target``; with the last one the launchers go, and the environment when it is bootstrap's own.

    Returns one line for the user: what is gone, who still uses it, or how a package manager's environment is removed.
    Call it last: with the environment gone, nothing more can be imported.
    """
    home = data_home()
    known = users()
    others = [other for other in known.living if other != str(target)]
    own = Path(sys.prefix).resolve() == (home / "venv").resolve()
    try:
        if others:
            _write(home, Users(others, known.folders))
            return f"the commands stay, for {', '.join(others)} uses them"
        for path in (*_launchers(home), home / "users.json"):
            path.unlink(missing_ok=True)
        if own and with_environment:
            shutil.rmtree(home / "venv")
    except OSError as error:
        raise UserError(f"{error.filename or home}: {error.strerror}: remove {home} by hand", Exit.CANNOT) from None
    for folder in (home / "bin", home, *map(Path, reversed(known.folders))):
        with contextlib.suppress(OSError):  # not empty, or gone already
            folder.rmdir()
    return (
        "the application's own environment is gone, too"
        if own
        else f"the application stays until you run: {_manager()}"
    )


def launchers_folder() -> Path:
    """The folder that goes on PATH: it holds nothing but our three commands."""
    return data_home() / "bin"


def _launchers(home: Path) -> dict[Path, str]:
    own, base = shlex.quote(sys.executable), shlex.quote(str(base_interpreter()))
    quest = shlex.quote(str(package_path("acolytes_quest") / "__main__.py"))
    hooks = shlex.quote(str(data_path("hooks")))
    # -I: no module of the folder that the command happens to be called in; -S: the board needs no site packages
    return {
        home / "bin" / "acolytes": f'#!/bin/sh\nexec {own} -I -m acolytes_cc "$@"\n',
        home / "bin" / "acolytes-perf": f'#!/bin/sh\nexec {own} -I -m acolytes_perf "$@"\n',
        home / "bin" / "acolytes-quest": f'#!/bin/sh\nexec {base} -I -S {quest} "$@"\n',
        home / "hook": (
            f'#!/bin/sh\n[ -x {base} ] && [ -f {hooks}/"$1".py ] || exit 0\nexec {base} -I -S {hooks}/"$1".py\n'
        ),
    }


def _write(home: Path, known: Users) -> None:
    replace(home / "users.json", json.dumps(asdict(known), indent=1).encode() + b"\n", 0o600)


def _no_record(path: Path) -> UserError:
    return UserError(f"{path} is no record of ours: remove it and run again", Exit.CANNOT)


def _manager() -> str:
    parts = Path(sys.prefix).parts
    if "pipx" in parts:
        return "pipx uninstall acolytes-cc"
    if "uv" in parts and "tools" in parts:
        return "uv tool uninstall acolytes-cc"
    return f"{shlex.quote(sys.executable)} -m pip uninstall acolytes-cc"
