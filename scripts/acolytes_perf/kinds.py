"""How `verify` reads the worked examples of others: rules that are data.

An entry of others has inputs and expected figures under names of its own. A rule, one of the `kinds` in a command's
file of references, says how to make a call of the command from one kind of entry:

- `inputs`: for an input of the command a template, such as `"{lambda}/s"`. Of a list of templates the first is used
  for which the entry has every name. For a table it is an object of templates by column. It makes one row for each
  item of the lists that it names. Of an object whose names are numbers it makes a row for each member, and `{x[0]}`
  is the number. A list of such objects makes rows that follow each other.
- `each`: names of lists that vary together. They make one call for each index.
- `when`: names that must have this value. They are not used in templates.
- `needs`: figures that the entry must expect.
- `for`: another name that the entry may have for the command, such as `apdex`.
- `expected`: for a figure's name in the entry the result's name, or an object. The object has `of`, the name of a
  result or a column, and for a cell `table` and `row` (without `row`: the first one). `as` is a template that gives the
  expected figure its unit. `by` is a key of READINGS, or `interval` for a list of both ends. For other lists without
  `each`, `{i}` in a name or row counts from 1, or `row` is a list. The names of an object are the rows.

An entry names a command, an area of commands, or the `for` of a rule. An input may be a list as an expression, such
as `[0]*1000+[1]*1000`.

A rule applies when it reads every input of the
entry and every figure that the entry expects. The first rule that applies is used.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from acolytes_perf.outcome import Number, Result, ResultPath
from acolytes_perf.references import read


def _halfwidth(result: Result) -> float | None:
    ends = result.interval
    return None if ends is None or ends.high is None else (ends.high - ends.low) / 2


#: What may be asked of a result beside its value.
READINGS: Mapping[str, Callable[[Result], Number]] = {
    "value": lambda result: result.value,
    "most": lambda result: result.value,  # the expected figure is a limit, not the value
    "low": lambda result: None if result.interval is None else result.interval.low,
    "high": lambda result: None if result.interval is None else result.interval.high,
    "halfwidth": _halfwidth,
    "negative": lambda result: result.value is not None and result.value < 0,
}


#: One list of numbers, repeated so many times; and a sum of such lists.
_LIST = re.compile(r"\[([-+\d.,\s]+)\](?:\s*\*\s*(\d{1,6}))?")
_LISTS = re.compile(rf"\s*{_LIST.pattern}(\s*\+\s*{_LIST.pattern})*\s*")
_MOST_ITEMS = 100_000


class Figure(NamedTuple):
    """One expected number in the entry's unit. `template` makes a text with that unit where the result has another."""

    path: ResultPath
    reading: str
    expected: Any
    template: str | None


class Case(NamedTuple):
    """One call, and the figures expected of its answer."""

    inputs: dict[str, object]
    figures: list[Figure]


def rules(command: str) -> list[dict[str, Any]]:
    """The rules of a command."""
    return read(command)["kinds"]


def cases(rule: Mapping[str, Any], inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> list[Case] | None:
    """The entry as calls of the command, None when the rule does not apply."""
    try:
        return _cases(rule, inputs, expected)
    except (LookupError, TypeError, ValueError):  # values of another shape than its templates take
        return None


def _cases(rule: Mapping[str, Any], inputs: Mapping[str, Any], expected: Mapping[str, Any]) -> list[Case] | None:
    when, each = rule.get("when", {}), rule.get("each", [])
    inputs = {name: _expanded(value) for name, value in inputs.items()}
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


def _expanded(value: Any) -> Any:
    """The list that a text such as `[0]*3+[1]*2` means; any other value unchanged.

    >>> _expanded("[0]*3 + [1, 2]")
    ['0', '0', '0', '1', '2']
    """
    if not isinstance(value, str) or not _LISTS.fullmatch(value):
        return value
    parts = [(items.split(","), int(times or 1)) for items, times in _LIST.findall(value)]
    if sum(len(items) * times for items, times in parts) > _MOST_ITEMS:
        return value
    return [item.strip() for items, times in parts for item in items * times]


def _at_index(values: Mapping[str, Any], varying: Collection[str], index: int) -> dict[str, Any]:
    """The values for one index: of the lists that vary together, the item there."""
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
    full = {"by": "value", "as": None, "table": None, "row": None, **(spec if isinstance(spec, dict) else {"of": spec})}
    name, table, row = full["of"], full["table"], full["row"]
    if isinstance(value, dict):
        for label, item in value.items():
            yield from _figures({**full, "row": label}, item)
        return
    if isinstance(value, list):
        ends = ("low", "high") if full["by"] == "interval" else None
        for index, item in enumerate(value):
            path = ResultPath(name.format(i=index + 1), table, _row_label(row, index))
            yield Figure(path, ends[index] if ends else full["by"], item, full["as"])
    elif value is not None and not isinstance(value, (bool, int, float)):
        raise TypeError("an expected figure is a number, true, false or null")
    else:
        yield Figure(ResultPath(name, table, row), full["by"], value, full["as"])


def _row_label(row: Any, index: int) -> str | None:
    """The row of an item of a list: by its index, or with the index in its label."""
    if row is None:
        return None
    return str(row[index]) if isinstance(row, list) else str(row).format(i=index + 1)


def _usable(template: Any, inputs: Mapping[str, Any]) -> Any:
    """The first template of which the entry has all names; of a table the objects and columns that apply."""
    if isinstance(template, dict):
        return _usable([template], inputs)
    if isinstance(template, list) and isinstance(template[0], dict):
        kept = [
            {column: text for column, text in columns.items() if _names(text) <= set(inputs)} for columns in template
        ]
        return [columns for columns in kept if _names(columns)] or None
    if isinstance(template, list):
        return next((text for text in template if _names(text) <= set(inputs)), None)
    return template if _names(template) <= set(inputs) else None


def _names(template: Any) -> set[str]:
    """The names of the entry's inputs that a template uses."""
    if isinstance(template, list):
        return set().union(*map(_names, template))
    if isinstance(template, dict):
        return set().union(*map(_names, template.values()))
    fields = [field for _, field, _, _ in string.Formatter().parse(template) if field]
    return {field.partition("[")[0] for field in fields} - {"i"}


class _Several(list):  # type: ignore[type-arg]
    """A list that a template writes with commas."""

    def __format__(self, spec: str) -> str:
        return ",".join(map(str, self))


def _filled(template: Any, inputs: Mapping[str, Any]) -> object:
    if isinstance(template, str):
        return template.format(
            **{name: _Several(text) if isinstance(text, list) else text for name, text in inputs.items()}
        )
    return [row for columns in template for row in _rows(columns, inputs)]


def _rows(columns: Mapping[str, str], inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row for each item of the lists that the columns name, at least one."""
    values = {name: _listed(inputs[name]) for name in _names(columns)}
    lists = {name: value for name, value in values.items() if isinstance(value, list)}
    count = max((len(values) for values in lists.values()), default=1)
    return [_row(columns, {**inputs, **_at(lists, index)}, index) for index in range(count)]


def _listed(value: Any) -> Any:
    """An object whose names are numbers as a list of pairs; any other value unchanged."""
    if isinstance(value, dict) and all(name[:1].isdigit() for name in value):
        return list(value.items())
    return value


def _at(lists: Mapping[str, Sequence[Any]], index: int) -> dict[str, Any]:
    return {name: values[index] for name, values in lists.items() if index < len(values)}


def _row(template: Mapping[str, str], inputs: Mapping[str, Any], index: int) -> dict[str, str]:
    return {column: text.format(i=index + 1, **inputs) for column, text in template.items()}
