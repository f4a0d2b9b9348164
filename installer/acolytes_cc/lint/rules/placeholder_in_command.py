"""A command holds a placeholder that nobody fills.

## What it does
Reports `{{name}}` in fenced shell and Python blocks and in inline code that is a command; and in other inline code
when the same placeholder stands in such a command. Prose, answer formats and the braces of other template languages
(`{{ x }}`, `{{.Names}}`, `${{ x }}`, f-strings, values of JSON keys) are left alone.

## Why
Client 2.1.330 substitutes nothing in a body: the braces reach the model. The agent runs the
command as it stands, or guesses.

## Bad
````markdown
```bash
python3 monitor.py --agent "{{agent-name}}"
```
````

## Good
````markdown
```bash
python3 monitor.py --agent reviewer
```
````

## How to fix
Write the value. Where the agent has to put one in, say so in words and name it in capitals: `--quest ID`.

## Source
Client 2.1.330 run on such a body: `{{...}}` stays as it is, also in a plugin.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span, line_start
from acolytes_cc.lint.printable import shown
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO302"
NAME = "placeholder-in-command"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

# It begins with its braces, so that they are jumped to: what may not stand before them comes after.
_PLACEHOLDER = re.compile(r"\{\{(?<![${]\{\{)[A-Za-z][A-Za-z0-9]*(?:[-_ ][A-Za-z0-9]+)*\}\}(?!\})")
_LANGUAGES = frozenset({"bash", "console", "fish", "py", "python", "python3", "sh", "shell", "shell-session", "zsh"})
_COMMAND = re.compile(
    r"\s*(?:\$ )?(?:(?:uv|uvx|npx|npm|node|python3?|pip|bash|sh|git|curl|make|sudo|cd|export|cat|echo)\s"
    r"|[~./][\w./~-]*/[\w.-]+\s|[\w./-]+\.(?:py|sh)\s|acolytes[\w-]*\s)|[^\n]*\s--[a-z]"
)
# What fills double braces itself, or holds a template as data (`"legendFormat": "{{model}}"`); looked for this far
# before them.
_REACH = 240
_FILLS_BRACES = re.compile(
    r"\b(?:ansible|helm|jinja2?|docker|podman|kubectl|gh|just|hugo|consul-template)\b|\bf[\"']|\.format\("
    r"|[\"']\s*:\s*[\"'][^\"']*\Z"
)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    text, structure = definition.text, definition.structure
    placeholders = list(_PLACEHOLDER.finditer(text, definition.body_start))
    if not placeholders:
        return
    code = {span: None for found in placeholders for span in structure.code_spans(*found.span())}
    commands = [fence.span for fence in structure.fences if fence.language in _LANGUAGES]
    commands += [span for span in code if _COMMAND.match(text[slice(*span)])]
    in_commands = [found for span, found in _within(commands, placeholders) if not _is_filled(definition, span, found)]
    names = {found[0] for found in in_commands}
    elsewhere = [found for _, found in _within(code, placeholders) if found[0] in names]
    places = {found.start(): found[0] for found in (*in_commands, *elsewhere)}
    for offset, placeholder in sorted(places.items()):
        yield Problem(offset, f"nothing fills {shown(placeholder)}: the command keeps the braces; write the value")


def _within(spans: Iterable[Span], placeholders: list[re.Match[str]]) -> Iterator[tuple[Span, re.Match[str]]]:
    starts = [found.start() for found in placeholders]
    for span in spans:
        inside = placeholders[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        yield from ((span, found) for found in inside if found.end() <= span.end)


def _is_filled(definition: Definition, span: Span, found: re.Match[str]) -> bool:
    start = max(span.start, line_start(definition.text, found.start()), found.start() - _REACH)
    return _FILLS_BRACES.search(definition.text, start, found.start()) is not None
