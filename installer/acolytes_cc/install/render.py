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
from acolytes_cc.install.hook_entries import has_hooks
from acolytes_cc.install.manifest import Manifest, sha256
from acolytes_cc.install.places import BASELINE, DEFINITIONS, IGNORE, Places, base_interpreter, package_path
from acolytes_cc.resources import data_path


@dataclass(frozen=True)
class Rendered:
    """One file of the installation: its path relative to the target, its content, and whether it can be started."""

    path: str
    content: bytes
    executable: bool = False


@dataclass(frozen=True)
class Rendering:
    """Every file of an installation, sorted by path, and what is wrong with definitions that are not our own."""

    files: list[Rendered]
    findings: list[str]
    source: str
    """a hash over everything that the definitions are rendered from"""


def render(places: Places, answers: dict[str, Any], old: Manifest | None = None) -> Rendering:
    """All files for ``places``. The frontmatter of every definition is checked; of ours, no error is let through.

    Where ``old`` was rendered from the same source, its definitions are taken from where it kept them: importing copier
    alone takes longer than everything else that an update without news does.
    In project scope the definitions are committed with the project: no scripts, no absolute path, and hooks that find
    the application of whoever runs them.
    """
    template = template_folder(answers)
    made_from = _source(template, places, answers)
    findings: list[str] = []
    files = _kept(places, old) if old and old.source == made_from else None
    if files is None:
        rendered = render_templates(answers_for(places, answers), template)
        files = [Rendered(path, content) for path, content in rendered]
        if "templates" in answers:
            _refuse_other_places(template, files)
            findings = frontmatter_findings(files)
        else:
            refuse_errors(files)
    # whatever else is in there, git is not to take it: the manifest keeps the user's settings
    files.append(Rendered(IGNORE, b"*\n"))
    if places.scope == "user" and has_hooks(answers):
        files += [Rendered(f"acolytes/hooks/{name}", content) for name, content in _scripts(data_path("hooks"))]
    if places.scope == "user":
        quest = _scripts(package_path("acolytes_quest"))
        files += [
            Rendered(f"scripts/acolytes_quest/{name}", content, name.startswith("quest_")) for name, content in quest
        ]
    return Rendering(sorted(files, key=lambda file: file.path), findings, made_from)


def template_folder(answers: dict[str, Any]) -> Path:
    """Where the definitions come from: ``--templates DIR``, which is remembered with the answers, else our own."""
    if "templates" not in answers:
        return data_path("agent_templates")
    folder = Path(answers["templates"])
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder: say with --templates where the definitions are, or --templates ''")
    return folder


def _source(template: Path, places: Places, answers: dict[str, Any]) -> str:
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
        **{key: value for key, value in answers.items() if key not in ("only", "templates")},
        "scope": places.scope,
        "python": str(base_interpreter()),
        "hook_scripts": str(places.state / "hooks"),
    }


def render_templates(data: dict[str, Any], template: Path | None = None) -> list[tuple[str, bytes]]:
    """The agents and skills as copier renders them from ``template`` (default: our own): (path, content)."""
    from copier import run_copy
    from copier.errors import CopierError
    from jinja2 import TemplateError
    from plumbum import local

    with tempfile.TemporaryDirectory(prefix="acolytes-render-") as folder:
        try:
            # Without git in its sight copier takes the template as it lies there, not as of a repository's latest tag,
            # and asks git nothing about each file that it writes, which is a tenth of its time.
            with local.env(PATH=""):
                source = str(template or data_path("agent_templates"))
                run_copy(source, folder, data=data, defaults=True, quiet=True, overwrite=True, exclude=[".git"])
        except (CopierError, TemplateError, ValueError) as error:
            raise UserError(f"the templates do not render: {str(error).partition(chr(10))[0]}") from None
        return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in _files(Path(folder))]


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))


def _scripts(folder: Path) -> Iterator[tuple[str, bytes]]:
    return ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in sorted(folder.rglob("*.py")))


def _refuse_other_places(template: Path, files: list[Rendered]) -> None:
    other = [file.path for file in files if not file.path.startswith(DEFINITIONS)]
    if other:
        raise UserError(f"{template} renders {other[0]}; only {' and '.join(DEFINITIONS)} are installed: exclude it")


def refuse_errors(files: list[Rendered]) -> None:
    """UserError, naming each, for errors in the frontmatter of rendered agents."""
    found = frontmatter_findings(files)
    if found:
        raise UserError(
            "nothing was written, for what would be installed has errors: " + "; ".join(found), Exit.FINDINGS
        )


def frontmatter_findings(files: list[Rendered]) -> list[str]:
    """What the client would drop of the agents among ``files``: a line for each finding at error level.

    Their bodies are checked by ``acolytes lint``: parsing those of 60 agents takes longer than rendering them.
    """
    from acolytes_cc.lint.api import lint_frontmatter

    return [
        f"{finding.path}:{finding.line}:{finding.column}: {finding.message}"
        for file in files
        if file.path.startswith("agents/")
        for finding in lint_frontmatter(file.content, file.path)
        if finding.severity == "error"
    ]
