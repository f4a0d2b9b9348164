"""The wheel of this tree, also under another version, which can be installed without a package index."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

from support import ROOT, copy_of_the_tree


def build_wheel(folder: Path, version: str | None = None, edits: Mapping[str, tuple[str, str]] | None = None) -> Path:
    """Build a wheel into ``folder``; its dependencies are looked up in the environment of the tests.

    Args:
        folder: Where to build it.
        version: Its version; the default is that of this tree.
        edits: In which files it differs from this tree: a pattern that matches once, and its replacement.
    """
    tree = copy_of_the_tree(folder / f"tree-{version}", "installer", "scripts", "hooks", "schemas", "agent_templates")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tree / name)
    of_version = (r'^(__version__|version) = ".*"$', rf'\1 = "{version}"')
    named = ("pyproject.toml", "installer/acolytes_cc/__init__.py") if version else ()
    for name, (pattern, replacement) in {**dict.fromkeys(named, of_version), **(edits or {})}.items():
        changed, count = re.subn(pattern, replacement, (tree / name).read_text("utf-8"), flags=re.MULTILINE)
        assert count == 1, name
        (tree / name).write_text(changed, "utf-8")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / f"built-{version}")]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    (built,) = (folder / f"built-{version}").glob("*.whl")
    with zipfile.ZipFile(built, "a") as packed:
        packed.writestr("dependencies.pth", sysconfig.get_path("purelib") + "\n")
    return built


def install_wheel(python: Path, wheel: Path, *, with_dependencies: bool = False) -> None:
    """Install a wheel in place of any other version into the environment of ``python``, which needs no pip."""
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--force-reinstall"]
    alone = [] if with_dependencies else ["--no-deps", "--no-index"]
    subprocess.run([*pip, *alone, str(wheel)], check=True)
