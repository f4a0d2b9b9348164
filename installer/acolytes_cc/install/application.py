"""The application's own folder: launchers of its commands, and who uses them.

``${XDG_DATA_HOME:-~/.local/share}/acolytes`` holds ``bin`` (what goes on PATH), ``hook`` (runs one of our hooks for
definitions that may carry no absolute path), ``venv`` (when bootstrap made it) and ``users.json``.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.apply import make_folders, replace
from acolytes_cc.install.places import base_interpreter, data_home, package_path
from acolytes_cc.resources import data_path


def add_user(target: Path) -> list[str]:
    """Write the launchers and note that ``target`` uses them. Returns the paths of the files that changed."""
    home = data_home()
    try:
        made = make_folders(home / "bin")
        changed = [str(path) for path, text in _launchers(home).items() if _write(path, text)]
        record = _read(home)
        record["folders"] += [str(folder) for folder in made]
        record["targets"] = sorted({*record["targets"], str(target)})
        replace(home / "users.json", json.dumps(record, indent=1).encode() + b"\n", 0o600)
    except OSError as error:
        raise UserError(f"{error.filename or home}: {error.strerror}", Exit.CANNOT) from None
    return changed


def remove_user(target: Path) -> str:
    """Forget ``target``; with the last one the launchers go, and the environment when it is bootstrap's own.

    Returns one line for the user: what is gone, who still uses it, or how a package manager's environment is removed.
    Call it last: afterwards nothing more can be imported.
    """
    home = data_home()
    record = _read(home)
    others = [other for other in record["targets"] if other != str(target) and Path(other).exists()]
    if others:
        record["targets"] = others
        replace(home / "users.json", json.dumps(record, indent=1).encode() + b"\n", 0o600)
        return f"the commands stay, for {', '.join(others)} uses them"
    for path in (*_launchers(home), home / "users.json"):
        path.unlink(missing_ok=True)
    own = Path(sys.prefix) == (home / "venv").absolute() or Path(sys.prefix).resolve() == (home / "venv").resolve()
    if own:
        shutil.rmtree(home / "venv", ignore_errors=True)
    for folder in (home / "bin", home, *map(Path, reversed(record["folders"]))):
        with contextlib.suppress(OSError):  # not empty, or gone already
            folder.rmdir()
    return (
        "the application's own environment is gone, too"
        if own
        else f"the application stays until you run: {_manager()}"
    )


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


def _write(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text("utf-8") == text:
        return False
    replace(path, text.encode(), 0o755)
    return True


def _read(home: Path) -> dict[str, Any]:
    """Who uses the application, and which folders we made for it (bootstrap notes those that it made)."""
    record: dict[str, Any] = {"targets": [], "folders": []}
    with contextlib.suppress(FileNotFoundError, ValueError):
        record.update(json.loads((home / "users.json").read_text("utf-8")))
    return record


def _manager() -> str:
    parts = Path(sys.prefix).parts
    if "pipx" in parts:
        return "pipx uninstall acolytes-cc"
    if "uv" in parts and "tools" in parts:
        return "uv tool uninstall acolytes-cc"
    return f"{shlex.quote(sys.executable)} -m pip uninstall acolytes-cc"


def launchers_folder() -> Path:
    """The folder that goes on PATH: it holds nothing but our three commands."""
    return Path(os.path.join(data_home(), "bin"))
