"""The body needs a tool that the agent does not have.

## What it does
Reports sentences that ask for a tool which the definition does not give: `WebSearch`, "use the Grep tool", an MCP tool
or "the Context7 MCP". The rule allows sentences that forbid the tool ("never use `Write`"), quotations, code blocks
and "if available".

## Why
The agent gets exactly the tools that `tools` lists (2.1.197 and 2.1.330). If the body asks for another one, the call
fails ("No such tool available"). Then the agent tries something else, or it invents the answer.

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
Add the tool, or remove the sentence.

## Source
Tested with both clients: a call of a tool that is not listed gives "No such tool available".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
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

# Names that are never common words; other tools are recognised only as "the X tool".
_UNMISTAKABLE = (
    *("AskUserQuestion", "ExitPlanMode", "MultiEdit", "NotebookEdit", "NotebookRead", "SlashCommand"),
    *("TodoRead", "TodoWrite", "WebFetch", "WebSearch"),
)
_NAMES = (*_UNMISTAKABLE, "`Glob`", "`Grep`")
# No mention starts inside a word. This check comes first because it ends most attempts early.
_MENTION = re.compile(
    rf"(?<!\w)(?:(?<![-.])(?P<unmistakable>{'|'.join(_UNMISTAKABLE)})(?![-\w(])"
    r"|(?<![.`*])[`*]*(?P<named>[A-Z][A-Za-z]+)[`*]*\s+tool\b"
    r"|(?:[Uu]se|[Uu]sing|[Ww]ith|[Vv]ia)\s+(?:the\s+)?`(?P<search>Glob|Grep)`"
    r"|(?P<mcp>mcp__[\w-]+)"
    r"|(?<!-)(?P<server>[A-Za-z][\w-]*(?: [A-Z][\w-]*)?)[`*]*\s+MCP\b)"
)
# What somebody else does: "show the assistant using the Agent tool"
_BY_OTHERS = re.compile(
    r"\b(?:assistant|caller|user|main agent)\s+(?:\w+\s+)?(?:us(?:es?|ing)|call(?:s|ing)?)\b", re.IGNORECASE
)
# "Which tool: Bash, Edit, MultiEdit" asks for none of them
_IN_LIST = re.compile(r"\b[A-Z]\w+`?, (?:and |or )?`?\Z")
_LONGEST_IN_LIST_END = len(", and `")
# "`ExitPlanMode` rejections", "Bash tool usage": what the agent looks at
_IN_MATERIAL = re.compile(r"[`*]*\s+(?:calls|delegation|errors?|events?|failures?|rejections?|usage)\b")
_VERB = re.compile(r"\b(?:us(?:e|ing)|with|via|through|call|run|invoke|search)\b", re.IGNORECASE)
_LONGEST = 60  # no tool or server has a longer name
_FARTHEST = 2 * _LONGEST  # where a mention starts before a cue: what it holds is at most two names
_LAST_WORD = re.compile(r"(?<![\w-])[\w-]+\Z")


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    toolbox = context.toolbox
    if not (toolbox.granted or toolbox.inherits) or toolbox.is_for_main_agent:
        return  # the client does not start the agent, or it gives it the tools of the main agent
    places: dict[str, list[int]] = {}
    for match in _mentions(definition, context):
        missing = _missing(match, context)
        if missing is None:
            continue
        known = places.get(missing.what)
        line = line_start(definition.text, missing.offset)
        if (known is None or known[-1] < line) and _is_demanded(definition, *match.span()):
            places.setdefault(missing.what, []).append(missing.offset)
    for what, offsets in places.items():
        asks = "asks" if len(offsets) == 1 else f"asks {len(offsets)} times"
        message = f"The body {asks} for {what}, which the agent does not have. Change `tools` or the text."
        yield Problem(offsets[0], message)


def _is_demanded(definition: Definition, start: int, end: int) -> bool:
    # sentences end at blank lines
    blank = definition.text.rfind("\n\n", max(0, start - REACH), start)
    around = max(0, start - REACH) if blank < 0 else blank
    blank = definition.text.find("\n\n", end, end + REACH)
    prose = definition.structure.prose(around, end + REACH if blank < 0 else blank + len("\n\n"))
    first, last = start - around, end - around
    if prose[first:last] != definition.text[start:end] or not is_demanded(prose, first, last):
        return False
    before = prose[:first].rpartition("\n")[2]
    is_only_named = _ends_in_list(before) or _IN_MATERIAL.match(prose, last)
    if _BY_OTHERS.search(before) or (is_only_named and not _VERB.search(before)):
        return False
    return definition.structure.is_shown(start, end)


def _ends_in_list(before: str) -> bool:
    return ", " in before[-_LONGEST_IN_LIST_END:] and _IN_LIST.search(before) is not None


def _mentions(definition: Definition, context: Context) -> Iterator[re.Match[str]]:
    """The matches near words that may ask for a missing tool: on the whole text the expression is too slow."""
    text, next_offset = definition.text, definition.body_start
    for cue in _cues(definition, context):
        if cue >= next_offset:
            # the previous word may be on the previous line
            line = text.rfind("\n", next_offset, max(next_offset, text.rfind("\n", next_offset, cue))) + 1
            begin = max(next_offset, line, cue - _FARTHEST)
            end = _first_found(text, " \n", cue)
            for found in _MENTION.finditer(text, begin, end):
                next_offset = found.end()
                yield found


def _first_found(text: str, signs: str, start: int) -> int:
    """Where the first of the signs is, from ``start`` on; the end of the text when there is none."""
    end = len(text)
    for sign in signs:
        found = text.find(sign, start, end)
        end = found if found >= 0 else end
    return end


def _cues(definition: Definition, context: Context) -> list[int]:
    """The offsets of words that may ask for a missing tool."""
    missing = [name for name in _NAMES if _is_missing_tool(name.strip("`"), context)]
    found = definition.structure.outside(*missing, "mcp__", "tool", "MCP")
    return [offset for offset, word in found if _is_cue(offset, word, context)]


def _is_cue(offset: int, word: str, context: Context) -> bool:
    if word == "tool":
        return _is_missing_tool(_word_before(context.subject.text, offset), context)
    if word == "MCP":
        ending = _word_before(context.subject.text, offset).lower().rpartition("-")[2]
        return ending in _endings(context.registry.mcp_servers)
    return True


@lru_cache(maxsize=8)
def _endings(servers: frozenset[str]) -> frozenset[str]:
    """The last words of the servers' names."""
    return frozenset(server.rpartition("-")[2] for server in servers)


def _word_before(text: str, offset: int) -> str:
    """The word before the offset, without its markup; empty when there is none, or no space after it."""
    if not text[offset - 1 : offset].isspace():
        return ""
    before = text[max(0, offset - REACH) : offset].rstrip().rstrip("`*")[-_LONGEST:]
    last = before.rsplit(None, 1)[-1:]
    if last and last[0].isalnum():  # mostly; the expression takes five times as long
        return last[0]
    match = _LAST_WORD.search(before)
    return match[0] if match else ""


def _is_missing_tool(tool: str, context: Context) -> bool:
    """Whether this is a tool that the agent does not get."""
    registry = context.registry
    exists = tool in registry.tools or tool in registry.tool_aliases or tool in registry.removed_tools
    return exists and not context.toolbox.grants(tool)


class _Missing(NamedTuple):
    what: str
    offset: int


def _missing(match: re.Match[str], context: Context) -> _Missing | None:
    """The tool or server of this mention; None when it is neither, or when the agent has it."""
    toolbox, registry = context.toolbox, context.registry
    group = str(match.lastgroup)
    words, offset = match[group], match.start(group)
    if group == "mcp":
        server = words.split("__")[1]
    elif group == "server":
        server = _server(words, registry)
        # In `use Context7 MCP` only the end is the name.
        offset = match.end(group) - len(server)
    else:
        return _Missing(f"`{words}`", offset) if _is_missing_tool(words, context) else None
    return None if not server or toolbox.grants_server(server) else _Missing(f"the tools of `mcp__{server}`", offset)


def _server(words: str, registry: Registry) -> str:
    """The MCP server at the end of words such as `Context7` or `use Sequential Thinking`; empty when there is none."""
    name = words.lower().replace(" ", "-")
    return next((server for server in (name, name.rpartition("-")[2]) if server in registry.mcp_servers), "")
