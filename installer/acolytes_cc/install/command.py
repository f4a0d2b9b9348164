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
    """Install the agents, their skills, the quest scripts and the hooks."""
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
        _confirm(yes or as_json, f"Install into {places.target}?", plan_lines(plan.to_json()))
        apply(plan, answers, old)
    if not dry_run:
        application.add_user(places.target)
    report = {**plan.to_json(), "dry_run": dry_run}
    click.echo(json.dumps(report, indent=1) if as_json else "\n".join(_installed(report)))
    return Exit.FINE


@click.command()
@_common
def uninstall(scope: Scope, target: Path | None, dry_run: bool, yes: bool, as_json: bool, output: str) -> int:
    """Take everything away again; files that you changed stay, and are named."""
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
        _confirm(yes or as_json, f"Remove {len(manifest.files)} files from {places.target}?", [])
        report["kept"] = remove(places, manifest)
        report["removed"] = [path for path in report["removed"] if path not in report["kept"]]
        report["application"] = application.remove_user(places.target)
    click.echo(json.dumps(report, indent=1) if as_json else "\n".join(_uninstalled(report)))
    return Exit.FINE


def _confirm(given: bool, question: str, lines: list[str]) -> None:
    """Ask on a terminal; elsewhere there is nobody to ask, and everything can be undone."""
    if given or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return
    for line in lines:
        click.echo(line)
    if not click.confirm(question, default=True):
        raise click.Abort


def plan_lines(report: dict[str, Any]) -> list[str]:
    """The plan as lines: one per file that changes or is kept, and a count of the rest."""
    named = [f"  {file['action']:<12} {file['path']}" for file in report["files"] if file["action"] != "unchanged"]
    unchanged = Counter(file["action"] for file in report["files"])["unchanged"]
    return named + ([f"  unchanged    {unchanged} files"] if unchanged else [])


def _installed(report: dict[str, Any]) -> list[str]:
    if report["dry_run"]:
        return [f"would install into {report['target']}:", *plan_lines(report), "nothing was written"]
    if not report["changed"]:
        head = [f"already installed in {report['target']}; nothing changed"]
    else:
        head = [f"installed into {report['target']}:", *_summary(report)]
    return [
        *head,
        "",
        "Start a new session of `claude` in your project and type, for example:",
        "  @agent-ops.performance will this survive Black Friday?",
        "  @agent-coordinator.performance plan our capacity for next year with two consultants",
        f"Take it away: {data_home() / 'bin' / 'acolytes'} uninstall" + _options(report),
    ]


def _summary(report: dict[str, Any]) -> list[str]:
    counts = Counter(file["path"].split("/")[0] for file in report["files"] if file["action"] in ("add", "update"))
    named = {"agents": "agents", "skills": "skills", "scripts": "quest scripts", "acolytes": "hook scripts"}
    lines = [f"  {count:3} {named.get(part, part)}" for part, count in sorted(counts.items())]
    kept = [file for file in report["files"] if file["action"] in ("keep-user", "keep-deleted")]
    return lines + [f"  {file['action']}: {file['path']}" for file in kept]


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
    others = [scope for scope in ("user", "project") if scope != places.scope]
    return f"; installed with --scope {others[0]} or --target? Say so again" if others else ""
