"""The launchers of our commands: small shell scripts that name an interpreter, so that they start in any environment.

``${XDG_DATA_HOME:-~/.local/share}/acolytes`` holds ``bin`` (the folder for PATH) and ``hook``. The latter runs one of
our hooks for definitions that may carry no absolute path.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from acolytes_cc.install.files import remove_staged, replace
from acolytes_cc.install.places import base_interpreter, data_home, package_path
from acolytes_cc.resources import data_path

# command -> the package that runs it
COMMANDS = {"acolytes": "acolytes_cc", "acolytes-perf": "acolytes_perf", "acolytes-quest": "acolytes_quest"}


def launchers_folder() -> Path:
    """The folder that goes on PATH: it holds nothing but our three commands."""
    return data_home() / "bin"


def hook_launcher() -> Path:
    """The launcher that runs one of our hooks by name."""
    return data_home() / "hook"


def launcher_texts() -> dict[Path, str]:
    """The text of each launcher by its path."""
    own, base = shlex.quote(sys.executable), shlex.quote(str(base_interpreter()))
    quest = shlex.quote(str(package_path("acolytes_quest") / "__main__.py"))
    hooks = shlex.quote(str(data_path("hooks")))
    folder = launchers_folder()
    # -I: no module of the current folder is imported; -S: the board needs no site packages
    return {
        folder / "acolytes": f'#!/bin/sh\nexec {own} -I -m acolytes_cc "$@"\n',
        folder / "acolytes-perf": f'#!/bin/sh\nexec {own} -I -m acolytes_perf "$@"\n',
        folder / "acolytes-quest": f'#!/bin/sh\nexec {base} -I -S {quest} "$@"\n',
        hook_launcher(): (
            f'#!/bin/sh\nscript={hooks}/"$1".py\n'
            f'[ -x {base} ] && [ -f "$script" ] && [ -r "$script" ] || exit 0\nexec {base} -I -S "$script"\n'
        ),
    }


def write_launchers() -> None:
    """Write the launchers that are missing or differ. Raises OSError."""
    for path, text in launcher_texts().items():
        remove_staged(path)
        if not path.is_file() or path.read_text("utf-8") != text:
            replace(path, text.encode(), 0o755)
