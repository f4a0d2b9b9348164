"""One declaration a command, of its inputs, method and examples; checking, help, schema and docs derive from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Union

from acolytes_perf.errors import Fix, InputError, did_you_mean, pointer_to, quoted
from acolytes_perf.quantity import QuantityError
from acolytes_perf.units import TEXT, Kind, Value, at_most

Normal = Union[str, int, float, list[Union[str, int, float]]]

MOST_ITEMS = 8
#: A least value under this only says that the input must be positive.
_TINY = 1e-6


class Field(NamedTuple):
    """An input. `least` and `most` are in the kind's base unit and included; `also` are other words for it.

    A text matches `pattern` as a whole, and `shape` says so in words.
    """

    name: str
    kind: Kind
    doc: str
    example: str
    least: float = 0.0
    most: float = 0.0
    required: bool = False
    default: str | None = None
    many: bool = False
    pattern: str | None = None
    shape: str = ""
    also: tuple[str, ...] = ()

    def read(self, raw: object) -> tuple[Normal, Value | list[Value]]:
        """Normal form and value in base units; raises InputError with a JSON pointer."""
        if not self.many:
            return self._one(raw, "/" + self.name)
        items = raw if isinstance(raw, list) else raw.split(",") if isinstance(raw, str) else [raw]
        if not 1 <= len(items) <= MOST_ITEMS:
            raise InputError(f"/{self.name}", f"expected 1 to {MOST_ITEMS} values such as {self.example}")
        pairs = [self._item(items, index) for index in range(len(items))]
        return [normal for normal, _ in pairs], [value for _, value in pairs]

    def _item(self, items: list[Any], index: int) -> tuple[str | int | float, Value]:
        """One value of several; a fix of it keeps the others."""
        try:
            return self._one(items[index], f"/{self.name}/{index}")
        except InputError as error:
            if error.fix:
                error.fix = {self.name: [*items[:index], error.fix[self.name], *items[index + 1 :]]}
            raise

    def _one(self, raw: object, pointer: str) -> tuple[str | int | float, Value]:
        example = self.example.split(",")[0] if self.many else self.example
        try:
            normal = self.kind.show(self.kind.read(raw, example))
        except QuantityError as error:
            message, fix = self._meant(error, example)
            raise InputError(pointer, f"{quoted(raw)} {message}", fix) from None
        value = self.kind.read(normal, example)
        problem = self._out_of_bounds(value)
        if problem:
            raise InputError(pointer, f"{quoted(raw)} {problem}")
        return normal, value

    def _meant(self, error: QuantityError, example: str) -> tuple[str, Fix | None]:
        """The message with those readings that would be accepted, and the likeliest of them as the fix."""
        problems = {reading: self._problem(reading, example) for reading in error.readings}
        accepted = [reading for reading, problem in problems.items() if problem is None]
        if accepted:
            return f"{error}: write {' or '.join(accepted)}", {self.name: accepted[0]}
        return ", and ".join([str(error), *(f"{reading} {problem}" for reading, problem in problems.items())][:2]), None

    def _problem(self, reading: str, example: str) -> str | None:
        """Why a text that was meant perhaps would be refused itself, None when it would not."""
        try:
            return self._out_of_bounds(self.kind.read(reading, example))
        except QuantityError as error:
            return str(error)

    def _out_of_bounds(self, value: Value) -> str | None:
        if isinstance(value, str):
            fits = self.pattern is None or re.fullmatch(self.pattern, value)
            return None if fits else f"is not {self.shape}, like {self.example}"
        if value <= 0 < self.least < _TINY:
            return "must be more than 0"
        if not at_most(self.least, value):
            return f"is below the least that is accepted, {self.kind.show(self.least)}"
        if not at_most(value, self.most):
            return f"is above the most that is accepted, {self.kind.show(self.most)}"
        return None


class Inputs:
    """Checked inputs: `normal` for the record, and values in base units by name.

    `written` are those that say more than a default, in the user's own words: what a further call must repeat.
    """

    def __init__(
        self,
        normal: Mapping[str, Normal],
        values: Mapping[str, Value | list[Value]],
        written: Mapping[str, object],
    ) -> None:
        self.normal = normal
        self.written = written
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def number(self, name: str) -> float:
        """A value that is there, since it is required or has a default."""
        value = self._values[name]
        assert isinstance(value, (int, float))
        return value

    def optional(self, name: str) -> float | None:
        """A value, None when it was not given."""
        return self.number(name) if name in self else None

    def numbers(self, name: str) -> list[float]:
        """All values of an input that takes several; empty when it was not given."""
        values = self._values.get(name, [])
        assert isinstance(values, list)
        return [value for value in values if not isinstance(value, str)]

    def text(self, name: str) -> str | None:
        """A text, None when it was not given."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def given(self, *names: str) -> list[str]:
        """Those of the names that have a value, in the order asked."""
        return [name for name in names if name in self]


class Result(NamedTuple):
    """A computed number. The name's part before the last dot is a column of the printed table, the rest the row."""

    name: str
    value: float | int | bool | None
    unit: str


class Warn(NamedTuple):
    """Something that the reader must know before using the answer, and what to do about it."""

    code: str
    message: str
    fix: str


class Outcome(NamedTuple):
    """What a command's `run` returns. `following` are calls (input by name) of other commands worth making next."""

    answer: str
    results: list[Result]
    assumptions: list[str]
    warnings: Sequence[Warn] = ()
    following: Sequence[tuple[str, Mapping[str, object]]] = ()


class Command(NamedTuple):
    """A calculator: `name` is `area command`, `example` a call that runs, `renderers` its own output formats.

    `legend` says what each result means, by the last part of its name, and what the columns are.
    """

    name: str
    summary: str
    fields: tuple[Field, ...]
    run: Callable[[Inputs], Outcome]
    formula: str
    source: str
    example: Mapping[str, str]
    legend: Mapping[str, str]
    renderers: Mapping[str, Callable[[Inputs, Mapping[str, Any]], str]] = {}

    def check(self, raw: Mapping[str, object]) -> Inputs:
        """Reads every input, defaults included; raises InputError for the first one that is wrong."""
        known = [field.name for field in self.fields]
        for name in raw:
            if name not in known:
                raise self._unknown(name, known, raw)
        normal: dict[str, Normal] = {}
        values: dict[str, Value | list[Value]] = {}
        written: dict[str, object] = {}
        for field in self.fields:
            if field.default is not None:
                normal[field.name], values[field.name] = field.read(field.default)
            if field.name in raw:
                default = normal.get(field.name)
                normal[field.name], values[field.name] = field.read(raw[field.name])
                if normal[field.name] != default:
                    written[field.name] = raw[field.name]
            elif field.required:
                raise self.missing(field.name, field.doc)
        return Inputs(normal, values, written)

    def missing(self, name: str, why: str) -> InputError:
        """The refusal of a call that lacks an input; the example's value stands for it in the proposal."""
        example = next(field.example for field in self.fields if field.name == name)
        return InputError(f"/{name}", f"is missing, e.g. {name}={example}: {why}", {name: example})

    def _unknown(self, name: str, known: list[str], raw: Mapping[str, object]) -> InputError:
        meant = next((field.name for field in self.fields if name in field.also), None) or did_you_mean(name, known)
        hint = f" (did you mean {meant}?)" if meant else f": {self.name} takes {', '.join(known)}"
        fix: dict[str, object] = {name: None}
        if meant and meant not in raw:
            fix[meant] = raw[name]
        return InputError(pointer_to(name), f"is no input of {self.name}{hint}", fix)


def text_field(name: str, doc: str, example: str, pattern: str, shape: str, default: str | None = None) -> Field:
    """A text input that must match the pattern as a whole; `shape` says in words what it must be."""
    return Field(name, TEXT, doc, example, default=default, pattern=pattern, shape=shape)
