"""The verbs that only show something: status and list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.answers.questions import Answers, missing_templates
from acolytes_cc.install.application.versions import application_json, application_lines, note_difference
from acolytes_cc.install.disk.places import Places, Scope, find_places, location_arguments
from acolytes_cc.install.options import (
    OutputFormat,
    agent_name,
    format_options,
    is_selected,
    location_hint,
    location_options,
    only_option,
)
from acolytes_cc.one_choice import OneChoice
from acolytes_cc.show import show

if TYPE_CHECKING:
    from acolytes_cc.install.disk.manifest import Manifest


class StatusReport(NamedTuple):
    """The state of one installation; paths are relative to the target."""

    target: str
    scope: Scope
    version: str
    newest: str
    application: dict[str, str | None]
    answers: Answers
    files: int
    changed: list[str]
    deleted: list[str]
    conflicts: list[str]
    unshared: list[str]
    """what is edited in a project before its first commit, so that the next update could not merge it"""
    templates_missing: str | None
    """the folder of the user's own templates, when it is gone"""
    steps_back: int
    steps_forward: int
    changes_back: list[str]
    """when the changes were made that each step back undoes, the nearest first"""
    changes_forward: list[str]
    """when the changes were undone that each step ahead does again"""

    def lines(self) -> list[str]:
        """The report for a person."""
        places = Places(self.scope, Path(self.target))
        arguments = location_arguments(places)
        head = f"{self.version} in {self.target} ({self.scope} scope), {self.files} files"
        groups = {"changed": self.changed, "deleted": self.deleted, "conflict": self.conflicts}
        counts = [f"{len(paths)} {name}" for name, paths in groups.items() if paths]
        head += f": {', '.join(counts)}" if counts else ""
        lines = [f"  {name:<10} {path}" for name, paths in groups.items() for path in paths]
        if self.unshared:
            call = f"acolytes update{arguments}"
            lines.append(f"  before you commit what you edited, run: {call}; later updates can then merge it")
        if self.templates_missing:
            lines.append(f"  templates  {self.templates_missing} is gone: an update needs --templates DIR")
        if self.conflicts:
            lines.append(f"  to see the conflicts and settle them, run: acolytes resolve{arguments}")
        return [
            head,
            *lines,
            f"  acolytes rollback{arguments} can go back {_states(self.steps_back)}",
            *_step_lines("to before the change of", self.changes_back),
            *(
                [f"  acolytes forward{arguments} can go ahead {_states(self.steps_forward)}"]
                if self.steps_forward
                else []
            ),
            *_step_lines("to before you went back on", self.changes_forward),
            *application_lines(places),
        ]


class InstallationRow(NamedTuple):
    """One installation in the list of all."""

    target: str
    scope: str
    version: str
    agents: list[str]


@click.command(cls=OneChoice)
@location_options
@only_option
def status(scope: Scope, target: str | None, output: OutputFormat, only: str | None) -> int:
    """Show what is installed here, and which files you changed."""
    from acolytes_cc import __version__
    from acolytes_cc.install.disk.files import digest
    from acolytes_cc.install.disk.manifest import read_manifest
    from acolytes_cc.install.exclusive import exclusive
    from acolytes_cc.install.transaction.records import AHEAD, BACK, changed_at, states

    places = find_places(scope, target)
    with exclusive(places.target):
        pass  # undoes an install that was killed
    manifest = read_manifest(places)
    if manifest is None:
        from acolytes_cc.install.planning.rebuilt import refuse_lost

        refuse_lost(places)
        raise UserError(f"acolytes is not installed in {places.target}{location_hint(places)}")
    note_difference(places, manifest.version)
    back, ahead = (list(map(changed_at, states(places.target, stack))) for stack in (BACK, AHEAD))
    on_disk = {path: digest(places.target / path) for path in manifest.files if is_selected(path, only)}
    changed = [path for path, disk in on_disk.items() if disk not in (None, manifest.files[path])]
    report = StatusReport(
        target=str(places.target),
        scope=manifest.scope,
        version=manifest.version,
        newest=__version__,
        application=application_json(places),
        answers=manifest.answers,
        files=len(on_disk),
        changed=changed,
        deleted=[path for path, disk in on_disk.items() if disk is None],
        conflicts=[path for path in _open_clashes(places, manifest) if is_selected(path, only)],
        unshared=_unshared(places, changed),
        templates_missing=missing_templates(manifest.answers),
        steps_back=len(back),
        steps_forward=len(ahead),
        changes_back=[moment.isoformat(timespec="seconds") for moment in back],
        changes_forward=[moment.isoformat(timespec="seconds") for moment in ahead],
    )
    show(output, report._asdict(), report.lines())
    return Exit.FINE


@click.command("list", cls=OneChoice)
@only_option
@format_options
def list_command(output: OutputFormat, only: str | None) -> int:
    """List your installations and their agents."""
    from acolytes_cc.install.application import registry
    from acolytes_cc.install.disk.manifest import read_manifest
    from acolytes_cc.install.exclusive import exclusive

    # an install that was killed early is not yet in the record, so the usual target is added
    for folder in {find_places("user", None).target, *map(Path, registry.read_users().existing)}:
        with exclusive(folder):
            pass
    rows = []
    for target in registry.read_users().existing:
        manifest = read_manifest(Places("user", Path(target)))
        if manifest:
            note_difference(Places(manifest.scope, Path(target)), manifest.version)
            paths = [path for path in manifest.files if path.startswith("agents/") and Path(target, path).exists()]
            agents = [agent_name(path) for path in paths if is_selected(path, only)]
            rows.append(InstallationRow(target, manifest.scope, manifest.version, agents))
    lines = [f"{row.target} ({row.scope} scope, {row.version}): {', '.join(row.agents)}" for row in rows]
    json_rows = [row._asdict() for row in rows]
    show(output, json_rows, lines or ["nothing is installed"])
    return Exit.FINE


def _unshared(places: Places, changed: list[str]) -> list[str]:
    from acolytes_cc.install.disk.shared import read_shared, unshared

    shared = read_shared(places)
    return unshared(places, shared, changed) if shared else []


def _open_clashes(places: Places, manifest: Manifest) -> list[str]:
    if not manifest.clashes:
        return []
    from acolytes_cc.install.conflicts.open_clashes import open_clashes

    return sorted(open_clashes(places, manifest))


def _step_lines(effect: str, moments: list[str]) -> list[str]:
    """A line for each step: what it is about, and when that was."""
    return [f"    {number}  {effect} {time[:16].replace('T', ' ')}" for number, time in enumerate(moments, 1)]


def _states(count: int) -> str:
    return f"{count} {'state' if count == 1 else 'states'}"
