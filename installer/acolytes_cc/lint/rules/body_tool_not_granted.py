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
from acolytes_cc.lint.prose import is_demanded, offsets
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity

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
_MENTION = re.compile(
    rf"(?<![\w.])(?P<unmistakable>{_UNMISTAKABLE})(?![\w(])"
    r"|(?<![\w.`*])[`*]*(?P<named>[A-Z][A-Za-z]+)[`*]*\s+tool\b"
    r"|\b(?:[Uu]se|[Uu]sing|[Ww]ith|[Vv]ia)\s+(?:the\s+)?`(?P<search>Glob|Grep)`"
    r"|\b(?P<mcp>mcp__[\w-]+)"
    r"|(?<![\w-])(?P<server>[A-Za-z][\w-]*(?: [A-Z][\w-]*)?)[`*]*\s+MCP\b"
)
# Each is looked for in the whole text: `ool` is in Tool and tool
_CUES = ("ool", "MCP", "mcp__", "`G", *_UNMISTAKABLE.split("|"))


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    text, start = definition.text, definition.body_start
    wanted = [(found, missing) for found in _mentions(text, start) if (missing := _missing(found, context))]
    if not wanted:
        return
    prose = definition.structure.prose
    reported = set()
    for found, missing in wanted:
        if prose[slice(*found.span())] != found[0]:
            continue
        place = (definition.source.position(missing.offset).line, missing.what)
        if place not in reported and is_demanded(prose, found.start(), found.end()):
            reported.add(place)
            yield Problem(
                missing.offset, f"the body asks for {missing.what}, which the agent lacks; grant it or drop that"
            )


def _mentions(text: str, start: int) -> Iterator[re.Match[str]]:
    """What the expression finds: tried only around the words that it needs, for it is slow."""
    read = start
    for cue in sorted(offset for word in _CUES for offset in offsets(text, word, start)):
        if cue >= read:
            end = text.find("\n", cue)
            end = len(text) if end < 0 else end
            # the word before may be on the line before
            begin = max(read, text.rfind("\n", start, max(start, text.rfind("\n", start, cue))) + 1)
            yield from _MENTION.finditer(text, begin, end)
            read = end


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
        exists = words in known.tools or words in known.tool_aliases or words in known.removed_tools
        return None if not exists or toolbox.grants(words) else _Missing(f"`{words}`", offset)
    return None if not server or toolbox.grants_server(server) else _Missing(f"the tools of `mcp__{server}`", offset)


def _server(words: str, known: Registry) -> str:
    """The MCP server that words such as `Context7` or `use Sequential Thinking` end with; empty when none."""
    name = words.lower().replace(" ", "-")
    return next((server for server in (name, name.rpartition("-")[2]) if server in known.mcp_servers), "")
