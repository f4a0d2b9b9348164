"""Each way in, between two versions: install, stay at one version, upgrade, leave; and leave in the wrong order.

The commands are those of the table in docs/install.md.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.environment_trials.trial import Row, listed, outcome, run, search_path
from bench.environment_trials.versions import AGENT, NEW_LINE, NEWER, Versions, git

USER_LINE = "Our releases are on Mondays."
#: what pip, pipx and uv keep for themselves, as docs/install.md says, and what this bench puts there
KEPT = (
    *(".cache", ".rustup", ".config/uv", ".local/bin", ".local/share/man"),
    *(".local/state/pipx", ".local/share/pipx", ".local/share/uv", "env", "clone", "wheels"),
)


class Way(NamedTuple):
    """One line of the table in docs/install.md."""

    name: str
    install: str
    stay: str
    """installs the older version so that ``upgrade_unasked`` keeps it"""
    upgrade_unasked: str
    """what somebody may run who upgrades everything; empty where there is no such command"""
    upgrade: str
    leave: str
    program: str = ".local/bin/acolytes"
    tool: str = "python3"


HEADINGS = ("Way in", "Install", "Stay", "Upgrade", "`acolytes update`", "Leave", "The wrong order", "Left in HOME")
WAYS = (
    Way(
        "pip in an environment",
        "pip install acolytes-cc",
        "pip install acolytes-cc=={older}",
        "",
        "pip install --upgrade acolytes-cc",
        "pip uninstall --yes acolytes-cc",
        "env/bin/acolytes",
    ),
    Way(
        "pipx",
        "pipx install acolytes-cc",
        "pipx uninstall acolytes-cc; pipx install acolytes-cc=={older} && pipx pin acolytes-cc",
        "pipx upgrade-all",
        "pipx unpin acolytes-cc && pipx upgrade acolytes-cc",
        "pipx uninstall acolytes-cc",
        tool="pipx",
    ),
    Way(
        "uv tool",
        "uv tool install acolytes-cc",
        "uv tool install acolytes-cc=={older}",
        "uv tool upgrade --all",
        "uv tool install acolytes-cc@latest",
        "uv tool uninstall acolytes-cc",
        tool="uv",
    ),
    Way(
        "a wheel by pip",
        "pip install {older_wheel}",
        "",
        "",
        "pip install --upgrade {newer_wheel}",
        "pip uninstall --yes acolytes-cc",
        "env/bin/acolytes",
    ),
    Way(
        "a wheel by pipx",
        "pipx install {older_wheel}",
        "",
        "pipx upgrade-all",
        "pipx install --force {newer_wheel}",
        "pipx uninstall acolytes-cc",
        tool="pipx",
    ),
    Way(
        "a wheel by uv tool",
        "uv tool install {older_wheel}",
        "",
        "uv tool upgrade --all",
        "uv tool install {newer_wheel}",
        "uv tool uninstall acolytes-cc",
        tool="uv",
    ),
    Way(
        "bootstrap.py in a clone",
        "cd clone && python3 installer/bootstrap.py",
        "cd clone && git checkout -q v{older} && python3 installer/bootstrap.py",
        "",
        "cd clone && git checkout -q main && git pull -q && python3 installer/bootstrap.py",
        "",
        ".local/share/acolytes/bin/acolytes",
    ),
)


class Person:
    """Somebody who types these commands, with a HOME and a package index of their own."""

    def __init__(self, folder: Path, versions: Versions, way: Way) -> None:
        self.home = folder
        self.way = way
        self.versions = versions
        self.index = folder / "wheels"
        self.index.mkdir(parents=True)
        self._variables = {
            "HOME": str(folder),
            "PATH": os.pathsep.join((f"{folder}/env/bin", f"{folder}/.local/bin", search_path())),
            "PIP_FIND_LINKS": f"{self.index} {os.environ.get('PIP_FIND_LINKS', '')}",
            "UV_FIND_LINKS": str(self.index),
        }
        versions.take_back()
        self.publish(versions.older)
        git(versions.repository, "clone", "-q", str(versions.repository), str(folder / "clone"))
        subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
        self.before = self.files()

    def publish(self, version: str) -> None:
        """Let the index and the repository have this version."""
        shutil.copy(self.versions.wheels[version], self.index)
        if version == NEWER:
            self.versions.release()

    def types(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line of the shell."""
        older, newer = (self.versions.wheels[version] for version in (self.versions.older, NEWER))
        words = {"older": self.versions.older, "older_wheel": older, "newer_wheel": newer}
        return run(("sh", "-c", line.format(**words)), self._variables, self.home)

    def acolytes(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run our command as the way brings it."""
        return run((str(self.home / self.way.program), *arguments), self._variables, self.home)

    def version(self) -> str:
        """The version of the application."""
        return self.acolytes("--version").stdout.strip().rpartition(" ")[2]

    def files(self) -> set[str]:
        """What is in HOME, without what the tools keep."""
        paths = (str(path.relative_to(self.home)) for path in self.home.rglob("*"))
        parents = {str(parent) for name in KEPT for parent in Path(name).parents}
        return {path for path in paths if not path.startswith(KEPT) and path not in parents}


def tried_ways(folder: Path, versions: Versions, only: str) -> Iterator[Row]:
    """The rows of the ways whose name has ``only``."""
    for number, way in enumerate(WAYS):
        if only not in way.name:
            continue
        if shutil.which(way.tool) is None:
            yield Row((way.name, f"not tried: there is no {way.tool} here"))
            continue
        yield _tried(Person(folder / str(number), versions, way), Person(folder / f"{number}-wrong", versions, way))


def _tried(person: Person, other: Person) -> Row:
    way = person.way
    older = person.versions.older
    cells = [_installed(person)]
    person.publish(NEWER)
    stay = [person.types(line) for line in (way.stay, way.upgrade_unasked) if line]
    cells.append(_version_after(stay, person, older) if stay else "")
    cells.append(_version_after([person.types(way.upgrade)], person, NEWER))
    cells.append(_updated(person))
    cells.append(_gone([person.acolytes("uninstall", "--yes"), *([person.types(way.leave)] if way.leave else [])]))
    cells.append(_left_in_the_wrong_order(other) if way.leave else "")
    # an agent that the user changed stays
    theirs = {".claude", ".claude/agents", f".claude/agents/{AGENT}.md"}
    left = listed((person.files() - person.before - theirs) | (other.files() - other.before))
    is_right = left == "nothing" and not any("not as it should be" in cell for cell in cells)
    return Row((way.name, *cells, left), is_right)


def _installed(person: Person) -> str:
    start = time.monotonic()
    install = person.types(person.way.install)
    seconds = time.monotonic() - start
    placed = person.acolytes("install", "--yes")
    agent = person.home / f".claude/agents/{AGENT}.md"
    if placed.returncode == 0:
        agent.write_text(agent.read_text("utf-8") + f"\n{USER_LINE}\n", "utf-8")
    doctor = person.acolytes("doctor")
    return _judged([install, placed, doctor], f"{person.version()} in {seconds:.0f} s, healthy")


def _version_after(done: list[subprocess.CompletedProcess[str]], person: Person, wanted: str) -> str:
    version = person.version()
    return _judged(done, version, is_right=version == wanted)


def _updated(person: Person) -> str:
    # bootstrap.py has updated the files already
    update = person.acolytes("update", "--yes")
    text = (person.home / f".claude/agents/{AGENT}.md").read_text("utf-8")
    is_right = USER_LINE in text and NEW_LINE in text
    doctor = person.acolytes("doctor")
    lines = [line for line in update.stdout.splitlines() if line.startswith(("updated", "nothing"))]
    return _judged([update, doctor], "; ".join(lines).replace(str(person.home), "~"), is_right=is_right)


def _left_in_the_wrong_order(other: Person) -> str:
    install = [other.types(other.way.install), other.acolytes("install", "--yes")]
    removed = other.types(other.way.leave)
    last = run((f"{other.home}/.local/share/acolytes/bin/acolytes", "uninstall", "--yes"), {"HOME": str(other.home)})
    return _gone([*install, removed, last])


def _gone(done: list[subprocess.CompletedProcess[str]]) -> str:
    return _judged(done, "done")


def _judged(done: list[subprocess.CompletedProcess[str]], seen: str, *, is_right: bool = True) -> str:
    failed = [outcome(one, "") for one in done if one.returncode]
    if failed or not is_right:
        return f"not as it should be: {'; '.join([*failed, seen])}"
    return seen
