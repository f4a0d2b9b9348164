"""Ask the open questions on a terminal, in plain lines that every terminal and screen reader can show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from acolytes_cc.install.questions import ONLY, Answers, TemplateQuestion, agent_names, missing_command


def ask(questions: dict[str, TemplateQuestion], answers: Answers, template: Path) -> Answers:
    """Ask each question that ``answers`` lacks, and return all answers; Enter takes the default.

    Raises click.Abort at Ctrl-C.
    """
    completed = dict(answers)
    for key, question in questions.items():
        if key in answers:
            continue
        if key == ONLY:
            names = agent_names(template)
            if len(names) > 1:
                chosen = _choose_several("Which agents?", {name: name for name in names}, names)
                # "*" also stands for the agents that a later version brings
                completed[ONLY] = "*" if chosen == names else ",".join(chosen)
        elif question.choices:
            choose = _choose_several if question.multiple else _choose_one
            completed[key] = choose(question.help or key, question.choices, question.default)
        elif question.kind == "bool" and isinstance(question.default, bool):
            completed[key] = click.confirm(f"\n{question.help or key}", default=question.default)
    return completed


def _choose_one(text: str, choices: dict[str, Any], default: Any) -> Any:
    """One of the choices, by number or by name."""
    values = _list_choices(text, choices)
    usual = str(values.index(default) + 1) if default in values else "none"

    def read(reply: str) -> Any:
        words = _words(reply)
        if len(words) != 1:
            raise click.UsageError("choose one")
        return _chosen(words[0], values)

    return click.prompt("Number", default=usual, value_proc=read)


def _choose_several(text: str, choices: dict[str, Any], default: Any) -> list[Any]:
    """Several of the choices, by number or by name, in the order of the choices."""
    values = _list_choices(text, choices)
    defaults = [value for value in values if value in (default if isinstance(default, list) else [default])]
    usual = "all" if defaults == values else ",".join(str(values.index(value) + 1) for value in defaults) or "none"

    def read(reply: str) -> list[Any]:
        words = _words(reply)
        if words in ([], ["none"]):
            return []
        if words == ["all"]:
            words = [str(number + 1) for number in range(len(values))]
        chosen = {_chosen(word, values) for word in words}
        return [value for value in values if value in chosen]

    chosen: list[Any] = click.prompt("Numbers, separated by commas", default=usual, value_proc=read)
    return chosen


def _list_choices(text: str, choices: dict[str, Any]) -> list[Any]:
    click.echo(f"\n{text}")
    for number, (name, value) in enumerate(choices.items(), 1):
        missing = missing_command(value)
        click.echo(f"  {number}  {name}" + (f": {missing} is missing" if missing else ""))
    return list(choices.values())


def _words(reply: str) -> list[str]:
    return [word.strip() for word in reply.split(",") if word.strip()]


def _chosen(word: str, values: Sequence[Any]) -> Any:
    value = values[int(word) - 1] if word.isdecimal() and 0 < int(word) <= len(values) else word
    if value not in values:
        raise click.UsageError(f"{word} is not a choice; choose from 1 to {len(values)}")
    missing = missing_command(value)
    if missing:
        raise click.UsageError(f"{value} needs the command {missing}, which is not on PATH")
    return value
