"""One declaration a command, of its inputs, method and examples; checking, help, schema and docs derive from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Union

from acolytes_perf.errors import InputError, did_you_mean, pointer_to, quoted
from acolytes_perf.units import TEXT, Kind, QuantityError, Value, at_most

Normal = Union[str, int, float, list[Union[str, int, float]]]

MOST_ITEMS = 8


class Field(NamedTuple):
    """An input. `least` and `most` are in the kind's base unit and included; `also` are other words for it."""

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
    also: tuple[str, ...] = ()

    def read(self, raw: object) -> tuple[Normal, Value | list[Value]]:
        """Normal form and value in base units; raises InputError with a JSON pointer."""
        if not self.many:
            return self._one(raw, "/" + self.name)
        items = raw if isinstance(raw, list) else raw.split(",") if isinstance(raw, str) else [raw]
        if not 1 <= len(items) <= MOST_ITEMS:
            raise InputError(
                f"/{self.name}", f"expected 1 to {MOST_ITEMS} values such as {self.example}", {self.name: self.example}
            )
        pairs = [self._one(item, f"/{self.name}/{index}") for index, item in enumerate(items)]
        return [normal for normal, _ in pairs], [value for _, value in pairs]

    def _one(self, raw: object, pointer: str) -> tuple[str | int | float, Value]:
        example = self.example.split(",")[0] if self.many else self.example
        try:
            normal = self.kind.show(self.kind.read(raw, example))
        except QuantityError as error:
            fix = self.example if self.many else error.suggestion or self.example
            raise InputError(pointer, f"{quoted(raw)} {error}", {self.name: fix}) from None
        value = self.kind.read(normal, example)
        problem = self._out_of_bounds(value)
        if problem:
            raise InputError(pointer, f"{quoted(raw)} {problem}", {self.name: self.example})
        return normal, value

    def _out_of_bounds(self, value: Value) -> str | None:
        if isinstance(value, str):
            fits = self.pattern is None or re.fullmatch(self.pattern, value)
            return None if fits else f"does not look like {self.example}"
        if not at_most(self.least, value):
            return f"is below the least that is accepted, {self.kind.show(self.least)}"
        if not at_most(value, self.most):
            return f"is above the most that is accepted, {self.kind.show(self.most)}"
        return None


class Inputs:
    """Checked inputs: `normal` for the record, and values in base units by name."""

    def __init__(self, normal: Mapping[str, Normal], values: Mapping[str, Value | list[Value]]) -> None:
        self.normal = normal
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
    following: Sequence[tuple[str, Mapping[str, Normal]]] = ()


class Command(NamedTuple):
    """A calculator: `name` is `area command`, `example` a call that runs, `renderers` its own output formats."""

    name: str
    summary: str
    fields: tuple[Field, ...]
    run: Callable[[Inputs], Outcome]
    formula: str
    source: str
    example: Mapping[str, str]
    renderers: Mapping[str, Callable[[Inputs, Mapping[str, Any]], str]] = {}

    def check(self, raw: Mapping[str, object]) -> Inputs:
        """Reads every input, defaults included; raises InputError for the first one that is wrong."""
        known = [field.name for field in self.fields]
        for name in raw:
            if name not in known:
                raise self._unknown(name, known, raw)
        normal: dict[str, Normal] = {}
        values: dict[str, Value | list[Value]] = {}
        for field in self.fields:
            if field.name in raw:
                normal[field.name], values[field.name] = field.read(raw[field.name])
            elif field.default is not None:
                normal[field.name], values[field.name] = field.read(field.default)
            elif field.required:
                raise InputError(f"/{field.name}", f"is missing: {field.doc}", {field.name: field.example})
        return Inputs(normal, values)

    def _unknown(self, name: str, known: list[str], raw: Mapping[str, object]) -> InputError:
        meant = next((field.name for field in self.fields if name in field.also), None) or did_you_mean(name, known)
        hint = f"did you mean {meant}?" if meant else f"{self.name} takes {', '.join(known)}"
        fix: dict[str, str | None] = {name: None}
        if meant and meant not in raw:
            fix[meant] = str(raw[name])
        return InputError(pointer_to(name), f"is no input of {self.name}: {hint}", fix)


def text_field(name: str, doc: str, example: str, pattern: str, default: str | None = None) -> Field:
    """A text input that must match the pattern as a whole."""
    return Field(name, TEXT, doc, example, default=default, pattern=pattern)
