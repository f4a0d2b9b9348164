"""Where the running application comes from, and the commands that upgrade and remove it.

Nothing is looked up on a network, so nobody here knows whether a newer version exists.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from acolytes_cc.install.disk.places import data_home, package_path

PACKAGE = "acolytes-cc"

Tool = Literal["bootstrap", "pip", "pipx", "uv tool", "editable", "temporary"]

_MANNERS = {"bootstrap": "by bootstrap.py", "editable": "as an editable installation"}


class Origin(NamedTuple):
    """How the application got here."""

    tool: Tool
    """what installed it; ``temporary`` is an environment in a cache, as `uvx` and `pipx run` make it"""
    source: Path | None
    """the folder or the file that it was installed from; None for a package index"""

    def text(self) -> str:
        """Where it comes from, in words that follow "from"."""
        if self.tool == "temporary":
            return f"a temporary environment in a cache ({sys.prefix})"
        if self.source is None:
            return f"a package index, by {self.tool}"
        gone = "" if self.source.exists() else ", which is gone"
        kind = "folder" if self._is_folder else "file"
        return f"the {kind} {self.source}{gone}, {_MANNERS.get(self.tool, f'by {self.tool}')}"

    def upgrade(self, arguments: str = "") -> str:
        """What to run for a newer version of the application and of the files that it installed.

        ``arguments`` are the options that name these files, after a space.
        """
        if self.tool == "bootstrap":
            return f"{self._bootstrap()}{arguments}"
        return f"{self._upgrade_of_the_application()} && acolytes update{arguments}"

    def _upgrade_of_the_application(self) -> str:
        is_indexed = self.source is None
        newer = PACKAGE if is_indexed else "NEWER.whl"
        if self.tool == "editable":
            return f"git -C {shlex.quote(str(self.source))} pull"
        if self.tool == "pipx":
            return f"pipx upgrade {newer}" if is_indexed else f"pipx install --force {newer}"
        if self.tool == "uv tool":
            return f"uv tool install {newer}@latest" if is_indexed else f"uv tool install {newer}"  # also when pinned
        if self.tool == "temporary":
            return f"uv tool install {newer}"
        return f"{shlex.quote(sys.executable)} -m pip install --upgrade {newer}"

    def _bootstrap(self) -> str:
        if self.source is None or not self._is_folder or not self.source.exists():
            wheelhouse = " --wheelhouse NEWER_WHEELHOUSE" if self.source and not self._is_folder else ""
            return f"cd NEWER_CLONE && python3 installer/bootstrap.py{wheelhouse}"
        return f"{_newer_commit(self.source)}python3 {shlex.quote(str(self.source / 'installer' / 'bootstrap.py'))}"

    def reinstall(self) -> str:
        """What installs the application again, in the way in which it was installed."""
        package = PACKAGE if self.source is None else shlex.quote(str(self.source))
        if self.tool == "bootstrap" and self._is_folder:
            return f"python3 {shlex.quote(f'{self.source}/installer/bootstrap.py')}"
        if self.tool == "bootstrap":
            wheelhouse = f" --wheelhouse {shlex.quote(str(self.source.parent))}" if self.source else ""
            return f"cd CLONE && python3 installer/bootstrap.py{wheelhouse}"
        if self.tool in ("pipx", "uv tool"):
            return f"{self.tool} install --force {package}"
        # --upgrade leaves the packages in an environment as they are, and links to a Python that is there
        environment = (
            f"python3 -m venv --upgrade {shlex.quote(sys.prefix)} && " if sys.prefix != sys.base_prefix else ""
        )
        return f"{environment}{shlex.quote(sys.executable)} -m pip install --force-reinstall {package}"

    def source_version(self) -> str | None:
        """The version of the folder as it is now; None where it is not a folder of ours, or cannot be read."""
        if self.source is None or not self._is_folder:
            return None
        with contextlib.suppress(OSError, UnicodeDecodeError):
            text = (self.source / "installer" / "acolytes_cc" / "__init__.py").read_text("utf-8")
            found = re.search(r'^__version__ = "([^"\s]+)"$', text, re.MULTILINE)
            return found[1] if found else None
        return None

    def from_source(self, arguments: str = "") -> str:
        """What to run to install the folder as it is now, with the files; ``arguments`` as for ``upgrade``."""
        if self.tool == "bootstrap":
            return f"{self.reinstall()}{arguments}"
        return f"{self.reinstall()} && acolytes update{arguments}"

    def removal(self) -> str:
        """What removes the application itself, when nothing of it is in use any more."""
        if self.tool in ("pipx", "uv tool"):
            return f"{self.tool} uninstall {PACKAGE}"
        return f"{shlex.quote(sys.executable)} -m pip uninstall {PACKAGE}"

    @property
    def _is_folder(self) -> bool:
        return self.source is not None and self.source.suffix not in (".whl", ".gz")


def _newer_commit(clone: Path) -> str:
    """What brings a clone to a newer version, with " && " behind it; empty for a folder that is no clone."""
    if not (clone / ".git").exists():
        return ""
    git = f"git -C {shlex.quote(str(clone))}"
    with contextlib.suppress(OSError, UnicodeDecodeError):
        if not (clone / ".git" / "HEAD").read_text("ascii").startswith("ref:"):  # on a tag, `git pull` is an error
            return f"{git} fetch --tags && {git} checkout NEWER_TAG && "
    return f"{git} pull && "


def find_origin() -> Origin:
    """Where the running application comes from."""
    source, editable = _recorded_source()
    prefix = Path(sys.prefix)
    tool: Tool = "pip"
    if editable:
        tool = "editable"
    elif is_own_environment():
        tool = "bootstrap"
    elif "pipx" in prefix.parts or (prefix / "pipx_metadata.json").exists():
        tool = "pipx"
    elif {"uv", "tools"} <= {*prefix.parts} or (prefix / "uv-receipt.toml").exists():
        tool = "uv tool"
    # pipx run writes both: so this comes last
    if ".cache" in prefix.parts or any((folder / "CACHEDIR.TAG").exists() for folder in prefix.parents):
        tool = "temporary"
    return Origin(tool, source)


def is_own_environment() -> bool:
    """Whether this runs in the environment that bootstrap made."""
    return Path(sys.prefix).resolve() == (data_home() / "venv").resolve()


def _recorded_source() -> tuple[Path | None, bool]:
    """What the package manager noted (PEP 610): the folder or file, and whether the installation is editable.

    Read by hand: importing importlib.metadata takes a tenth of an update without news.
    """
    package = package_path("acolytes_cc")
    folders = [package.parent, *(Path(folder) for folder in sys.path if os.path.isdir(folder))]
    for record in (found for folder in folders for found in folder.glob("acolytes_cc-*.dist-info/direct_url.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            row = json.loads(record.read_bytes())
            url = urlsplit(row["url"])
            source, editable = Path(unquote(url.path)), bool(row.get("dir_info", {}).get("editable"))
            is_ours = package.is_relative_to(source) if editable else record.parents[1] == package.parent
            if url.scheme == "file" and is_ours:
                return source, editable
    return None, False
