"""The tools that an agent gets from its definition, as the client resolves them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from functools import lru_cache
from typing import NamedTuple

from acolytes_cc.definitions.definition import Definition
from acolytes_cc.definitions.kept_property import cached_property
from acolytes_cc.definitions.registry import Registry
from acolytes_cc.definitions.tool_list import ToolEntry
from acolytes_cc.lint.context.other_products import NAMES, product_of

_MCP = "mcp__"
# A server, all its tools, or one of them; the client matches no other pattern.
_MCP_GRANT = re.compile(r"mcp__[^*]+?(?:__\*)?")
_ADDED_BY_MEMORY = frozenset({"Read", "Write", "Edit"})


class Outcome(IntEnum):
    """What the client does with one entry of ``tools``; only the first gives the agent a tool."""

    __hash__ = int.__hash__  # that of an enumeration is a function of Python, and takes several times as long

    GRANTED = auto()
    REMOVED = auto()
    WITHHELD = auto()
    BESIDE_BASH = auto()
    DISALLOWED = auto()
    SERVER = auto()
    UNKNOWN = auto()


class Resolved(NamedTuple):
    """An entry, the tool that it means, and what becomes of it."""

    entry: ToolEntry
    tool: str
    outcome: Outcome


@dataclass(frozen=True)
class Toolbox:
    """The tools of one definition, as the client resolves them."""

    definition: Definition
    registry: Registry

    @cached_property
    def listed(self) -> tuple[ToolEntry, ...]:
        """The entries of ``tools`` as written."""
        return self.definition.tool_entries("tools")

    @cached_property
    def entries(self) -> tuple[Resolved, ...]:
        """The entries of ``tools``, resolved."""
        tools = [(entry, self._tool(entry)) for entry in self.listed]
        return tuple([Resolved(entry, tool, self._outcome(tool)) for entry, tool in tools])

    def with_outcome(self, outcome: Outcome) -> Sequence[Resolved]:
        """The entries of ``tools`` that this becomes of, in their order."""
        return self._by_outcome.get(outcome, ())

    @cached_property
    def _by_outcome(self) -> dict[Outcome, list[Resolved]]:
        by_outcome: dict[Outcome, list[Resolved]] = {}
        for resolved in self.entries:
            by_outcome.setdefault(resolved.outcome, []).append(resolved)
        return by_outcome

    @cached_property
    def is_for_main_agent(self) -> bool:
        """Whether the agent is meant for `claude --agent`: only there its ``initialPrompt`` is used."""
        field = self.definition.field("initialPrompt")
        return field is not None and bool(field.value.data)

    @cached_property
    def other_product(self) -> str | None:
        """The other product whose tools ``tools`` lists; None if it does not look like such a list."""
        unknown = [*self.with_outcome(Outcome.UNKNOWN), *self.with_outcome(Outcome.SERVER)]
        names = [one.entry.name for one in unknown]
        return product_of(names, len(self.entries) - len(names)) if names else None

    @cached_property
    def disallowed(self) -> frozenset[str]:
        """The tools that ``disallowedTools`` takes away."""
        return frozenset(self._tool(entry) for entry in self.definition.tool_entries("disallowedTools"))

    @cached_property
    def inherits(self) -> bool:
        """Whether the agent gets every tool that subagents may have."""
        return self.definition.field("tools") is None or any(entry.name == "*" for entry in self.listed)

    @cached_property
    def granted(self) -> frozenset[str]:
        """The tools named in ``tools`` that arrive, and those that ``memory`` adds."""
        arriving = {one.tool for one in self.with_outcome(Outcome.GRANTED)}
        memory = self.definition.field("memory")
        if memory is not None and memory.value.data in self.registry.values["memory"]:
            arriving |= _ADDED_BY_MEMORY
        return frozenset(arriving)

    @cached_property
    def has_bash(self) -> bool:
        """Whether Bash arrives, which keeps other tools away."""
        listed = self.inherits or any(self._tool(entry) == "Bash" for entry in self.listed)
        return listed and "Bash" not in self.disallowed

    def grants(self, tool: str) -> bool:
        """Whether the agent gets ``tool``."""
        meant = self.registry.tool_aliases.get(tool, tool)
        if meant in self.granted:
            return True
        return self.inherits and self._outcome(meant) is Outcome.GRANTED

    def grants_server(self, server: str) -> bool:
        """Return whether the agent may get tools of the MCP server ``server``; case and punctuation do not matter."""
        plain = _plain(server)
        if self.inherits:
            return self._plain_disallowed.isdisjoint({"mcp", f"mcp{plain}"})
        return any(plain in tool for tool in self._plain_granted)

    @cached_property
    def _plain_disallowed(self) -> frozenset[str]:
        return frozenset(_plain(tool) for tool in self.disallowed if tool.startswith(_MCP))

    @cached_property
    def _plain_granted(self) -> frozenset[str]:
        return frozenset(_plain(tool) for tool in self.granted if tool.startswith(_MCP))

    @cached_property
    def declared_servers(self) -> frozenset[str]:
        """The MCP servers that the definition's own ``mcpServers`` names."""
        field = self.definition.field("mcpServers")
        if field is None:
            return frozenset()
        names = {str(item.data) for item in field.value.items if item.kind == "string"}
        maps = [field.value, *(item for item in field.value.items if item.kind == "map")]
        return frozenset(names | {entry.key for value in maps for entry in value.fields})

    def _tool(self, entry: ToolEntry) -> str:
        return self.registry.tool_aliases.get(entry.name, entry.name)

    def _outcome(self, tool: str) -> Outcome:
        facts = self.registry
        if tool in facts.removed_tools:
            return Outcome.REMOVED
        if (tool in facts.never_for_subagents or tool in facts.off_by_default) and self._is_withheld(tool):
            return Outcome.WITHHELD
        if tool not in facts.tools and tool != "*" and not is_mcp_grant(tool):
            is_server = (tool in facts.mcp_servers and tool not in NAMES) or tool in self.declared_servers
            return Outcome.SERVER if is_server else Outcome.UNKNOWN
        if tool in self.disallowed:
            return Outcome.DISALLOWED
        if tool in facts.only_without_bash and self.has_bash:
            return Outcome.BESIDE_BASH
        return Outcome.GRANTED

    def _is_withheld(self, tool: str) -> bool:
        """Whether the agent does not get a tool that is not for subagents, or off by default."""
        mode = self.definition.field("permissionMode") if tool == "ExitPlanMode" else None
        return mode is None or mode.value.data != "plan"


def is_mcp_grant(entry: str) -> bool:
    """Return whether an entry can mean a server, all its tools, or one of them."""
    return _MCP_GRANT.fullmatch(entry) is not None and not entry.endswith("__")


def own_servers(definition: Definition) -> frozenset[str]:
    """Return the servers that the definition itself configures, as the names of their tools have them."""
    field = definition.field("mcpServers")
    items = field.value.items if field else ()
    return frozenset(tool_prefix(entry.key) for item in items for entry in item.fields)


def tool_prefix(server: str) -> str:
    """Return how the names of a server's tools have its name.

    >>> tool_prefix("my server.2")
    'my_server_2'
    """
    return re.sub(r"[^a-zA-Z0-9_-]", "_", server)


@lru_cache(maxsize=512)
def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
