"""A case: a small project that probes one thing, and what the client did with it.

In JSON a case has the fields of `Case`; those that are empty are left out.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

Class = Literal["", "DROP", "CHANGE", "OK", "LOADED"]
Content = str | Mapping[str, str]
"""A file's text; or `{"base64": ..}`, `{"symlink": target}`, `{"hardlink": target}`."""


@dataclass(frozen=True, slots=True)
class Case:
    """A small project, what kind of thing it probes, and what the client did with it.

    Attributes:
        id: The case's own name.
        kind: What it probes, such as "tools".
        files: The project's files, by their path.
        home: Files of the user's home.
        outside: Files beside the project's folder.
        home_link: Paths in the home that are hard links; `PROJ` in a target is the project's folder.
        git: The folder of the project that is the root of a git repository.
        cwd: The folder of the project in which the client is started.
        args: Further options of the client.
        intent: What the author of the files wants, as the kind's own observation reads it.
        verdict: `class` in JSON. DROP: not loaded; CHANGE: loaded, but something that is declared is not honoured;
            OK: works as written; LOADED: loaded, no more was compared. Empty before the observation.
        observed: What was seen of the client.
        about: Words of which a finding of ours must name one: the fields and files that were not honoured.
    """

    id: str
    kind: str
    files: Mapping[str, Content]
    home: Mapping[str, Content] = field(default_factory=dict)
    outside: Mapping[str, Content] = field(default_factory=dict)
    home_link: Mapping[str, str] = field(default_factory=dict)
    git: str | None = None
    cwd: str = ""
    args: tuple[str, ...] = ()
    intent: Mapping[str, Any] = field(default_factory=dict)
    verdict: Class = ""
    observed: tuple[Any, ...] = ()
    about: tuple[str, ...] = ()


def case_from_json(data: Mapping[str, Any]) -> Case:
    """Read one case."""
    known = {"verdict": data.get("class", "")}
    for name in (one.name for one in fields(Case) if one.name in data):
        value = data[name]
        known[name] = tuple(value) if isinstance(value, list) else value
    return Case(**known)


def case_to_json(case: Case) -> dict[str, Any]:
    """The case as JSON has it, without what is empty."""
    written: dict[str, Any] = {}
    for one in fields(Case):
        value = getattr(case, one.name)
        if one.default is not MISSING and value == one.default:
            continue
        if one.default_factory is not MISSING and not value:
            continue
        written["class" if one.name == "verdict" else one.name] = list(value) if isinstance(value, tuple) else value
    return written


def read_cases(text: str) -> list[Case]:
    """Read a list of cases."""
    return [case_from_json(data) for data in json.loads(text)]


def write_case(case: Case, place: Path) -> tuple[Path, Path]:
    """Write a case's files below ``place``; return the project and the home."""
    project, home = place / "project", place / "home"
    project.mkdir(parents=True)
    home.mkdir()
    write_cases([case], project, home)
    return project, home


def write_cases(cases: Iterable[Case], project: Path, home: Path) -> None:
    """Write the files of several cases into one project and one home; their paths must differ."""
    for case in cases:
        write_files(case.files, project)
        write_files(case.home, home)
        write_files(case.outside, project.parent)
        for name, target in case.home_link.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(target.replace("PROJ", str(project)), home / name)
        if case.git is not None:
            (project / case.git / ".git" / "objects").mkdir(parents=True, exist_ok=True)
            (project / case.git / ".git" / "refs").mkdir(exist_ok=True)
            (project / case.git / ".git" / "HEAD").write_text("ref: refs/heads/main\n")


def write_files(files: Mapping[str, Content], root: Path) -> None:
    """Write files below ``root``; links come last, because they need their targets. Scripts become executable."""
    for name, file in sorted(files.items(), key=lambda item: not isinstance(item[1], str)):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        match file:
            case {"symlink": target}:
                path.symlink_to(target)
            case {"hardlink": target}:
                os.link(path.parent / target, path)
            case {"base64": encoded}:
                path.write_bytes(base64.b64decode(encoded))
            case text:
                path.write_bytes(str(text).encode("utf-8", "surrogatepass"))
                if str(text).startswith("#!"):
                    path.chmod(0o755)
