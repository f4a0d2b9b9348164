"""Inputs as a command declares them: one quantity, several, or one with an interval; and the checked values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, Union

from acolytes_perf.errors import Fix, InputError, MissingInputError, UnknownInputError, did_you_mean, pointer_to, quoted
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import TEXT, Kind, Value, at_most

#: The most items of a field with `many`, where the field says no other number.
MOST_ITEMS = 8
#: A least value under this only says that the input must be positive.
_TINY = 1e-6


class Span(NamedTuple):
    """A measured value and the interval around it, in base units; all three are equal where none was given."""

    low: float
    value: float
    high: float

    @property
    def is_wide(self) -> bool:
        """Whether there is an interval at all."""
        return self.low < self.high


Read = Union[Value, Span, list[Value], list["Inputs"]]
Normal = Union[str, int, float, list[Union[str, int, float]], list[dict[str, Any]]]


class Declared(Protocol):
    """What every input has, be it a Field or a Table."""

    @property
    def name(self) -> str: ...
    @property
    def doc(self) -> str: ...
    @property
    def example(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def default(self) -> str | None: ...
    @property
    def also(self) -> tuple[str, ...]: ...
    @property
    def kind_name(self) -> str:
        """The kind in a word or two, for the documentation."""

    def read(self, raw: object) -> tuple[Normal, Read]:
        """Normal form and value in base units; raises InputError with a JSON pointer."""

    def written(self, raw: object) -> object:
        """What a further call repeats of a raw value that was accepted: a text where there is one."""

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema, without description and default."""


class Field(NamedTuple):
    """An input. `least` and `most` are in the kind's base unit and included; `also` are other words for it.

    A text matches `pattern` as a whole, and `shape` says so in words; or it is one of `choices`, which may have other
    names (`meanings`: the choice by the name). `many` is the most items of a list, 0 for a
    single value. With `is_file` the value names files that the command reads. With `spread` the value may have an
    interval: `70ms..80ms..95ms`, or `70ms..90ms` around the middle.
    """

    name: str
    kind: Kind
    doc: str
    example: str
    least: float = 0.0
    most: float = 0.0
    required: bool = False
    default: str | None = None
    many: int = 0
    pattern: str | None = None
    shape: str = ""
    also: tuple[str, ...] = ()
    spread: bool = False
    choices: tuple[str, ...] = ()
    meanings: Mapping[str, str] = MappingProxyType({})
    is_file: bool = False

    @property
    def kind_name(self) -> str:
        """The kind, and whether it takes several values or an interval."""
        return self.kind.name + (" list" if self.many else ", LOW..VALUE..HIGH" if self.spread else "")

    def read(self, raw: object) -> tuple[Normal, Read]:
        """Normal form and value in base units; raises InputError with a JSON pointer."""
        if self.spread:
            return self._spread(raw)
        if not self.many:
            return self._one(raw, "/" + self.name)
        items = raw if isinstance(raw, list) else raw.split(",") if isinstance(raw, str) else [raw]
        if not 1 <= len(items) <= self.many:
            raise InputError(f"/{self.name}", f"expected 1 to {self.many} values such as {self.example}")
        pairs = [self._item(items, index, f"/{self.name}/{index}") for index in range(len(items))]
        return [normal for normal, _ in pairs], [value for _, value in pairs]

    def _spread(self, raw: object) -> tuple[Normal, Read]:
        parts: list[Any] = raw.split("..") if isinstance(raw, str) else [raw]
        try:
            pairs = [self._item(parts, index, "/" + self.name) for index in range(len(parts))]
        except InputError as error:
            if error.fix:
                mended = error.fix[self.name]
                assert isinstance(mended, list)
                error.fix = {self.name: "..".join(map(str, mended))}
            raise
        values = [float(value) for _, value in pairs]
        if len(pairs) == 2:
            values.insert(1, sum(values) / 2)
        if len(pairs) > 3 or values != sorted(values):
            raise InputError(f"/{self.name}", f"{quoted(raw)} is no interval LOW..HIGH or LOW..VALUE..HIGH")
        normal = pairs[0][0] if len(pairs) == 1 else "..".join(str(normal) for normal, _ in pairs)
        return normal, Span(values[0], values[len(values) // 2], values[-1])

    def _item(self, items: list[Any], index: int, pointer: str) -> tuple[str | int | float, Value]:
        """One value of several; a fix of it keeps the others."""
        try:
            return self._one(items[index], pointer)
        except InputError as error:
            if error.fix:
                error.fix = {self.name: [*items[:index], error.fix[self.name], *items[index + 1 :]]}
            raise

    def _one(self, raw: object, pointer: str) -> tuple[str | int | float, Value]:
        example = self.example.split(",")[0] if self.many else self.example.split("..")[0]
        try:
            normal = self.kind.show(self.kind.read(raw, example))
            if self.choices:
                normal = self.meanings.get(str(normal), normal)
            value = self.kind.read(normal, example)
        except QuantityError as error:
            if isinstance(raw, str) and ".." in raw and not self.spread and self.kind.name != "text":
                raise InputError(
                    pointer, f"{quoted(raw)} is an interval, and this takes one value, such as {example}"
                ) from None
            message, fix = self._meant(error, example)
            raise InputError(pointer, f"{quoted(raw)} {message}", fix) from None
        if self.choices and value not in self.choices:
            raise self._no_choice(str(value), pointer)
        problem = self._out_of_bounds(value)
        if problem:
            raise InputError(pointer, f"{quoted(raw)} {problem}")
        return normal, value

    def _no_choice(self, value: str, pointer: str) -> InputError:
        meant = did_you_mean(value, [*self.choices, *self.meanings])
        hint = f" (did you mean {meant}?)" if meant else ""
        message = f"{quoted(value)} is not one of {', '.join(self.choices)}{hint}"
        return InputError(pointer, message, {self.name: meant} if meant else None)

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

    def written(self, raw: object) -> object:
        """The raw value itself."""
        return raw

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema, without description and default; units and bounds of texts are checked by `read`."""
        kind = self.kind
        pattern = f"^(?:{self.pattern})$" if self.pattern else kind.pattern
        if self.choices:
            return {"type": "string", "enum": [*self.choices, *self.meanings]}
        one: dict[str, Any] = {"type": kind.types if len(kind.types) > 1 else kind.types[0]}
        if "string" in kind.types and pattern:
            one["pattern"] = rf"{pattern[:-1]}(\.\..*)?$" if self.spread else pattern
        if len(kind.types) > 1 and kind.name != "text":
            one.update({"minimum": self.least, "maximum": self.most})
        if self.many:
            several = {"type": "array", "items": one, "minItems": 1, "maxItems": self.many}
            one = {"anyOf": [several, {"type": kind.types}]}
        return one


class Inputs:
    """Checked inputs: `normal` for the record, and values in base units by name.

    `written` are those that say more than a default, in the user's own words: what a further call must repeat.
    """

    def __init__(self, normal: Mapping[str, Normal], values: Mapping[str, Read], written: Mapping[str, object]) -> None:
        self.normal = normal
        self.written = written
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def number(self, name: str) -> float:
        """A value that is there, since it is required or has a default; of an interval the value inside it."""
        value = self._values[name]
        if isinstance(value, Span):
            return value.value
        assert isinstance(value, (int, float))
        return value

    def optional(self, name: str) -> float | None:
        """A value, None when it was not given."""
        return self.number(name) if name in self else None

    def span(self, name: str) -> Span:
        """A value with its interval, which is empty when none was given."""
        value = self._values[name]
        return value if isinstance(value, Span) else Span(*[self.number(name)] * 3)

    def numbers(self, name: str) -> list[float]:
        """All values of an input that takes several; empty when it was not given."""
        values = self._values.get(name, [])
        assert isinstance(values, list)
        return [value for value in values if isinstance(value, (int, float))]

    def texts(self, name: str) -> list[str]:
        """All texts of an input that takes several; empty when it was not given."""
        values = self._values.get(name, [])
        assert isinstance(values, list)
        return [value for value in values if isinstance(value, str)]

    def rows(self, name: str) -> list[Inputs]:
        """The rows of a table, each with its own checked values; empty when it was not given."""
        values = self._values.get(name, [])
        assert isinstance(values, list)
        return [value for value in values if isinstance(value, Inputs)]

    def text(self, name: str) -> str | None:
        """A text, None when it was not given."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def given(self, *names: str) -> list[str]:
        """Those of the names that have a value, in the order asked."""
        return [name for name in names if name in self]


def checked(fields: Sequence[Declared], raw: Mapping[str, object], owner: str) -> Inputs:
    """Reads every input, defaults included; raises InputError for the first that is wrong. `owner` takes them."""
    known = [field.name for field in fields]
    for name in raw:
        if name not in known:
            raise _unknown(fields, name, raw, owner)
    normal: dict[str, Normal] = {}
    values: dict[str, Read] = {}
    written: dict[str, object] = {}
    for field in fields:
        if field.default is not None:
            normal[field.name], values[field.name] = field.read(field.default)
        if field.name in raw:
            default = normal.get(field.name)
            normal[field.name], values[field.name] = field.read(raw[field.name])
            if normal[field.name] != default:
                written[field.name] = field.written(raw[field.name])
        elif field.required:
            raise missing(fields, field.name, field.doc)
    return Inputs(normal, values, written)


def missing(fields: Sequence[Declared], name: str, why: str) -> InputError:
    """The refusal of a call that lacks an input; the example's value stands for it in the proposal."""
    example = next(field.example for field in fields if field.name == name)
    return MissingInputError(
        f"/{name}", f"is missing, e.g. --{name.replace('_', '-')} {example}: {why}", {name: example}
    )


def _unknown(fields: Sequence[Declared], name: str, raw: Mapping[str, object], owner: str) -> InputError:
    known = [field.name for field in fields]
    other = next((field.name for field in fields if name in field.also), None)
    meant = other or did_you_mean(name, known)
    hint = f" (did you mean {meant}?)" if meant else f": {owner} takes {', '.join(known)}"
    fix: dict[str, object] = {name: None}
    if meant and meant not in raw:
        fix[meant] = raw[name]
    message = f"is no input of {owner}{hint}"
    return (
        InputError(pointer_to(name), message, fix) if other else UnknownInputError(pointer_to(name), message, fix, name)
    )


def text_field(name: str, doc: str, example: str, pattern: str, shape: str, default: str | None = None) -> Field:
    """A text input that must match the pattern as a whole; `shape` says in words what it must be."""
    return Field(name, TEXT, doc, example, default=default, pattern=pattern, shape=shape)


def choice_field(
    name: str, doc: str, choices: Sequence[str], default: str, meanings: Mapping[str, str] = MappingProxyType({})
) -> Field:
    """A text input that is one of the choices, or another name for one of them."""
    words = "; ".join([", ".join(choices), *(f"{other} is {choice}" for other, choice in meanings.items())])
    doc, example = f"{doc}, one of {words}", next(one for one in choices if one != "auto")
    return Field(name, TEXT, doc, example, default=default, choices=tuple(choices), meanings=meanings)
