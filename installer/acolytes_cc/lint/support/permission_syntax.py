"""Why a permission rule, or the same text as the condition of a hook, matches nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from acolytes_cc.definitions.json_document import JsonDocument
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.values import Value
from acolytes_cc.lint.printable import quoted
from acolytes_cc.lint.support.permission_patterns import (
    doubtful_command,
    doubtful_path,
    wrong_command,
    wrong_condition,
    wrong_domain,
    wrong_name,
    wrong_path,
)
from acolytes_cc.lint.support.suggest import closest_name

# Tools that only a rule or some builds of the client name
_ONLY_IN_RULES = ("Cd", "REPL", "Computer")
_MCP = "mcp__"
_FILE_TOOLS = ("Edit", "Glob", "Grep", "NotebookEdit", "Read", "Write")
_COMPARED_IN_CONDITIONS = ("Bash", *_FILE_TOOLS)
_NOT_A_NAME = re.compile(r"[^\w*-]")


def rules_of(document: JsonDocument) -> Iterator[tuple[str, Value]]:
    """Each rule of a settings file, with the list in which it stands."""
    permissions = document.field("permissions")
    for key in ("allow", "ask", "deny"):
        listed = permissions.value.member(key) if permissions else None
        yield from ((key, item) for item in (listed.value.items if listed else ()))


def why_it_matches_nothing(rule: str, registry: Registry, key: str = "") -> str | None:
    """How to repair a rule that matches nothing; None for one that can match.

    Args:
        rule: The text, such as ``Bash(git *)``.
        registry: The tools of the client.
        key: The list in which the rule stands: ``allow`` is stricter about ``*`` than ``ask`` and ``deny``. Empty for
            the condition of a hook: there, ``Bash()`` is all of Bash, and paths of Write and NotebookEdit count.
    """
    return next(_reasons(rule, registry, key), None)


def _reasons(rule: str, registry: Registry, key: str) -> Iterator[str]:
    if not rule.strip():
        yield "It is empty. Remove it."
        return
    tool, bracket, rest = rule.partition("(")
    if bracket and not rest.endswith(")"):
        yield "It must end with the `)` of its brackets: one rule an item, without spaces or commas behind it."
    elif not bracket and ")" in rule:
        yield "Add the missing `(`."
    content = rest[:-1] if bracket else None
    if content and _closes_too_often(content):
        yield "There is one `)` too many. Remove it."
    if content is not None and not content.strip() and (key or content):
        yield f"Write a pattern between the brackets, or only `{tool}`."
    yield from _wrong_name(tool, registry, key)
    if content:
        yield from _wrong_content(registry.tool_aliases.get(tool, tool), content)
        if key and tool in ("NotebookEdit", "Write") and content != "*":
            yield f"Paths count only in rules for Edit and Read. Write `Edit({content})`, which also covers {tool}."


def _closes_too_often(content: str) -> bool:
    """Whether a `)` stands where nothing is open."""
    return content[0] == ")" or (content[-1] == ")" and content.count("(") < content.count(")") and "\\" not in content)


def _wrong_name(tool: str, registry: Registry, key: str) -> Iterator[str]:
    if word := _NOT_A_NAME.search(tool):
        sign = "space" if word[0].isspace() else quoted(word[0])
        yield f"A tool has no {sign} in its name. Write it as `Bash(git *)`."
        return
    if tool.startswith(_MCP) and tool.endswith("__") and "*" not in tool:
        yield f"Write `{tool.rstrip('_')}` for the whole server, or the name of a tool behind it."
        return
    if "*" in tool:
        server = tool.removeprefix(_MCP).partition("__")[0] if tool.startswith(_MCP) else "*"
        if key == "allow" and ("*" in server or not server):
            yield "In `allow`, `*` is possible only behind the name of a server, such as `mcp__github__*`."
        return
    if tool.startswith(_MCP):
        return
    if not tool:
        yield "Write the name of a tool before the brackets."
        return
    tools = registry.tools | registry.later_tools.keys() | registry.tool_aliases.keys() | registry.removed_tools.keys()
    if tool not in tools and tool not in _ONLY_IN_RULES:
        name = closest_name(tool, tools) or {"Shell": "Bash", "Terminal": "Bash"}.get(tool)
        yield f"The client has no tool {quoted(tool)}." + (f" Did you mean `{name}`?" if name else "")


def _wrong_content(tool: str, content: str) -> Iterator[str]:
    if "*" in tool and (content != "*" or tool.startswith(_MCP)):
        yield "After a name with `*`, there can be no brackets. Write the whole name of one tool."
    elif tool.startswith(_MCP):
        yield "A rule for a server takes no brackets. Name the tool: `mcp__server__tool`, or `mcp__server__*`."
    elif tool == "WebFetch":
        yield from wrong_domain(content)
    elif tool == "WebSearch" and content != "*":
        yield "The client never compares the words of a search. Write only `WebSearch`."
    elif tool in _FILE_TOOLS:
        yield from wrong_path(content)
    elif tool == "Bash":
        yield from wrong_command(content)
    elif tool in ("Agent", "Skill"):
        yield from wrong_name(tool, content)


def why_condition_never_holds(rule: str, registry: Registry) -> str | None:
    """How to repair the condition of a hook; None for one that can hold.

    The client is stricter there than in `permissions`: it knows no other names of a tool and no `*` in the name, and
    it compares text in brackets only for Bash and for tools of files.
    """
    tool, bracket, rest = rule.partition("(")
    content = rest[:-1] if bracket and rest.endswith(")") else ""
    if tool.startswith(_MCP) and content in ("", "*") and rest in ("", "*)", ")"):
        if "*" in tool or tool.endswith("__") or len(tool.split("__")) < 3:
            return "In `if`, write the whole name of one tool: `mcp__server__tool`. A matcher can have `.*`."
        return None
    if tool == "Bash" and content.strip():
        content = content.strip()
        rule = f"Bash({content})"
    if problem := why_it_matches_nothing(rule, registry):
        return problem
    if tool == "Bash":
        return next(doubtful_command(content, "if"), None) or next(wrong_condition(content), None)
    if "*" in tool:
        return "In `if`, a tool's name has no `*`. Write the whole name."
    if content not in ("", "*") and tool not in _COMPARED_IN_CONDITIONS:
        return (
            f"The client does not compare this text for `{tool}`. Write only `{tool}`, and check its input in the hook."
        )
    return next(doubtful_path(content), None) if tool in _FILE_TOOLS else None


def why_doubtful(rule: str, key: str) -> str | None:
    """Why a rule that can match probably means something else; None when nothing is odd about it."""
    tool, bracket, rest = rule.partition("(")
    content = rest.removesuffix(")")
    if tool == "Bash":
        return next(doubtful_command(content, key), None)
    is_name = content != "*" and not content.startswith("subagent_type:")
    if key == "ask" and bracket and is_name and tool in ("Agent", "Skill", "Task"):
        return f"In `ask`, only a rule for all of `{tool}` has an effect. Write `{tool}`, or use `deny`."
    return next(doubtful_path(content), None) if tool in _FILE_TOOLS else None
