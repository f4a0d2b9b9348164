"""The verbs install, update and diff."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from acolytes_cc import __version__
from acolytes_cc.errors import Exit, UserError
from acolytes_cc.install.answers.questions import ONLY, TEMPLATES, Answers
from acolytes_cc.install.application.versions import difference, is_newer, note_difference
from acolytes_cc.install.confirmation import Dialog
from acolytes_cc.install.disk.places import MANIFEST, Places, Scope, find_places
from acolytes_cc.install.options import (
    ChoiceOptions,
    OutputFormat,
    agent_name,
    choice_options,
    confirmation_options,
    downgrade_option,
    is_selected,
    location_hint,
    location_options,
)
from acolytes_cc.one_choice import OneChoice
from acolytes_cc.progress import progress
from acolytes_cc.show import show, show_diff

if TYPE_CHECKING:
    from acolytes_cc.install.answers.asking import Asking
    from acolytes_cc.install.disk.manifest import Manifest, SettingsEntry
    from acolytes_cc.install.planning.files import InstallPlan
    from acolytes_cc.install.planning.render import Rendering


@click.command(cls=OneChoice)
@location_options
@confirmation_options
@choice_options
@downgrade_option
def install(scope: Scope, target: str | None, output: OutputFormat, *, dry_run: bool, yes: bool, **choices: Any) -> int:
    """Install the agents, skills, quest scripts and hooks."""
    dialog = Dialog(output, yes)
    return _install(find_places(scope, target), dialog, ChoiceOptions(**choices), dry_run=dry_run, must_exist=False)


@click.command(cls=OneChoice)
@location_options
@confirmation_options
@choice_options
@downgrade_option
def update(scope: Scope, target: str | None, output: OutputFormat, *, dry_run: bool, yes: bool, **choices: Any) -> int:
    """Bring an installation up to date, and merge your edits."""
    dialog = Dialog(output, yes)
    return _install(find_places(scope, target), dialog, ChoiceOptions(**choices), dry_run=dry_run, must_exist=True)


@click.command(cls=OneChoice)
@location_options
@choice_options
def diff(scope: Scope, target: str | None, output: OutputFormat, **choices: Any) -> int:
    """Show what install or update would change."""
    from acolytes_cc.install.exclusive import exclusive
    from acolytes_cc.install.updating.report import DiffReport

    places = find_places(scope, target)
    with exclusive(places.target):
        ready = _prepare(places, ChoiceOptions(**choices), None)
        if ready.old:
            note_difference(places, ready.old.version)
        report = DiffReport(ready.plan)
        if output == "json" or not report.has_texts:
            show(output, report.to_json(), report.lines())
        else:
            show_diff(report.lines())
    return Exit.FINE


class _Prepared(NamedTuple):
    """The result of all steps before the first change."""

    plan: InstallPlan
    answers: Answers
    old: Manifest | None
    rendering: Rendering


def _install(places: Places, dialog: Dialog, choices: ChoiceOptions, *, dry_run: bool, must_exist: bool) -> int:
    from acolytes_cc.install.application import registry
    from acolytes_cc.install.exclusive import exclusive
    from acolytes_cc.install.transaction.records import AHEAD, states
    from acolytes_cc.install.updating.apply import apply
    from acolytes_cc.install.updating.report import InstallReport

    with exclusive(places.target):
        if not dry_run:
            _refuse_temporary()
            if not (choices.downgrade or _may_go_back(places, dialog)):
                return Exit.INTERRUPTED
        asking = _new_asking() if dialog.is_interactive else None
        agreed: bool | None = None
        while agreed is None:
            ready = _prepare(places, choices, asking, must_exist=must_exist)
            report = InstallReport(
                ready.plan,
                ready.answers,
                ready.rendering.findings,
                dry_run=dry_run,
                # a colleague's installation is none of this user's: their hooks and commands come now
                old_version=ready.old.version if ready.old and (places.target / MANIFEST).exists() else None,
                states_ahead=len(states(places.target, AHEAD)),
            )
            agreed = True
            if ready.plan.has_changes and not dry_run:
                lines = [*report.answer_lines(), *report.plan_lines()]
                agreed = dialog.confirms(report.question, lines, dialogue=asking.dialogue if asking else None)
        if not agreed:
            return Exit.INTERRUPTED  # bootstrap then brings back the application that was there before
        if not dry_run:
            with progress("writing"):
                has_shared = apply(ready.plan, ready.answers, ready.old, ready.rendering.source)
                report = report._replace(has_shared=has_shared)
                registry.add_user(places.target)  # repairs the launchers, also where nothing else was to be written
    plan_was_shown = dialog.is_interactive and not dry_run and ready.plan.has_changes
    show(dialog.output, report.to_json(), report.lines(plan_was_shown=plan_was_shown))
    return Exit.FINE


def _refuse_temporary() -> None:
    """Refuse to install what stops when a cache is cleaned: hooks and commands name this environment."""
    from acolytes_cc.install.application.origin import PACKAGE, find_origin

    if find_origin().tool == "temporary":
        raise UserError(
            f"this application is in a cache ({sys.prefix}), and what it installs would stop when the cache is cleaned:"
            f" run `uv tool install {PACKAGE}` or `pipx install {PACKAGE}`, and then `acolytes install`",
            Exit.CANNOT,
        )


def _may_go_back(places: Places, dialog: Dialog) -> bool:
    """Whether files of a newer version may be replaced: only a person at a terminal can agree without --downgrade."""
    from acolytes_cc.install.disk.manifest import read_manifest

    old = read_manifest(places)
    if old is None or not is_newer(old.version, __version__):
        return True
    line = difference(places, old.version)
    if not dialog.is_interactive:
        raise UserError(f"{line}; to go back to {__version__}, add --downgrade")
    question = f"Replace {old.version} with {__version__}, which is older?"
    return dialog.confirms(question, [line], default=False) is True


def _new_asking() -> Asking:
    from acolytes_cc.install.answers.asking import Asking

    return Asking()


def _prepare(places: Places, choices: ChoiceOptions, asking: Asking | None, *, must_exist: bool = False) -> _Prepared:
    """Ask, render, lint and compare: everything that comes before the first change."""
    from acolytes_cc.install.disk.manifest import read_manifest
    from acolytes_cc.install.planning.files import make_plan
    from acolytes_cc.install.planning.render import render
    from acolytes_cc.install.planning.settings import PlanOptions

    old = read_manifest(places)
    if old and old.scope != places.scope:
        raise UserError(f"{places.target} has an installation of {old.scope} scope: uninstall that one first")
    if must_exist and old is None:
        raise UserError(f"acolytes is not installed in {places.target}{location_hint(places)}")
    answers = _answers(old, choices, asking)
    with progress("rendering the definitions"):
        rendering = render(places, answers, old)
    if old is None:
        from acolytes_cc.install.planning.rebuilt import rebuilt_manifest

        old = rebuilt_manifest(places, rendering.files)
    files = [file for file in rendering.files if is_selected(file.path, answers.get(ONLY))]
    if ONLY in answers and not any(file.path.startswith("agents/") for file in files):
        names = [agent_name(file.path) for file in rendering.files if file.path.startswith("agents/")]
        raise UserError(f"--only {answers[ONLY]}: no agent has such a name; the agents are {', '.join(names)}")
    if not any(file.path.startswith("agents/") for file in files):
        raise UserError(f"{answers.get(TEMPLATES)} has no agent definition: put one into its folder agents/")
    options = PlanOptions(restore=choices.restore, replace_upstream=choices.replace_upstream)
    plan = make_plan(places, files, _settings_entries(places, answers), old, options)
    return _Prepared(plan, answers, old, rendering)


def _settings_entries(places: Places, answers: Answers) -> list[SettingsEntry]:
    from acolytes_cc.install.application.launchers import launchers_folder
    from acolytes_cc.install.disk.places import base_interpreter
    from acolytes_cc.install.settings.hooks import has_hooks, settings_entries
    from acolytes_cc.resources import data_path

    if not has_hooks(answers):
        return []
    hooks = places.state / "hooks" if places.scope == "user" else data_path("hooks")
    return settings_entries(base_interpreter(), hooks, launchers_folder())


def _answers(old: Manifest | None, choices: ChoiceOptions, asking: Asking | None) -> Answers:
    """Collect the answers from the manifest, the options and the terminal, and add the folder of the templates."""
    from acolytes_cc.install.planning.render import template_folder

    remembered = dict(old.answers) if old else {}
    folder = remembered.get(TEMPLATES) if choices.templates is None else choices.templates
    templates = {TEMPLATES: str(Path(folder).absolute())} if folder else {}
    data = [*choices.data, *([] if choices.only is None else [f"{ONLY}={choices.only}"])]
    has_same_questions = (
        old is not None and old.version == __version__ and TEMPLATES not in remembered and not templates
    )
    if not (asking or data or choices.answers) and (has_same_questions or not remembered):
        return remembered | templates  # nothing to check, so the template need not be read
    from acolytes_cc.install.answers.questions import read_questions
    from acolytes_cc.install.answers.sources import read_answers

    template = template_folder(templates)
    questions = read_questions(template)
    answers = read_answers(questions, data, choices.answers, remembered)
    if asking:
        answers = asking.ask(questions, answers, template)
    return answers | templates
