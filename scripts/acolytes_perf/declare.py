"""One declaration a command, of its inputs, method and examples; checking, help, schema and docs derive from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from acolytes_perf.errors import InputError
from acolytes_perf.inputs.fields import Declared, Inputs, checked, missing

#: What an interval stands for: chance in the data, the method's own error, or inputs that are not known better.
STATISTICAL, MODEL, SCENARIO = "statistical", "model", "scenario"


class Interval(NamedTuple):
    """Where a result lies. `high` is None when it may grow without end; `level` is the share of a statistical one."""

    low: float
    high: float | None
    kind: str
    level: float | None = None


class Result(NamedTuple):
    """A computed number. The name's part before the last dot is a column of the printed table, the rest the row."""

    name: str
    value: float | int | bool | None
    unit: str
    interval: Interval | None = None


class AnswerWarning(NamedTuple):
    """Something that the reader must know before using the answer, and what to do about it."""

    code: str
    message: str
    fix: str


class Outcome(NamedTuple):
    """What a command's `run` returns. `following` are calls (input by name) of other commands worth making next.

    `failed` says that the command is a gate and the answer is no: exit code 1.
    """

    answer: str
    results: Sequence[Result]
    assumptions: Sequence[str]
    warnings: Sequence[AnswerWarning] = ()
    next_calls: Sequence[tuple[str, Mapping[str, object]]] = ()
    failed: bool = False


class Format(NamedTuple):
    """An output format of a command's own. `render` makes the file's text, which carries `render.mark` in a comment
    on its first or last line; CannotAnswerError where it suits no such answer. A file with one of the suffixes gets
    this format. In a folder it is named after the command and the format, or `file` where the name is part of it.
    """

    suffixes: tuple[str, ...]
    render: Callable[[Inputs, Mapping[str, Any]], str]
    file: str | None = None


class Command(NamedTuple):
    """A calculator: `name` is `area command`, `example` a call that runs, `formats` its own beside the common ones.

    `legend` says what each result means, by the last part of its name, and what the columns are.
    """

    name: str
    summary: str
    fields: tuple[Declared, ...]
    run: Callable[[Inputs], Outcome]
    formula: str
    source: str
    example: Mapping[str, str]
    legend: Mapping[str, str]
    formats: Mapping[str, Format] = {}

    def check(self, raw: Mapping[str, object]) -> Inputs:
        """Reads every input, defaults included; raises InputError for the first one that is wrong."""
        return checked(self.fields, raw, self.name)

    def missing(self, name: str, why: str) -> InputError:
        """The refusal of a call that lacks an input; the example's value stands for it in the proposal."""
        return missing(self.fields, name, why)
