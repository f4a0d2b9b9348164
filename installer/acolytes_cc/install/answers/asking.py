"""Ask the open questions on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from acolytes_cc.dialogue import Dialogue, Question, yes_or_no
from acolytes_cc.install.answers.questions import ONLY, Answers, TemplateQuestion, agent_names, missing_command


class Asking:
    """The questions of one command on a terminal; from the question that follows them, a person may go back."""

    def __init__(self) -> None:
        self._keys: list[str] = []
        self.dialogue = Dialogue([])

    def ask(self, questions: dict[str, TemplateQuestion], answers: Answers, template: Path) -> Answers:
        """Ask each question that ``answers`` lacks, and return all answers; Enter takes the default.

        The second time, the questions go on where somebody went back to. Raises click.Abort at Ctrl-C.
        """
        if not self._keys:
            asked = {key: _asked(question, template) for key, question in questions.items() if key not in answers}
            dialogue = {key: question for key, question in asked.items() if question}
            self._keys, self.dialogue = list(dialogue), Dialogue(list(dialogue.values()))
        return answers | dict(zip(self._keys, self.dialogue.ask(), strict=True))


def _asked(question: TemplateQuestion, template: Path) -> Question | None:
    """How a question is asked; None if it is not."""
    text = question.help or question.key
    if question.key == ONLY:
        names = agent_names(template)
        if len(names) < 2:
            return None
        several = _several("Which agents?", {name: name for name in names}, names)
        # "*" also stands for the agents that a later version brings
        return several._replace(
            prompt=f"Agents: {several.prompt.lower()}", read=lambda reply: _as_globs(several.read(reply), names)
        )
    if question.choices:
        return (_several if question.multiple else _one)(text, question.choices, question.default)
    if question.kind == "bool" and isinstance(question.default, bool):
        return yes_or_no(text, default=question.default, prompt="Answer")
    return None


def _as_globs(chosen: list[str], names: list[str]) -> str:
    return "*" if chosen == names else ",".join(chosen)


def _one(text: str, choices: dict[str, Any], default: Any) -> Question:
    """One of the choices, by number or by name."""
    values = list(choices.values())

    def read(reply: str) -> Any:
        words = _words(reply)
        if len(words) != 1:
            raise click.UsageError("choose one")
        return _chosen(words[0], values)

    usual = str(values.index(default) + 1) if default in values else None
    return Question(text, read, "Number", usual, _labels(choices))


def _several(text: str, choices: dict[str, Any], default: Any) -> Question:
    """Several of the choices, by number or by name, in the order of the choices."""
    values = list(choices.values())
    defaults = [value for value in values if value in (default if isinstance(default, list) else [default])]
    usual = "all" if defaults == values else ",".join(str(values.index(value) + 1) for value in defaults) or "none"
    return Question(text, _reader(values), "Numbers with commas, all, or none", usual, _labels(choices))


def _reader(values: list[Any]) -> Callable[[str], list[Any]]:
    def read(reply: str) -> list[Any]:
        words = _words(reply)
        if words in ([], ["none"]):
            return []
        if words == ["all"]:
            words = [str(number + 1) for number in range(len(values))]
        chosen = {_chosen(word, values) for word in words}
        return [value for value in values if value in chosen]

    return read


def _labels(choices: dict[str, Any]) -> list[str]:
    missing = {name: missing_command(value) for name, value in choices.items()}
    return [f"{name}: {missing[name]} is missing" if missing[name] else name for name in choices]


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
