"""A command has a placeholder that nobody fills.

## What it does
Reports `{{name}}` in shell and Python code blocks, and in inline code that is a command. Other inline code is reported
when a command uses the same placeholder. The rule allows prose, answer formats and the braces of other template
languages: `{{ x }}`, `{{.Names}}`, `${{ x }}`, f-strings and values of JSON keys.

## Why
Client 2.1.330 replaces nothing in a body, so the model sees the braces. The agent runs the command as written, or it
guesses a value.

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
Write the value. If the agent has to choose the value, say so in words, and write a name in capitals: `--quest ID`.

## Source
Tested with client 2.1.330: `{{...}}` stays as written, also in a plugin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.source import Span, line_start
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

CODE = "ACO302"
NAME = "placeholder-in-command"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent", "skill")

_BRACES = re.compile(r"\{\{")
# It holds at the first of several braces only, so it need not be looked for elsewhere.
_PLACEHOLDER = re.compile(r"\{\{(?<![${]\{\{)[A-Za-z][A-Za-z0-9]*(?:[-_ ][A-Za-z0-9]+)*\}\}(?!\})")
_LANGUAGES = frozenset({"bash", "console", "fish", "py", "python", "python3", "sh", "shell", "shell-session", "zsh"})
_COMMAND = re.compile(
    r"\s*(?:\$ )?(?:(?:uv|uvx|npx|npm|node|python3?|pip|bash|sh|git|curl|make|sudo|cd|export|cat|echo)\s"
    r"|[~./][\w./~-]*/[\w.-]+\s|[\w./-]+\.(?:py|sh)\s|acolytes[\w-]*\s)|[^\n]*\s--[a-z]"
)
# The text says that somebody has to do it: "replace `{{PATH}}` with"
_SAYS_TO_FILL = re.compile(r"\b(?:replac(?:e|ing)|fill|substitut(?:e|ing)|point)\b[^\n{]{0,80}\{\{", re.IGNORECASE)
_MOST_BEFORE = 100
_SHORTEST_WORD = len("fill")
# Programs that fill double braces, and templates as data (`"legendFormat": "{{model}}"`). The search goes back this
# many characters.
_REACH = 240
_FILLS_BRACES = re.compile(
    r"\b(?:ansible|helm|jinja2?|docker|podman|kubectl|gh|just|hugo|consul-template)\b|\bf[\"']|\.format\("
    r"|[\"']\s*:\s*[\"'][^\"']*\Z"
    r"|(?<!\S)#\s|\$\{[^{}\n]*/\Z"  # a comment; a replacement by the shell
)


def check(definition: Definition, _context: Context) -> Iterator[Problem]:
    text, structure = definition.text, definition.structure
    # in code full of braces, the expression is twice as fast as `find`
    braces = [match.start() for match in _BRACES.finditer(text, definition.body_start)]
    placeholders = list(filter(None, (_PLACEHOLDER.match(text, offset) for offset in braces)))
    if not placeholders:
        return
    in_commands: list[re.Match[str]] = []
    in_code: list[re.Match[str]] = []
    for match in placeholders:
        fence = structure.fence_at(match.start())
        if fence and match.end() <= fence.span.end:
            is_command, spans = fence.language in _LANGUAGES, [fence.span]
        else:
            spans = [span for span in structure.code_spans(*match.span()) if _contains(span, match)]
            in_code += [match for _ in spans]
            is_command = any(_COMMAND.match(text[slice(*span)]) for span in spans)
        if is_command and not _is_filled(definition, spans[0], match):
            in_commands.append(match)
    names = {match[0] for match in in_commands}
    elsewhere = [match for match in in_code if match[0] in names]
    places = {match.start(): match[0] for match in (*in_commands, *elsewhere)}
    if not places or _says_to_fill(text, definition.body_start, braces):
        return
    for offset, placeholder in sorted(places.items()):
        yield Problem(
            offset, f"Nothing replaces {quoted(placeholder)}, so the command keeps the braces. Write the value."
        )


def _says_to_fill(text: str, body: int, braces: list[int]) -> bool:
    """Whether a line says to fill braces. The expression is slow, so it sees only what is just before braces."""
    for offset in braces:
        first = max(body, offset - _MOST_BEFORE, text.rfind("\n", body, offset) + 1)
        is_long = offset - first >= _SHORTEST_WORD
        if is_long and _may_say(text[first:offset]) and _SAYS_TO_FILL.search(text, first, offset + 2):
            return True
    return False


def _may_say(before: str) -> bool:
    """Whether a part of one of the words is there; also for letters that are one of ASCII in another case."""
    small = before.lower()
    return "replac" in small or "fill" in small or "point" in small or "substitut" in small or not before.isascii()


def _contains(span: Span, match: re.Match[str]) -> bool:
    return span.start <= match.start() and match.end() <= span.end


def _is_filled(definition: Definition, span: Span, match: re.Match[str]) -> bool:
    start = max(span.start, line_start(definition.text, match.start()), match.start() - _REACH)
    return _FILLS_BRACES.search(definition.text, start, match.start()) is not None
