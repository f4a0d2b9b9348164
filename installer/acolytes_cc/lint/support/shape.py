"""Holds a value with places against a pydantic model, and says where and how it does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from acolytes_cc.definitions.values import Value

_SCALARS = ("boolean", "number", "string")
_WORDS = {
    "bool_type": "a boolean",
    "dict_type": "an object",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_attributes_type": "an object",
    "model_type": "an object",
    "string_type": "a string",
}


class Misfit(NamedTuple):
    """A part of the value that does not fit: its offset, the keys that lead to it, and what is wrong with it."""

    offset: int
    path: tuple[str, ...]
    words: str


def misfits(value: Value, model: Any) -> Iterator[Misfit]:
    """Where ``value`` does not fit ``model`` (whatever a TypeAdapter takes), one for each place, in their order."""
    from pydantic import TypeAdapter, ValidationError

    try:
        TypeAdapter(model).validate_python(value.plain())
    except ValidationError as error:
        # An unknown event is no misfit: a rule of its own knows what was meant.
        found = [problem for problem in error.errors() if problem["loc"][-1:] != ("[key]",)]
    else:
        return
    words: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for problem in found:
        words.setdefault(_place(value, problem["loc"]), []).append(_wording(problem))
    for (offset, path), ways in sorted(words.items()):
        yield Misfit(offset, path, _joined(ways))


def _place(value: Value, path: Iterable[int | str]) -> tuple[int, tuple[str, ...]]:
    """The deepest part of ``value`` that the path leads to; its steps into a union lead nowhere."""
    here, offset, keys = value, value.span.start, []
    for step in path:
        if isinstance(step, int) and step < len(here.items):
            here = here.items[step]
            offset = here.span.start
        elif isinstance(step, str) and (field := here.member(step)):
            here = field.value
            # a block of lines begins below its key, which is what is to be mended
            offset = here.span.start if here.kind in _SCALARS else field.span.start
            keys.append(step)
    return offset, tuple(keys)


def _wording(problem: Any) -> str:
    kind = problem["type"]
    if kind in _WORDS:
        return f"must be {_WORDS[kind]}"
    if kind == "string_pattern_mismatch" and problem["ctx"]["pattern"] == r"^\S+$":
        return "must have no spaces"
    if kind == "missing":
        return f"`{problem['loc'][-1]}` is missing"
    if kind == "union_tag_not_found":
        return "`type` is missing"
    if kind == "union_tag_invalid":
        return f"`type` must be one of {problem['ctx']['expected_tags']}".replace("'", "")
    message = str(problem["msg"]).removeprefix("Value error, ")
    return re.sub(r"^(Input|String) should ", "must ", message)


def _joined(ways: list[str]) -> str:
    first, *others = dict.fromkeys(ways)
    return " or ".join([first, *(way.removeprefix("must be ") for way in others)])
