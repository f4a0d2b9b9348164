"""The client: it is there, it is new enough, and it runs the hooks of a project."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.doctor.client_run import OLDEST_CLIENT
from acolytes_cc.doctor.inspection import Inspection
from acolytes_cc.doctor.results import CheckFact, CheckFinding, CheckResult
from acolytes_cc.doctor.settings_files import trusted_folders


def version(inspection: Inspection) -> Iterator[CheckResult]:
    """`claude` is on PATH (or named with --client), and of a version that was tested."""
    if inspection.client is None:
        fix = "install Claude Code, put its folder on PATH, or name the program with --client"
        yield CheckFinding("client", "warning", "no `claude` on PATH", fix)
        return
    numbers = inspection.client_version
    if numbers is None:
        fix = "install Claude Code again, or name another client with --client"
        yield CheckFinding("client", "error", "it does not print its version", fix, str(inspection.client))
    elif numbers < OLDEST_CLIENT:
        message = (
            f"version {_text(numbers)} is older than {_text(OLDEST_CLIENT)}, the oldest that acolytes is tested with"
        )
        yield CheckFinding("client", "warning", message, "update it: claude update", str(inspection.client))
    else:
        yield CheckFact("client", f"{_text(numbers)} at {inspection.client}")


def trust(inspection: Inspection) -> Iterator[CheckResult]:
    """In project scope the user trusts the folder: else the client does not run the hooks of its definitions."""
    if inspection.places.scope != "project" or not inspection.manifest or not inspection.wants_hooks:
        return
    project = inspection.project.resolve()
    if not any(folder.resolve() in (project, *project.parents) for folder in trusted_folders(inspection.config)):
        message = (
            "the folder is not trusted, so the client skips the hooks of its agents: their commands ask each time, and "
            "in a quest only the board's own commands renew a lease"
        )
        fix = f"start `claude` once in {project} and accept its question about trust"
        yield CheckFinding("trust", "warning", message, fix, str(project))


def _text(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
