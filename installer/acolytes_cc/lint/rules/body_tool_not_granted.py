"""The body asks for a tool that the agent does not have.

## What it does
Reports sentences that want a tool which the definition does not grant: `WebSearch`, "use the Grep tool", an MCP tool
or "the Context7 MCP". What is denied ("never use `Write`"), quoted, in a code block, or only "if available" is no
demand.

## Why
The agent gets exactly what `tools` resolves to (2.1.197 and 2.1.330). Asked for more, it fails ("No such tool
available"), tries something else, or invents the answer.

## Bad
```markdown
---
name: researcher
description: Answers questions about libraries. Use when a version matters.
tools: Read
---

Search online with WebSearch.
```

## Good
```markdown
---
name: researcher
description: Answers questions about libraries. Use when a version matters.
tools: Read, WebSearch
---

Search online with WebSearch.
```

## How to fix
Grant the tool, or take the demand out.

## Source
Both clients run: a tool not listed answers "No such tool available".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.source import line_start
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.prose import REACH, is_demanded

CODE = "ACO305"
NAME = "body-tool-not-granted"
SEVERITY: Severity = "warning"
CONFIDENCE: Confidence = "medium"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

# Names that mean nothing else in prose; other tools are only seen as "the X tool".
_UNMISTAKABLE = (
    "AskUserQuestion|ExitPlanMode|MultiEdit|NotebookEdit|NotebookRead|SlashCommand|TodoRead|TodoWrite"
    "|WebFetch|WebSearch"
)
# Nothing begins within a word: said first, that ends most tries at once.
_MENTION = re.compile(
    rf"(?<!\w)(?:(?<!\.)(?P<unmistakable>{_UNMISTAKABLE})(?![\w(])"
    r"|(?<![.`*])[`*]*(?P<named>[A-Z][A-Za-z]+)[`*]*\s+tool\b"
    r"|(?:[Uu]se|[Uu]sing|[Ww]ith|[Vv]ia)\s+(?:the\s+)?`(?P<search>Glob|Grep)`"
    r"|(?P<mcp>mcp__[\w-]+)"
    r"|(?<!-)(?P<server>[A-Za-z][\w-]*(?: [A-Z][\w-]*)?)[`*]*\s+MCP\b)"
)
_LONGEST = 60  # no tool or server has a longer name
_LAST_WORD = re.compile(r"[\w-]+\Z")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    reported = set()
    for found in _mentions(definition, context):
        missing = _missing(found, context)
        if missing is None:
            continue
        place = (line_start(definition.text, missing.offset), missing.what)
        if place not in reported and _is_demanded(definition, *found.span()):
            reported.add(place)
            yield Problem(
                missing.offset, f"the body asks for {missing.what}, which the agent lacks; grant it or drop that"
            )


def _is_demanded(definition: Definition, start: int, end: int) -> bool:
    around = max(0, start - REACH)
    prose = definition.structure.prose(around, end + REACH)
    first, last = start - around, end - around
    return prose[first:last] == definition.text[start:end] and is_demanded(prose, first, last)


def _mentions(definition: Definition, context: Context) -> Iterator[re.Match[str]]:
    """What the expression finds around words that may ask for something missing: it is too slow for all of a text."""
    text, read = definition.text, definition.body_start
    for cue in _cues(definition, context):
        if cue >= read:
            end = text.find("\n", cue)
            end = len(text) if end < 0 else end
            # the word before may be on the line before
            begin = max(read, text.rfind("\n", read, max(read, text.rfind("\n", read, cue))) + 1)
            yield from _MENTION.finditer(text, begin, end)
            read = end


def _cues(definition: Definition, context: Context) -> list[int]:
    """Where something may be asked for that is missing."""
    text, outside = definition.text, definition.structure.outside
    missing = [tool for tool in _UNMISTAKABLE.split("|") if _lacks(tool, context)]
    missing += [f"`{tool}`" for tool in ("Glob", "Grep") if _lacks(tool, context)]
    cues = outside(*missing, "mcp__")
    cues += [cue for cue in outside("tool") if _lacks(_word_before(text, cue), context)]
    endings = {server.rpartition("-")[2] for server in context.registry.mcp_servers}
    cues += [cue for cue in outside("MCP") if _word_before(text, cue).lower().rpartition("-")[2] in endings]
    return sorted(cues)


def _word_before(text: str, offset: int) -> str:
    """The word before, without its marks; empty where there is none, or nothing between."""
    before = text[max(0, offset - REACH) : offset]
    found = _LAST_WORD.search(before.rstrip().rstrip("`*")[-_LONGEST:]) if before[-1:].isspace() else None
    return found[0] if found else ""


def _lacks(tool: str, context: Context) -> bool:
    """Whether this is a tool, and the agent does not get it."""
    known = context.registry
    exists = tool in known.tools or tool in known.tool_aliases or tool in known.removed_tools
    return exists and not context.toolbox.grants(tool)


class _Missing(NamedTuple):
    what: str
    offset: int


def _missing(found: re.Match[str], context: Context) -> _Missing | None:
    """The tool or server that this mention means, when it is one and the agent lacks it."""
    toolbox, known = context.toolbox, context.registry
    group = str(found.lastgroup)
    words, offset = found[group], found.start(group)
    if group == "mcp":
        server = words.split("__")[1]
    elif group == "server":
        server = _server(words, known)
        # Of `use Context7 MCP` the name is the end.
        offset = found.end(group) - len(server)
    else:
        return _Missing(f"`{words}`", offset) if _lacks(words, context) else None
    return None if not server or toolbox.grants_server(server) else _Missing(f"the tools of `mcp__{server}`", offset)


def _server(words: str, known: Registry) -> str:
    """The MCP server that words such as `Context7` or `use Sequential Thinking` end with; empty when none."""
    name = words.lower().replace(" ", "-")
    return next((server for server in (name, name.rpartition("-")[2]) if server in known.mcp_servers), "")
