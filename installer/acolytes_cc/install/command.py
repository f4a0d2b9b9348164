"""The verbs that bring an installation about: install, update, and diff, which only shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install import report
from acolytes_cc.install.options import (
    agent_name,
    answers,
    confirmed,
    elsewhere,
    has_somebody_to_ask,
    is_wanted,
    where,
    writes,
)
from acolytes_cc.install.places import Places, Scope, find_places
from acolytes_cc.install.questions import ONLY
from acolytes_cc.progress import progress

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
        plan = _prepare(places, choices, asks=False).plan
    lines = list(plan.diff())
    none = (
        f"only programs would change in {places.target}" if plan.changes else f"nothing would change in {places.target}"
    )
    told = json.dumps({**plan.to_json(), "diff": lines}, indent=1) if output == "json" else "\n".join(lines or [none])
    click.echo(told)
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
        asks = has_somebody_to_ask(yes, output)
        ready = _prepare(places, choices, asks=asks, must_exist=must_exist)
        shown = {**ready.plan.to_json(), "findings": ready.rendering.findings, "dry_run": dry_run}
        if not dry_run:
            question = f"{'Update' if ready.old else 'Install into'} {places.target}?"
            if ready.plan.changes and not confirmed(yes, output, question, report.plan_lines(shown)):
                return Exit.FINE
            with progress("writing"):
                apply(ready.plan, ready.answers, ready.old, ready.rendering.source)
                application.add_user(places.target)  # where nothing was to be written, this mends the launchers
    told = asks and not dry_run and ready.plan.changes
    lines = report.installed(shown, places, ready.answers, first=ready.old is None, told=told)
    click.echo(json.dumps(shown, indent=1) if output == "json" else "\n".join(lines))
    return Exit.FINE


def _prepare(places: Places, choices: dict[str, Any], *, asks: bool, must_exist: bool = False) -> _Prepared:
    """Ask, render, lint and compare: everything that comes before the first change."""
    from acolytes_cc.install import application
    from acolytes_cc.install.hook_entries import has_hooks, settings_entries
    from acolytes_cc.install.manifest import read_manifest
    from acolytes_cc.install.places import base_interpreter
    from acolytes_cc.install.plan import make_plan
    from acolytes_cc.install.render import render
    from acolytes_cc.resources import data_path

    old = read_manifest(places)
    if old and old.scope != places.scope:
        raise UserError(f"{places.target} holds an installation of {old.scope} scope: uninstall that one first")
    if must_exist and old is None:
        raise UserError(f"nothing of ours is installed in {places.target}{elsewhere(places)}")
    given = _answers(old, choices, asks=asks)
    with progress("rendering the definitions"):
        rendering = render(places, given, old)
    files = [file for file in rendering.files if is_wanted(file.path, given.get(ONLY))]
    if ONLY in given and not any(file.path.startswith("agents/") for file in files):
        names = [agent_name(file.path) for file in rendering.files if file.path.startswith("agents/")]
        raise UserError(f"--only {given[ONLY]}: there is no such agent; there are {', '.join(names)}")
    hooks = places.state / "hooks" if places.scope == "user" else data_path("hooks")
    entries = settings_entries(base_interpreter(), hooks, application.launchers_folder()) if has_hooks(given) else []
    plan = make_plan(
        places, files, entries, old, restore=choices["restore"], replace_upstream=choices["replace_upstream"]
    )
    return _Prepared(plan, given, old, rendering)


def _answers(old: Manifest | None, choices: dict[str, Any], *, asks: bool) -> dict[str, Any]:
    """The answers: remembered, given, or asked for; and the folder of the templates, which is remembered with them."""
    from acolytes_cc import __version__
    from acolytes_cc.install.render import template_folder

    remembered = dict(old.answers) if old else {}
    folder = remembered.get("templates") if choices["templates"] is None else choices["templates"]
    kept = {"templates": str(Path(folder).absolute())} if folder else {}
    data = [*choices["data"], *([] if choices["only"] is None else [f"{ONLY}={choices['only']}"])]
    is_same = old is not None and old.version == __version__ and "templates" not in remembered and not kept
    if not (asks or data or choices["answers"]) and (is_same or not remembered):
        return remembered | kept  # nothing to check: spare the reading of the template
    from acolytes_cc.install.answers import read_answers
    from acolytes_cc.install.questions import questions

    template = template_folder(kept)
    asked = questions(template)
    given = read_answers(asked, data, choices["answers"], remembered)
    if asks:
        from acolytes_cc.install.asking import ask

        given = ask(asked, given, template)
    return given | kept
