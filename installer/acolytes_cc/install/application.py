"""The application's own folder: launchers of its commands, and who uses them.

``${XDG_DATA_HOME:-~/.local/share}/acolytes`` holds ``bin`` (what goes on PATH), ``hook`` (runs one of our hooks for
definitions that may carry no absolute path), ``venv`` (when bootstrap made it) and ``users.json``.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.files import make_folders, missing_folders, remove_staged, replace
from acolytes_cc.install.places import base_interpreter, data_home, package_path
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


def folders() -> list[str]:
    """The folders that were made for the application, or would be by ``add_user``, parents first."""
    return [*users().folders, *map(str, missing_folders(data_home()))]


def add_user(target: Path) -> None:
    """Note that ``target`` uses the application, and write the launchers, where they differ. Raises OSError."""
    home = data_home()
    with _alone(home) as known:
        if str(target) not in known.targets:
            known.targets.append(str(target))
        if known != users():
            _write(home, known)
        for path, text in _launchers(home).items():
            remove_staged(path)
            if not path.is_file() or path.read_text("utf-8") != text:
                replace(path, text.encode(), 0o755)


def remove_user(target: Path, made: Sequence[str] = (), *, with_environment: bool = True) -> str:
    """Forget ``target``; with the last one the launchers go, and the environment when it is bootstrap's own.

    Returns one line for the user: what is gone, who still uses it, or how a package manager's environment is removed.
    With the environment, call it last: nothing more can be imported then. Without, what runs in bootstrap's own keeps
    its launchers. ``made`` is what ``folders`` told before a change that was cut short.
    """
    home = data_home()
    own = is_own_environment()
    try:
        if not home.is_dir():  # gone already, or never made: not made once more
            _remove_folders(made)
        else:
            with _alone(home, made) as known:
                others = [other for other in known.living if other != str(target)]
                if others or (own and not with_environment):
                    _write(home, Users(others, known.folders))
                    return f"the commands stay, for {', '.join(others) or 'their environment'} uses them"
                doomed = [*_launchers(home), home / "users.json"]  # told by packages that go with the environment
                if own:
                    shutil.rmtree(home / "venv")
                for path in doomed:
                    remove_staged(path)
                    path.unlink(missing_ok=True)
                _remove_folders([*known.folders, str(home), str(home / "bin")])
    except OSError as error:
        raise UserError(f"{error.filename or home}: {error.strerror}: remove {home} by hand", Exit.CANNOT) from None
    return (
        "the application's own environment is gone, too"
        if own
        else f"the application stays until you run: {_manager()}"
    )


def goes_with(target: Path) -> bool:
    """Whether the environment is bootstrap's own, and nobody but ``target`` uses it."""
    return is_own_environment() and not set(users().living) - {str(target)}


def is_own_environment() -> bool:
    """Whether this runs in the environment that bootstrap made."""
    return Path(sys.prefix).resolve() == (data_home() / "venv").resolve()


def launchers_folder() -> Path:
    """The folder that goes on PATH: it holds nothing but our three commands."""
    return data_home() / "bin"


def _remove_folders(folders: Sequence[str]) -> None:
    for folder in reversed(folders):
        with contextlib.suppress(OSError):  # not empty, or gone already
            os.rmdir(folder)


@contextlib.contextmanager
def _alone(home: Path, made: Sequence[str] = ()) -> Iterator[Users]:
    """The record, for one process at a time; the folders are made where they are missing, and are in it."""
    launchers = home / "bin"
    while True:
        made = [*made, *map(str, make_folders(home))]
        with contextlib.suppress(FileNotFoundError):
            launchers.mkdir(exist_ok=True)
            handle = os.open(launchers, os.O_RDONLY | os.O_CLOEXEC)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if launchers.is_dir() and os.path.samestat(launchers.stat(), os.fstat(handle)):
                break
            os.close(handle)  # who had it before removed it
    try:
        remove_staged(home / "users.json")
        known = users()
        known.folders = list(dict.fromkeys([*known.folders, *made]))
        yield known
    finally:
        os.close(handle)


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
