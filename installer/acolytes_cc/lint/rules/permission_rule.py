r"""A permission rule matches nothing.

## What it does
Checks the rules in `permissions` of settings.json. Reports rules that are not strings, that name no tool of the client,
or whose brackets are empty or not closed. Also reports what the client does not match:

- a path in a rule for Write or NotebookEdit, also `**`
- for Edit and Read: quotes, `\`, `..`, variables, `path:` and `:*`
- for Bash: quotes around the command, spaces at its ends, `:*` inside it or after a space, `prefix:`, `^`, `!`, `$ `,
  and a `(` that is not closed
- for WebFetch: anything but `domain:` and one host, with `*.` in front at most
- for Agent and Skill: a part of a name with `*`, quotes, brackets, commas, and spaces at its ends
- words in a rule for WebSearch, brackets behind the name of an MCP server or behind a tool's name with `*`, and in
  `allow` a `*` in place of a tool

## Why
Client 2.1.332 skips such a rule, or never finds it to match. There is no message, or a line in the debug file. In
`deny` it protects nothing. In `allow` the client keeps asking.

## Bad
```json
{"permissions": {"deny": ["bash(rm *)"]}}
```

## Good
```json
{"permissions": {"deny": ["Bash(rm *)"]}}
```

## How to fix
Write the exact name of the tool, with the restriction in one pair of brackets.

## Source
Tested with client 2.1.332 and a scripted model. In `deny`, `Write(secret.txt)`, `Write(**)`, `NotebookEdit(a.ipynb)`,
`bash(echo *)`, `Bash()`, `Bash(echo *`, `Bash(:*)`, `Bash(echo:* hi)`, `Bash('echo hi')`, `Read(a:*)`, three addresses
for WebFetch and two rules for WebSearch did not stop the call. `Edit(secret.txt)`, `Write(*)` and `WebSearch(*)` did.
In `allow`, `Write(secret.txt)`, `Write(**)` and `WebSearch(abc)` gave no permission. The debug file said of
`mcp__x(y)` in `deny` and `*` in `allow` that they were skipped. The other
forms were tried in `deny` and `allow` by `bench/client_truth --kind permissions`, with a call for each.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.permission_syntax import rules_of, why_it_matches_nothing

CODE = "ACO511"
NAME = "permission-rule"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings",)


def check(document: JsonDocument, context: Context) -> Iterator[Problem]:
    for key, item in rules_of(document):
        problem = _problem(item, key, context.registry)
        if problem:
            yield Problem(item.span.start, f"This rule matches nothing. {problem}")


def _problem(item: Value, key: str, registry: Registry) -> str | None:
    if not isinstance(item.data, str):
        return "It must be a string."
    return why_it_matches_nothing(item.data, registry, key)
