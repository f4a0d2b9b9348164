"""The verbs ``acolytes install`` and ``acolytes uninstall``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.places import Places, Scope, base_interpreter, data_home, find_places

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _common(function: _Function) -> _Function:
    """The options that say where, how to answer, and whether to act."""
    options = [
        click.option(
            "--scope",
            type=click.Choice(["user", "project"]),
            default="user",
            show_default=True,
            help="For you in every project, or for everybody in this one.",
        ),
        click.option(
            "--target",
            type=click.Path(path_type=Path, file_okay=True),
            help="The configuration folder itself.  [default: $CLAUDE_CONFIG_DIR, else ~/.claude; project: .claude]",
        ),
        click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing."),
        click.option("--yes", "-y", is_flag=True, help="Do not ask."),
        click.option("--json", "as_json", is_flag=True, help="Short for --format json."),
        click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@click.command()
@_common
def install(scope: Scope, target: Path | None, dry_run: bool, yes: bool, as_json: bool, output: str) -> int:
    """Install agents, skills, quest scripts and hooks."""
    from acolytes_cc.install import application
    from acolytes_cc.install.apply import apply
    from acolytes_cc.install.hook_entries import settings_entries
    from acolytes_cc.install.manifest import read_manifest
    from acolytes_cc.install.plan import make_plan
    from acolytes_cc.install.render import render
    from acolytes_cc.resources import data_path

    places = find_places(scope, target)
    old = read_manifest(places.manifest)
    if old and old.scope != scope:
        raise UserError(f"{places.target} holds an installation of {old.scope} scope: uninstall that one first")
    answers = dict(old.answers) if old else {}
    files = render(places, answers)
    hooks = places.state / "hooks" if scope == "user" else data_path("hooks")
    entries = settings_entries(base_interpreter(), hooks, application.launchers_folder())
    plan = make_plan(places, files, entries, old)
    as_json = as_json or output == "json"
    if plan.changes and not dry_run:
        if not _confirmed(yes or as_json, f"Install into {places.target}?", plan_lines(plan.to_json())):
            return Exit.FINE
        apply(plan, answers, old)
    if not dry_run:
        application.add_user(places.target)
    report = {**plan.to_json(), "dry_run": dry_run}
    click.echo(json.dumps(report, indent=1) if as_json else "\n".join(_installed(report)))
    return Exit.FINE


@click.command()
@_common
def uninstall(scope: Scope, target: Path | None, dry_run: bool, yes: bool, as_json: bool, output: str) -> int:
    """Take it all away; what you changed stays."""
    from acolytes_cc.install import application
    from acolytes_cc.install.apply import remove
    from acolytes_cc.install.manifest import read_manifest

    places = find_places(scope, target)
    manifest = read_manifest(places.manifest)
    if manifest is None:
        raise UserError(f"nothing of ours is installed in {places.target}{_elsewhere(places)}")
    places = Places(manifest.scope, places.target)
    as_json = as_json or output == "json"
    report: dict[str, Any] = {
        "target": str(places.target),
        "scope": places.scope,
        "dry_run": dry_run,
        "removed": sorted(manifest.files),
        "kept": [],
        "application": "",
    }
    if not dry_run:
        if not _confirmed(yes or as_json, f"Remove {len(manifest.files)} files from {places.target}?", []):
            return Exit.FINE
        report["kept"] = remove(places, manifest)
        report["removed"] = [path for path in report["removed"] if path not in report["kept"]]
        report["application"] = application.remove_user(places.target)
    click.echo(json.dumps(report, indent=1) if as_json else "\n".join(_uninstalled(report)))
    return Exit.FINE


def _confirmed(given: bool, question: str, lines: list[str]) -> bool:
    """Ask on a terminal; elsewhere there is nobody to ask, and everything can be undone."""
    if given or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    for line in lines:
        click.echo(line)
    if click.confirm(question, default=True):
        return True
    click.echo("nothing was changed")
    return False


# of these folders people want to know how many files there are, not which
_COUNTED = {"scripts": "quest scripts", "acolytes": "hook scripts"}


def plan_lines(report: dict[str, Any]) -> list[str]:
    """The plan as lines: one for each definition that changes or is kept; programs and unchanged files are counted."""
    lines = []
    counted: Counter[tuple[str, str]] = Counter()
    for file in report["files"]:
        part = file["path"].split("/")[0]
        if file["action"] == "unchanged":
            counted["unchanged", "files"] += 1
        elif part in _COUNTED:
            counted[file["action"], _COUNTED[part]] += 1
        else:
            lines.append(f"  {file['action']:<12} {file['path']}")
    return lines + [f"  {action:<12} {count} {what}" for (action, what), count in counted.items()]


def _installed(report: dict[str, Any]) -> list[str]:
    if report["dry_run"]:
        return [f"would install into {report['target']}:", *plan_lines(report), "nothing was written"]
    if not report["changed"]:
        head = [f"already installed in {report['target']}; nothing changed"]
    else:
        head = [f"installed into {report['target']}:", *plan_lines(report)]
    return [
        *head,
        "",
        "Start a new session of `claude` in your project and type, for example:",
        "  @agent-ops.performance will this survive Black Friday?",
        "  @agent-coordinator.performance plan our capacity for next year with two consultants",
        f"Take it away: {data_home() / 'bin' / 'acolytes'} uninstall" + _options(report),
    ]


def _uninstalled(report: dict[str, Any]) -> list[str]:
    if report["dry_run"]:
        return [f"would remove from {report['target']}:", *(f"  {path}" for path in report["removed"])]
    lines = [f"removed {len(report['removed'])} files and our entries in the settings from {report['target']}"]
    lines += [f"  kept, for you changed it: {path}" for path in report["kept"]]
    return [*lines, report["application"]]


def _options(report: dict[str, Any]) -> str:
    default = find_places("user", None).target
    if report["scope"] == "user" and str(default) == report["target"]:
        return ""
    return f" --target {report['target']}"


def _elsewhere(places: Places) -> str:
    other = "project" if places.scope == "user" else "user"
    return f"; if it is elsewhere, say where with --scope {other} or --target DIR"
