"""Foreign worked examples put into a command's own inputs and results, by rules that are data.

A rule of `references/kinds/COMMAND.json` reads one kind of entry:

- `inputs`: input of the command -> a template such as `"{lambda}/s"`, or a list of which the first applies whose names
  the entry has, or for a table an object column -> template, which makes a row for each item of the lists it names (of
  an object whose names are numbers, for each member: `{x[0]}` is the name), or a list of such objects, whose rows
  follow each other;
- `each`: names of lists that vary together: one call for each index;
- `when`: names that must have this value, and are not put in elsewhere; `needs`: figures that must be expected;
- `expected`: name in the entry -> result, or {"of": result, "as": template of its unit, "by": a key of READINGS, or
  `interval` for a list of its ends}; in another list without `each`, `{i}` in the result's name counts from 1, or `of`
  is a list of names. A result may be named without its column where it has only one.

A rule applies when it reads every input of the entry and every figure expected of it. The first that applies is used.
"""

from __future__ import annotations

import json
import os
import string
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Union

from acolytes_perf.declare import Result
from acolytes_perf.references import FOLDER

Reading = Union[float, int, bool, None]


def _halfwidth(result: Result) -> float | None:
    ends = result.interval
    return None if ends is None or ends.high is None else (ends.high - ends.low) / 2


#: What may be asked of a result beside its value.
READINGS: Mapping[str, Callable[[Result], Reading]] = {
    "value": lambda result: result.value,
    "most": lambda result: result.value,  # the expected figure is a limit, not the value
    "low": lambda result: None if result.interval is None else result.interval.low,
    "high": lambda result: None if result.interval is None else result.interval.high,
    "halfwidth": _halfwidth,
    "negative": lambda result: result.value is not None and result.value < 0,
}


class Figure(NamedTuple):
    """One number expected, in the entry's unit, of which `template` makes a text where it is not the result's own."""

    result: str
    reading: str
    expected: Any
    template: str | None


class Case(NamedTuple):
    """One call, and the figures expected of its answer."""

    inputs: dict[str, object]
    figures: list[Figure]


def rules(command: str) -> list[dict[str, Any]]:
    """The rules of a command, none when it has no file of them."""
    path = os.path.join(FOLDER, "kinds", f"{command.replace(' ', '_')}.json")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as stream:
        found: list[dict[str, Any]] = json.load(stream)
    return found


def cases(rule: Mapping[str, Any], inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> list[Case] | None:
    """The entry as calls of the command, None when the rule does not apply."""
    try:
        return _cases(rule, inputs, expected)
    except (LookupError, TypeError, ValueError):  # values of another shape than its templates take
        return None


def _cases(rule: Mapping[str, Any], inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> list[Case] | None:
    when, each = rule.get("when", {}), rule.get("each", [])
    if any(inputs.get(name) != value for name, value in when.items()):
        return None
    chosen = {field: _usable(template, inputs) for field, template in rule["inputs"].items()}
    used = {name for template in chosen.values() if template is not None for name in _names(template)}
    varying = [name for name in each if name in inputs]
    if set(inputs) - used - set(when) or not set(rule.get("needs", [])) <= set(expected) <= set(rule["expected"]):
        return None
    lengths = {len(inputs[name]) for name in varying if isinstance(inputs[name], list)}
    if len(lengths) != (1 if varying else 0):
        return None
    count = lengths.pop() if varying else 1
    if varying and any(isinstance(value, list) and len(value) != count for value in expected.values()):
        return None
    return [
        _case(rule, chosen, _at_index(inputs, varying, index), _at_index(expected, varying and expected, index))
        for index in range(count)
    ]


def _at_index(values: Mapping[str, Any], varying: Collection[str], index: int) -> dict[str, Any]:
    """The values, of lists that vary together the item there."""
    return {
        name: value[index] if name in varying and isinstance(value, list) else value for name, value in values.items()
    }


def _case(
    rule: Mapping[str, Any], chosen: Mapping[str, Any], inputs: Mapping[str, Any], expected: Mapping[str, Any]
) -> Case:
    values = {field: _filled(template, inputs) for field, template in chosen.items() if template is not None}
    figures = [figure for name, value in expected.items() for figure in _figures(rule["expected"][name], value)]
    return Case(values, figures)


def _figures(spec: Any, value: Any) -> Iterator[Figure]:
    """The figures that an expected value stands for: one for each item of a list."""
    full = {"by": "value", "as": None, **(spec if isinstance(spec, dict) else {"of": spec})}
    if isinstance(value, list):
        ends = ("low", "high") if full["by"] == "interval" else None
        for index, item in enumerate(value):
            name = full["of"][index] if isinstance(full["of"], list) else full["of"].format(i=index + 1)
            yield Figure(name, ends[index] if ends else full["by"], item, full["as"])
    elif value is not None and not isinstance(value, (bool, int, float)):
        raise TypeError("an expected figure is a number, true, false or null")
    else:
        yield Figure(full["of"], full["by"], value, full["as"])


def _usable(template: Any, inputs: Mapping[str, Any]) -> Any:
    """The template, or of several the first, whose names are all there; of a table the objects and columns that are."""
    if isinstance(template, dict):
        return _usable([template], inputs)
    if isinstance(template, list) and isinstance(template[0], dict):
        kept = [{column: one for column, one in columns.items() if _names(one) <= set(inputs)} for columns in template]
        return [columns for columns in kept if _names(columns)] or None
    if isinstance(template, list):
        return next((one for one in template if _names(one) <= set(inputs)), None)
    return template if _names(template) <= set(inputs) else None


def _names(template: Any) -> set[str]:
    """The entry's inputs that a template, or all columns of a table, put in."""
    if isinstance(template, list):
        return set().union(*map(_names, template))
    if isinstance(template, dict):
        return set().union(*map(_names, template.values()))
    fields = [field for _, field, _, _ in string.Formatter().parse(template) if field]
    return {field.partition("[")[0] for field in fields} - {"i"}


class _Several(list):  # type: ignore[type-arg]
    """A list that goes into a text as `--set` takes several values."""

    def __format__(self, spec: str) -> str:
        return ",".join(map(str, self))


def _filled(template: Any, inputs: Mapping[str, Any]) -> object:
    if isinstance(template, str):
        return template.format(
            **{name: _Several(one) if isinstance(one, list) else one for name, one in inputs.items()}
        )
    return [row for columns in template for row in _rows(columns, inputs)]


def _rows(columns: Mapping[str, str], inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row for each item of the lists that the columns name, at least one."""
    given = {name: _listed(inputs[name]) for name in _names(columns)}
    lists = {name: value for name, value in given.items() if isinstance(value, list)}
    count = max((len(values) for values in lists.values()), default=1)
    return [_row(columns, {**inputs, **_at(lists, index)}, index) for index in range(count)]


def _listed(value: Any) -> Any:
    """An object of numbers by number as a list of pairs; anything else as it is."""
    if isinstance(value, dict) and all(name[:1].isdigit() for name in value):
        return list(value.items())
    return value


def _at(lists: Mapping[str, Sequence[Any]], index: int) -> dict[str, Any]:
    return {name: values[index] for name, values in lists.items() if index < len(values)}


def _row(template: Mapping[str, str], inputs: Mapping[str, Any], index: int) -> dict[str, str]:
    return {column: one.format(i=index + 1, **inputs) for column, one in template.items()}
