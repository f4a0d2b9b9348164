"""The verb uninstall."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.confirmation import Dialog
from acolytes_cc.install.disk.places import MANIFEST, Places, Scope, find_places, location_arguments
from acolytes_cc.install.options import OutputFormat, confirmation_options, location_hint, location_options
from acolytes_cc.one_choice import OneChoice
from acolytes_cc.show import show
from acolytes_cc.signals import signals_held

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acolytes_cc.install.disk.boards import BoardFile
    from acolytes_cc.install.disk.manifest import Manifest
    from acolytes_cc.install.removal.report import UninstallReport


@click.command(short_help="Remove what was installed.", cls=OneChoice)
@location_options
@confirmation_options
@click.option("--purge", is_flag=True, help="Delete the quest boards too. This cannot be undone.")
def uninstall(scope: Scope, target: str | None, output: OutputFormat, *, dry_run: bool, yes: bool, purge: bool) -> int:
    """Remove what was installed. Files that you changed stay, and so do quest boards."""
    from acolytes_cc.install.application import registry
    from acolytes_cc.install.disk.boards import existing_boards
    from acolytes_cc.install.disk.manifest import read_manifest
    from acolytes_cc.install.exclusive import exclusive
    from acolytes_cc.install.removal.apply import files_to_keep
    from acolytes_cc.install.removal.report import UninstallReport

    places = find_places(scope, target)
    dialog = Dialog(output, yes)
    with exclusive(places.target):
        manifest = read_manifest(places)
        _refuse_lost(places)
        places = Places(manifest.scope if manifest else scope, places.target)
        boards = existing_boards(places)
        to_purge = [board for board in boards if board.is_in(places) or not board.has_other_owner] if purge else []
        if manifest is None and not to_purge:
            _check_something_to_remove(places)
        files = manifest.files if manifest else {}
        kept = files_to_keep(places, manifest) if manifest else []
        entries = [f"our entries in {places.settings.name}"] if manifest and manifest.settings else []
        beside = [registry.ALL] if registry.goes_with(places.target) else []
        report = UninstallReport(
            target=places.target,
            scope=places.scope,
            dry_run=dry_run,
            removed=sorted(path for path in files if path not in kept and os.path.lexists(places.target / path)),
            kept=kept,
            purged=[str(path) for board in to_purge for path in board.files],
            boards=[str(board.path) for board in boards if board not in to_purge],
            beside=[*entries, *beside],
        )
        if not dry_run:
            if to_purge and not yes and not dialog.is_interactive:
                raise UserError(f"--purge deletes {to_purge[0].path} permanently: add --yes to confirm")
            what = [f"{len(report.removed)} files from {places.target}", *beside]
            question = f"Remove {', and '.join(what)}?"
            if not dialog.confirms(question, report.plan_lines(), default=not to_purge):
                return Exit.INTERRUPTED
            report = _uninstall(places, manifest, to_purge, report)
    show(output, report.to_json(), report.lines())
    return Exit.FINE


def _refuse_lost(places: Places) -> None:
    """UserError where the application would go, and files that nobody lists would stay."""
    from acolytes_cc.install.planning.rebuilt import is_lost

    if is_lost(places):
        call = f"acolytes install{location_arguments(places)} && acolytes uninstall{location_arguments(places)}"
        reason = f"{places.target / MANIFEST} is gone, which lists the files of acolytes that are still there"
        raise UserError(f"nothing was removed: {reason}; run `{call}`", Exit.CANNOT)


def _check_something_to_remove(places: Places) -> None:
    """UserError where neither an installation nor the last trace of one is left."""
    from acolytes_cc.install.application import registry
    from acolytes_cc.install.transaction.recovery import remove_state

    remove_state(places.target, registry)
    users = registry.read_users()
    if not users.targets or set(users.existing) - {str(places.target)}:
        raise UserError(f"acolytes is not installed in {places.target}{location_hint(places)}")


def _uninstall(
    places: Places, manifest: Manifest | None, to_purge: Sequence[BoardFile], report: UninstallReport
) -> UninstallReport:
    from acolytes_cc.install.application import registry
    from acolytes_cc.install.removal.apply import remove

    registry.read_users()  # a damaged record is reported before anything is removed
    inside = [board for board in to_purge if board.is_in(places)] if manifest else []
    lines: list[str] = []

    def all_else() -> None:
        # No journal covers what is outside the target. So these boards go last: until then, the same command can be run
        # again.
        for board in to_purge:
            if board not in inside:
                board.purge()
        lines.append(registry.remove_user(places.target))

    if manifest:
        for board in inside:
            board.remove_bells()
        paths = [path.relative_to(places.target).as_posix() for board in inside for path in board.files]
        report = report._replace(kept=remove(places, manifest, paths, all_else))
    else:
        with signals_held():
            all_else()
    return report._replace(application=lines[0])
