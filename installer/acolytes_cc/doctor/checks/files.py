"""The installation's own files: present, unchanged, and private where they must be."""

from __future__ import annotations

import os
from collections.abc import Iterator

from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFact, CheckFinding, CheckResult
from acolytes_cc.errors import UserError
from acolytes_cc.install.files import sha256
from acolytes_cc.install.manifest import read_manifest
from acolytes_cc.install.places import DEFINITIONS


def installation(inspection: Inspection) -> Iterator[CheckResult]:
    """Something is installed, and its manifest can be read."""
    path = str(inspection.manifest_path)
    try:
        manifest = read_manifest(inspection.places)
    except UserError as error:
        fix = f"restore the file from a backup, or move it away and run `{inspection.install_command}`"
        yield CheckFinding("installation", "error", str(error).removeprefix(f"{path} "), fix, path)
        return
    if manifest:
        yield CheckFact("installation", f"{manifest.version} in {inspection.places.target}, scope {manifest.scope}")
        if manifest.scope != inspection.places.scope:
            message = (
                f"it was installed with scope {manifest.scope}, but is checked with scope {inspection.places.scope}"
            )
            fix = f"run `acolytes doctor --scope {manifest.scope} --target {inspection.places.target}`"
            yield CheckFinding("installation", "error", message, fix, path)
    elif inspection.plugins:
        yield CheckFact(
            "installation", f"as the plugin {', '.join(inspection.plugins)}; nothing in {inspection.places.target}"
        )
    else:
        fix = f"run `{inspection.install_command}`; if it is elsewhere, add --scope or --target"
        yield CheckFinding(
            "installation", "error", "acolytes is not installed here", fix, str(inspection.places.target)
        )


def files(inspection: Inspection) -> Iterator[CheckResult]:
    """Every file of the manifest is there; changed files are named, because an update keeps them."""
    if not inspection.manifest:
        return
    again = f"run `{inspection.install_command}`: it installs what is missing"
    for name, digest in inspection.manifest.files.items():
        path = inspection.places.target / name
        definition = name.startswith(DEFINITIONS)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            if definition:
                fix = f"nothing to do if you deleted it; else `{inspection.install_command} --restore`"
                yield CheckFinding(
                    "files", "info", f"{name} was deleted, and an update does not bring it back", fix, str(path)
                )
            else:
                yield CheckFinding("files", "error", f"{name} is missing", again, str(path))
            continue
        except OSError as error:
            fix = "make it a file that your user can read"
            yield CheckFinding("files", "error", f"{name} cannot be read: {error.strerror}", fix, str(path))
            continue
        if sha256(content) != digest:
            fix = "nothing to do if you changed it; to get ours back, move it away, uninstall and install again"
            yield CheckFinding("files", "info", f"{name} was changed since it was installed", fix, str(path))
        if path.name.startswith("quest_") and not os.access(path, os.X_OK):
            yield CheckFinding("files", "warning", f"{name} is not executable", f"chmod +x {path}", str(path))
    yield CheckFact("files", f"{len(inspection.manifest.files)} in the manifest")


def state(inspection: Inspection) -> Iterator[CheckResult]:
    """Only the user can read the state folder and the manifest, which has a copy of the original settings."""
    for path, mode in ((inspection.places.state, 0o700), (inspection.manifest_path, 0o600)):
        if path.exists() and path.stat().st_mode & 0o077:
            message = f"others can read it (mode {path.stat().st_mode & 0o777:o})"
            yield CheckFinding("state", "warning", message, f"chmod {mode:o} {path}", str(path))
