"""What the verbs of the installer share: their options, the question before they act, and where else to look."""

from __future__ import annotations

import select
import sys
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import click

from acolytes_cc.install.places import Places

_Function = TypeVar("_Function", bound=Callable[..., Any])


def where(function: _Function) -> _Function:
    """The options of every verb: which installation, and how to print."""
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
            metavar="DIR",
            help="The configuration folder itself.  [default: $CLAUDE_CONFIG_DIR, else ~/.claude; project: .claude]",
        ),
        click.option("--json", "output", flag_value="json", help="Short for --format json."),
        click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True),
    ]
    return _all(options, function)


def writes(function: _Function) -> _Function:
    options = [
        click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing."),
        click.option("--yes", "-y", is_flag=True, help="Do not ask."),
    ]
    return _all(options, function)


def answers(function: _Function) -> _Function:
    options = [
        click.option("--replace-upstream", is_flag=True, help="Take over from the published package acolytes 2.1.2."),
        click.option("--restore", is_flag=True, help="Bring back definitions that you deleted."),
        click.option(
            "--templates",
            metavar="DIR",
            help="Your own agents and skills, a copier template, in place of ours; remembered.",
        ),
        click.option("--only", metavar="GLOB,...", help="Which agents, by name; remembered.  [default: all]"),
        click.option(
            "--data",
            multiple=True,
            metavar="KEY=VALUE",
            help="An answer: model, hooks, mcp_servers or only; remembered, and stronger than that of --answers.",
        ),
        click.option("--answers", metavar="FILE", help="Answers as a mapping in YAML or JSON; remembered."),
    ]
    return _all(options, function)


def _all(options: list[Any], function: _Function) -> _Function:
    for option in reversed(options):
        function = option(function)
    return function


def looked_at(function: _Function) -> _Function:
    """The option of the verbs that only look."""
    return _all([click.option("--only", metavar="GLOB,...", help="Tell of these agents only.")], function)


def is_wanted(path: str, only: str | None) -> bool:
    """Whether ``--only`` leaves a file in: it chooses among agents, and what they share always comes."""
    if only is None or not path.startswith("agents/"):
        return True
    return any(fnmatchcase(agent_name(path), glob.strip()) for glob in only.split(","))


def agent_name(path: str) -> str:
    """The name by which ``--only`` knows the agent at ``path``, relative to the target."""
    return path.removeprefix("agents/").removesuffix(".md")


def has_somebody_to_ask(yes: bool, output: str) -> bool:
    """Whether a person sits at a terminal, and wants to be asked."""
    return not yes and output != "json" and sys.stdin.isatty() and sys.stdout.isatty()


def confirmed(yes: bool, output: str, question: str, lines: list[str], *, default: bool = True) -> bool:
    """Ask on a terminal. Elsewhere there is nobody to ask, and everything can be undone; a piped `n` is heard."""
    if yes or output == "json":
        return True
    if has_somebody_to_ask(yes, output):
        for line in lines:
            click.echo(line)
        agreed = click.confirm(question, default=default)
    else:
        agreed = not _piped_answer().strip().lower().startswith("n")
    if not agreed:
        click.echo("nothing was changed")
    return agreed


def _piped_answer() -> str:
    try:
        return sys.stdin.readline() if select.select([sys.stdin], [], [], 0)[0] else ""
    except (OSError, ValueError):  # standard input is closed, or no real file
        return ""


def elsewhere(places: Places) -> str:
    """Where an installation that is not here may be."""
    other = "project" if places.scope == "user" else "user"
    return f"; if it is elsewhere, say where with --scope {other} or --target DIR"
