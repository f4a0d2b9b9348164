"""Two versions of this tree: a repository with a tag and a newer commit, and a wheel of each."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bench.environment_trials.trial import ROOT

NEWER = "9.0.0"
NEW_LINE = "Say at once when an input is missing."
AGENT = "ops.performance"
_TEMPLATE = f"agent_templates/agents/{AGENT}.md.jinja"
_BEFORE = "\n## Rules\n"


class Versions(NamedTuple):
    """Where both versions are."""

    older: str
    repository: Path
    """its branch `main` is at the older version, which has a tag, and `newer` at the newer one"""
    wheels: dict[str, Path]
    """version -> wheel"""

    def release(self) -> None:
        """Move `main` to the newer version."""
        git(self.repository, "merge", "-q", "newer")

    def take_back(self) -> None:
        """Move `main` to the older version again."""
        git(self.repository, "reset", "-q", "--hard", f"v{self.older}")


def make_versions(folder: Path) -> Versions:
    """Copy the tree, and change the version and a template of an agent."""
    repository = folder / "repository"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if os.path.lexists(ROOT / name):
            (repository / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, repository / name, follow_symlinks=False)
    git(repository, "init", "-q", "-b", "main")
    older = _version(repository)
    wheels = {older: _commit(repository, older, folder)}
    git(repository, "checkout", "-q", "-b", "newer")
    _change(repository / "pyproject.toml", f'version = "{older}"', f'version = "{NEWER}"')
    _change(repository / _TEMPLATE, _BEFORE, f"\n{NEW_LINE}\n{_BEFORE}")
    wheels[NEWER] = _commit(repository, NEWER, folder)
    git(repository, "checkout", "-q", "main")
    return Versions(older, repository, wheels)


def git(repository: Path, *arguments: str) -> None:
    """Run git there, as somebody who has no settings of git."""
    who = ("-c", "user.name=bench", "-c", "user.email=bench")
    subprocess.run(["git", "-C", str(repository), *who, *arguments], check=True, capture_output=True)


def _commit(repository: Path, version: str, folder: Path) -> Path:
    subprocess.run([sys.executable, "dev.py", "generate"], cwd=repository, check=True, capture_output=True)
    git(repository, "add", "--all")
    git(repository, "commit", "-q", "-m", version)
    git(repository, "tag", f"v{version}")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), str(repository)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob(f"acolytes_cc-{version}-*.whl")
    return wheel


def _version(repository: Path) -> str:
    found = re.search(r'^version = "(.+)"$', (repository / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError('pyproject.toml has no line version = "..."')
    return found[1]


def _change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    if text.count(before) != 1:
        raise ValueError(f"{path} must have {before!r} once")
    path.write_text(text.replace(before, after), "utf-8")
