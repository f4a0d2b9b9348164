"""Ask on a terminal what nobody has answered yet: plain lines, so that every terminal and screen reader can follow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from acolytes_cc.install.questions import ONLY, Question, agent_names, missing_command


def ask(asked: dict[str, Question], answers: dict[str, Any], template: Path) -> dict[str, Any]:
    """The answers with the missing ones asked for; Enter takes the default. Raises click.Abort at Ctrl-C."""
    found = dict(answers)
    for key, question in asked.items():
        if key in answers:
            continue
        if key == ONLY:
            names = agent_names(template)
            if len(names) > 1:
                chosen = _choose("Which agents?", {name: name for name in names}, names, several=True)
                # all of them are also those that a later version brings
                found[ONLY] = "*" if chosen == names else ",".join(chosen)
        elif question.choices:
            found[key] = _choose(question.help or key, question.choices, question.default, several=question.several)
        elif question.kind == "bool" and isinstance(question.default, bool):
            found[key] = click.confirm(f"\n{question.help or key}", default=question.default)
    return found


def _choose(text: str, choices: dict[str, Any], default: Any, *, several: bool) -> Any:
    """One of the choices, or a list of several, by number or by name."""
    values = list(choices.values())
    defaults = [value for value in values if value in (default if isinstance(default, list) else [default])]
    click.echo(f"\n{text}")
    for number, (name, value) in enumerate(choices.items(), 1):
        missing = missing_command(value)
        click.echo(f"  {number}  {name}" + (f": {missing} is missing" if missing else ""))
    how = "Numbers with commas between" if several else "Number"
    usual = "all" if defaults == values else ",".join(str(values.index(value) + 1) for value in defaults) or "none"

    def read(answer: str) -> list[Any]:
        words = [word.strip() for word in answer.split(",") if word.strip()]
        if several and words in ([], ["none"]):
            return []
        if several and words == ["all"]:
            words = [str(number + 1) for number in range(len(values))]
        if not several and len(words) != 1:
            raise click.UsageError("choose one")
        chosen = {_chosen(word, values) for word in words}
        return [value for value in values if value in chosen]

    chosen = click.prompt(how, default=usual, value_proc=read)
    return chosen if several else chosen[0]


def _chosen(word: str, values: Sequence[Any]) -> Any:
    value = values[int(word) - 1] if word.isdecimal() and 0 < int(word) <= len(values) else word
    if value not in values:
        raise click.UsageError(f"there is no choice {word}; there are 1 to {len(values)}")
    missing = missing_command(value)
    if missing:
        raise click.UsageError(f"{value} needs the command {missing}, which is not on PATH")
    return value
