"""The installation's own files: there, unchanged, and private where they have to be."""

from __future__ import annotations

import os
from collections.abc import Iterator

from acolytes_cc.doctor.finding import Fact, Finding, Result
from acolytes_cc.doctor.subject import Subject
from acolytes_cc.errors import UserError
from acolytes_cc.install.files import sha256
from acolytes_cc.install.manifest import read_manifest

DEFINITIONS = ("agents/", "skills/")


def installation(subject: Subject) -> Iterator[Result]:
    """Something of ours is installed, and its manifest can be read."""
    path = str(subject.manifest_path)
    try:
        manifest = read_manifest(subject.places)
    except UserError as error:
        fix = f"restore the file from a backup, or move it away and run `acolytes install{options(subject)}`"
        yield Finding("installation", "error", str(error).removeprefix(f"{path} "), fix, path)
        return
    if manifest:
        yield Fact("installation", f"{manifest.version} in {subject.places.target}, scope {manifest.scope}")
        if manifest.scope != subject.places.scope:
            message = f"it was installed with scope {manifest.scope}, and is looked at with {subject.places.scope}"
            fix = f"say `acolytes doctor --scope {manifest.scope} --target {subject.places.target}`"
            yield Finding("installation", "error", message, fix, path)
    elif subject.plugins:
        yield Fact("installation", f"as the plugin {', '.join(subject.plugins)}; nothing in {subject.places.target}")
    else:
        fix = f"run `acolytes install{options(subject)}`; if it is elsewhere, name it with --scope and --target"
        yield Finding("installation", "error", "nothing of ours is installed here", fix, str(subject.places.target))


def files(subject: Subject) -> Iterator[Result]:
    """Every file of the manifest is there; what was changed is named, for an update will not touch it."""
    if not subject.manifest:
        return
    again = f"run `acolytes install{options(subject)}`: it puts back what is missing"
    for name, digest in subject.manifest.files.items():
        path = subject.places.target / name
        definition = name.startswith(DEFINITIONS)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            if definition:
                fix = f"nothing to do if you deleted it; else `acolytes install{options(subject)} --restore`"
                yield Finding("files", "info", f"{name} was deleted, and stays so", fix, str(path))
            else:
                yield Finding("files", "error", f"{name} is missing", again, str(path))
            continue
        except OSError as error:
            fix = "make it a file again that your user may read"
            yield Finding("files", "error", f"{name} cannot be read: {error.strerror}", fix, str(path))
            continue
        if sha256(content) != digest:
            fix = "nothing to do if that was you; to get ours back, move it away, uninstall and install again"
            yield Finding("files", "info", f"{name} was changed since it was installed", fix, str(path))
        if path.name.startswith("quest_") and not os.access(path, os.X_OK):
            yield Finding("files", "warning", f"{name} cannot be started by its name", f"chmod +x {path}", str(path))
    yield Fact("files", f"{len(subject.manifest.files)} in the manifest")


def state(subject: Subject) -> Iterator[Result]:
    """The state folder and the manifest are the user's alone: they name files and hold the original settings."""
    for path, mode in ((subject.places.state, 0o700), (subject.manifest_path, 0o600)):
        if path.exists() and path.stat().st_mode & 0o077:
            message = f"others can read it (mode {path.stat().st_mode & 0o777:o})"
            yield Finding("state", "warning", message, f"chmod {mode:o} {path}", str(path))


def options(subject: Subject) -> str:
    """The options with which a command finds this installation."""
    from acolytes_cc.install.places import find_places

    scope = "" if subject.places.scope == "user" else " --scope project"
    try:
        usual = find_places(subject.places.scope, None).target
    except UserError:
        usual = None
    return scope if usual == subject.places.target else f"{scope} --target {subject.places.target}"
