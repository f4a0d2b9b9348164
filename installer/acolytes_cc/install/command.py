"""The verbs that bring an installation about: install, update, and diff, which only shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install import report
from acolytes_cc.install.options import answers, confirmed, elsewhere, where, writes
from acolytes_cc.install.places import Places, Scope, find_places

if TYPE_CHECKING:
    from acolytes_cc.install.manifest import Manifest
    from acolytes_cc.install.plan import Plan
    from acolytes_cc.install.render import Rendering


@click.command()
@where
@writes
@answers
def install(scope: Scope, target: str | None, output: str, dry_run: bool, yes: bool, **choices: Any) -> int:
    """Install agents, skills, quest scripts and hooks."""
    return _install(find_places(scope, target), output, dry_run, yes, choices, must_exist=False)


@click.command()
@where
@writes
@answers
def update(scope: Scope, target: str | None, output: str, dry_run: bool, yes: bool, **choices: Any) -> int:
    """Bring an installation up to date; your edits are merged."""
    return _install(find_places(scope, target), output, dry_run, yes, choices, must_exist=True)


@click.command()
@where
@answers
def diff(scope: Scope, target: str | None, output: str, **choices: Any) -> int:
    """Show what install or update would change."""
    from acolytes_cc.install.transaction import locked, recover

    places = find_places(scope, target)
    with locked(places.target):
        recover(places.target)
        plan = _prepare(places, choices).plan
    lines = list(plan.diff())
    click.echo(json.dumps({**plan.to_json(), "diff": lines}, indent=1) if output == "json" else "\n".join(lines))
    return Exit.FINE


@dataclass(frozen=True)
class _Prepared:
    plan: Plan
    answers: dict[str, Any]
    old: Manifest | None
    rendering: Rendering


def _install(
    places: Places, output: str, dry_run: bool, yes: bool, choices: dict[str, Any], *, must_exist: bool
) -> int:
    from acolytes_cc.install import application
    from acolytes_cc.install.apply import apply
    from acolytes_cc.install.transaction import locked, recover

    with locked(places.target):
        recover(places.target)
        ready = _prepare(places, choices)
        if must_exist and ready.old is None:
            raise UserError(f"nothing of ours is installed in {places.target}{elsewhere(places)}")
        shown = {**ready.plan.to_json(), "findings": ready.rendering.findings, "dry_run": dry_run}
        if not dry_run:
            question = f"Install into {places.target}?"
            if ready.plan.changes and not confirmed(yes, output, question, report.plan_lines(shown)):
                return Exit.FINE
            first = str(places.target) not in application.users().targets
            application.add_user(places.target)
            try:
                apply(ready.plan, ready.answers, ready.old, ready.rendering.source)
            except BaseException:
                if first:
                    application.remove_user(places.target, with_environment=False)
                raise
    click.echo(json.dumps(shown, indent=1) if output == "json" else "\n".join(report.installed(shown, places)))
    return Exit.FINE


def _prepare(places: Places, choices: dict[str, Any]) -> _Prepared:
    """Render, lint and compare: everything that comes before the first change."""
    from acolytes_cc.install import application
    from acolytes_cc.install.answers import read_answers
    from acolytes_cc.install.hook_entries import settings_entries
    from acolytes_cc.install.manifest import read_manifest
    from acolytes_cc.install.places import base_interpreter
    from acolytes_cc.install.plan import make_plan
    from acolytes_cc.install.render import render
    from acolytes_cc.resources import data_path

    old = read_manifest(places)
    if old and old.scope != places.scope:
        raise UserError(f"{places.target} holds an installation of {old.scope} scope: uninstall that one first")
    given = read_answers(choices["data"], dict(old.answers) if old else {})
    if choices["only"] is not None:
        given["only"] = choices["only"]
    if choices["templates"]:
        given["templates"] = str(Path(choices["templates"]).absolute())
    elif choices["templates"] is not None:
        given.pop("templates", None)
    rendering = render(places, given, old)
    files = [file for file in rendering.files if _is_wanted(file.path, given.get("only"))]
    hooks = places.state / "hooks" if places.scope == "user" else data_path("hooks")
    entries = settings_entries(base_interpreter(), hooks, application.launchers_folder())
    plan = make_plan(
        places, files, entries, old, restore=choices["restore"], replace_upstream=choices["replace_upstream"]
    )
    return _Prepared(plan, given, old, rendering)


def _is_wanted(path: str, only: str | None) -> bool:
    """Whether ``--only`` leaves a file in: it chooses among agents, and what they share always comes."""
    if only is None or not path.startswith("agents/"):
        return True
    return fnmatchcase(path.removeprefix("agents/").removesuffix(".md"), only)
