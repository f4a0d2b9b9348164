"""Checks a value against a small JSON Schema without importing jsonschema, which takes longer than most runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.printable import quoted

_WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_KINDS = {"list": "array", "map": "object"}


class WrongValue(NamedTuple):
    """A value that the schema refuses.

    Attributes:
        offset: Where it starts.
        keys: The keys on the way to it.
        words: What it must be.
        effect: The nearest ``x-when-wrong`` above it: what the client does then.
    """

    offset: int
    keys: tuple[str, ...]
    words: str
    effect: str = ""


def wrong_values(
    value: Value, schema: Mapping[str, Any], keys: tuple[str, ...] = (), effect: str = ""
) -> Iterator[WrongValue]:
    """The parts of ``value`` that do not fit, in the order of the text. Members of a wrong part are not checked.

    The keywords are ``type``, ``enum``, ``minimum``, ``exclusiveMinimum``, ``maximum``, ``minLength``, ``minItems``,
    ``pattern`` (with ``examples``), ``items``, ``properties``, ``additionalProperties`` and ``required``. Two are our
    own: ``x-exactly-one`` (keys of which there must be exactly one), and ``x-required-with`` (for the values of a key,
    the keys that each needs).
    """
    effect = schema.get("x-when-wrong", effect)
    words = _complaint(value, schema)
    if words is not None:
        yield WrongValue(value.span.start, keys, words, effect)
        return
    for number, item in enumerate(value.items if "items" in schema else ()):
        yield from wrong_values(
            item, schema["items"], (*keys[:-1], f"{keys[-1]}[{number}]" if keys else "items"), effect
        )
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    for field in value.fields:
        inner = properties.get(field.key, others)
        # of a key that is there twice, the client takes the last
        if inner is False:
            yield WrongValue(field.span.start, keys, f"has an unknown key {quoted(field.key)}", effect)
        elif inner and value.member(field.key) is field:
            yield from wrong_values(field.value, inner, (*keys, field.key), effect)
    if value.kind == "map":
        for key in _required(value, schema):
            if value.member(key) is None:
                yield WrongValue(value.span.start, (*keys, key), "is missing", effect)
        one_of = schema.get("x-exactly-one", ())
        if one_of and sum(value.member(key) is not None for key in one_of) != 1:
            yield WrongValue(value.span.start, keys, f"needs exactly one of {', '.join(one_of)}", effect)


def _required(value: Value, schema: Mapping[str, Any]) -> Iterator[str]:
    yield from schema.get("required", ())
    for key, needs in schema.get("x-required-with", {}).items():
        field = value.member(key)
        yield from needs.get(field.value.data if field else None, ())


def _complaint(value: Value, schema: Mapping[str, Any]) -> str | None:
    if "enum" in schema:
        if value.kind not in ("list", "map") and any(_same(value.data, each) for each in schema["enum"]):
            return None
        *others, last = (f'"{each}"' for each in schema["enum"] if each is not None)
        return f"must be {', '.join(others)} or {last}" if others else f"must be {last}"
    types = schema.get("type", ())
    types = [types] if isinstance(types, str) else types
    if types and not any(_is(value, name) for name in types):
        words = [_WORDS[name] for name in types if name != "null"] or ["null"]
        return f"must be {' or '.join(words)}"
    if value.kind == "string" and len(str(value.data)) < schema.get("minLength", 0):
        return "must not be empty"
    if value.kind == "list" and len(value.items) < schema.get("minItems", 0):
        return "must not be empty"
    if value.kind == "string" and "pattern" in schema and not re.search(schema["pattern"], str(value.data)):
        return f'must be in a form such as "{schema["examples"][0]}"'
    return _limit(value, schema) if value.kind == "number" else None


def _limit(value: Value, schema: Mapping[str, Any]) -> str | None:
    number: Any = value.data
    if "minimum" in schema and not number >= schema["minimum"]:
        return f"must be at least {schema['minimum']}"
    if "exclusiveMinimum" in schema and not number > schema["exclusiveMinimum"]:
        return f"must be greater than {schema['exclusiveMinimum']}"
    if "maximum" in schema and not number <= schema["maximum"]:
        return f"must be at most {schema['maximum']}"
    return None


def _is(value: Value, name: str) -> bool:
    if name == "integer":
        return isinstance(value.data, int | float) and value.kind == "number" and value.data == value.data // 1
    return _KINDS.get(value.kind, value.kind) == name


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)
