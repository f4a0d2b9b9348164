"""Checks a value against one of the JSON Schemas in ``schemas/``, and says where and how it does not fit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.resources import data_path

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_KIND = "type"  # the property that chooses between the alternatives of a handler of hooks
_PATTERNS = {  # as in the models, which would import pydantic
    r"^[^\s@:/\\\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+$": (
        "must have no spaces, no `@`, `:`, `/` or `\\`, and no signs that are not visible"
    ),
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": "must have only letters, digits, `.`, `_` and `-`, with a letter or digit first",
    r"^\./": "must be a path that starts with `./`",
    r"^(\.$|\./)": "must be a path that starts with `./`",
    r"^(\S+|/.*)$": "must be the program alone, with its arguments in `args`",
    r"^(always|on-skill-invoke:.+)$": "must be `always` or `on-skill-invoke:` with the name of a skill",
    r"^[A-Za-z0-9][\w.-]*(@[A-Za-z0-9^~][\w.-]*)?$": "must be the name of a plugin, or `plugin@marketplace`",
    r"^\./.*\.md$": "must be a file `./….md`, not a folder",
    r"^\./.*\.json$": "must be a file `./….json`",
    r"^(\./.*\.(json|mcpb|dxt)|https?://.*\.(mcpb|dxt))$": "must be a file `./….json`",
    r"^[A-Za-z][A-Za-z0-9+.-]*:.+$": "must be a URL",
}
# Far more than are reported of one file, and each takes a fifth of a millisecond
_MOST_ERRORS = 1_000
_SCALARS = ("boolean", "number", "string")
_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}

_REQUIREMENTS = {
    "exclusiveMinimum": "must be greater than {}",
    "maxLength": "must have at most {:,} characters",
    "minLength": "must not be empty",
    "minimum": "must be at least {}",
    "minProperties": "must not be empty",
    "pattern": "must match the pattern {}",
}


class SchemaError(NamedTuple):
    """A part of a value that does not fit: its offset, the keys that lead to it, and what is wrong, in words."""

    offset: int
    keys: tuple[str, ...]
    words: str


def schema_errors(value: Value, schema: str, part: str = "") -> Iterator[SchemaError]:
    """The errors of ``value``, in the order of the text. Each place has one error, with all ways to fix it.

    Args:
        value: The value to check.
        schema: The name of a file in ``schemas/``.
        part: A property of the schema to check against, instead of the whole schema.
    """
    words: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for error in islice(_validator(schema, part).iter_errors(value.plain()), _MOST_ERRORS):
        for cause in _causes(error):
            words.setdefault(_place(value, cause.absolute_path), []).append(_words(cause))
    for (offset, keys), ways in sorted(words.items()):
        yield SchemaError(offset, keys, _joined(ways))


def is_ignored_when_wrong(schema: str, keys: tuple[str, ...]) -> bool:
    """Whether the client ignores only the top-level key around these when its value is wrong."""
    declared = load_schema(schema)["properties"].get(keys[0], {}) if keys else {}
    return bool(declared.get("x-when-wrong") == "ignored")


@lru_cache(maxsize=8)
def load_schema(name: str) -> dict[str, Any]:
    """The JSON Schema in the file ``name`` of ``schemas/``."""
    return cast(dict[str, Any], json.loads((data_path("schemas") / name).read_text("utf-8")))


@lru_cache(maxsize=8)
def _validator(name: str, part: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    schema = load_schema(name)
    if part:
        schema = {**schema["properties"][part], "$defs": schema.get("$defs", {})}
    # Stricter than jsonschema, and as strict as the models: 1.0 is not an integer, and `$` matches at the end only.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, data: type(data) is int)
    strict = cast(Any, extend)(Draft202012Validator, validators={"pattern": _check_pattern}, type_checker=types)
    return cast("Draft202012Validator", strict(schema))


def _check_pattern(_validator: Any, pattern: str, data: Any, _schema: Any) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError

    if isinstance(data, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), data):
        yield ValidationError(f"{data!r} does not match {pattern!r}")


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """The errors to report for ``error``: for alternatives, those of each alternative that the value may mean."""
    schema = cast(dict[str, Any], error.schema)
    if "propertyNames" in error.absolute_schema_path:
        return  # the rule hook-event-unknown reports unknown events
    if error.validator == "type" and not schema.keys().isdisjoint(("const", "enum")):
        return  # the error about the fixed values says more
    if error.validator not in ("anyOf", "oneOf"):
        yield error
        return
    alternatives = [inner for inner in error.context or () if inner.validator_value != "null"]
    if "discriminator" in schema and isinstance(error.instance, dict):
        kinds, kind = _kinds(schema), error.instance.get(_KIND)
        if kind not in kinds:
            yield error
            return
        alternatives = [inner for inner in alternatives if inner.schema_path[0] == kinds.index(kind)]
    # for an object, it does not help to hear that it might have been a text
    meant = {inner.schema_path[0] for inner in alternatives}
    meant -= {inner.schema_path[0] for inner in alternatives if inner.validator == "type" and not inner.relative_path}
    alternatives = [inner for inner in alternatives if inner.schema_path[0] in meant] or alternatives
    for inner in alternatives:
        yield from _causes(inner)


def _kinds(schema: dict[str, Any]) -> list[str]:
    """The values of `type` that choose between the alternatives, in the order of the alternatives."""
    kinds = {reference: kind for kind, reference in schema["discriminator"]["mapping"].items()}
    return [kinds[alternative["$ref"]] for alternative in schema["oneOf"]]


def _place(value: Value, path: Iterable[int | str]) -> tuple[int, tuple[str, ...]]:
    """The offset of the part of ``value`` at the path, and the keys on the way."""
    here, offset, keys = value, value.span.start, []
    for step in path:
        if isinstance(step, int):
            here = here.items[step]
            offset = here.span.start
        elif field := here.member(step):
            here = field.value
            # a block of lines starts below its key, and the key is the place to fix
            offset = here.span.start if here.kind in _SCALARS else field.span.start
            keys.append(step)
    return offset, tuple(keys)


def _words(error: ValidationError) -> str:
    expected, instance = cast(Any, error.validator_value), cast(Any, error.instance)
    if error.validator == "required":
        # there is one error for each missing key
        return next(f"`{key}` is missing" for key in expected if error.message.startswith(repr(key)))
    if error.validator == "additionalProperties":
        unknown = [key for key in instance if key not in cast(dict[str, Any], error.schema)["properties"]]
        return f"the client refuses {' and '.join(map(quoted, unknown))}"
    if error.validator == "oneOf":
        kinds = ", ".join(_kinds(cast(dict[str, Any], error.schema)))
        return f"`{_KIND}` must be one of {kinds}" if _KIND in instance else f"`{_KIND}` is missing"
    if error.validator == "type":
        return f"must be {_TYPES[expected]}"
    if error.validator == "enum":
        *others, last = map(json.dumps, expected)
        return f"must be {', '.join(others)} or {last}" if others else f"must be {last}"
    if error.validator == "const":
        return f"must be {json.dumps(expected)}"
    if error.validator == "pattern" and expected in _PATTERNS:
        return _PATTERNS[expected]
    return _REQUIREMENTS[str(error.validator)].format(expected)


_MISSING = " is missing"


def _joined(ways: list[str]) -> str:
    first, *others = dict.fromkeys(ways)
    if others and all(way.endswith(_MISSING) for way in ways):  # all of them, not one of them
        names = [way.removesuffix(_MISSING) for way in (first, *others)]
        return f"{', '.join(names[:-1])} and {names[-1]} are missing"
    return " or ".join([first, *(way.removeprefix("must be ") for way in others)])
