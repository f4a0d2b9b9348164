"""A setting is misspelt or in the wrong place.

## What it does
Reports a key in settings.json that client 2.1.332 does not read, when it is close to a setting, has the content
of one, or belongs into another object or file. In `permissions`, it reports each unknown key. Also reports a setting
inside `env`, a setting that counts only in managed settings, and in a project the values `auto` and
`bypassPermissions` of `permissions.defaultMode`.

## Why
The client ignores such a key without a message. With `permissions.denied`, nothing is denied.

## Bad
```json
{"allow": ["Bash(git *)"], "permissions": {"denied": ["Bash(rm *)"]}}
```

## Good
```json
{"permissions": {"allow": ["Bash(git *)"], "deny": ["Bash(rm *)"]}}
```

## How to fix
Use the key in the message.

## Source
Tested with client 2.1.332: the settings that it reads are in `schemas/settings.schema.json`. With each
`defaultMode` in the settings of the user, the project and the machine, a call of Bash and of Write was tried.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.places import is_managed, is_of_project
from acolytes_cc.definitions.values import Field, Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.schema_errors import load_schema
from acolytes_cc.lint.support.suggest import closest_name, plain_name

CODE = "ACO513"
NAME = "settings-key"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings",)

# A look for the name that was meant takes a quarter of a millisecond; no real file has a tenth of this number.
_MOST_UNKNOWN = 1_000
_IN_PERMISSIONS = {"allowed": "allow", "denied": "deny", "mode": "defaultMode"}
_MODES_OF_USERS = ("auto", "bypassPermissions")
_OF_PERMISSIONS = {"additionalDirectories", "allow", "ask", "defaultMode", "deny"}
# Names of an object in which people put settings; other programs have a `model` or a `theme` in theirs, too
_AROUND_SETTINGS = {"settings", "claude", "claudecode"}
_AROUND_ANY = {"env", "hooks", "permissions"}
_USUAL = {
    "environment": "Did you mean `env`?",
    "hook": "Did you mean `hooks`?",
    "lang": "Did you mean `language`?",
    "mcpServers": "Move it to `.mcp.json`, or use `claude mcp add`.",
    "permission": "Did you mean `permissions`?",
    "plugins": "Did you mean `enabledPlugins`?",
    **{key: f"Move it into `permissions`, as `permissions.{key}`." for key in sorted(_OF_PERMISSIONS)},
    "allowedTools": "Write rules into `permissions.allow`.",
    "deniedTools": "Write rules into `permissions.deny`.",
    "disallowedTools": "Write rules into `permissions.deny`.",
}


def check(document: JsonDocument, context: Context) -> Iterator[Problem]:
    if not isinstance(document.root, Value):
        return
    events = {plain_name(event) for event in context.registry.hooks.events}
    known = load_schema("settings.schema.json")["properties"]
    unknown = 0
    for field in document.root.fields:
        if field.key not in known and plain_name(field.key) not in events:  # hook-misplaced reports those
            unknown += 1
            close = _close(field.key, known) if unknown <= _MOST_UNKNOWN and field.key not in _USUAL else None
            hint = _USUAL.get(field.key) or close or _by_content(field, known, context)
            if hint:
                yield _problem(field, hint)
        yield from _in_object(field, known.get(field.key, {}))
        if field.key == "env":
            yield from (
                _problem(one, "Move it out of `env`.") for one in field.value.fields if _is_setting(one.key, known)
            )
        if field.key == "permissions" and is_of_project(document.path):
            yield from _mode(field)
        if (only_in := known.get(field.key, {}).get("x-only-in")) and not is_managed(document.path):
            message = f"{quoted(field.key)} counts only in {only_in}. The client ignores it here. Remove it."
            yield Problem(field.span.start, message)


def _mode(permissions: Field) -> Iterator[Problem]:
    """A mode that the client does not take from the files of a project."""
    mode = permissions.value.member("defaultMode")
    if mode and mode.value.data in _MODES_OF_USERS:
        message = (
            f"The client ignores {quoted(str(mode.value.data))} in a project. Write it into `~/.claude/settings.json`."
        )
        yield Problem(mode.value.span.start, message)


def _by_content(field: Field, known: Collection[str], context: Context) -> str | None:
    """The setting that an unknown key is meant to be, by what stands in it."""
    inner = {member.key for member in field.value.fields}
    if inner and inner <= _OF_PERMISSIONS:
        return "Did you mean `permissions`?"
    if inner and inner <= context.registry.hooks.events:
        return "Did you mean `hooks`?"
    if inner and all(re.fullmatch("[A-Z][A-Z0-9]*_[A-Z0-9_]+", name) for name in inner):
        return "Did you mean `env`?"
    outer = known if plain_name(field.key) in _AROUND_SETTINGS else _AROUND_ANY
    around = [f"`{name}`" for name in sorted(inner.intersection(outer))]
    return f"Move {' and '.join(around)} to the top level of the file." if around else None


def _is_setting(key: str, known: Mapping[str, Any]) -> bool:
    return key in known and any(letter.isupper() for letter in key) and not key.isupper()


def _in_object(field: Field, schema: Mapping[str, Any]) -> Iterator[Problem]:
    known = schema.get("properties")
    others = (member for member in field.value.fields if known and member.key not in known)
    for member in islice(others, _MOST_UNKNOWN):
        if known:
            hint = _close(_IN_PERMISSIONS.get(member.key, member.key), known)
            if hint or field.key == "permissions":
                yield _problem(member, hint or f"Use one of: {', '.join(sorted(known))}.")


def _close(key: str, known: Mapping[str, Any]) -> str | None:
    name = closest_name(key, known)
    return f"Did you mean `{name}`?" if name else None


def _problem(field: Field, hint: str) -> Problem:
    return Problem(field.span.start, f"The client has no setting {quoted(field.key)} here, and ignores it. {hint}")
