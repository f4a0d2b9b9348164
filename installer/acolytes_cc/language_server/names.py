"""The names that may stand at a place: the client's tools, models and events, and the skills and agents around."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from acolytes_cc.definitions.kind_names import Kind
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.language_server.place import Path, Place
from acolytes_cc.lint.context.project import FileSummary

_TOOL_LISTS = ("tools", "disallowedTools", "allowed-tools", "disallowed-tools")
_RULE_LISTS = ("allow", "ask", "deny")
_AGENTS: tuple[Kind, ...] = ("agent", "plugin-agent")
_FRONTMATTER: tuple[Kind, ...] = (*_AGENTS, "skill", "command")


class Name(NamedTuple):
    """A name, and what to say about it in a few words and in a sentence."""

    text: str
    kind: str
    note: str = ""


def names_at(kind: Kind, place: Place, facts: Registry, files: Iterable[FileSummary]) -> Iterator[Name]:
    """Yield the names that fit at a place of a document of ``kind``; ``files`` are those around it."""
    if place.is_key:
        yield from _keys(kind, place.path, facts)
        return
    path = tuple(step for step in place.path if isinstance(step, str))
    key = path[-1] if path else ""
    if path[:1] == ("hooks",):
        yield from _hook_values(path, facts)
    elif kind in _FRONTMATTER and len(path) == 1:
        yield from _field_values(kind, key, facts, files)
    elif kind == "settings" and path[:-1] == ("permissions",) and key in _RULE_LISTS:
        yield from _tools(facts, kind)
    elif kind == "settings" and len(path) == 1:
        yield from _setting_values(key, facts, files)


def field_note(kind: Kind, key: str, facts: Registry) -> str:
    """Return what the client does with a field, when that is not what one expects."""
    if kind == "plugin-agent" and key in facts.plugin_ignores:
        return "The client ignores this field in an agent of a plugin."
    if kind in _AGENTS and key in facts.main_thread_fields:
        return "Works only for an agent that was started with `--agent`."
    if kind in _AGENTS and key in facts.later_fields:
        return f"Only clients from {facts.later_fields[key]} on have this field."
    return ""


def _keys(kind: Kind, path: Path, facts: Registry) -> Iterator[Name]:
    if kind in _AGENTS and not path:
        yield from (Name(key, "field", field_note(kind, key, facts)) for key in sorted(facts.fields))
    elif kind in ("skill", "command") and not path:
        yield from (Name(key, "field") for key in sorted(facts.skill_fields))
    elif path == ("hooks",) and kind in ("hooks", "settings", "plugin", *_FRONTMATTER):
        yield from (Name(event, "hook event") for event in sorted(facts.hooks.events))


def _field_values(kind: Kind, key: str, facts: Registry, files: Iterable[FileSummary]) -> Iterator[Name]:
    if key in _TOOL_LISTS:
        yield from _tools(facts, kind)
        if kind in _AGENTS:
            yield from (Name(f"mcp__{server}", "MCP server") for server in _servers(files))
    elif key in facts.values:
        yield from (Name(value, key) for value in facts.values[key])
    elif key == "model":
        yield from _models(facts)
    elif key == "skills":
        yield from _named(files, ("skill", "command"), "skill")
    elif key == "mcpServers":
        yield from (Name(server, "MCP server") for server in _servers(files))
    elif key == "agent":
        yield from _agents(facts, files)


def _setting_values(key: str, facts: Registry, files: Iterable[FileSummary]) -> Iterator[Name]:
    answers: Mapping[str, Callable[[], Iterable[Name]]] = {
        "model": lambda: _models(facts),
        "agent": lambda: _agents(facts, files),
        "enabledMcpjsonServers": lambda: [Name(server, "MCP server") for server in _servers(files)],
        "disabledMcpjsonServers": lambda: [Name(server, "MCP server") for server in _servers(files)],
    }
    yield from answers[key]() if key in answers else ()


def _hook_values(path: tuple[str, ...], facts: Registry) -> Iterator[Name]:
    """Values inside ``hooks``: the path is `hooks`, the event, and the keys of the entry and of its handler."""
    event, key = path[1] if len(path) > 1 else "", path[-1]
    if key == "type":
        yield from (
            Name(kind, "hook type", f"Needs {' and '.join(needs)}.") for kind, needs in facts.hooks.types.items()
        )
    elif key == "matcher" and event in facts.hooks.tool_events:
        yield from _tools(facts, "hooks")
    elif key == "matcher":
        yield from (Name(value, "matcher") for value in facts.hooks.matcher_values.get(event, ()))


def _tools(facts: Registry, kind: Kind) -> Iterator[Name]:
    """The tools that exist; for an agent only those that it can get."""
    off = facts.never_for_subagents | facts.off_by_default.keys() if kind in _AGENTS else frozenset()
    for tool in sorted(facts.tools - off):
        note = ""
        if tool in facts.only_without_bash and kind in _AGENTS:
            note = "Arrives only in an agent without Bash."
        elif tool in facts.conditional_tools:
            note = "Only in some environments."
        yield Name(tool, "tool", note)


def _models(facts: Registry) -> Iterator[Name]:
    yield from (Name(alias, "model") for alias in sorted(facts.model_aliases))


def _agents(facts: Registry, files: Iterable[FileSummary]) -> Iterator[Name]:
    yield from _named(files, _AGENTS, "agent")
    yield from (Name(agent, "built-in agent") for agent in facts.built_in_agents)


def _named(files: Iterable[FileSummary], kinds: tuple[Kind, ...], what: str) -> Iterator[Name]:
    named = {one.name.name for one in files if one.kind in kinds and one.name}
    yield from (Name(name, what) for name in sorted(named))


def _servers(files: Iterable[FileSummary]) -> list[str]:
    return sorted({server for one in files if one.kind == "mcp" for server in one.own_servers})
