"""A restriction in brackets has no effect.

## What it does
Reports entries such as `Bash(git *)` and `Read(src/**)` in `tools`, and `Bash(rm *)` in `disallowedTools`. The rule
allows `Agent(...)`, which works for an agent that was started with `--agent`.

## Why
In `tools`, clients 2.1.197 and 2.1.330 ignore the brackets. The agent has all of Bash, and still no permission is
granted. In `disallowedTools` they remove the whole tool.

## Bad
```yaml
tools: Read, Bash(git *)
```

## Good
```yaml
tools: Read, Bash
```

## How to fix
Restrict the tool with `permissions` in settings.json, or with a PreToolUse hook in the frontmatter.

## Source
Tested with both clients: with `Bash(git *)`, an `echo` ran, and `git --version` still asked for permission.
"""

from __future__ import annotations

from collections.abc import Iterator

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.context.toolbox import Outcome, own_servers
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.rule import Confidence, Context, Kinds, Persona, Problem, Severity
from acolytes_cc.lint.support.tool_lists import by_cause, listed

CODE = "ACO207"
NAME = "tool-restriction"
SEVERITY: Severity = "error"
CONFIDENCE: Confidence = "high"
PERSONA: Persona = "regular"
KINDS: Kinds = ("agent", "plugin-agent")

_HOW_TO_FIX = "Use `permissions` in settings.json."


def check(definition: Definition, context: Context) -> Iterator[Problem]:
    for key, verb in (("tools", "gets"), ("disallowedTools", "loses")):
        entries = [entry for entry in definition.tool_entries(key) if _is_restricted(entry)]
        if entries and key == "tools":  # what the agent does not get is for other rules
            granted = {one.entry for one in context.toolbox.with_outcome(Outcome.GRANTED)}
            entries = [entry for entry in entries if entry in granted]
        whole: list[tuple[None, ToolEntry]] = []
        for entry in entries:
            tool = context.registry.tool_aliases.get(entry.name, entry.name)
            if tool.startswith("mcp__") and "__" not in tool[len("mcp__") :]:
                yield Problem(
                    entry.span.start,
                    f"The client ignores the brackets in {quoted(entry.text)}: the agent {verb} all tools of this "
                    f"server. Write {quoted(f'{tool}__{entry.specifier}')}.",
                )
            elif tool in context.registry.tools and not (tool == "Agent" and key == "tools"):  # a list of agents
                whole.append((None, entry))
        for _, together in by_cause(whole, context, CODE, NAME):
            tools = dict.fromkeys(context.registry.tool_aliases.get(entry.name, entry.name) for entry in together)
            yield Problem(
                together[0].span.start,
                f"The client ignores the brackets in {listed(entry.text for entry in together)}: "
                f"the agent {verb} all of {', '.join(tools)}. {_HOW_TO_FIX}",
            )
    yield from _of_own_servers(definition)


def _is_restricted(entry: ToolEntry) -> bool:
    return "(" in entry.text and (entry.specifier or "*").strip(" :") != "*"


def _of_own_servers(definition: Definition) -> Iterator[Problem]:
    """Entries for single tools of a server that the agent configures itself: it gets all tools of such a server."""
    servers = own_servers(definition)
    entries = definition.tool_entries("tools")
    for entry in entries if servers else ():
        server, separator, tool = entry.name.removeprefix("mcp__").partition("__")
        is_single = entry.name.startswith("mcp__") and separator and tool not in ("", "*")
        if is_single and server in servers and not any(other.name == f"mcp__{server}" for other in entries):
            yield Problem(
                entry.span.start,
                f"The agent gets all tools of its own server {quoted(server)}, not only {quoted(tool)}. "
                "Use `disallowedTools` for the others.",
            )
