"""A field of a skill or a command does not do what it says.

## What it does
Reports `agent` without `context: fork`, or with a built-in agent in the wrong case; names in `arguments` that are
separated by commas; tools on several lines of one text, without their last bracket, in another case, or that no client
has; and `user-invocable` without a value. Also reports a `name` of a command; one of a skill that is no plain text, too
long, or that of a built-in command; and a description of which YAML takes the first word for an anchor.

## Why
Client 2.1.332 gives no message. Without `context: fork`, the skill runs in the main agent. For an unknown agent,
`general-purpose` runs, with all tools. With a comma, the argument is called `first,`. A tool that is not understood is
not allowed, or not taken away. An empty `user-invocable` hides the slash command. A name of a built-in command, or one
of more than 256 characters, is ignored: the skill has the name of its folder.

## Bad
```yaml
agent: Explore
arguments: first, second
```

## Good
```yaml
context: fork
agent: Explore
arguments: first second
```

## How to fix
Follow the message.

## Source
Tested with client 2.1.332 on a skill with each, and with 122 names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.built_in_commands import BUILT_IN_COMMANDS
from acolytes_cc.lint.support.matchers import tool_names

CODE = "ACO532"
NAME = "skill-field-effect"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("skill", "command")

_TOOLS = ("allowed-tools", "disallowed-tools")
_LONGEST_NAME = 256
_SWITCH = frozenset({"true", "yes", "on", "1", "false", "no", "off", "0", "never", "none", "n"})
_ANCHOR = re.compile(r":[ \t]+&\w+[ \t]+\S")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    if definition.yaml.problem is not None:
        return
    fields = {field.key: field for field in definition.yaml.fields}
    forks = "context" in fields and fields["context"].value.data == "fork"
    for key, field in fields.items():
        text = field.value.data if isinstance(field.value.data, str) else ""
        message = None
        if key == "agent":
            message = _agent(text, context.registry, forks=forks)
        elif key == "name" and definition.kind == "command" and text != PurePath(definition.path).stem:
            message = "The name of a command is the name of its file, so this field has no effect. Remove it."
        elif key == "name":
            message = _name(field, text, PurePath(definition.path).parent.name)
        elif key == "description" and _ANCHOR.match(definition.text, field.span.end):
            message = "YAML takes the first word for an anchor and removes it. Put the description in quotes."
        elif key == "arguments" and "," in text:
            message = "The comma becomes a part of the name. Separate the names of the arguments by spaces."
        elif key == "user-invocable" and field.value.kind == "null":
            message = "An empty `user-invocable` hides the slash command. Write `true` or `false`, or remove the field."
        elif key == "user-invocable" and _is_taken_for_false(field):
            message = "The client takes this value for false and hides the slash command. Write `true` or `false`."
        elif key in _TOOLS:
            message = _other_case(definition, key, context.registry) or _tools(field, text, context.registry)
        if message:
            yield Problem(field.value.span.start if text else field.span.start, message)


def _is_taken_for_false(field: Field) -> bool:
    """Whether the value is neither true nor false, and does not sound like false."""
    return str(field.value.data).strip().lower() not in _SWITCH or field.value.kind in ("list", "map")


def _name(field: Field, text: str, folder: str) -> str | None:
    items = field.value.items
    is_word = len(items) == 1 and items[0].kind == "string" if field.value.kind == "list" else field.value.kind != "map"
    if not is_word or text != text.strip():
        return "The skill cannot be called by this name. Write plain text, without spaces around it."
    if " " in text:
        return "The model cannot call a skill by a name with spaces: it sees the name of the folder. Write hyphens."
    if len(text) > _LONGEST_NAME:
        return f"The client ignores a name of more than {_LONGEST_NAME} characters. Shorten it."
    if text in BUILT_IN_COMMANDS and text != folder:
        return f"`/{text}` is a command of the client, so it ignores this name. Choose another one."
    return None


def _agent(name: str, registry: Registry, *, forks: bool) -> str | None:
    if not forks:
        return "`agent` counts only with `context: fork`. Add that, or remove `agent`."
    built_in = next((each for each in registry.built_in_agents if each.lower() == name.lower()), None)
    if built_in and built_in != name:
        return f"There is no agent {quoted(name)}, so `general-purpose` runs. Write `{built_in}`."
    return None


def _other_case(definition: Definition, key: str, registry: Registry) -> str | None:
    names = tool_names(registry)
    found = {entry.name for entry in definition.tool_entries(key) if entry.name not in names}
    by_lower = {name.lower(): name for name in names} if found else {}
    meant = {name: by_lower[name.lower()] for name in sorted(found) if name.lower() in by_lower}
    if not meant:
        return None
    right = ", ".join(f"`{tool}` for {quoted(name)}" for name, tool in meant.items())
    return f"The case of letters counts in `{key}`, so this has no effect. Write {right}."


def _tools(field: Field, text: str, registry: Registry) -> str | None:
    key = field.key
    if not text:
        return None
    if text.startswith("[") and not text.endswith("]"):
        return f"The list in `{key}` has no `]` at its end, so its first entry has no effect. Add it."
    if "\n" in text.strip():
        return f"The client does not split the lines of `{key}`. Put the tools on one line, or into a YAML list."
    if text.count("(") != text.count(")"):
        return f"A bracket in `{key}` is not closed, so the client ignores it. Add the missing bracket."
    if text.replace("_", "").isalnum() and not text.startswith("mcp__") and text not in tool_names(registry):
        return f"The client has no tool {quoted(text)}, so `{key}` has no effect. Write the name of a tool."
    return None
