"""The verbs rollback and forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.application.versions import note_difference
from acolytes_cc.install.confirmation import Dialog
from acolytes_cc.install.disk.places import IGNORE, MANIFEST, Places, Scope, find_places, location_arguments
from acolytes_cc.install.options import OutputFormat, confirmation_options, location_options
from acolytes_cc.one_choice import OneChoice
from acolytes_cc.show import show

if TYPE_CHECKING:
    from acolytes_cc.install.disk.manifest import Manifest
    from acolytes_cc.install.going_back.plan import RollbackPlan, Step


@click.command(short_help="Go back to the state before the last change.", cls=OneChoice)
@click.argument("states", type=click.IntRange(1, 5), default=1)
@location_options
@confirmation_options
def rollback(scope: Scope, target: str | None, output: OutputFormat, states: int, *, dry_run: bool, yes: bool) -> int:
    """Go back STATES states (default 1, at most 5).

    Each install, update or resolve that changed files made a state. Files that you changed since stay as they are.
    """
    from acolytes_cc.install.transaction.records import BACK

    return _go(find_places(scope, target), BACK, states, Dialog(output, yes), dry_run=dry_run)


@click.command(short_help="Go ahead again after a rollback.", cls=OneChoice)
@click.argument("states", type=click.IntRange(1, 5), default=1)
@location_options
@confirmation_options
def forward(scope: Scope, target: str | None, output: OutputFormat, states: int, *, dry_run: bool, yes: bool) -> int:
    """Go ahead STATES states again after a rollback (default 1, at most 5).

    A new install, update or resolve drops the states ahead.
    """
    from acolytes_cc.install.transaction.records import AHEAD

    return _go(find_places(scope, target), AHEAD, states, Dialog(output, yes), dry_run=dry_run)


def _go(places: Places, stack: str, count: int, dialog: Dialog, *, dry_run: bool) -> int:
    from acolytes_cc.install.application import registry
    from acolytes_cc.install.disk.manifest import read_manifest
    from acolytes_cc.install.exclusive import exclusive
    from acolytes_cc.install.going_back.plan import plan_rollback
    from acolytes_cc.install.going_back.report import RollbackReport
    from acolytes_cc.install.planning.rebuilt import refuse_lost

    with exclusive(places.target):
        refuse_lost(places)
        plan = _without_ignore_file(places, plan_rollback(places.target, count, stack))
        manifest = read_manifest(places)
        report = RollbackReport(places, stack, count, dry_run, plan, manifest.version if manifest else None)
        _refuse_rest(places, plan, report.version, manifest)
        if report.version is None and registry.goes_with(places.target):
            report = report._replace(beside=[registry.ALL])
        if not dry_run:
            if not dialog.confirms(report.question, report.plan_lines()):
                return Exit.INTERRUPTED
            report = report._replace(application=go_over(places, plan))
        left = read_manifest(places)
    show(dialog.output, report.to_json(), report.lines())
    if left and not dry_run:
        note_difference(places, left.version)
    return Exit.FINE


def _refuse_rest(places: Places, plan: RollbackPlan, version: str | None, manifest: Manifest | None) -> None:
    """UserError where nothing would be installed any more, although files of ours would stay, listed nowhere."""
    known = {*plan.kept, *(change.path for change in plan.changes), IGNORE}
    files = manifest.files if manifest and version is None else ()
    if any(path not in known and (places.target / path).exists() for path in files):
        raise UserError(
            f"cannot go back in {places.target}: the record of the first installation is lost; to remove everything, "
            f"run `acolytes uninstall{location_arguments(places)}`",
            Exit.CANNOT,
        )


def _without_ignore_file(places: Places, plan: RollbackPlan) -> RollbackPlan:
    """Keep the file that hides our state folder from git as long as a quest board is in there."""
    from acolytes_cc.install.removal.apply import has_board

    def kept(step: Step) -> Step:
        changes = [change for change in step.changes if change.content is not None or change.path != IGNORE]
        return step._replace(changes=changes)

    return plan._replace(steps=[kept(step) for step in plan.steps]) if has_board(places) else plan


def go_over(places: Places, plan: RollbackPlan) -> str | None:
    """Make the changes; returns one line about the application where nothing is installed afterwards.

    Each step is a transaction: when the process is killed between two, the state between them is left.
    """
    from acolytes_cc.install.application import registry
    from acolytes_cc.install.disk.manifest import read_manifest
    from acolytes_cc.install.transaction.commit import commit
    from acolytes_cc.install.transaction.recovery import remove_state

    for step in plan.steps:
        manifest = read_manifest(places)
        is_last = any(change.path == MANIFEST and change.content is None for change in step.changes)
        folders = manifest.folders if manifest else []
        lines: list[str] = []

        def remove_rest(lines: list[str] = lines) -> None:
            remove_state(places.target, registry)
            lines.append(registry.remove_user(places.target))

        tidy = remove_rest if is_last else lambda: None
        commit(places.target, step.changes, registry, folders_to_remove=folders, place=step.place, tidy=tidy)
        if is_last:
            return lines[0]
    return None
