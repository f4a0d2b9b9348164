"""Checks a value against a small JSON Schema without importing jsonschema, which takes longer than most runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from acolytes_cc.definitions.values import Value

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
    """A value that the schema refuses: where it starts, the keys on the way to it, and what it must be, in words."""

    offset: int
    keys: tuple[str, ...]
    words: str


def wrong_values(value: Value, schema: Mapping[str, Any], keys: tuple[str, ...] = ()) -> Iterator[WrongValue]:
    """The parts of ``value`` that do not fit, in the order of the text. Members of a wrong part are not checked.

    The keywords are ``type``, ``enum``, ``minimum``, ``exclusiveMinimum``, ``maximum``, ``minLength``, ``items``,
    ``properties``, ``additionalProperties`` (a schema) and ``required``.
    """
    words = _complaint(value, schema)
    if words is not None:
        yield WrongValue(value.span.start, keys, words)
        return
    for number, item in enumerate(value.items if "items" in schema else ()):
        yield from wrong_values(item, schema["items"], (*keys[:-1], f"{keys[-1]}[{number}]" if keys else "items"))
    properties, others = schema.get("properties", {}), schema.get("additionalProperties")
    for field in value.fields:
        inner = properties.get(field.key, others)
        # of a key that is there twice, the client takes the last
        if inner and value.member(field.key) is field:
            yield from wrong_values(field.value, inner, (*keys, field.key))
    if value.kind == "map":
        for key in schema.get("required", ()):
            if value.member(key) is None:
                yield WrongValue(value.span.start, (*keys, key), "is missing")


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
