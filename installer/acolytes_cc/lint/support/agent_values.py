"""Which values of an agent's fields the client takes: more than a schema can say, since it reads most of them as text.

Seen in client 2.1.332, for each field: it turns the value into a string (a list into its items with commas), and
compares. `maxTurns: "3 turns"` is 3, `color: [blue]` is no colour, an empty `color` counts as absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from acolytes_cc.definitions.values import Field, Value

_LEADING_INTEGER = re.compile(r"\s*\+?(\d+)")
_CUT_NUMBER = re.compile(r"\s*\+?(\d+)[-,_' ]\d")
# The client knows such numbers
_THOUSANDS = re.compile(r"\s*\+?\d{1,3}(?:[,_ ]\d{3})+\s*")
_MIN_WINDOW = 100_000
_CACHE_TIMES = ("5m", "1h")
# Where an empty string counts as absent
_MAY_BE_EMPTY = frozenset({"color", "permissionMode"})


def requirement(field: Field, values: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return what the value of a field must be, when the client ignores the one that it has; None when it takes it.

    Args:
        field: A field of an agent, with one of the keys in `CHECKED`.
        values: The fixed values of each field.
    """
    value = field.value
    if value.kind == "null":
        return None
    if field.key in ("tools", "disallowedTools", "skills"):
        return _names_requirement(value)
    check = _CHECKS.get(field.key)
    if check is not None:
        return None if check(value) else _REQUIREMENTS[field.key]
    allowed = values.get(field.key, ())
    text = value.data if value.kind == "string" else None
    if text in allowed or (text == "" and field.key in _MAY_BE_EMPTY):
        return None
    return one_of(allowed)


def one_of(allowed: Sequence[str]) -> str:
    """Say which values a field may have.

    >>> one_of(["worktree"]), one_of(["plan", "auto"])
    ('It must be `worktree`.', 'Use one of: plan, auto.')
    """
    return f"Use one of: {', '.join(allowed)}." if len(allowed) > 1 else f"It must be `{''.join(allowed)}`."


def number_before_separator(value: Value) -> str | None:
    """Return what the client reads of a text with several numbers: of `5-10` it is `5`. None for `1,000`."""
    text = str(value.data)
    found = _CUT_NUMBER.match(text) if value.kind == "string" and not _THOUSANDS.fullmatch(text) else None
    return found[1] if found else None


def _names_requirement(value: Value) -> str | None:
    if value.kind == "list":
        wrong = next((item for item in value.items if item.kind not in ("string", "null")), None)
        return None if wrong is None else "The client drops entries that are not strings. Put them in quotes."
    return None if value.kind == "string" else "It must be a string or a list of strings."


def _is_turns(value: Value) -> bool:
    if isinstance(value.data, bool) or value.kind not in ("number", "string"):
        return False
    if value.kind == "number":
        return isinstance(value.data, (int, float)) and 1 <= value.data < float("inf") and value.data % 1 == 0
    found = _LEADING_INTEGER.match(str(value.data))
    return found is not None and int(found[1]) > 0


def _is_window(value: Value) -> bool:
    inner = value.items[0] if value.kind == "list" and len(value.items) == 1 else value
    found = None if isinstance(inner.data, bool) else _LEADING_INTEGER.match(str(inner.data))
    return found is not None and int(found[1]) >= _MIN_WINDOW


def _is_effort(value: Value) -> bool:
    inner = value.items[0] if value.kind == "list" and len(value.items) == 1 else value
    if inner.kind == "number":
        return True  # the rule `effort-number` reports it
    return inner.kind == "string" and (str(inner.data).lower() in _EFFORTS or str(inner.data).isdecimal())


def _is_flag(value: Value) -> bool:
    return value.kind == "boolean" or value.data in ("true", "false")


def _is_experimental(value: Value) -> bool:
    time = value.member("cacheTtl")
    return value.kind == "map" and time is not None and time.value.data in _CACHE_TIMES


_EFFORTS = ("low", "med", "medium", "high", "xhigh", "max")
_CHECKS = {
    "maxTurns": _is_turns,
    "autoCompactWindow": _is_window,
    "effort": _is_effort,
    "background": _is_flag,
    "omitClaudeMd": _is_flag,
    "experimental": _is_experimental,
}
_REQUIREMENTS = {
    "maxTurns": "It must be a whole number of at least 1.",
    "autoCompactWindow": f"It must be a whole number of at least {_MIN_WINDOW:,}.",
    "effort": f"Use one of: {', '.join(_EFFORTS)}.",
    "background": "It must be true or false.",
    "omitClaudeMd": "It must be true or false.",
    "experimental": "It must be a map with `cacheTtl: 5m` or `cacheTtl: 1h`.",
}
CHECKED = frozenset(
    {*_CHECKS, "tools", "disallowedTools", "skills", "color", "permissionMode", "memory", "isolation"},
)
"""The keys that `requirement` knows."""
