"""Questions on a terminal, in plain lines that every terminal and screen reader can show.

A wrong reply is asked again, and loses no other answer. ``<`` goes back to the question before, where the last reply is
then the default.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import click

from acolytes_cc.terminal import columns, has_colour, painted

BACK = ("<", "back")
_LEAVING = object()  # what a reply stands for that goes back
_MOST_LINES = 12  # more choices than this stand in columns, so that they fit on a screen


class Question(NamedTuple):
    """One question; ``read`` turns a reply into the answer, and raises click.UsageError for a wrong one."""

    text: str
    read: Callable[[str], Any]
    prompt: str = "Answer"
    default: str | None = None
    """the reply for which Enter stands; without it there must be a reply"""
    choices: Sequence[str] = ()
    """they get numbers"""
    shows_default: bool = True
    """whether the prompt shows the default; one that already does, as "[Y/n]", need not"""


class Dialogue:
    """Asks the questions; may be continued after it went back from what follows them."""

    def __init__(self, questions: Sequence[Question], *, err: bool = False) -> None:
        self._questions = questions
        self._replies = [question.default for question in questions]
        self._answers: list[Any] = [None] * len(questions)
        self._at = 0
        self._is_new = True
        self._err = err

    def ask(self) -> list[Any]:
        """The answer of each question. Raises click.Abort at Ctrl-C and Ctrl-D."""
        while self._at < len(self._questions):
            if self._is_new:
                self._say("\nEnter takes what is in [ ]. < goes back to the question before. Ctrl-C leaves.")
                self._is_new = False
            answer = self._ask(self._at)
            if answer is not _LEAVING:
                self._answers[self._at] = answer
                self._at += 1
            elif self._at:
                self._at -= 1
            else:
                self._say("This is the first question.")
        return self._answers

    def confirms(self, text: str, *, default: bool = True) -> bool | None:
        """Ask whether to go on with the answers; None means that ``ask`` is to be called again."""
        question = yes_or_no(text, default=default)
        while (reply := self._prompt(question, question.default)) is _LEAVING:
            if self._questions:
                self._at = len(self._questions) - 1
                return None
            self._say("There is no question before this one.")
        return bool(reply)

    def _ask(self, number: int) -> Any:
        question = self._questions[number]
        self._say("")
        self._say(question.text, f"{number + 1} of {len(self._questions)}: ")
        self._choices(question.choices)
        return self._prompt(question, self._replies[number])

    def _prompt(self, question: Question, default: str | None) -> Any:
        def read(reply: str) -> Any:
            if reply.strip().lower() in BACK:
                return _LEAVING
            try:
                if question.default is None and not reply.strip():
                    raise click.UsageError("this question has no default; type an answer")
                answer = question.read(reply)
            except click.UsageError as error:
                raise click.UsageError(textwrap.fill(f"Error: {error}", self._columns - 1)[len("Error: ") :]) from None
            if question in self._questions:
                self._replies[self._questions.index(question)] = reply
            return answer

        shows = question.shows_default or default != question.default
        shows = shows and default is not None
        usual = default or ""  # without a default, click would ask again without a word
        return click.prompt(question.prompt, usual, value_proc=read, show_default=shows, err=self._err)

    def _choices(self, choices: Sequence[str]) -> None:
        margin = len(str(len(choices))) + 4
        cells = [f"  {number:>{margin - 4}}  {choice}" for number, choice in enumerate(choices, 1)]
        room = self._columns - 1
        cell = max(map(len, cells), default=0) + 2
        across = room // cell if len(cells) > _MOST_LINES and cell else 1
        if across < 2:
            for line in cells:
                self._echo(textwrap.fill(line, room, subsequent_indent=" " * margin, break_on_hyphens=False))
            return
        down = -(-len(cells) // across)  # read downwards, as `ls` shows names
        for row in range(down):
            self._echo("".join(f"{one:<{cell}}" for one in cells[row::down]).rstrip())

    def _say(self, text: str, head: str = "") -> None:
        shown = textwrap.fill(head + text.strip(), self._columns - 1, subsequent_indent=" " * len(head))
        if head and has_colour(self._stream):
            shown = painted(head.strip(), "heading") + shown[len(head.strip()) :]
        self._echo(("\n" if text.startswith("\n") else "") + shown)

    def _echo(self, text: str) -> None:
        click.echo(text, err=self._err)

    @property
    def _stream(self) -> Any:
        return sys.stderr if self._err else sys.stdout

    @property
    def _columns(self) -> int:
        return max(columns(self._stream), 20)


def yes_or_no(text: str, *, default: bool, prompt: str = "") -> Question:
    """A question that is answered with yes or no; ``prompt`` is the text where that is not shown before."""
    words = {"y": True, "yes": True, "n": False, "no": False}

    def read(reply: str) -> bool:
        if reply.strip().lower() not in words:
            raise click.UsageError("answer y or n")
        return words[reply.strip().lower()]

    usual, other = ("y", "n") if default else ("n", "y")
    choices = f"[{usual.upper()}/{other}]" if default else f"[{other}/{usual.upper()}]"
    return Question(text, read, f"{prompt or text} {choices}", usual, shows_default=False)


def confirmed(text: str, *, default: bool) -> bool:
    """Ask one question that is answered with yes or no. Raises click.Abort at Ctrl-C and Ctrl-D."""
    return bool(Dialogue([]).confirms(text, default=default))
