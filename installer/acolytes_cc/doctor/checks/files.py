"""The installation's own files: present, unchanged, and private where they must be."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

from acolytes_cc import __version__
from acolytes_cc.doctor import remedies
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFact, CheckFinding, CheckResult
from acolytes_cc.errors import UserError
from acolytes_cc.install.answers.questions import missing_templates
from acolytes_cc.install.application.versions import difference, is_newer
from acolytes_cc.install.conflicts.open_clashes import open_clashes
from acolytes_cc.install.disk.files import sha256
from acolytes_cc.install.disk.manifest import read_manifest
from acolytes_cc.install.disk.places import BASELINE, DEFINITIONS, location_arguments
from acolytes_cc.install.planning.rebuilt import foreign_files
from acolytes_cc.install.transaction.journal import JOURNAL


def installation(inspection: Inspection) -> Iterator[CheckResult]:
    """Something is installed, and its manifest can be read."""
    path = str(inspection.manifest_path)
    try:
        manifest = read_manifest(inspection.places)
    except UserError as error:
        fix = f"restore the file from a backup, or move it away and run `{inspection.install_command}`"
        commands = _first_install(inspection, remedies.move_away(path))
        yield CheckFinding("installation", "error", str(error).removeprefix(f"{path} "), fix, path, commands)
        return
    if manifest and not inspection.manifest_path.exists():
        message = (
            f"the project has the agents of acolytes {manifest.version}, but you do not have its hooks and commands"
        )
        brings = "it changes nothing that is committed"
        if is_newer(__version__, manifest.version):
            brings = f"it also brings the definitions to {__version__}, which you then commit"
        fix = f"run `{inspection.install_command}`: {brings}"
        commands = remedies.install(inspection)
        yield CheckFinding("installation", "error", message, fix, str(inspection.places.target), commands)
        yield from _versions(inspection, manifest.version)
    elif manifest:
        yield CheckFact("installation", f"{manifest.version} in {inspection.places.target}, scope {manifest.scope}")
        if manifest.scope != inspection.places.scope:
            message = (
                f"it was installed with scope {manifest.scope}, but is checked with scope {inspection.places.scope}"
            )
            fix = f"run `acolytes doctor --scope {manifest.scope} --target {inspection.places.target}`"
            yield CheckFinding("installation", "error", message, fix, path)
        yield from _versions(inspection, manifest.version)
    elif inspection.plugins:
        yield CheckFact(
            "installation", f"as the plugin {', '.join(inspection.plugins)}; nothing in {inspection.places.target}"
        )
    else:
        fix = f"run `{inspection.install_command}`; if it is elsewhere, add --scope or --target"
        target = str(inspection.places.target)
        commands = _first_install(inspection)
        if len(commands) > 1:
            fix = f"{fix}. Files that differ from ours are in the way: they are kept beside ours, and you merge them"
        yield CheckFinding("installation", "error", "acolytes is not installed here", fix, target, commands)


def _first_install(inspection: Inspection, *before: str) -> tuple[str, ...]:
    """The commands that install where no manifest can be read: what the installation refuses to replace moves first."""
    install = remedies.install(inspection)
    if not install:
        return ()
    away = (remedies.move_away(inspection.places.target / name) for name in foreign_files(inspection.places))
    return *before, *away, *install


def _versions(inspection: Inspection, files: str) -> Iterator[CheckResult]:
    """The files are of the application's version."""
    message = difference(inspection.places, files)
    if message:
        fix = f"bring the files to {__version__}"
        commands = remedies.update(inspection)
        if is_newer(files, __version__):  # only a person decides that an older version replaces a newer one
            whose = ", for everybody in this project" if inspection.places.scope == "project" else ""
            call = f"acolytes update{location_arguments(inspection.places)} --downgrade"
            fix = f"get the newer application; or go back to the files of {__version__}{whose}: `{call}`"
        yield CheckFinding("versions", "error", message, fix, str(inspection.manifest_path), commands)


def files(inspection: Inspection) -> Iterator[CheckResult]:
    """Every file of the manifest is there; changed files are named, because an update keeps them."""
    if not inspection.manifest:
        return
    again = f"run `{inspection.install_command}`: it installs what is missing"
    commands: tuple[str, ...]
    for name, digest in inspection.manifest.files.items():
        path = inspection.places.target / name
        definition = name.startswith(DEFINITIONS)
        quoted = shlex.quote(str(path))
        own_again = remedies.own_again(inspection, path)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            if definition and not path.is_symlink():
                fix = f"nothing to do if you deleted it; else `{inspection.install_command} --restore`"
                message = f"{name} was deleted, and an update does not bring it back"
                yield CheckFinding("files", "info", message, fix, str(path))
            elif path.is_symlink():
                message, commands = f"{name} is a link to a file that does not exist", own_again
                yield CheckFinding("files", "error", message, "move the link away, and install", str(path), commands)
            else:
                install = remedies.install(inspection)
                yield CheckFinding("files", "error", f"{name} is missing", again, str(path), install)
            continue
        except OSError as error:
            fix = "make it a file that your user can read"
            yield CheckFinding("files", "error", f"{name} cannot be read: {error.strerror}", fix, str(path), own_again)
            continue
        if path.suffix == ".py" and (problem := _syntax_error(content)):
            fix = "get ours back; yours is kept beside it"
            yield CheckFinding("files", "error", f"{name} cannot be run: {problem}", fix, str(path), own_again)
        elif sha256(content) != digest and not content.strip():
            fix = "get ours back: move it away, and install it again"
            yield CheckFinding("files", "error", f"{name} is empty", fix, str(path), own_again)
        elif sha256(content) != digest and name not in inspection.manifest.clashes:
            back = f"{inspection.install_command}{' --restore' if definition else ''}"
            fix = f"nothing to do if you changed it; to get ours back, move it away and run `{back}`"
            message = f"{name} was changed since it was installed"
            yield CheckFinding("files", "info", message, fix, str(path))
        if path.name.startswith("quest_") and not os.access(path, os.X_OK):
            commands = (f"chmod +x {quoted}",)
            yield CheckFinding("files", "warning", f"{name} is not executable", commands[0], str(path), commands)
        if path.stat().st_mode & 0o002:
            commands = (f"chmod go-w {quoted}",)
            message = f"everybody on this machine can write to {name}"
            yield CheckFinding("files", "error", message, commands[0], str(path), commands)
    yield CheckFact("files", f"{len(inspection.manifest.files)} in the manifest")


def state(inspection: Inspection) -> Iterator[CheckResult]:
    """Only the user can read the state folder and the manifest, which has a copy of the original settings."""
    for path, mode in ((inspection.places.state, 0o700), (inspection.manifest_path, 0o600)):
        if path.exists() and path.stat().st_mode & 0o077:
            message = f"others can read it (mode {path.stat().st_mode & 0o777:o})"
            commands = (f"chmod {mode:o} {shlex.quote(str(path))}",)
            yield CheckFinding("state", "warning", message, commands[0], str(path), commands)
    journal = inspection.places.state / JOURNAL
    if journal.exists():
        message = "a change was interrupted, and half of it is here"
        fix = "run any command of acolytes: it undoes that change first"
        yield CheckFinding("state", "error", message, fix, str(journal), (remedies.acolytes(inspection, "status"),))


def conflicts(inspection: Inspection) -> Iterator[CheckResult]:
    """No conflict of an update is open."""
    manifest = inspection.manifest
    if not manifest or not manifest.clashes:
        return
    for path, clashes in sorted(open_clashes(inspection.places, manifest).items()):
        names = ", ".join(clash.name for clash in clashes)
        message = f"{path} has a conflict that is not settled: {names}"
        resolve = f"acolytes resolve{location_arguments(inspection.places)}"
        fix = f"`{resolve}` shows both texts; --theirs takes the new version, and this keeps your text"
        yield CheckFinding("conflicts", "warning", message, fix, str(inspection.places.target / path))


def baseline(inspection: Inspection) -> Iterator[CheckResult]:
    """Each definition has its record, from which an update merges your edits."""
    for name in inspection.manifest.files if inspection.manifest else ():
        path = inspection.places.state / BASELINE / name
        if name.startswith(DEFINITIONS) and not path.is_file():
            message = f"the record of {name} is missing: an update could not merge your edits"
            fix = f"run `{inspection.install_command}`: it writes the record again"
            yield CheckFinding("state", "warning", message, fix, str(path), remedies.install(inspection))
            return  # the same command mends the others


def templates(inspection: Inspection) -> Iterator[CheckResult]:
    """The folder of the user's own templates is there: an update reads it."""
    folder = missing_templates(inspection.manifest.answers) if inspection.manifest else None
    if folder:
        call = f"acolytes update{location_arguments(inspection.places)} --templates"
        message = "the folder of your own templates is gone, and an update is refused without it"
        fix = f"bring it back; or name another one with `{call} DIR`, or use ours with `{call} ''`"
        yield CheckFinding("templates", "warning", message, fix, folder)


def leftovers(inspection: Inspection) -> Iterator[CheckResult]:
    """No file of a killed run is left, and no file of others is in the folders of our programs.

    Python would import such a file in place of ours.
    """
    if not inspection.manifest:
        return
    known = set(inspection.manifest.files)
    for folder in ("acolytes/hooks", "scripts/acolytes_quest"):
        for path in sorted((inspection.places.target / folder).rglob("*.py")):
            if path.relative_to(inspection.places.target).as_posix() not in known:
                message = "this file is not ours, but in the folder of our programs, which may import it"
                fix = "move it to another folder"
                yield CheckFinding("leftovers", "warning", message, fix, str(path), (remedies.move_away(path),))
    for folder in ("agents", "skills", "acolytes", "scripts/acolytes_quest"):
        for path in sorted((inspection.places.target / folder).rglob(".*.acolytes-new")):
            commands = (f"rm -f {shlex.quote(str(path))}",)
            message = "a run that was killed left this part of a file"
            yield CheckFinding("leftovers", "warning", message, commands[0], str(path), commands)


def _syntax_error(content: bytes) -> str:
    """Why Python cannot compile a script; empty when it can."""
    try:
        compile(content, "script", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = f" in line {error.lineno}" if isinstance(error, SyntaxError) else ""
        return f"{type(error).__name__}{line}"
    return ""
