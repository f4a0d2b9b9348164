"""Declarations of inputs (one quantity, several, or one with an interval), and their checked values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, Union

from acolytes_perf.errors import Fix, InputError, MissingInputError, UnknownInputError, did_you_mean, pointer_to, quoted
from acolytes_perf.inputs.quantity import QuantityError
from acolytes_perf.inputs.units import TEXT, QuantityKind, Value, at_most

#: The usual limit for a field that takes several values.
MAX_ITEMS = 8
#: A minimum below this only means that the input must be positive.
_TINY = 1e-6


class Estimate(NamedTuple):
    """A measured value with its interval, in base units; all three are equal for an exact value."""

    low: float
    value: float
    high: float

    @property
    def has_interval(self) -> bool:
        """Whether the interval has a width."""
        return self.low < self.high


#: A checked value in base units.
CheckedValue = Union[Value, Estimate, list[Value], list["Inputs"]]
#: The same in the normal form that the record of a calculation shows.
NormalForm = Union[str, int, float, list[Union[str, int, float]], list[dict[str, Any]]]


class InputDeclaration(Protocol):
    """What Field and Table have in common."""

    @property
    def name(self) -> str:
        """The name in calls and documents."""

    @property
    def doc(self) -> str:
        """What it means, for help and documentation."""

    @property
    def example(self) -> str:
        """A valid text."""

    @property
    def required(self) -> bool:
        """Whether every call needs it."""

    @property
    def default(self) -> str | None:
        """The text that stands for a missing value; None without a default."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names that users try; errors lead from them to the name."""

    @property
    def is_file(self) -> bool:
        """Whether its value may name files that the command reads."""

    @property
    def kind_name(self) -> str:
        """The kind in a few words, for the documentation."""

    def read(self, raw: object) -> tuple[NormalForm, CheckedValue]:
        """Normal form and value in base units; raises InputError with a JSON pointer."""

    def as_written(self, raw: object) -> object:
        """What a further call repeats of a raw value that was accepted: a text where there is one."""

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema, without description and default."""


class Field(NamedTuple):
    """An input with one value, or with several of the same kind.

    Attributes:
        name: in calls and documents.
        kind: of its quantity.
        doc: what it means, for help and documentation.
        example: a valid text.
        minimum: the smallest valid value, in the kind's base unit.
        maximum: the largest valid value.
        required: every call needs it.
        default: the text that stands for a missing value.
        max_items: how many values a list may have; 0 for a single value.
        pattern: regular expression that a whole text must match.
        pattern_doc: the pattern in words, for errors.
        aliases: other names that users try.
        takes_interval: a value may have an interval, `70ms..80ms..95ms`, or `70ms..90ms` around its middle.
        choices: the valid texts.
        choice_aliases: other names of the choices.
        is_file: the value names files that the command reads.
        is_distinct: a list must not have the same value twice.
    """

    name: str
    kind: QuantityKind
    doc: str
    example: str
    minimum: float = 0.0
    maximum: float = 0.0
    required: bool = False
    default: str | None = None
    max_items: int = 0
    pattern: str | None = None
    pattern_doc: str = ""
    aliases: tuple[str, ...] = ()
    takes_interval: bool = False
    choices: tuple[str, ...] = ()
    choice_aliases: Mapping[str, str] = MappingProxyType({})
    is_file: bool = False
    is_distinct: bool = False

    @property
    def kind_name(self) -> str:
        """The kind, and whether several values or an interval are possible."""
        return self.kind.name + (" list" if self.max_items else ", LOW..VALUE..HIGH" if self.takes_interval else "")

    def read(self, raw: object) -> tuple[NormalForm, CheckedValue]:
        """Normal form and value in base units; raises InputError with a JSON pointer."""
        if self.takes_interval:
            return self._read_interval(raw)
        if not self.max_items:
            return self._read_value(raw, "/" + self.name)
        items = raw if isinstance(raw, list) else raw.split(",") if isinstance(raw, str) else [raw]
        if not 1 <= len(items) <= self.max_items:
            raise InputError(f"/{self.name}", f"expected 1 to {self.max_items} values such as {self.example}")
        pairs = [self._read_item(items, index, f"/{self.name}/{index}") for index in range(len(items))]
        if isinstance(raw, str):
            self._refuse_decimal_comma(raw.split(","))
        values = [value for _, value in pairs]
        twice = next((index for index, value in enumerate(values) if value in values[:index]), None)
        if self.is_distinct and twice is not None:
            fix = {self.name: [*items[:twice], *items[twice + 1 :]]}
            raise InputError(f"/{self.name}/{twice}", f"{quoted(items[twice])} is there twice: leave one out", fix)
        return [normal for normal, _ in pairs], values

    def _refuse_decimal_comma(self, items: Sequence[str]) -> None:
        """Refuses `6,1x,5x`: a whole number before a value with a unit reads like a number with a decimal comma."""
        joined: list[str] = []
        for item in items:
            if joined and re.fullmatch(r"\s*[+-]?\d+", joined[-1]) and re.fullmatch(r"\d+ ?(?:x|%|percent)\s*", item):
                joined[-1] += f".{item}"
            else:
                joined.append(item)
        if len(joined) < len(items) and self.kind.name != "text":
            index = next(index for index, item in enumerate(joined) if item != items[index])
            unit = items[index + 1].strip().lstrip("0123456789")
            message = (
                f"'{items[index].strip()},{items[index + 1].strip()}' could be one value with a decimal comma, or two: "
                f"write {joined[index].strip()}, or {items[index].strip()}{unit},{items[index + 1].strip()}"
            )
            raise InputError(f"/{self.name}/{index}", message, {self.name: joined})

    def _read_interval(self, raw: object) -> tuple[NormalForm, CheckedValue]:
        parts: list[Any] = raw.split("..") if isinstance(raw, str) else [raw]
        try:
            pairs = [self._read_item(parts, index, "/" + self.name) for index in range(len(parts))]
        except InputError as error:
            if error.fix:
                parts_with_fix = error.fix[self.name]
                assert isinstance(parts_with_fix, list)
                error.fix = {self.name: "..".join(map(str, parts_with_fix))}
            raise
        values = [float(value) for _, value in pairs]
        if len(pairs) == 2:
            values.insert(1, sum(values) / 2)
        if len(pairs) > 3 or values != sorted(values):
            raise InputError(f"/{self.name}", f"{quoted(raw)} is not an interval LOW..HIGH or LOW..VALUE..HIGH")
        normal = pairs[0][0] if len(pairs) == 1 else "..".join(str(normal) for normal, _ in pairs)
        return normal, Estimate(values[0], values[len(values) // 2], values[-1])

    def _read_item(self, items: list[Any], index: int, pointer: str) -> tuple[str | int | float, Value]:
        """One value of several; the fix of an error keeps the other values."""
        try:
            return self._read_value(items[index], pointer)
        except InputError as error:
            if error.fix:
                error.fix = {self.name: [*items[:index], error.fix[self.name], *items[index + 1 :]]}
            raise

    def _read_value(self, raw: object, pointer: str) -> tuple[str | int | float, Value]:
        example = self.example.split(",")[0] if self.max_items else self.example.split("..")[0]
        try:
            normal = self.kind.show(self.kind.read(raw, example))
            if self.choices:
                normal = self.choice_aliases.get(str(normal), normal)
            value = self.kind.read(normal, example)
        except QuantityError as error:
            if isinstance(raw, str) and ".." in raw and not self.takes_interval and self.kind.name != "text":
                raise InputError(
                    pointer, f"{quoted(raw)} is an interval, but this input takes one value, such as {example}"
                ) from None
            message, fix = self._propose(error, example)
            raise InputError(pointer, f"{quoted(raw)} {message}", fix) from None
        if self.choices and value not in self.choices:
            raise self._choice_error(str(value), pointer)
        problem = self._out_of_bounds(value)
        if problem:
            raise InputError(pointer, f"{quoted(raw)} {problem}")
        return normal, value

    def _choice_error(self, value: str, pointer: str) -> InputError:
        nearest = did_you_mean(value, [*self.choices, *self.choice_aliases])
        hint = f" (did you mean {nearest}?)" if nearest else ""
        message = f"{quoted(value)} is not one of {', '.join(self.choices)}{hint}"
        return InputError(pointer, message, {self.name: nearest} if nearest else None)

    def _propose(self, error: QuantityError, example: str) -> tuple[str, Fix | None]:
        """The message with the valid readings of the text, and the likeliest of them as the fix."""
        problems = {reading: self._problem(reading, example) for reading in error.readings}
        accepted = [reading for reading, problem in problems.items() if problem is None]
        if accepted:
            return f"{error}: write {' or '.join(accepted)}", {self.name: accepted[0]}
        return ", and ".join([str(error), *(f"{reading} {problem}" for reading, problem in problems.items())][:2]), None

    def _problem(self, reading: str, example: str) -> str | None:
        """Why a reading would be refused; None for a valid one."""
        try:
            return self._out_of_bounds(self.kind.read(reading, example))
        except QuantityError as error:
            return str(error)

    def _out_of_bounds(self, value: Value) -> str | None:
        if isinstance(value, str):
            fits = self.pattern is None or re.fullmatch(self.pattern, value)
            return None if fits else f"is not {self.pattern_doc}, like {self.example}"
        if value <= 0 < self.minimum < _TINY:
            return "must be more than 0"
        if not at_most(self.minimum, value):
            return f"is below the minimum, {self.kind.show(self.minimum)}"
        if not at_most(value, self.maximum):
            return f"is above the maximum, {self.kind.show(self.maximum)}"
        return None

    def as_written(self, raw: object) -> object:
        """The raw value itself."""
        return raw

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema, without description and default; units and bounds of texts are checked by `read`."""
        kind = self.kind
        pattern = f"^(?:{self.pattern})$" if self.pattern else kind.pattern
        if self.choices:
            return {"type": "string", "enum": [*self.choices, *self.choice_aliases]}
        schema: dict[str, Any] = {"type": kind.types if len(kind.types) > 1 else kind.types[0]}
        if "string" in kind.types and pattern:
            schema["pattern"] = rf"{pattern[:-1]}(\.\..*)?$" if self.takes_interval else pattern
        if len(kind.types) > 1 and kind.name != "text":
            schema.update({"minimum": self.minimum, "maximum": self.maximum})
        if self.max_items:
            array = {"type": "array", "items": schema, "minItems": 1, "maxItems": self.max_items}
            schema = {"anyOf": [array, {"type": kind.types}]}
        return schema


class Inputs:
    """Checked inputs by name, in base units.

    Attributes:
        normal: their normal forms, for the record.
        written: the texts of those that differ from their defaults; a further call must repeat them.
    """

    def __init__(
        self, normal: Mapping[str, NormalForm], values: Mapping[str, CheckedValue], written: Mapping[str, object]
    ) -> None:
        self.normal = normal
        self.written = written
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def number(self, name: str) -> float:
        """The value of an input that is required or has a default; of an interval the value inside."""
        value = self._values[name]
        if isinstance(value, Estimate):
            return value.value
        assert isinstance(value, (int, float))
        return value

    def optional(self, name: str) -> float | None:
        """The value; None without one."""
        return self.number(name) if name in self else None

    def estimate(self, name: str) -> Estimate:
        """The value with its interval."""
        value = self._values[name]
        return value if isinstance(value, Estimate) else Estimate(*[self.number(name)] * 3)

    def numbers(self, name: str) -> list[float]:
        """The values of an input that takes several; empty without any."""
        values = self._values.get(name, [])
        assert isinstance(values, list)
        return [value for value in values if isinstance(value, (int, float))]

    def texts(self, name: str) -> list[str]:
        """The texts of an input that takes several; empty without any."""
        values = self._values.get(name, [])
        assert isinstance(values, list)
        return [value for value in values if isinstance(value, str)]

    def rows(self, name: str) -> list[Inputs]:
        """The checked rows of a table; empty without any."""
        values = self._values.get(name, [])
        assert isinstance(values, list)
        return [value for value in values if isinstance(value, Inputs)]

    def text(self, name: str) -> str | None:
        """The text; None without one."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def value(self, name: str) -> CheckedValue:
        """The checked value of an input that is present, whatever its kind."""
        return self._values[name]

    def use_rows(self, name: str, rows: Sequence[Inputs]) -> None:
        """Puts the rows that were read from files in the place of their names, for all that follows in this call."""
        self._values = {**self._values, name: list(rows)}

    def present(self, *names: str) -> list[str]:
        """Those of the names that have a value, in the same order."""
        return [name for name in names if name in self]


def check_inputs(
    fields: Sequence[InputDeclaration], raw: Mapping[str, object], owner: str, *, is_row: bool = False
) -> Inputs:
    """Checks all inputs and fills in defaults.

    Args:
        fields: the declarations.
        raw: values by name, from JSON or the command line.
        owner: the command or table that takes them, for errors.
        is_row: they are the cells of a table's row, which have no options.

    Raises:
        InputError: for the first input that is wrong.
    """
    names = [field.name for field in fields]
    for name in raw:
        if name not in names:
            raise _unknown_input(fields, name, raw, owner)
    normal: dict[str, NormalForm] = {}
    values: dict[str, CheckedValue] = {}
    written: dict[str, object] = {}
    for field in fields:
        if field.default is not None:
            normal[field.name], values[field.name] = field.read(field.default)
        if field.name in raw:
            default = normal.get(field.name)
            normal[field.name], values[field.name] = field.read(raw[field.name])
            if normal[field.name] != default:
                written[field.name] = field.as_written(raw[field.name])
        elif field.required:
            raise _missing_cell(field) if is_row else missing_input(fields, field.name, field.doc)
    return Inputs(normal, values, written)


def missing_input(fields: Sequence[InputDeclaration], name: str, why: str) -> InputError:
    """The error for a call without a necessary input; its fix uses the input's example."""
    example = next(field.example for field in fields if field.name == name)
    separator = "=" if example.startswith("-") else " "
    return MissingInputError(
        f"/{name}", f"is missing, e.g. --{name.replace('_', '-')}{separator}{example}: {why}", {name: example}
    )


def _missing_cell(field: InputDeclaration) -> InputError:
    message = f"is missing in this row, e.g. {field.example}: {field.doc}"
    return MissingInputError(f"/{field.name}", message, {field.name: field.example})


def _unknown_input(fields: Sequence[InputDeclaration], name: str, raw: Mapping[str, object], owner: str) -> InputError:
    names = [field.name for field in fields]
    same = next((field.name for field in fields if name in field.aliases), None)
    nearest = same or did_you_mean(name, names)
    hint = f" (did you mean {nearest}?)" if nearest else f": {owner} takes {', '.join(names)}"
    fix: dict[str, object] = {name: None}
    if nearest and nearest not in raw:
        fix[nearest] = raw[name]
    message = f"is not an input of {owner}{hint}"
    if same:
        return InputError(pointer_to(name), message, fix)
    return UnknownInputError(pointer_to(name), message, fix, name)


def text_field(name: str, doc: str, example: str, pattern: str, pattern_doc: str, default: str | None = None) -> Field:
    """A text input that must match the pattern as a whole; `pattern_doc` describes the pattern."""
    return Field(name, TEXT, doc, example, default=default, pattern=pattern, pattern_doc=pattern_doc)


def choice_field(
    name: str,
    doc: str,
    choices: Sequence[str],
    default: str | None,
    choice_aliases: Mapping[str, str] = MappingProxyType({}),
) -> Field:
    """A text input that is one of the choices, or an alias of one."""
    words = "; ".join([", ".join(choices), *(f"{alias} is {choice}" for alias, choice in choice_aliases.items())])
    doc, example = f"{doc}, one of {words}", next(choice for choice in choices if choice != "auto")
    return Field(name, TEXT, doc, example, default=default, choices=tuple(choices), choice_aliases=choice_aliases)
