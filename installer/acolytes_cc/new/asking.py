"""Asks on a terminal for what describes a new agent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click

from acolytes_cc.dialogue import Dialogue, Question
from acolytes_cc.errors import UserError
from acolytes_cc.new.agent import QUESTIONS, AgentQuestion, completed, errors_of, plain, rendered


def ask(name: str, path: Path, given: Mapping[str, str]) -> dict[str, str] | None:
    """Ask each question that ``given`` lacks, show the definition, and ask whether to write it to ``path``.

    Raises click.Abort at Ctrl-C and Ctrl-D.

    Returns:
        All answers; None if the file is not to be written.
    """
    open_questions = [question for question in QUESTIONS if question.key not in given]
    if not open_questions:
        return dict(given)
    dialogue = Dialogue([_asked(name, question) for question in open_questions], err=True)
    while True:
        asked = zip((question.key for question in open_questions), dialogue.ask(), strict=True)
        answers = {**given, **dict(asked)}
        try:
            text, _ = rendered(name, completed(answers))
        except UserError as error:  # each answer is right, but not with the others
            click.echo(f"Error: {error}", err=True)
            text = ""
        if text:
            click.echo(f"\n{text.partition('## Workflow')[0].rstrip()}\n...\n", err=True)
        agreed = dialogue.confirms(f"Write {path}?" if text else "Leave?")
        if agreed is not None:
            return answers if agreed and text else None


def _asked(name: str, question: AgentQuestion) -> Question:
    return Question(question.text, partial(_read, name, question.key), question.key.capitalize(), question.default)


def _read(name: str, key: str, reply: str) -> str:
    answer = plain(key, reply)
    errors = errors_of(name, key, answer)
    if errors:
        raise click.UsageError("; ".join(error.message for error in errors))
    return answer
