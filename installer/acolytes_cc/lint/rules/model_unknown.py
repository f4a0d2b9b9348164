"""The model is unknown.

## What it does
Reports a `model` that the client cannot use. Valid are the aliases `sonnet`, `opus`, `haiku`, `fable`, `opusplan` and
`inherit`, in any case and also with `[1m]`. Valid are also full names of Claude models and names that look like a
provider's deployment.

In settings, any name may be that of a gateway. There only misspelt aliases are reported, and `default` and `inherit`,
unless the file has `ANTHROPIC_BASE_URL`.

## Why
Clients 2.1.197 and 2.1.330 send any string to the API as it is. The request fails when the agent is called. With such a
`model` in settings, every request fails.

## Bad
```yaml
model: gpt-4o
```

## Good
```yaml
model: sonnet
```

## How to fix
Use an alias. Or remove the field: then the agent uses the model of its caller.

## Source
Tested with both clients: with `nonsense`, `gpt-4o` and `default`, the API request contained that text. Client 2.1.332
does the same for skills and commands, and for `sonet`, `default` and `inherit` in settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.subject import Subject
from acolytes_cc.definitions.tool_list import WHITE
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.suggest import closest_name

CODE = "ACO109"
NAME = "model-unknown"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command", "settings")

# A deployment behind a gateway or a cloud provider: `vendor/model`, `arn:aws:...`
_DEPLOYMENT = re.compile(r"[/:]")

# `Claude Sonnet 4.5` is what people call it
_DISPLAY_NAME = re.compile(r"[A-Z]\w+ ")

# Marks around a name, or behind it, that are part of what the client sends
_IN_NO_NAME = re.compile(r"[`'\"<>(),;!?]|\.$")


# What stands for no model of its own, and only in agents or in the client's menu
_NO_MODEL = ("default", "inherit")


def check(subject: Subject, context: Context) -> Iterator[Problem]:
    if isinstance(subject, JsonDocument):
        yield from _in_settings(subject, context)
    else:
        yield from _in_definition(subject, context)


def _in_settings(document: JsonDocument, context: Context) -> Iterator[Problem]:
    field, variables = document.field("model"), document.field("env")
    if field is None or not isinstance(field.value.data, str):
        return
    if variables and variables.value.member("ANTHROPIC_BASE_URL"):
        return
    written = field.value.data
    model = written.strip().lower().removesuffix("[1m]")
    aliases = context.registry.model_aliases - set(_NO_MODEL)
    meant = None if model in aliases or not model.isalpha() else closest_name(model, aliases)
    if meant or model in _NO_MODEL:
        how_to_fix = f"Write `{meant}`." if meant else "Remove `model`."
        yield Problem(
            field.value.span.start,
            f"The client has no model {quoted(written)} for settings, so every request fails. {how_to_fix}",
        )


def _in_definition(definition: Definition, context: Context) -> Iterator[Problem]:
    field = definition.field("model")
    if field is None or not isinstance(field.value.data, str):
        return
    written = field.value.data.strip(WHITE)
    if not written and definition.kind in ("skill", "command"):
        return
    model = written.lower()
    is_alias = model.removesuffix("[1m]").rstrip(WHITE) in context.registry.model_aliases
    is_clean = written.isprintable() and not _DISPLAY_NAME.match(written) and not _IN_NO_NAME.search(written)
    is_name = context.registry.model_names_contain in model and is_clean
    if not is_alias and not is_name and not _DEPLOYMENT.search(model):
        shown = quoted(written if written.isprintable() else repr(written))
        aliases = ", ".join(sorted(context.registry.model_aliases))
        yield Problem(
            field.value.span.start,
            f"Unknown model {shown}. The request fails when the {_called(definition)} is called. "
            f"Use one of: {aliases}.",
        )


def _called(definition: Definition) -> str:
    return definition.kind if definition.kind in ("skill", "command") else "agent"
