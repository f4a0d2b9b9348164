"""The verbs that take back: uninstall and rollback."""

from __future__ import annotations

import json
from typing import Any

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install import report
from acolytes_cc.install.options import confirmed, elsewhere, where, writes
from acolytes_cc.install.places import Places, Scope, find_places


@click.command()
@where
@writes
def uninstall(scope: Scope, target: str | None, output: str, dry_run: bool, yes: bool) -> int:
    """Take it all away; what you changed stays."""
    from acolytes_cc.install import application
    from acolytes_cc.install.apply import kept_at_removal, remove
    from acolytes_cc.install.manifest import read_manifest
    from acolytes_cc.install.transaction import finish, locked, recover

    places = find_places(scope, target)
    with locked(places.target):
        recover(places.target)
        manifest = read_manifest(places)
        if manifest is None:
            finish(places.target)
            known = application.users()
            if not known.targets or set(known.living) - {str(places.target)}:
                raise UserError(f"nothing of ours is installed in {places.target}{elsewhere(places)}")
        files = manifest.files if manifest else {}
        places = Places(manifest.scope if manifest else scope, places.target)
        kept = kept_at_removal(places, manifest) if manifest else []
        shown: dict[str, Any] = {
            "target": str(places.target),
            "scope": places.scope,
            "dry_run": dry_run,
            "removed": sorted(path for path in files if path not in kept),
            "kept": kept,
            "application": "",
        }
        if not dry_run:
            if not confirmed(yes, output, f"Remove {len(shown['removed'])} files from {places.target}?", []):
                return Exit.FINE
            application.users()  # a damaged record is said before anything is removed
            if manifest:
                shown["kept"] = remove(places, manifest)
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
    from acolytes_cc.install.manifest import read_manifest
    from acolytes_cc.install.transaction import commit, finish, locked, recover, way_back

    places = find_places(scope, target)
    with locked(places.target):
        recover(places.target)
        changes, kept = way_back(places.target, steps)
        shown: dict[str, Any] = {
            "target": str(places.target),
            "dry_run": dry_run,
            "restored": [change.path for change in changes if change.content is not None],
            "removed": [change.path for change in changes if change.content is None],
            "kept": kept,
        }
        if not dry_run:
            if not confirmed(yes, output, f"Go back by {steps} in {places.target}?", report.went_back(shown)):
                return Exit.FINE
            manifest = read_manifest(places)
            commit(places.target, changes, leave=manifest.folders if manifest else [])
            if read_manifest(places) is None:
                finish(places.target)
                shown["application"] = application.remove_user(places.target)
    click.echo(json.dumps(shown, indent=1) if output == "json" else "\n".join(report.went_back(shown)))
    return Exit.FINE
