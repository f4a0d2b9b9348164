"""The verbs that take back: uninstall and rollback."""

from __future__ import annotations

import json
from typing import Any

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install import report
from acolytes_cc.install.options import confirmed, elsewhere, has_somebody_to_ask, where, writes
from acolytes_cc.install.places import IGNORE, Places, Scope, find_places


@click.command()
@where
@writes
@click.option("--purge", is_flag=True, help="Delete the quest boards, too; this cannot be undone.")
def uninstall(scope: Scope, target: str | None, output: str, dry_run: bool, yes: bool, purge: bool) -> int:
    """Take it all away; what you changed stays, and so do quest boards."""
    from acolytes_cc.install import application
    from acolytes_cc.install.apply import kept_at_removal, remove
    from acolytes_cc.install.boards import known_boards
    from acolytes_cc.install.manifest import read_manifest
    from acolytes_cc.install.transaction import finish, locked, recover

    places = find_places(scope, target)
    with locked(places.target):
        recover(places.target)
        manifest = read_manifest(places)
        places = Places(manifest.scope if manifest else scope, places.target)
        boards = known_boards(places)
        doomed = [board for board in boards if board.is_in(places) or not board.is_anothers] if purge else []
        if manifest is None and not doomed:
            finish(places.target)
            known = application.users()
            if not known.targets or set(known.living) - {str(places.target)}:
                raise UserError(f"nothing of ours is installed in {places.target}{elsewhere(places)}")
        files = manifest.files if manifest else {}
        kept = kept_at_removal(places, manifest) if manifest else []
        shown: dict[str, Any] = {
            "target": str(places.target),
            "scope": places.scope,
            "dry_run": dry_run,
            "removed": sorted(path for path in files if path not in kept),
            "kept": kept,
            "purged": [str(path) for board in doomed for path in board.files],
            "boards": [str(board.path) for board in boards if board not in doomed],
            "application": "",
        }
        if not dry_run:
            if doomed and not yes and not has_somebody_to_ask(yes, output):
                raise UserError(f"--purge deletes {doomed[0].path} for good: say --yes if you mean it")
            beside = ", and the application with its environment" if application.goes_with(places.target) else ""
            question = f"Remove {len(shown['removed'])} files from {places.target}{beside}?"
            if not confirmed(yes, output, question, report.purge_lines(shown), default=not doomed):
                return Exit.FINE
            application.users()  # a damaged record is said before anything is removed
            if manifest:
                ours = [board for board in doomed if board.is_in(places)]
                for board in ours:
                    board.silence()
                inside = [path.relative_to(places.target).as_posix() for board in ours for path in board.files]
                shown["kept"] = remove(places, manifest, inside)
                doomed = [board for board in doomed if board not in ours]
            # No journal reaches beyond the target. So these go when all else went well, and while one is there the same
            # command can be called again.
            for board in doomed:
                board.purge()
            shown["application"] = application.remove_user(places.target)
    click.echo(json.dumps(shown, indent=1) if output == "json" else "\n".join(report.uninstalled(shown)))
    return Exit.FINE


@click.command()
@click.argument("steps", type=click.IntRange(1, 5), default=1)
@where
@writes
def rollback(scope: Scope, target: str | None, output: str, dry_run: bool, yes: bool, steps: int) -> int:
    """Go back over the last STEPS changes (default 1, at most 5)."""
    from acolytes_cc.install import application
    from acolytes_cc.install.apply import hides_board
    from acolytes_cc.install.manifest import read_manifest
    from acolytes_cc.install.transaction import commit, finish, locked, recover, way_back

    places = find_places(scope, target)
    with locked(places.target):
        recover(places.target)
        changes, kept = way_back(places.target, steps)
        if hides_board(places):
            changes = [change for change in changes if change.content is not None or change.path != IGNORE]
        shown: dict[str, Any] = {
            "target": str(places.target),
            "dry_run": dry_run,
            "restored": [change.path for change in changes if change.content is not None],
            "removed": [change.path for change in changes if change.content is None],
            "kept": kept,
        }
        if changes and not dry_run:
            if not confirmed(yes, output, f"Go back by {steps} in {places.target}?", report.went_back(shown)):
                return Exit.FINE
            manifest = read_manifest(places)
            commit(places.target, changes, leave=manifest.folders if manifest else [])
            if read_manifest(places) is None:
                finish(places.target)
                shown["application"] = application.remove_user(places.target)
    click.echo(json.dumps(shown, indent=1) if output == "json" else "\n".join(report.went_back(shown)))
    return Exit.FINE
