"""The verb ``acolytes new``."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click

from acolytes_cc.errors import Exit, UserError
from acolytes_cc.one_choice import OneChoice
from acolytes_cc.signals import signals_held


@click.group()
def new() -> None:
    """Make a file from a template."""


@new.command(cls=OneChoice)
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path(".claude/agents"),
    show_default=True,
    help="Where to write the file.",
)
@click.option(
    "--data",
    multiple=True,
    metavar="KEY=VALUE",
    help="Answer a question; repeat it for several. On a terminal you are asked the others.",
)
@click.option("--json", "output", flag_value="json", help="Short for --format json.")
@click.option(
    "--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)
def agent(name: str, folder: Path, data: tuple[str, ...], output: str) -> int:
    """Write the definition of a new agent called NAME.

    The definition is linted first. A file that exists is never overwritten. The questions are `description`, `task`,
    `tools` and `model`.
    """
    from acolytes_cc.lint.report.text import concise
    from acolytes_cc.new.agent import completed, rendered

    answers = dict(map(_pair, data))
    path = _path(folder, name)
    if sys.stdin.isatty() and output == "text":
        from acolytes_cc.new.asking import ask

        asked = ask(name, path, answers)
        if asked is None:
            click.echo("nothing was written", err=True)
            return Exit.INTERRUPTED
        answers = asked
    text, findings = rendered(name, completed(answers))
    _write(path, text)
    if output == "json":
        click.echo(json.dumps({"path": str(path), "findings": [finding._asdict() for finding in findings]}, indent=1))
        return Exit.FINE
    for finding in findings:
        click.echo(concise(finding._replace(path=str(path))), err=True)
    click.echo(f"wrote {path}; to call it in Claude Code: @agent-{name} ...")
    return Exit.FINE


#: The names that the client and the quest board both accept.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _pair(item: str) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not equals:
        raise UserError(f"--data {item}: write KEY=VALUE")
    return key, value


def _path(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        similar = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")[:64]
        example = f", for instance {similar}" if similar else ""
        raise UserError(
            f"{name!r} cannot be an agent's name: use lower-case letters, digits, dots and hyphens{example}"
        )
    path = folder / f"{name}.md"
    if path.exists() or path.is_symlink():
        raise UserError(f"{path} already exists; choose another name, or move the file away")
    return path


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with signals_held():
        try:
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            raise UserError(f"{path} already exists; choose another name, or move the file away") from None
        except OSError:  # no half of a definition stays
            path.unlink(missing_ok=True)
            raise
