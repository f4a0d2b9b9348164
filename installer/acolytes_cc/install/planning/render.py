"""Render all files of an installation in memory, before anything is written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from acolytes_cc import __version__
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.answers.questions import ONLY, TEMPLATES, Answers
from acolytes_cc.install.disk.files import sha256
from acolytes_cc.install.disk.manifest import Manifest
from acolytes_cc.install.disk.places import BASELINE, DEFINITIONS, IGNORE, Places, base_interpreter, package_path
from acolytes_cc.install.settings.hooks import has_hooks
from acolytes_cc.resources import data_path
from acolytes_cc.signals import scratch_folder

# What a repository of templates has beside them, at its top
_BESIDE_TEMPLATES = ("/.*", "/copier.y*ml", "/README*", "/LICENSE*", "/CHANGELOG*", "/CONTRIBUTING*")
_SCRIPT_FILES = frozenset((".py", ".css", ".html", ".js"))


class RenderedFile(NamedTuple):
    """One file of the installation; ``path`` is relative to the target."""

    path: str
    content: bytes
    executable: bool = False


class Rendering(NamedTuple):
    """Every file of an installation, sorted by path."""

    files: list[RenderedFile]
    findings: list[str]
    """errors in definitions that are not our own; in ours, an error stops the install"""
    source: str
    """hash of everything that the definitions are rendered from"""


def render(places: Places, answers: Answers, old: Manifest | None = None) -> Rendering:
    """Render all files for ``places``, and check the frontmatter of every definition.

    Where ``old`` was rendered from the same source, its definitions are read from the baseline: importing copier alone
    takes longer than an update without news as a whole.

    In project scope the definitions are committed with the project. So there are no scripts and no absolute paths, and
    the hooks find the application of the person who runs them.

    Raises:
        UserError: The templates cannot be rendered, or our own have an error.
    """
    template = template_folder(answers)
    source = _source(template, places, answers)
    findings: list[str] = []
    files = _from_baseline(places, old) if old and old.source == source else None
    if files is None:
        files = render_templates(template_data(places, answers), template)
        if TEMPLATES in answers:
            _refuse_other_places(template, files)
            findings = frontmatter_findings(files)
        else:
            refuse_errors(files)
    # git must take nothing of our state folder: the manifest in it keeps a copy of the user's settings
    files.append(RenderedFile(IGNORE, b"*\n"))
    if places.scope == "user" and has_hooks(answers):
        files += [file._replace(path=f"acolytes/hooks/{file.path}") for file in _scripts(data_path("hooks"))]
    if places.scope == "user":
        files += [
            file._replace(path=f"scripts/acolytes_quest/{file.path}", executable=file.path.startswith("quest_"))
            for file in _scripts(package_path("acolytes_quest"))
        ]
    return Rendering(sorted(files, key=lambda file: file.path), findings, source)


def template_folder(answers: Answers) -> Path:
    """The folder of the templates: that of ``--templates DIR``, which is remembered with the answers, else our own."""
    if TEMPLATES not in answers:
        return data_path("agent_templates")
    folder = Path(answers[TEMPLATES])
    if not folder.is_dir():
        raise UserError(
            f"{folder} is not a folder: name your templates with --templates DIR, or use ours with --templates ''"
        )
    return folder


def _source(template: Path, places: Places, answers: Answers) -> str:
    parts = [__version__, json.dumps(template_data(places, answers), sort_keys=True), json.dumps(answers.get(ONLY))]
    source = hashlib.sha256("\0".join(parts).encode())
    for path in _files(template):
        source.update(path.relative_to(template).as_posix().encode() + b"\0" + path.read_bytes())
    return source.hexdigest()


def _from_baseline(places: Places, old: Manifest) -> list[RenderedFile] | None:
    """The definitions as they were rendered last, or None where one of them is missing or changed."""
    files = []
    for path, digest in old.files.items():
        if path.startswith(DEFINITIONS):
            try:
                content = (places.state / BASELINE / path).read_bytes()
            except OSError:
                return None
            if sha256(content) != digest:
                return None
            files.append(RenderedFile(path, content))
    return files


def template_data(places: Places, answers: Answers) -> Answers:
    """The values for the template: the user's answers, and what follows from the places."""
    return {
        **{key: value for key, value in answers.items() if key not in (ONLY, TEMPLATES)},
        "scope": places.scope,
        "python": str(base_interpreter()),
        "hook_scripts": str(places.state / "hooks"),
    }


def render_templates(data: Answers, template: Path | None = None) -> list[RenderedFile]:
    """Render agents and skills with copier from ``template`` (default: our own)."""
    from copier import run_copy
    from copier.errors import CopierError
    from jinja2 import TemplateError
    from plumbum import local

    with scratch_folder("acolytes-render-") as folder:
        try:
            # When copier cannot find git, it renders the files of the folder, not those of the latest tag. It also
            # asks git nothing about each file that it writes, which is a tenth of its time.
            with local.env(PATH=""):
                source = str(template or data_path("agent_templates"))
                excluded = [".git", *_BESIDE_TEMPLATES]
                run_copy(source, folder, data=data, defaults=True, quiet=True, overwrite=True, exclude=excluded)
        except (CopierError, TemplateError, ValueError) as error:
            raise UserError(f"the templates cannot be rendered: {str(error).partition(chr(10))[0]}") from None
        return [RenderedFile(path.relative_to(folder).as_posix(), path.read_bytes()) for path in _files(folder)]


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(parent, name) for name in sorted(names))


def _scripts(folder: Path) -> Iterator[RenderedFile]:
    """The scripts of a folder and the files that they serve, their paths relative to it."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SCRIPT_FILES:
            yield RenderedFile(path.relative_to(folder).as_posix(), path.read_bytes())


def _refuse_other_places(template: Path, files: list[RenderedFile]) -> None:
    other = [file.path for file in files if not file.path.startswith(DEFINITIONS)]
    if other:
        folders = " and ".join(DEFINITIONS)
        raise UserError(
            f"{template} renders {other[0]}, but only files in {folders} can be installed: name it in `_exclude` of "
            "copier.yml there"
        )


def refuse_errors(files: list[RenderedFile]) -> None:
    """UserError, naming each, for errors in the frontmatter of rendered agents."""
    findings = frontmatter_findings(files)
    if findings:
        message = "nothing was written, because the agents to install have errors: " + "; ".join(findings)
        raise UserError(message, Exit.FINDINGS)


def frontmatter_findings(files: list[RenderedFile]) -> list[str]:
    """Check the frontmatter of the agents among ``files``: one line for each finding at error level.

    Bodies are left to ``acolytes lint``: parsing those of 60 agents takes longer than rendering them.
    """
    from acolytes_cc.lint.api import lint_frontmatter

    return [
        f"{finding.path}:{finding.line}:{finding.column}: {finding.message}"
        for file in files
        if file.path.startswith("agents/")
        for finding in lint_frontmatter(file.content, file.path)
        if finding.severity == "error"
    ]
