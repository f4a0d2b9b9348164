"""Whether the matcher of a hook can match a tool: a list of exact names, or a JavaScript regular expression."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection

from acolytes_cc.definitions.registry import Registry
from acolytes_cc.lint.support.javascript_syntax import NEVER, as_python, syntax_problem
from acolytes_cc.lint.support.suggest import closest_name

_LIST = re.compile(r"[\w\s,|-]*")
_RULE = re.compile(r"(?P<tool>\w+)\(.*\)")
_MCP_TOOL = re.compile(r"mcp__.+?__.+")
_ESCAPED_BRACKETS = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}")
# the tools whose input `if` compares
_COMPARED = ("Bash", "Edit", "Glob", "Grep", "NotebookEdit", "Read", "Write")
_OPTIONAL = re.compile(r"[:/ ,;#][*?]")
_IN_NO_NAME = re.compile(r"[^\w\s\-.*+?^$|()\\\[\]]| ")


def names_of(matcher: str) -> list[str]:
    """The exact names that a matcher lists; nothing for a regular expression, or for one that matches everything."""
    if not _LIST.fullmatch(matcher):
        return []
    return [name for part in re.split("[,|]", matcher) if (name := part.strip())]


def matches(matcher: str, name: str) -> bool:
    """Whether a matcher matches a name; True when its expression is one that only JavaScript reads."""
    if matcher.strip() in ("", "*"):
        return True
    if _LIST.fullmatch(matcher):
        return name in names_of(matcher)
    return syntax_problem(matcher) is None and _finds(as_python(matcher), name)


def _finds(pattern: str, name: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python sees nested sets where JavaScript sees a bracket
            return re.search(pattern, name) is not None
    except (re.error, RecursionError, OverflowError):
        return True


def tool_names(registry: Registry) -> Collection[str]:
    """Every name of a tool that some client has or had."""
    return registry.tools | registry.later_tools.keys() | registry.tool_aliases.keys() | registry.removed_tools.keys()


def name_problem(name: str, registry: Registry) -> str | None:
    """Why an exact name is no tool, and what to write; None for a tool."""
    tools = tool_names(registry)
    if name in tools or _MCP_TOOL.fullmatch(name):
        return None
    if name.startswith("mcp__"):
        return f"For all tools of the server, write `{name.rstrip('_')}__.*`."
    if " " in name:
        return f"Write `{'|'.join(name.split())}`."
    close = closest_name(name, tools)
    if close and close.lower() == name.lower():
        return f"Write `{close}`."
    longer = [tool for tool in sorted(tools) if name in tool]
    hint = close or (longer[0] if len(name) > 1 and longer else None)
    return f"It needs the whole name. Write `{hint}`." if hint else "It is not the name of a tool."


def why_it_matches_nothing(matcher: str) -> str | None:
    """Why a matcher matches no name at all, of whatever event; None when it may match one."""
    if matcher.strip() in ("", "*") or names_of(matcher):
        return None
    if _LIST.fullmatch(matcher):
        return "It lists no name."
    problem = syntax_problem(matcher)
    return f"The regular expression is invalid: {problem}." if problem else None


def expression_problem(matcher: str, registry: Registry) -> str | None:
    """Why a regular expression matches no tool, and what to write; None when it may match one."""
    rule = _RULE.fullmatch(matcher)
    if rule and rule["tool"] in registry.tools:
        if rule["tool"] in _COMPARED:
            return f"Write `{rule['tool']}` here, and put the whole text into `if`."
        return f"Write `{rule['tool']}` here, and check its input in the hook."
    if problem := why_it_matches_nothing(matcher):
        return problem
    if "[[:" in matcher:
        return "JavaScript has no classes such as `[:alpha:]`. Write `[A-Za-z]`."
    pattern = as_python(matcher)
    if _is_for_own_tools(pattern) and not any(_finds(pattern, name) for name in tool_names(registry)):
        return "No tool has such a name. Write the name of a tool, or names with `|` between them."
    if "(" not in matcher and all(map(_has_sign_of_no_name, matcher.split("|"))):
        return "No tool has such a name: match the tool, and check its input in the hook."
    return None


def _is_for_own_tools(pattern: str) -> bool:
    """Whether an expression can only be meant for tools of the client, not for those of a server."""
    is_of_letters = pattern.startswith("^") or pattern[:1].isupper()
    return NEVER in pattern or ("_" not in pattern and is_of_letters and not pattern.startswith("^."))


def _has_sign_of_no_name(pattern: str) -> bool:
    """Whether a part without brackets asks for a sign that is in no name of a tool."""
    rest = _ESCAPED_BRACKETS.sub(
        lambda found: found[0][1] if found[0][0] == "\\" and found[0][1] in ":/{} " else "", pattern
    )
    return _IN_NO_NAME.search(_OPTIONAL.sub("", rest)) is not None
