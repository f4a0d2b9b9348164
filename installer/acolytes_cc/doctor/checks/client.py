"""The client: there, new enough, and willing to run a project's hooks."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.doctor.client import OLDEST
from acolytes_cc.doctor.finding import Fact, Finding, Result
from acolytes_cc.doctor.settings_files import trusted_folders
from acolytes_cc.doctor.subject import Subject


def version(subject: Subject) -> Iterator[Result]:
    """`claude` is on PATH (or named), and of a version that was proved."""
    if subject.client is None:
        fix = "install Claude Code, put its folder on PATH, or name the program with --client"
        yield Finding("client", "warning", "no `claude` on PATH", fix)
        return
    found = subject.client_version
    if found is None:
        fix = "install Claude Code again, or name another one with --client"
        yield Finding("client", "error", "it does not say its version", fix, str(subject.client))
    elif found < OLDEST:
        told, oldest = (".".join(map(str, number)) for number in (found, OLDEST))
        message = f"version {told} is older than {oldest}, the oldest that this was proved with"
        yield Finding("client", "warning", message, "update it: claude update", str(subject.client))
    else:
        yield Fact("client", f"{'.'.join(map(str, found))} at {subject.client}")


def trust(subject: Subject) -> Iterator[Result]:
    """In project scope the client runs the hooks of definitions only where the user has trusted the folder."""
    if subject.places.scope != "project" or not subject.manifest or not subject.wants_hooks:
        return
    project = subject.project.resolve()
    if not any(folder.resolve() in (project, *project.parents) for folder in trusted_folders(subject.config)):
        message = (
            "the folder is not trusted: the client skips the hooks of its agents, so their commands ask each time, "
            "and in a quest nothing renews a lease but the board's own commands"
        )
        fix = f"start `claude` once in {project} and accept its question about trust"
        yield Finding("trust", "warning", message, fix, str(project))
