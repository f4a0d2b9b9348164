"""A permission rule probably means other calls than it matches.

## What it does
Reports text in the brackets of a rule that looks like a list or a regular expression. For Bash: `|` without spaces
around it, in `allow` any `|`, a comma between commands, `.*`, `$` at the end, `?` in a word, `{a,b}`, `[a-z]`, and a
common command in capital letters. Also for Bash: redirections and chains of commands (`&&`, `||`, `;`, `&`) beside a
`*` or in `ask`, and in `allow` a redirection into a file. For Edit and Read: `{a,b}` and a comma between paths. Also
the name of one agent or skill in `ask`.

## Why
In a rule, only `*` has a meaning (for paths also `**`, `?` and `[ab]`). All other characters stand for themselves, and
the case of letters counts. The client removes redirections, and splits a chain into its commands, before it compares.
Only the whole text of a command line can match, too, and in `ask` not even that. The client never asks for a single
agent or skill. In `deny` such a rule does not stop the calls it was written for.

## Bad
```json
{"permissions": {"deny": ["Bash(rm *|rmdir *)", "Bash(cd app && rm *)", "Read(secrets/{a,b}.txt)"]}}
```

## Good
```json
{"permissions": {"deny": ["Bash(rm *)", "Bash(rmdir *)", "Read(secrets/a.txt)", "Read(secrets/b.txt)"]}}
```

## How to fix
Write a rule for each command or path, with `*` for any characters.

## Source
Tested with client 2.1.332 and a scripted model. Each of these forms was in `deny` and in `allow`, with a call that its
author would want it to match. It did not.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.permission_syntax import rules_of, why_doubtful, why_it_matches_nothing

CODE = "ACO516"
NAME = "permission-pattern"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("settings",)


def check(document: JsonDocument, context: Context) -> Iterator[Problem]:
    for key, item in rules_of(document):
        if not isinstance(item.data, str) or why_it_matches_nothing(item.data, context.registry, key):
            continue
        problem = why_doubtful(item.data, key)
        if problem:
            yield Problem(item.span.start, f"This rule probably does not match what it is for. {problem}")
