"""The verbs that only look: status and list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.options import agent_name, elsewhere, is_wanted, looked_at, where
from acolytes_cc.install.places import CONFLICTS, Places, Scope, find_places


@click.command()
@where
@looked_at
def status(scope: Scope, target: str | None, output: str, only: str | None) -> int:
    """Say what is installed here, and what you changed of it."""
    from acolytes_cc import __version__
    from acolytes_cc.install.manifest import read_manifest
    from acolytes_cc.install.transaction import digest, snapshots

    places = find_places(scope, target)
    _mend(places.target)
    manifest = read_manifest(places)
    if manifest is None:
        raise UserError(f"nothing of ours is installed in {places.target}{elsewhere(places)}")
    found = {path: digest(places.target / path) for path in manifest.files if is_wanted(path, only)}
    shown: dict[str, Any] = {
        "target": str(places.target),
        "scope": manifest.scope,
        "version": manifest.version,
        "newest": __version__,
        "answers": manifest.answers,
        "files": len(found),
        "changed": [path for path, disk in found.items() if disk not in (None, manifest.files[path])],
        "deleted": [path for path, disk in found.items() if disk is None],
        "conflicts": [path for path in _conflicts(places) if is_wanted(path, only)],
        "steps_back": len(snapshots(places.target)),
    }
    click.echo(json.dumps(shown, indent=1) if output == "json" else "\n".join(_status_lines(shown)))
    return Exit.FINE


@click.command("list")
@looked_at
@click.option("--json", "output", flag_value="json", help="Short for --format json.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_command(output: str, only: str | None) -> int:
    """List the installations of this user, and their agents."""
    from acolytes_cc.install import application
    from acolytes_cc.install.manifest import read_manifest

    shown = []
    # an installation that was killed at its beginning is in no record yet
    for folder in {find_places("user", None).target, *map(Path, application.users().living)}:
        _mend(folder)
    for target in application.users().living:
        manifest = read_manifest(Places("user", Path(target)))
        if manifest:
            ours = [path for path in manifest.files if path.startswith("agents/") and Path(target, path).exists()]
            agents = [agent_name(path) for path in ours if is_wanted(path, only)]
            shown.append({"target": target, "scope": manifest.scope, "version": manifest.version, "agents": agents})
    lines = [f"{one['target']} ({one['scope']}, {one['version']}): {', '.join(one['agents'])}" for one in shown]
    click.echo(json.dumps(shown, indent=1) if output == "json" else "\n".join(lines) or "nothing is installed")
    return Exit.FINE


def _mend(target: Path) -> None:
    """Undo a change that was cut short, as whatever is called next does."""
    from acolytes_cc.install.transaction import locked, recover

    with locked(target):
        recover(target)


def _conflicts(places: Places) -> list[str]:
    folder = places.state / CONFLICTS
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _status_lines(shown: dict[str, Any]) -> list[str]:
    newer = "" if shown["version"] == shown["newest"] else f"; {shown['newest']} is here: acolytes update"
    head = f"{shown['version']} in {shown['target']} ({shown['scope']} scope), {shown['files']} files{newer}"
    lines = [f"  {word:<10} {path}" for word in ("changed", "deleted", "conflicts") for path in shown[word]]
    return [head, *lines, f"  steps that rollback can go back: {shown['steps_back']}"]
