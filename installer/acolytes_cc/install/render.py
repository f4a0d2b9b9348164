"""Render everything that an installation consists of, in memory, before anything is written."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acolytes_cc import __version__
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.manifest import Manifest, sha256
from acolytes_cc.install.places import BASELINE, DEFINITIONS, Places, base_interpreter, package_path
from acolytes_cc.install.transaction import STATE
from acolytes_cc.resources import data_path


@dataclass(frozen=True)
class Rendered:
    """One file of the installation: its path relative to the target, its content, and whether it can be started."""

    path: str
    content: bytes
    executable: bool = False


def render(places: Places, answers: dict[str, Any], old: Manifest | None = None) -> list[Rendered]:
    """All files for ``places``, sorted by path. Every definition is linted; a finding at error level is refused.

    Where ``old`` was rendered from the same source, its definitions are taken from where it kept them: importing copier
    alone takes longer than everything else that an update without news does.
    In project scope the definitions are committed with the project: no scripts, no absolute path, and hooks that find
    the application of whoever runs them.
    """
    files = _kept(places, old) if old and old.source == source(places, answers) else None
    if files is None:
        files = [Rendered(path, content) for path, content in render_templates(answers_for(places, answers))]
        refuse_errors(files)
    # whatever else is in there, git is not to take it: the manifest keeps the user's settings
    files.append(Rendered(f"{STATE}/.gitignore", b"*\n"))
    if places.scope == "user":
        files += [Rendered(f"acolytes/hooks/{name}", content) for name, content in _scripts(data_path("hooks"))]
        quest = _scripts(package_path("acolytes_quest"))
        files += [
            Rendered(f"scripts/acolytes_quest/{name}", content, name.startswith("quest_")) for name, content in quest
        ]
    return sorted(files, key=lambda file: file.path)


def source(places: Places, answers: dict[str, Any]) -> str:
    """A hash over everything that the definitions are rendered from."""
    template = data_path("agent_templates")
    parts = [__version__, json.dumps(answers_for(places, answers), sort_keys=True), json.dumps(answers.get("only"))]
    known = hashlib.sha256("\0".join(parts).encode())
    for path in _files(template):
        known.update(path.relative_to(template).as_posix().encode() + b"\0" + path.read_bytes())
    return known.hexdigest()


def _kept(places: Places, old: Manifest) -> list[Rendered] | None:
    """The definitions as they were rendered last, or None where not all of them were kept."""
    files = []
    for path, digest in old.files.items():
        if path.startswith(DEFINITIONS):
            try:
                content = (places.state / BASELINE / path).read_bytes()
            except OSError:
                return None
            if sha256(content) != digest:
                return None
            files.append(Rendered(path, content))
    return files


def answers_for(places: Places, answers: dict[str, Any]) -> dict[str, Any]:
    """The data of the template: the user's answers, and what follows from the places."""
    return {
        **{key: value for key, value in answers.items() if key != "only"},
        "scope": places.scope,
        "python": str(base_interpreter()),
        "hooks": str(places.state / "hooks"),
    }


def render_templates(data: dict[str, Any]) -> list[tuple[str, bytes]]:
    """The agents and skills as copier renders them from ``agent_templates/``: (path, content)."""
    from copier import run_copy
    from copier.errors import CopierError
    from jinja2 import TemplateError

    with tempfile.TemporaryDirectory(prefix="acolytes-render-") as folder:
        try:
            run_copy(str(data_path("agent_templates")), folder, data=data, defaults=True, quiet=True, overwrite=True)
        except (CopierError, TemplateError, ValueError) as error:
            raise UserError(f"the templates do not render: {error}") from None
        return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in _files(Path(folder))]


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))


def _scripts(folder: Path) -> Iterator[tuple[str, bytes]]:
    return ((path.name, path.read_bytes()) for path in sorted(folder.glob("*.py")))


def refuse_errors(files: list[Rendered]) -> None:
    """Lint the rendered agents; UserError, naming each, for a finding at error level."""
    from acolytes_cc.lint.api import lint_text

    found = [
        f"{finding.path}:{finding.line}:{finding.column}: {finding.message}"
        for file in files
        if file.path.startswith("agents/")
        for finding in lint_text(file.content, file.path)
        if finding.severity == "error"
    ]
    if found:
        raise UserError(
            "nothing was written, for what would be installed has errors: " + "; ".join(found), Exit.FINDINGS
        )
