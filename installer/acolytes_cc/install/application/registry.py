"""The application's own folder: who uses the application, and what goes with its last user.

``${XDG_DATA_HOME:-~/.local/share}/acolytes`` holds ``users.json`` (the record), the launchers, and ``venv`` where
bootstrap made the environment.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from acolytes_cc.errors import Exit, UserError, cannot_read
from acolytes_cc.install.application.launchers import (
    launcher_texts,
    launchers_folder,
    remove_launchers,
    write_launchers,
)
from acolytes_cc.install.application.origin import find_origin
from acolytes_cc.install.application.origin import is_own_environment as is_own_environment  # noqa: PLC0414 - also for recovery
from acolytes_cc.install.disk.files import make_folders, missing_folders, remove_empty_folders, remove_staged, replace
from acolytes_cc.install.disk.places import data_home
from acolytes_cc.lint.cache.store import cache_folder

# What a killed run of installer/setting_up/application.py can leave beside the environment
BESIDE = ("venv.new", "venv.old")

ALL = "the application with its environment and cache"
"""what goes with the last user of bootstrap's own environment"""


@dataclass(slots=True)
class ApplicationUsers:
    """``users.json``: the targets that use the application, and the folders that were made for it, parents first."""

    targets: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    @property
    def existing(self) -> list[str]:
        """The targets that still exist: one that was deleted by hand uses nothing any more."""
        return [target for target in self.targets if Path(target).is_dir()]


def read_users() -> ApplicationUsers:
    """Who uses the application: nobody where there is no record. UserError for a record that cannot be read."""
    path = _record()
    try:
        data = json.loads(path.read_bytes())
        users = ApplicationUsers(**data)
    except FileNotFoundError:
        return ApplicationUsers()
    except OSError as error:
        raise cannot_read(path, error) from None
    except (ValueError, TypeError, RecursionError):
        raise _damaged(path) from None
    if not all(_is_list_of_texts(part) for part in (users.targets, users.folders)):
        raise _damaged(path)
    return users


def application_folders() -> list[str]:
    """The folders that were made for the application, or would be by ``add_user``, parents first."""
    return [*read_users().folders, *map(str, missing_folders(data_home()))]


def add_user(target: Path) -> None:
    """Enter ``target`` in the record, and write the launchers that are missing or differ. Raises OSError."""
    with _locked_record() as users:
        if str(target) not in users.targets:
            users.targets.append(str(target))
        if users != read_users():
            _write(users)
        write_launchers()


def withdraw_user(target: Path, folders: Sequence[str] = ()) -> None:
    """Remove ``target`` from the record; the launchers go with the last user.

    While this process runs in bootstrap's own environment, launchers and environment stay.

    Args:
        target: The configuration folder that is not an installation any more.
        folders: What ``application_folders`` returned before a transaction that is now undone.
    """
    _remove(target, folders, with_environment=False)


def remove_user(target: Path) -> str:
    """Remove ``target`` from the record; cache, launchers and bootstrap's own environment go with the last user.

    Call it last: without the environment, nothing more can be imported.

    Returns:
        One line for the user: what is removed, who still uses the application, or how to remove its package.
    """
    line = _remove(target, (), with_environment=True)
    if not read_users().existing:
        _remove_cache()
    return line


def _remove(target: Path, folders: Sequence[str], *, with_environment: bool) -> str:
    home = data_home()
    own = is_own_environment()
    try:
        if not home.is_dir():  # already removed, or never made
            remove_empty_folders(map(Path, reversed(folders)))
        else:
            with _locked_record(folders) as users:
                others = [other for other in users.existing if other != str(target)]
                if others or (own and not with_environment):
                    _write(ApplicationUsers(others, users.folders))
                    return f"the commands stay, because {', '.join(others) or 'their environment'} uses them"
                to_remove = [*launcher_texts(), _record()]  # computed from packages that go with the environment
                if own:
                    shutil.rmtree(home / "venv")
                    for beside in BESIDE:
                        shutil.rmtree(home / beside, ignore_errors=True)
                remove_launchers(to_remove)
                folders_upward = [launchers_folder(), home, *map(Path, reversed(users.folders))]
                remove_empty_folders(folders_upward)
    except OSError as error:
        raise UserError(f"{error.filename or home}: {error.strerror}: remove {home} by hand", Exit.CANNOT) from None
    if own:
        return "the application, its environment and its cache are removed too"
    origin = find_origin()
    if origin.tool == "temporary":
        return "the application runs in a temporary environment: nothing of it is left to remove"
    return f"the application itself stays; to remove it, run: {origin.removal()}"


def goes_with(target: Path) -> bool:
    """Whether the environment is bootstrap's own, and nobody but ``target`` uses it."""
    return is_own_environment() and not set(read_users().existing) - {str(target)}


def _remove_cache() -> None:
    """Remove our folder in the cache folder. A file that nobody can remove there stays: it holds nothing of value."""
    folder = Path(cache_folder())
    shutil.rmtree(folder, ignore_errors=True)
    remove_empty_folders([folder.parent])


@contextlib.contextmanager
def _locked_record(folders: Sequence[str] = ()) -> Iterator[ApplicationUsers]:
    """The record, for one process at a time; the application's folders are made where they are missing."""
    launchers = launchers_folder()
    handle = None
    # Whatever ends this, the lock goes: what was done is then undone in this process, which needs the lock again.
    try:
        while handle is None:
            folders = [*folders, *map(str, make_folders(data_home()))]
            with contextlib.suppress(FileNotFoundError):
                launchers.mkdir(exist_ok=True)
                handle = os.open(launchers, os.O_RDONLY | os.O_CLOEXEC)
                fcntl.flock(handle, fcntl.LOCK_EX)
                if launchers.is_dir() and os.path.samestat(launchers.stat(), os.fstat(handle)):
                    break
            if handle is not None:  # the process that had the lock removed the folder
                os.close(handle)
                handle = None
        remove_staged(_record())
        users = read_users()
        users.folders = list(dict.fromkeys([*users.folders, *folders]))
        yield users
    finally:
        if handle is not None:
            os.close(handle)


def _record() -> Path:
    return data_home() / "users.json"


def _write(users: ApplicationUsers) -> None:
    replace(_record(), json.dumps(asdict(users), indent=1).encode() + b"\n", 0o600)


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _damaged(path: Path) -> UserError:
    return UserError(f"{path} is damaged: remove it and run this again", Exit.CANNOT)
