"""The options that the installer's verbs share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

import click

from acolytes_cc.install.disk.places import Places, location_arguments

OutputFormat = Literal["text", "json"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


class ChoiceOptions(NamedTuple):
    """What a user chose on the command line about the definitions to install."""

    replace_upstream: bool
    restore: bool
    templates: str | None
    only: str | None
    data: tuple[str, ...]
    answers: str | None
    downgrade: bool = False


def format_options(function: _Function) -> _Function:
    """The options that choose how a verb prints."""
    options = [
        click.option("--json", "output", flag_value="json", help="Print JSON, as --format json does."),
        click.option(
            "--format",
            "output",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="How to print.",
        ),
    ]
    return _add(options, function)


def location_options(function: _Function) -> _Function:
    """The options of nearly every verb: which installation, and how to print."""
    options = [
        click.option(
            "--scope",
            type=click.Choice(["user", "project"]),
            default="user",
            show_default=True,
            help="user: for you, in all projects. project: for all who work in this project.",
        ),
        click.option(
            "--target",
            metavar="DIR",
            help="The client's configuration folder.  [default: $CLAUDE_CONFIG_DIR, else ~/.claude; project: .claude]",
        ),
        format_options,
    ]
    return _add(options, function)


def confirmation_options(function: _Function) -> _Function:
    """The options of the verbs that change files."""
    options = [
        click.option("--dry-run", is_flag=True, help="Show what would be done; change nothing."),
        click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation."),
    ]
    return _add(options, function)


def choice_options(function: _Function) -> _Function:
    """The options that choose which definitions are installed, and how they are rendered."""
    options = [
        click.option(
            "--replace-upstream",
            is_flag=True,
            help="Replace the files that the PyPI package acolytes 2.1.2 installed, unless you edited them.",
        ),
        click.option("--restore", is_flag=True, help="Install again the agents and skills that you deleted."),
        click.option(
            "--templates",
            metavar="DIR",
            help="Use your own agents and skills from this copier template instead of ours. Updates use it again.",
        ),
        click.option(
            "--only",
            metavar="GLOB,...",
            help="Install only the agents with these names. Updates do the same.  [default: all]",
        ),
        click.option(
            "--data",
            multiple=True,
            metavar="KEY=VALUE",
            help="Answer a question: model, hooks, mcp_servers or only. Wins over --answers. Updates keep it.",
        ),
        click.option(
            "--answers", metavar="FILE", help="Answer the questions from a YAML or JSON file. Updates keep them."
        ),
    ]
    return _add(options, function)


def downgrade_option(function: _Function) -> _Function:
    """The option of the verbs that could replace the files of a newer version."""
    text = "Replace files of a newer version with those of this application, which is older."
    return _add([click.option("--downgrade", is_flag=True, help=text)], function)


def only_option(function: _Function) -> _Function:
    """The option that limits what a verb shows."""
    return _add([click.option("--only", metavar="GLOB,...", help="Show only the agents with these names.")], function)


def _add(options: Sequence[Callable[[Any], Any]], function: _Function) -> _Function:
    for option in reversed(options):
        function = option(function)
    return function


def is_selected(path: str, only: str | None) -> bool:
    """Whether ``--only`` includes a file: it chooses among agents, and always includes what they share."""
    if only is None or not path.startswith("agents/"):
        return True
    return any(fnmatchcase(agent_name(path), glob.strip()) for glob in only.split(","))


def agent_name(path: str) -> str:
    """The name that ``--only`` uses for the agent at ``path``, relative to the target."""
    return path.removeprefix("agents/").removesuffix(".md")


def location_hint(places: Places) -> str:
    """The end of a message that nothing is installed: how to name another place."""
    from acolytes_cc.install.application.registry import read_users
    from acolytes_cc.install.disk.manifest import read_manifest

    found = []
    given = " and ".join(word for word in location_arguments(places).split() if word in ("--scope", "--target"))
    for target in map(Path, read_users().existing):
        manifest = None if target == places.target else read_manifest(Places("user", target))
        if manifest:
            options = location_arguments(Places(manifest.scope, target)).strip()
            found.append(f"it is installed in {target}: {f'use {options}' if options else f'leave out {given}'}")
    if found:
        return "; " + "; ".join(found)
    other = "project" if places.scope == "user" else "user"
    return f"; if it is installed elsewhere, add --scope {other} or --target DIR"
