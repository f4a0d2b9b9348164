"""What differs between what the author of an agent wants and what the client did with it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.client_truth.client_run import tools_of

from acolytes_cc.definitions.registry import registry
from acolytes_cc.doctor.messages import ModelRequest

Difference = tuple[str, str]
"""The field, and what was seen."""

CLAUDE_MD = "CLAUDE-MD-MARK"
"""The text of the project's CLAUDE.md, where a case has one."""
_NULL_REFUSED = re.compile(r"invalid \w+(?: value)? 'null'|must be an array of matchers; received null; entry ignored")
_FIELD_OF_LINE = re.compile(
    r"has invalid (\w+)|(hooks)\.\w+\.\d+: Hook matcher"
    r"|frontmatter key Claude Code does not recognize or apply: \"([^\"]*)\""
)


class Seen:
    """What was seen of one agent.

    Attributes:
        name: The name in the main agent's listing.
        listed: The description in that listing; None when the agent is not listed.
        listed_tools: The words about its tools in that listing.
        requests: The agent's own requests.
        control: The request of an agent that declares nothing.
        debug: The lines of the debug log that complain about the agent.
        result: What the main agent got back.
        mode: The permission mode in which the agent called a tool.
        hooks_ran: The marks that hooks of all agents left, and how often.
        project: The project's folder.
    """

    def __init__(
        self,
        name: str,
        listed: str | None,
        listed_tools: str,
        requests: list[ModelRequest],
        control: ModelRequest,
        debug: list[str],
        result: str,
        mode: str,
        hooks_ran: Counter[str],
        project: Path,
    ) -> None:
        self.name, self.listed, self.requests, self.control = name, listed, requests, control
        self.listed_tools = listed_tools
        self.debug, self.result, self.mode, self.project = debug, result, mode, project
        self.hooks_ran = hooks_ran

    @property
    def is_listed(self) -> bool:
        """Whether the main agent is offered the agent."""
        return self.listed is not None

    @property
    def is_refused(self) -> bool:
        """Whether the client says that it does not load the file."""
        return any("Failed to parse agent from" in line for line in self.debug)

    @property
    def ran(self) -> bool:
        """Whether the agent was started."""
        return bool(self.requests)

    @cached_property
    def tools(self) -> frozenset[str]:
        """The tools that the agent has."""
        return tools_of(self.requests[0])

    @property
    def prompt(self) -> str:
        """The part of the system prompt that the agent's file gives."""
        system = self.requests[0].body.get("system", [])
        return str(system[-1]["text"]) if isinstance(system, list) and system else str(system)

    @property
    def model(self) -> str:
        """The model that the client asked for."""
        return str(self.requests[0].body["model"])

    @property
    def effort(self) -> str | None:
        """The effort that the client asked for."""
        return _effort(self.requests[0])

    def record(self) -> dict[str, Any]:
        """What a case keeps of it."""
        record: dict[str, Any] = {"listed": self.listed, "ran": self.ran}
        if self.ran:
            record |= {"model": self.model, "effort": self.effort, "tools": sorted(self.tools)}
        return record | {"debug": [line.replace(str(self.project), "PROJ")[:400] for line in self.debug]}


def differences(intent: Mapping[str, Any], seen: Seen) -> Iterator[Difference]:
    """Yield what the client did not do as its author wants."""
    has_other_name = seen.is_listed and seen.name != intent["name"]
    if has_other_name:
        yield "name", f"is listed as {seen.name!r}"
    if not seen.ran:
        if not has_other_name:
            yield "", seen.result.partition(" Available")[0][:300] or "not started"
        return
    if not seen.is_listed:
        yield "name", "is not listed"
    for line in seen.debug:
        if not _NULL_REFUSED.search(line):
            field = _FIELD_OF_LINE.search(line)
            yield next(filter(None, field.groups()), "") if field else "", line[:300]
    if "\ufffd" in seen.prompt + str(seen.listed) + seen.listed_tools and intent.get("odd") != "\ufffd":
        yield "", "U+FFFD in the prompt or the description"
    for name, check in _CHECKS.items():
        if name in intent and (words := check(intent[name], seen)):
            yield _FIELDS.get(name, name), words
    before, mark, _ = seen.prompt.partition(intent["mark"])
    if not mark:
        yield "", "the body is another"
    elif _leaked(before, wanted=_wanted_in_front(intent)):
        yield "", f"text leaked into prompt: {before[-200:]!r}"


def _wanted_in_front(intent: Mapping[str, Any]) -> str:
    """The odd character of the case, where it may be in front of the mark."""
    odd = str(intent.get("odd", ""))
    return odd if intent.get("is_text") or odd == "\ufffd" else ""


def _leaked(before: str, *, wanted: str) -> bool:
    """Whether words or marks are in front of the body; a line `---` and characters without a shape do not count."""
    rest = re.sub(r"(?m)^---\s*$", "", before)
    return any(char.isprintable() and not char.isspace() and char not in wanted for char in rest)


def _description(wanted: str, seen: Seen) -> str | None:
    if not wanted:
        return None
    listed = " ".join((seen.listed or "").split())
    return (
        None if seen.listed is None or listed == " ".join(wanted.split()) else f"description listed as {listed[:200]!r}"
    )


def _model(wanted: str, seen: Seen) -> str | None:
    word = wanted.lower().partition("[")[0].strip()
    if word == "inherit":
        expected = str(seen.control.body["model"])
    elif word == "best":
        expected = "claude-opus"
    else:
        expected = f"claude-{word}" if word in registry().model_aliases else word
    if seen.model == expected or (expected != word and seen.model.startswith(expected)):
        return None if expected.startswith("claude") or "/" in expected else f"model sent: {seen.model!r}"
    return f"model sent: {seen.model!r}"


def _wanted_effort(wanted: str, seen: Seen) -> str | None:
    return None if seen.effort == wanted else f"effort sent {seen.effort!r} (usual: {_effort(seen.control)!r})"


def _memory(wanted: str, seen: Seen) -> str | None:
    folders = {
        "user": ".claude/agent-memory/",
        "project": ".claude/agent-memory/",
        "local": ".claude/agent-memory-local/",
    }
    found = re.search(r"(\S*)/\.claude/agent-memory(-local)?/", seen.requests[0].everything)
    if not found:
        return "no memory"
    scope = "local" if found[2] else "project" if str(seen.project) in found[0] else "user"
    return None if wanted in folders and scope == wanted else f"memory scope {scope}"


def _mode(wanted: str, seen: Seen) -> str | None:
    expected = "default" if wanted == "manual" else wanted
    return None if seen.mode == expected else f"permission mode {seen.mode!r}"


def _tools(wanted: list[str], seen: Seen) -> str | None:
    everything = tools_of(seen.control)
    names = everything if "*" in wanted else {registry().tool_aliases.get(name, name) for name in wanted}
    missing, extra = sorted(names - seen.tools), sorted(seen.tools - names)
    return f"tools: missing {missing}, extra {extra}" if missing or extra else None


def _restricted(names: list[str], seen: Seen) -> str | None:
    given = sorted(name for name in names if registry().tool_aliases.get(name, name) in seen.tools)
    return f"gets all of {given}" if given else None


def _removed(names: list[str], seen: Seen) -> str | None:
    tools = {registry().tool_aliases.get(name, name) for name in names}
    known = registry().tools | registry().removed_tools.keys()
    if kept := sorted(tools & seen.tools):
        return f"still has {kept}"
    unknown = sorted(name for name in tools if name not in known)
    return f"{unknown} take nothing away" if unknown else None


def _unremoved(names: list[str], seen: Seen) -> str | None:
    tools = {registry().tool_aliases.get(name, name) for name in names} & tools_of(seen.control)
    gone = sorted(tools - seen.tools)
    return f"loses {gone} as a whole" if gone else None


def _marks(marks: list[str], seen: Seen) -> str | None:
    missing = [mark for mark in marks if mark not in seen.requests[0].everything]
    return f"not there: {missing}" if missing else None


def _servers(wanted: list[str], seen: Seen) -> str | None:
    names = {name for name in seen.tools if name.startswith("mcp__")}
    declared = {name.split("__")[1] for name in wanted if name.startswith("mcp__")}
    missing = sorted(set(wanted) - names)
    extra = sorted(name for name in names - set(wanted) if name.split("__")[1] in declared)
    return f"mcp tools: missing {missing}, extra {extra}" if missing or extra else None


def _removed_servers(names: list[str], seen: Seen) -> str | None:
    gone = tools_of(seen.control) - seen.tools
    kept, lost = sorted(set(names) - gone), sorted(name for name in gone - set(names) if name.startswith("mcp__"))
    return f"mcp tools: still there {kept}, gone too {lost}" if kept or lost else None


def _hooks(wanted: list[str], seen: Seen) -> str | None:
    missing = sorted(set(wanted) - seen.hooks_ran.keys())
    return f"hooks that did not run: {missing}" if missing else None


def _hooks_once(marks: list[str], seen: Seen) -> str | None:
    again = [mark for mark in marks if seen.hooks_ran[mark] > 1]
    return f"hooks that ran again: {again}" if again else None


def _background(wanted: bool, seen: Seen) -> str | None:  # noqa: FBT001 - the same form as the other checks
    ran_there = "async" in seen.result.lower() or "background" in seen.result.lower()
    return None if wanted == ran_there else f"background: {ran_there}"


def _isolated(wanted: bool, seen: Seen) -> str | None:  # noqa: FBT001 - the same form as the other checks
    isolated = "/.claude/worktrees/" in seen.requests[0].everything
    return None if wanted == isolated else f"worktree: {isolated}"


def _turns(wanted: int, seen: Seen) -> str | None:
    return None if len(seen.requests) == wanted else f"requests made: {len(seen.requests)}"


def _claude_md(wanted: bool, seen: Seen) -> str | None:  # noqa: FBT001 - the same form as the other checks
    is_there = CLAUDE_MD in seen.requests[0].everything
    return None if wanted == is_there else f"CLAUDE.md present: {is_there}"


def _cache_time(wanted: str, seen: Seen) -> str | None:
    found = set(re.findall(r'"ttl": "(\w+)"', json.dumps(seen.requests[0].body)))
    return None if wanted in (found or {"5m"}) else f"cache ttl {sorted(found)}"


def _effort(request: ModelRequest) -> str | None:
    effort = request.body.get("output_config", {}).get("effort")
    return None if effort is None else str(effort)


_FIELDS = {
    "restricted": "tools",
    "removed": "disallowedTools",
    "unremoved": "disallowedTools",
    "mode": "permissionMode",
    "turns": "maxTurns",
    "hooks_once": "hooks",
    "isolated": "isolation",
    "servers": "mcp",
    "removed_servers": "mcp",
    "claude_md": "omitClaudeMd",
    "cache_time": "experimental",
}
_CHECKS: dict[str, Callable[[Any, Seen], str | None]] = {
    "description": _description,
    "model": _model,
    "effort": _wanted_effort,
    "memory": _memory,
    "mode": _mode,
    "tools": _tools,
    "restricted": _restricted,
    "removed": _removed,
    "unremoved": _unremoved,
    "skills": _marks,
    "servers": _servers,
    "removed_servers": _removed_servers,
    "hooks": _hooks,
    "hooks_once": _hooks_once,
    "background": _background,
    "isolated": _isolated,
    "turns": _turns,
    "claude_md": _claude_md,
    "cache_time": _cache_time,
}
