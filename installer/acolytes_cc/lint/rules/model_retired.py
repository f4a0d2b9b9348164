"""The model is retired, or will be.

## What it does
Reports a `model` with a retirement date in the client's own table.

## Why
Client 2.1.330 warns about these models when you choose one by hand. For a definition it sends the name without a
warning. After the date the request fails, or another model answers. 7 % of 1,874 published definitions name such a
model.

## Bad
```yaml
model: claude-3-5-sonnet-20241022
```

## Good
```yaml
model: sonnet
```

## How to fix
Use an alias (`haiku`, `sonnet`, `opus`). It always means a current model.

## Source
The table in the text of client 2.1.330; https://platform.claude.com/docs/en/about-claude/model-deprecations
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.values import Field
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Edit, Fix, Kinds, Persona, Problem, Severity

CODE = "ACO121"
NAME = "model-retired"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill", "command")

# Families of models of which the client knows the newest by an alias
_ALIASES = ("haiku", "sonnet", "opus")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    field = definition.field("model")
    model = str(field.value.data).strip().lower() if field else ""
    if field is not None and model in context.registry.replaced_models:
        newest = model.split("-")[1]
        message = f"The client asks for the newest `{newest}` model in place of {quoted(model)}. Write `{newest}`."
        # the client does the same with both
        yield Problem(field.value.span.start, message, Fix((Edit(field.value.span, newest),)))
        return
    date = next((date for part, date in context.registry.retirements.items() if part in model), None)
    if field is not None and date is not None:
        tense = "was" if date <= context.registry.verified else "will be"
        message = (
            f"The model {quoted(model)} {tense} retired on {date}. Requests fail after that. "
            "Use an alias such as `sonnet`."
        )
        yield Problem(field.value.span.start, message, _current(field, model))


def _current(field: Field, model: str) -> Fix | None:
    """The fix that writes the alias of the model's family; None for a family without one."""
    alias = next((alias for alias in _ALIASES if alias in model), None)
    return Fix((Edit(field.value.span, alias),), safe=False) if alias else None
