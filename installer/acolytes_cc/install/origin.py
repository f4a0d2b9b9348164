"""Where the application comes from: which program installed it, and so which command installs or removes it."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from acolytes_cc.install.places import data_home, package_path

Manager = Literal["bootstrap", "pipx", "uv", "pip"]
PACKAGE = "acolytes-cc"


def manager() -> Manager:
    """The program that made the environment in which this runs."""
    parts = Path(sys.prefix).parts
    if Path(sys.prefix).resolve() == (data_home() / "venv").resolve():
        return "bootstrap"
    if "pipx" in parts:
        return "pipx"
    return "uv" if "uv" in parts and "tools" in parts else "pip"


def source() -> str:
    """What the package was installed from, as pip recorded it: a folder or a file, or else its name in the index."""
    for record in package_path("acolytes_cc").parent.glob("acolytes_cc-*.dist-info/direct_url.json"):
        try:
            url = urlsplit(json.loads(record.read_bytes())["url"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if url.scheme == "file":
            return unquote(url.path)
        return str(url.geturl())
    return PACKAGE


def install_command() -> str:
    """The shell command that installs the application again, in the way in which it was installed."""
    package = shlex.quote(source())
    if manager() == "bootstrap":
        return f"python3 {shlex.quote(source() + '/installer/bootstrap.py')}"
    if manager() == "pipx":
        return f"pipx install --force {package}"
    if manager() == "uv":
        return f"uv tool install --force {package}"
    python = shlex.quote(sys.executable)
    # --upgrade leaves the packages in an environment as they are, and links to a Python that is there
    environment = f"python3 -m venv --upgrade {shlex.quote(sys.prefix)} && " if sys.prefix != sys.base_prefix else ""
    return f"{environment}{python} -m pip install --force-reinstall {package}"


def removal_command() -> str:
    """The shell command that removes the application, where its environment is not our own."""
    if manager() == "pipx":
        return f"pipx uninstall {PACKAGE}"
    if manager() == "uv":
        return f"uv tool uninstall {PACKAGE}"
    return f"{shlex.quote(sys.executable)} -m pip uninstall {PACKAGE}"
