"""The check of the required fields ``name`` and ``description``: without them the client drops an agent."""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.lint.rule import Problem


def required_string(definition: Definition, key: str) -> Iterator[Problem]:
    """Yield a problem if the field is missing, empty or not a string. Other rules report missing frontmatter."""
    if definition.block is None or definition.yaml.problem is not None:
        return
    field = definition.field(key)
    if field is None:
        yield Problem(0, f"No `{key}`, so the client does not load the agent. Add `{key}`.")
    elif field.value.kind == "null" or field.value.data == "":
        yield Problem(field.span.start, f"`{key}` is empty, so the client does not load the agent. Write one.")
    elif str(field.value.data).isspace():
        yield Problem(
            field.value.span.start, f"`{key}` is blank, so the client lists the agent without one. Write one."
        )
    elif field.value.kind != "string":
        yield Problem(
            field.value.span.start,
            f"`{key}` is a {field.value.kind}, so the client does not load the agent. Write a string in quotes.",
        )
